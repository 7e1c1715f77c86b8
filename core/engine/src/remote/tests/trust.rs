//! Real TLS against an authority made for the test.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::AsyncWriteExt;
use tokio_rustls::TlsAcceptor;

use super::server::{Server, whole_request};
use super::*;
use crate::error::Error;
use crate::remote::{BytesSent, Failure, Roots};

struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn trusted(&self) -> Remote {
        remote(RemoteConfig {
            roots: Roots::Pem(self.0.pem().into_bytes()),
            ..RemoteConfig::default()
        })
    }

    /// A certificate for `localhost`, changed as the test likes.
    fn server(&self, change: impl FnOnce(&mut CertificateParams)) -> TlsAcceptor {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

/// Answers 200 over TLS where the handshake comes to an end.
async fn start(acceptor: TlsAcceptor) -> Server {
    Server::start(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
            while whole_request(&mut stream).await.is_some() {
                stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n[]")
                    .await
                    .unwrap();
            }
        }
    })
    .await
}

fn secure(server: &Server, host: &str) -> String {
    format!("https://{host}:{}/requests.json", server.port)
}

#[tokio::test]
async fn a_city_of_a_trusted_authority_is_asked_over_http_1_1() {
    let authority = Authority::new();
    let server = start(authority.server(|_| {})).await;
    let exchange = authority
        .trusted()
        .send(post(&secure(&server, "localhost"), b"a=1"))
        .await;
    assert_eq!(exchange.result.unwrap().status, 200);
    assert_eq!(exchange.sent, BytesSent::MayBe);
}

#[tokio::test]
async fn without_trust_no_byte_of_the_request_leaves() {
    let authority = Authority::new();
    let good = start(authority.server(|_| {})).await;
    let expired = start(authority.server(|params| params.not_after = date_time_ymd(2020, 1, 1))).await;
    let talks_first = Server::start(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n<html>").await;
        whole_request(&mut stream).await;
    })
    .await;
    let cases = [
        (
            "another authority",
            Authority::new().trusted(),
            secure(&good, "localhost"),
        ),
        ("bundled authorities", usual(), secure(&good, "localhost")),
        ("another name", authority.trusted(), secure(&good, "127.0.0.1")),
        ("expired", authority.trusted(), secure(&expired, "localhost")),
        (
            "no TLS at all",
            authority.trusted(),
            secure(&talks_first, "localhost"),
        ),
    ];
    for (name, remote, url) in cases {
        let exchange = remote.send(post(&url, b"a=1")).await;
        assert!(
            matches!(exchange.result, Err(Failure::Tls)),
            "{name}: {exchange:?}"
        );
        assert_eq!((exchange.sent, exchange.bytes_up), (BytesSent::None, 0), "{name}");
    }
}

#[test]
fn roots_that_hold_no_certificate_are_refused() {
    for pem in [
        "",
        "nothing",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
    ] {
        let config = RemoteConfig {
            roots: Roots::Pem(pem.into()),
            ..RemoteConfig::default()
        };
        let refused = Remote::new(config, Effects::default()).unwrap_err();
        assert!(
            matches!(refused, Error::BadInput { field: "roots", .. }),
            "{pem:?}"
        );
    }
}
