//! Certificates for loopback, made at the first start and kept, so that a client that trusts `ca.pem` still
//! does after a restart. The authority's key signs once and is forgotten.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::server::CityError;

/// The authority's certificate, for clients.
const CA: &str = "ca.pem";
const CERTIFICATE: &str = "tls-certificate.pem";
const KEY: &str = "tls-key.pem";

/// What a TLS city needs.
pub(crate) struct Identity {
    pub(crate) ca_pem: String,
    pub(crate) server: Arc<ServerConfig>,
}

/// Reads the certificates of a data folder, made if missing.
pub(crate) fn identity(dir: &Path) -> Result<Identity, CityError> {
    let complete = [CA, CERTIFICATE, KEY].iter().all(|name| dir.join(name).is_file());
    if !complete {
        make(dir)?;
    }
    let read = |name: &str| fs::read_to_string(dir.join(name));
    let certificate = CertificateDer::from_pem_slice(read(CERTIFICATE)?.as_bytes());
    let key = PrivateKeyDer::from_pem_slice(read(KEY)?.as_bytes());
    let certificate = certificate.map_err(|error| CityError::Tls(error.to_string()))?;
    let key = key.map_err(|error| CityError::Tls(error.to_string()))?;
    let mut server = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| CityError::Tls(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .map_err(|error| CityError::Tls(error.to_string()))?;
    server.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Identity {
        ca_pem: read(CA)?,
        server: Arc::new(server),
    })
}

fn make(dir: &Path) -> Result<(), CityError> {
    let failed = |error: rcgen::Error| CityError::Tls(error.to_string());
    let mut params = CertificateParams::new(Vec::new()).map_err(failed)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params
        .distinguished_name
        .push(DnType::CommonName, "phananh-city test authority");
    let ca_key = KeyPair::generate().map_err(failed)?;
    let ca = params.self_signed(&ca_key).map_err(failed)?;
    let issuer = Issuer::new(params, ca_key);
    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut params = CertificateParams::new(names).map_err(failed)?;
    params.distinguished_name.push(DnType::CommonName, "phananh-city");
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.signed_by(&key, &issuer).map_err(failed)?;
    write_private(&dir.join(KEY), &key.serialize_pem())?;
    fs::write(dir.join(CERTIFICATE), certificate.pem())?;
    fs::write(dir.join(CA), ca.pem())?;
    Ok(())
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file: File = options.open(path)?;
    file.write_all(text.as_bytes())
}
