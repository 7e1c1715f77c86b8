//! TLS: rustls with ring, certificate authorities that we name ourselves.
//!
//! Given to reqwest ready-made, because its own way makes the platform's verifier, which on Android needs a JNI set-up
//! and panics without. The price: we update the roots, and authorities that a user installed do not count.

use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::Roots;
use crate::error::{Error, Result};

/// The client's side of TLS: 1.2 and 1.3, HTTP/1.1 alone, no client certificate.
pub(super) fn client_config(roots: &Roots) -> Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| Error::Internal)?
        .with_root_certificates(store(roots)?)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn store(roots: &Roots) -> Result<RootCertStore> {
    let refused = || Error::BadInput {
        field: "roots",
        code: "error.bad_input",
    };
    let mut store = RootCertStore::empty();
    match roots {
        Roots::Bundled => store.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned()),
        Roots::Pem(text) => {
            for certificate in CertificateDer::pem_slice_iter(text) {
                store
                    .add(certificate.map_err(|_| refused())?)
                    .map_err(|_| refused())?;
            }
        }
    }
    if store.is_empty() {
        Err(refused())
    } else {
        Ok(store)
    }
}
