//! A cut is exact: so many bytes reach the other side, not one more or less, and the stream ends as told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![allow(clippy::string_slice)]

mod support;

use std::collections::BTreeSet;

use phananh_faults::{
    ConnectionPosition, Direction, Disturbance, FaultLine, How, Outcome, RequestAction, RequestMatch,
    RequestPosition, Script, Turn,
};
use proptest::prelude::*;
use support::{
    BODY, CHUNKED, End, LENGTH, Server, answer, ask, expect, get, head_length, post, read_to_end, talk, until,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

fn cut_request(at: RequestPosition, how: How) -> Script {
    Script::new().on_request(
        RequestMatch::any(),
        RequestAction::Disturb(Disturbance::Cut { at, how }),
    )
}

fn cut_connection(direction: Direction, bytes: u64) -> Script {
    let at = ConnectionPosition::AfterBytes { direction, bytes };
    Script::new().on_connection(Turn::every(), Disturbance::Cut { at, how: How::Reset })
}

/// One request through a line that ends it; what passed up and down.
async fn passed(script: Script, seed: u64, request: &[u8], piece: usize, end: End) -> (usize, usize) {
    let mut server = Server::start().await;
    let line = server.line(script, seed).await;
    let (down, client_end) = talk(line.addr(), request, piece).await;
    let seen = server.ended.recv().await.unwrap();
    assert_eq!((client_end, seen.end), (end, end));
    assert_eq!(seen.bytes, request[..seen.bytes.len()]);
    let path = String::from_utf8_lossy(request)
        .split(' ')
        .nth(1)
        .unwrap()
        .to_owned();
    assert_eq!(down, answer(&path)[..down.len()]);

    let stats = line.stats();
    let connection = &stats.connections[0];
    assert_eq!(connection.outcome, Outcome::Cut);
    assert_eq!(connection.requests[0].outcome, Outcome::Cut);
    let counted = (connection.bytes_up as usize, connection.bytes_down as usize);
    assert_eq!(counted, (seen.bytes.len(), down.len()));
    assert_eq!(
        counted,
        (line.totals().bytes_up as usize, line.totals().bytes_down as usize)
    );
    counted
}

#[tokio::test]
async fn after_so_many_bytes_of_the_request() {
    let request = post("/requests", "description=hole");
    let (head, whole) = (head_length(&request), request.len());
    for (how, end) in [(How::Reset, End::Reset), (How::Close, End::Eof)] {
        for n in [0, 1, head - 1, head, head + 1, whole - 1, whole] {
            let at = RequestPosition::AfterBytes {
                direction: Direction::Up,
                bytes: n as u64,
            };
            assert_eq!(
                passed(cut_request(at, how), 0, &request, whole, end).await,
                (n, 0),
                "{how:?} {n}"
            );
        }
    }
}

#[tokio::test]
async fn after_so_many_bytes_of_the_answer() {
    let request = post("/requests", "description=hole");
    for (how, end) in [(How::Reset, End::Reset), (How::Close, End::Eof)] {
        for n in [
            0,
            1,
            LENGTH.len() - 1,
            LENGTH.len(),
            LENGTH.len() + 1,
            LENGTH.len() + BODY.len(),
        ] {
            let at = RequestPosition::AfterBytes {
                direction: Direction::Down,
                bytes: n as u64,
            };
            let got = passed(cut_request(at, how), 0, &request, 7, end).await;
            assert_eq!(got, (request.len(), n), "{how:?} {n}");
        }
    }
}

#[tokio::test]
async fn drawn_positions_lie_where_their_name_says_and_come_from_the_seed() {
    let request = post("/requests", "description=a+hole+in+the+road");
    let (head, whole) = (head_length(&request), request.len());
    let answer_whole = LENGTH.len() + BODY.len();
    let random = |direction| RequestPosition::Random { direction };
    // Position, bounds of what passes up, bounds of what passes down (all inclusive).
    let places = [
        (RequestPosition::BeforeHead, 0..=0, 0..=0),
        (RequestPosition::InHead, 1..=head - 1, 0..=0),
        (RequestPosition::InBody, head + 1..=whole - 1, 0..=0),
        (RequestPosition::InAnswerHead, whole..=whole, 1..=LENGTH.len() - 1),
        (
            RequestPosition::InAnswerBody,
            whole..=whole,
            LENGTH.len() + 1..=answer_whole - 1,
        ),
        (random(Some(Direction::Up)), 0..=whole - 1, 0..=0),
        (random(Some(Direction::Down)), whole..=whole, 0..=answer_whole - 1),
        (random(None), 0..=whole, 0..=answer_whole - 1),
    ];
    for (at, up, down) in places {
        let mut different = BTreeSet::new();
        for seed in 0..12 {
            let once = passed(cut_request(at, How::Reset), seed, &request, whole, End::Reset).await;
            assert!(
                up.contains(&once.0) && down.contains(&once.1),
                "{at:?} seed {seed}: {once:?}"
            );
            // The same bytes in other pieces: the same cut.
            let again = passed(cut_request(at, How::Reset), seed, &request, 5, End::Reset).await;
            assert_eq!(once, again, "{at:?} seed {seed}");
            different.insert(once);
        }
        assert_eq!(
            different.len() > 1,
            at != RequestPosition::BeforeHead,
            "{at:?}: {different:?}"
        );
    }
}

#[tokio::test]
async fn an_answer_of_unknown_length_is_still_cut_before_its_end() {
    for (path, head) in [
        ("/chunked", CHUNKED.len()),
        ("/until-close", head_length(&answer("/until-close"))),
    ] {
        for seed in 0..12 {
            let script = cut_request(RequestPosition::InAnswerBody, How::Reset);
            let request = get(path);
            let mut server = Server::start().await;
            let line = server.line(script, seed).await;
            let (down, end) = talk(line.addr(), &request, 1_000).await;
            assert_eq!(end, End::Reset);
            assert!(down.len() > head, "{path} {seed}");
            // Only where the close is the end, nobody can hold back the last byte: the reset tears it.
            assert!(
                down.len() < answer(path).len() || path == "/until-close",
                "{path} {seed}"
            );
            assert_eq!(server.ended.recv().await.unwrap().bytes, request);
        }
    }
}

#[tokio::test]
async fn a_chunked_request_is_cut_before_its_end() {
    let mut request = b"POST /requests HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let head = request.len();
    request.extend_from_slice(b"3\r\nabc\r\n0\r\n\r\n");
    for seed in 0..12 {
        let script = cut_request(RequestPosition::InBody, How::Reset);
        let (up, down) = passed(script, seed, &request, 4, End::Reset).await;
        assert!(
            (head + 1..request.len()).contains(&up) && down == 0,
            "seed {seed}: {up}"
        );
    }
}

#[tokio::test]
async fn a_lost_answer_is_lost_after_the_server_has_done_its_work() {
    for (path, how, end) in [
        ("/requests", How::Reset, End::Reset),
        ("/requests", How::Close, End::Eof),
        ("/chunked", How::Reset, End::Reset),
        ("/until-close", How::Reset, End::Reset),
    ] {
        let request = post(path, "description=hole");
        let mut server = Server::start().await;
        let line = server
            .line(cut_request(RequestPosition::AfterRequest, how), 0)
            .await;
        let (down, client_end) = talk(line.addr(), &request, 9).await;
        // No waiting here: once the client knows, the server has done it.
        assert_eq!(server.done().len(), 1, "{path}");
        assert_eq!((down, client_end), (Vec::new(), end), "{path}");
        assert_eq!(server.ended.recv().await.unwrap().bytes, request);
        let connection = &line.stats().connections[0];
        assert_eq!(
            (connection.bytes_up, connection.bytes_down),
            (request.len() as u64, 0)
        );
        assert!(connection.requests[0].status.is_some());
    }
}

#[tokio::test]
async fn a_client_that_leaves_does_not_stop_a_lost_answer_from_being_committed() {
    // The client hangs up right after its last byte; the server must get all of it even so.
    let request = post("/requests", "description=hole");
    let server = Server::start().await;
    let line = server
        .line(cut_request(RequestPosition::AfterRequest, How::Reset), 0)
        .await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    stream.write_all(&request).await.unwrap();
    drop(stream);
    until(|| line.totals().requests == 1).await;
    line.settled().await;
    assert_eq!(server.done(), ["POST /requests HTTP/1.1"]);
}

#[tokio::test]
async fn positions_that_a_message_does_not_have_let_it_pass() {
    let beyond = RequestPosition::AfterBytes {
        direction: Direction::Down,
        bytes: 1_000_000,
    };
    for at in [RequestPosition::InBody, beyond] {
        let server = Server::start().await;
        let line = server.line(cut_request(at, How::Reset), 3).await;
        let mut stream = TcpStream::connect(line.addr()).await.unwrap();
        ask(&mut stream, &get("/a"), &answer("/a")).await;
        ask(&mut stream, &get("/b"), &answer("/b")).await;
        line.settled().await;
        let stats = line.stats();
        assert!(
            stats.connections[0]
                .requests
                .iter()
                .all(|r| r.outcome == Outcome::Passed)
        );
    }
}

#[tokio::test]
async fn a_connection_is_counted_over_its_requests() {
    let (first, second) = (post("/a", "x=1"), post("/b", "y=22"));
    let n = first.len() + 10;
    let mut server = Server::start().await;
    let line = server.line(cut_connection(Direction::Up, n as u64), 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &first, &answer("/a")).await;
    stream.write_all(&second).await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, (Vec::new(), End::Reset));
    let seen = server.ended.recv().await.unwrap();
    assert_eq!(
        (seen.bytes, seen.end),
        ([&first[..], &second[..10]].concat(), End::Reset)
    );
    let requests = &line.stats().connections[0].requests;
    assert_eq!(
        (requests[0].outcome, requests[0].bytes_up),
        (Outcome::Passed, first.len() as u64)
    );
    assert_eq!((requests[1].outcome, requests[1].bytes_up), (Outcome::Cut, 10));
}

