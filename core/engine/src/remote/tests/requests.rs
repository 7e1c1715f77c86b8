//! What goes out and what comes back where the line holds.

use georeport::{Body, Chunk, Method};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use super::server::{Server, header, whole_request};
use super::*;
use crate::effects::{Effect, Fault, Plan};
use crate::remote::{BytesSent, Failure, NotAllowed};

const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-phone: 0905000111\r\n\r\n[]";

/// A server that answers and hands on what it read.
async fn recording() -> (Server, mpsc::UnboundedReceiver<(String, Vec<u8>)>) {
    let (tell, told) = mpsc::unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            while let Some(request) = whole_request(&mut stream).await {
                tell.send(request).unwrap();
                stream.write_all(ANSWER).await.unwrap();
            }
        }
    })
    .await;
    (server, told)
}

#[tokio::test]
async fn a_filing_goes_out_with_its_length_never_chunked_and_every_byte_is_counted() {
    let (server, mut told) = recording().await;
    let photo: Vec<u8> = (0..100_000_u32).map(|i| (i % 241) as u8).collect();
    let multipart = with_photo(photo.len() as u64);
    let exchange = usual()
        .send(filing(&server.url("/requests.json?a=b#part"), &multipart, &photo))
        .await;

    let (head, body) = told.recv().await.unwrap();
    let expected: Vec<u8> = multipart
        .chunks()
        .flat_map(|chunk| match chunk {
            Chunk::Bytes(bytes) => bytes,
            Chunk::File { .. } => photo.clone(),
        })
        .collect();
    assert_eq!(body, expected);
    assert!(head.starts_with("POST /requests.json?a=b HTTP/1.1\r\n"), "{head}");
    assert_eq!(
        header(&head, "content-length"),
        Some(expected.len().to_string().as_str())
    );
    assert_eq!(header(&head, "transfer-encoding"), None);
    assert_eq!(header(&head, "accept-encoding"), None);
    assert_eq!(header(&head, "accept"), Some("*/*"));
    assert_eq!(
        header(&head, "host"),
        Some(format!("127.0.0.1:{}", server.port).as_str())
    );
    assert_eq!(
        header(&head, "user-agent"),
        Some(concat!("phananh/", env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(
        header(&head, "content-type"),
        Some(multipart.content_type().as_str())
    );

    let reply = exchange.result.unwrap();
    assert_eq!((reply.status, &reply.body[..]), (200, &b"[]"[..]));
    assert_eq!(exchange.sent, BytesSent::MayBe);
    assert_eq!(exchange.bytes_up, (head.len() + body.len()) as u64);
    assert_eq!(exchange.bytes_down, ANSWER.len() as u64);
}

#[tokio::test]
async fn a_question_has_no_body_and_a_caller_cannot_change_the_framing() {
    let (server, mut told) = recording().await;
    let exchange = usual().send(get(&server.url(""))).await;
    let (head, _) = told.recv().await.unwrap();
    assert_eq!(header(&head, "content-length"), None);
    assert_eq!(exchange.bytes_up, head.len() as u64, "{head}");

    let mut meddling = request(Method::Post, server.url("/"), Body::Form(b"a=1".to_vec()));
    for (name, value) in [("Content-Length", "99"), ("Transfer-Encoding", "chunked")] {
        meddling.headers.push((name.into(), value.into()));
    }
    usual().send(no_files(&meddling)).await.result.unwrap();
    let (head, body) = told.recv().await.unwrap();
    assert_eq!(
        (
            header(&head, "content-length"),
            header(&head, "transfer-encoding")
        ),
        (Some("3"), None)
    );
    assert_eq!(body, b"a=1");

    meddling.headers.push(("X".into(), "a\r\nb: c".into()));
    let exchange = usual().send(no_files(&meddling)).await;
    assert!(matches!(
        exchange.result,
        Err(Failure::NotAllowed(NotAllowed::Header))
    ));
    assert_eq!(exchange.sent, BytesSent::None);
}

#[tokio::test]
async fn a_redirect_is_an_answer_like_any_other() {
    let other = Server::answering(ANSWER).await;
    let answer = format!(
        "HTTP/1.1 301 Moved Permanently\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n",
        other.url("/")
    );
    let server = Server::answering(answer.leak().as_bytes()).await;
    for request in [get(&server.url("/")), post(&server.url("/"), b"a=1")] {
        assert_eq!(usual().send(request).await.result.unwrap().status, 301);
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn questions_share_a_connection_and_filings_never_do() {
    let server = Server::answering(ANSWER).await;
    let remote = usual();
    for _ in 0..3 {
        remote.send(get(&server.url("/"))).await.result.unwrap();
    }
    assert_eq!(server.connections(), 1);
    for _ in 0..3 {
        remote.send(post(&server.url("/"), b"a=1")).await.result.unwrap();
    }
    assert_eq!(server.connections(), 4);
}

#[tokio::test]
async fn an_endless_answer_is_cut_at_the_limit_and_kept_as_far() {
    let server = Server::start(|mut stream| async move {
        whole_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        while stream.write_all(&[b'x'; 1000]).await.is_ok() {}
    })
    .await;
    let remote = remote(RemoteConfig {
        max_body: 2_500,
        ..RemoteConfig::default()
    });
    let exchange = remote.send(post(&server.url("/"), b"a=1")).await;
    let Err(Failure::TooLong(reply)) = &exchange.result else {
        panic!("{exchange:?}")
    };
    assert_eq!((reply.status, reply.body.len()), (200, 2_500));
    assert_eq!(exchange.sent, BytesSent::MayBe);
}

#[tokio::test]
async fn nothing_of_an_exchange_shows_in_debug() {
    let server =
        Server::answering(b"HTTP/1.1 200 OK\r\nx-phone: 0905000111\r\ncontent-length: 3\r\n\r\nHoa").await;
    let outgoing = post(&server.url("/?name=Hoa"), b"phone=0905000111");
    let shown = [
        format!("{outgoing:?}"),
        format!("{:?}", usual().send(outgoing).await),
    ]
    .concat();
    assert!(
        !shown.contains("Hoa") && !shown.contains("0905000111") && !shown.contains("127.0.0.1"),
        "{shown}"
    );
}

#[tokio::test]
async fn each_step_passes_the_hook_and_a_kill_before_sending_sends_nothing() {
    let (server, mut told) = recording().await;
    let effects = Effects::default();
    let remote = Remote::new(RemoteConfig::default(), effects.clone()).unwrap();
    remote.send(post(&server.url("/"), b"a=1")).await.result.unwrap();
    assert_eq!(
        effects.log(),
        [Effect::NetConnect, Effect::NetSend, Effect::NetReceive]
    );
    told.recv().await.unwrap();
    for (at, sent) in [(0, BytesSent::None), (1, BytesSent::None), (2, BytesSent::MayBe)] {
        effects.plan(Plan::At(at, Fault::Kill));
        let exchange = remote.send(post(&server.url("/"), b"a=1")).await;
        assert!(matches!(exchange.result, Err(Failure::Broken)));
        assert_eq!(exchange.sent, sent);
        assert_eq!(told.try_recv().is_ok(), sent == BytesSent::MayBe);
    }
}

#[tokio::test]
async fn a_file_that_shrank_breaks_the_request_off() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = Server::start(move |mut stream| {
        let tell = tell.clone();
        async move {
            let mut all = Vec::new();
            let _ = stream.read_to_end(&mut all).await;
            tell.send(all).unwrap();
        }
    })
    .await;
    let exchange = usual()
        .send(filing(&server.url("/"), &with_photo(50_000), &[7; 40_000]))
        .await;
    assert!(matches!(exchange.result, Err(Failure::File)), "{exchange:?}");
    assert_eq!(exchange.sent, BytesSent::MayBe);
    let received = told.recv().await.unwrap();
    assert!(
        received.len() < 50_000,
        "the city never has a whole request with half a photo"
    );
}
