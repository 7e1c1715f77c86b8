//! Lines that break, stall and lead nowhere: whether a byte may have left.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::server::{Server, head, whole_request};
use super::*;
use crate::remote::address::check;
use crate::remote::{BytesSent, Exchange, Failure, NoConnection, NotAllowed};

fn outcome(exchange: &Exchange) -> (BytesSent, &Failure) {
    (exchange.sent, exchange.result.as_ref().unwrap_err())
}

#[tokio::test]
async fn a_refused_connection_and_an_unknown_name_sent_nothing() {
    let port = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    // `.invalid` never resolves (RFC 6761, section 6.4); a label has at most 63 bytes (RFC 1035, section 2.3.4). A
    // resolver without a network may take its time to say so.
    let patient = remote(RemoteConfig {
        connect_ms: 110_000,
        ..RemoteConfig::default()
    });
    for (url, expected) in [
        (format!("http://127.0.0.1:{port}/"), NoConnection::Refused),
        ("https://no-such-city.invalid/".to_owned(), NoConnection::Dns),
        (format!("https://{}.invalid/", "a".repeat(64)), NoConnection::Dns),
    ] {
        for request in [get(&url), post(&url, b"a=1")] {
            let exchange = patient.send(request).await;
            let (sent, failure) = outcome(&exchange);
            assert!(
                matches!(failure, Failure::NotConnected(why) if *why == expected),
                "{failure:?}"
            );
            assert_eq!((sent, exchange.bytes_up), (BytesSent::None, 0));
        }
    }
}

#[tokio::test]
async fn a_line_that_breaks_after_the_head_may_have_sent() {
    // Closing with bytes unread resets the connection.
    let reset = |mut stream: TcpStream| async move { drop(head(&mut stream).await) };
    let torn = |mut stream: TcpStream| async move {
        whole_request(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[{\"serv")
            .await
            .unwrap();
    };
    let silent = |mut stream: TcpStream| async move { drop(whole_request(&mut stream).await) };
    let no_http = |mut stream: TcpStream| async move {
        whole_request(&mut stream).await;
        stream.write_all(b"220 mail.example ESMTP\r\n").await.unwrap();
    };
    let (reset, torn) = (Server::start(reset).await, Server::start(torn).await);
    let (silent, no_http) = (Server::start(silent).await, Server::start(no_http).await);
    for (name, server) in [
        ("reset", reset),
        ("torn", torn),
        ("silent", silent),
        ("no HTTP", no_http),
    ] {
        let exchange = usual().send(post(&server.url("/"), &[b'a'; 200_000])).await;
        let (sent, failure) = outcome(&exchange);
        assert!(matches!(failure, Failure::Broken), "{name}: {failure:?}");
        assert_eq!(sent, BytesSent::MayBe, "{name}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_left_after_the_total_time_or_a_silence() {
    let hangs = Server::start(|mut stream| async move {
        whole_request(&mut stream).await;
        // Until the other side goes.
        let _ = stream.read_u8().await;
    })
    .await;
    let stalls = Server::start(|mut stream| async move {
        whole_request(&mut stream).await;
        stream
            .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n[")
            .await
            .unwrap();
        let _ = stream.read_u8().await;
    })
    .await;
    let impatient = remote(RemoteConfig {
        connect_ms: 100,
        read_idle_ms: 100,
        ..RemoteConfig::default()
    });
    let exchanges = [
        usual().send(post(&hangs.url("/"), b"a=1").within(200)).await,
        remote(RemoteConfig {
            total_ms: 200,
            ..RemoteConfig::default()
        })
        .send(post(&hangs.url("/"), b"a=1"))
        .await,
        impatient.send(get(&hangs.url("/"))).await,
        impatient.send(post(&stalls.url("/"), b"a=1")).await,
    ];
    for exchange in exchanges {
        assert!(
            matches!(outcome(&exchange), (BytesSent::MayBe, Failure::Timeout)),
            "{exchange:?}"
        );
    }
}

#[tokio::test]
async fn dropping_the_future_closes_the_connection() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            whole_request(&mut stream).await;
            tell.send("asked").unwrap();
            assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0);
            tell.send("gone").unwrap();
        }
    })
    .await;
    let remote = usual();
    let url = server.url("/");
    {
        let asking = remote.send(post(&url, b"a=1"));
        tokio::select! {
            exchange = asking => panic!("{exchange:?}"),
            asked = told.recv() => assert_eq!(asked, Some("asked")),
        }
    }
    assert_eq!(told.recv().await, Some("gone"));
}

#[tokio::test]
async fn only_https_is_asked_except_on_this_machine() {
    let refused = [
        ("http://example.org/open311", NotAllowed::NotHttps),
        ("http://127.0.0.1.example.org/", NotAllowed::NotHttps),
        ("http://localhost.example.org/", NotAllowed::NotHttps),
        ("http://10.0.0.1/", NotAllowed::NotHttps),
        ("ftp://example.org/", NotAllowed::NotHttps),
        ("https://user:secret@example.org/", NotAllowed::Credentials),
        ("https://user@example.org/", NotAllowed::Credentials),
        ("mailto:hotline@example.org", NotAllowed::NoHost),
        ("/open311", NotAllowed::NoHost),
        ("", NotAllowed::NoHost),
    ];
    for (url, why) in refused {
        assert_eq!(check(url).unwrap_err(), why, "{url}");
        let exchange = usual().send(get(url)).await;
        assert!(
            matches!(outcome(&exchange), (BytesSent::None, Failure::NotAllowed(_))),
            "{url}"
        );
    }
    for url in [
        "https://example.org",
        "http://localhost:80/",
        "http://127.9.9.9/",
        "http://[::1]:8080/",
    ] {
        check(url).unwrap();
    }
}