#[tokio::test]
async fn bytes_without_meaning_are_cut_as_exactly() {
    let hello: Vec<u8> = std::iter::once(0x16).chain((0..=255).cycle().take(999)).collect();
    for n in [1, 2, 500, 999, 1_000] {
        let mut server = Server::start().await;
        let line = server.line(cut_connection(Direction::Up, n as u64), 0).await;
        let (_, end) = talk(line.addr(), &hello, 100).await;
        let seen = server.ended.recv().await.unwrap();
        assert_eq!(
            (seen.bytes, seen.end, end),
            (hello[..n].to_vec(), End::Reset, End::Reset)
        );

        let mut server = Server::start().await;
        let line = server.line(cut_connection(Direction::Down, n as u64), 0).await;
        assert_eq!(
            talk(line.addr(), &hello, 1_000).await,
            (hello[..n].to_vec(), End::Reset)
        );
        assert_eq!(server.ended.recv().await.unwrap().bytes, hello);
        assert!(line.stats().connections[0].requests.is_empty());
    }
}

#[tokio::test]
async fn a_reset_waits_until_a_slow_reader_has_got_its_bytes() {
    // Far more than a receive buffer holds unread, so that the kernel still has most of it to deliver.
    const N: usize = 1_000_000;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let to = listener.local_addr().unwrap();
    let script = cut_connection(Direction::Up, N as u64);
    let line = FaultLine::start(([127, 0, 0, 1], 0).into(), to, script, 0)
        .await
        .unwrap();
    let client = tokio::spawn(async move {
        let mut stream = TcpStream::connect(line.addr()).await.unwrap();
        let _ = stream.write_all(&vec![0x17; 4 * N]).await;
        line
    });
    let (mut server, _) = listener.accept().await.unwrap();
    let (bytes, end) = read_to_end(&mut server).await;
    assert_eq!((bytes.len(), end), (N, End::Reset));
    assert_eq!(client.await.unwrap().totals().bytes_up, N as u64);
}

#[tokio::test]
async fn pipelined_requests_keep_their_boundaries() {
    let script = Script::new().on_request(
        RequestMatch::any().path("/second"),
        RequestAction::cut(RequestPosition::AfterBytes {
            direction: Direction::Down,
            bytes: 3,
        }),
    );
    let server = Server::start().await;
    let line = server.line(script, 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    stream
        .write_all(&[post("/first", "a=1"), post("/second", "b=2")].concat())
        .await
        .unwrap();
    expect(&mut stream, &answer("/first")).await;
    assert_eq!(read_to_end(&mut stream).await, (b"HTT".to_vec(), End::Reset));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_cut_of_any_upload_is_exact(body in "[a-z]{0,3000}", n in 0_usize..3_000, piece in 1_usize..2_000) {
        let request = post("/upload", &body);
        let n = n.min(request.len());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let at = RequestPosition::AfterBytes { direction: Direction::Up, bytes: n as u64 };
        let got = runtime.block_on(passed(cut_request(at, How::Reset), 0, &request, piece, End::Reset));
        prop_assert_eq!(got, (n, 0));
    }
}
