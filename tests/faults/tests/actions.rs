//! What a line does besides cutting, and what it can be told while it runs.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![allow(clippy::string_slice)]

mod support;

use std::{io::ErrorKind, time::Duration};

use phananh_faults::{
    Answer, AnswerBody, ConnectionAction, ConnectionPosition, Direction, Disturbance, Forward, How, Outcome,
    RequestAction, RequestMatch, RequestPosition, Script, Turn,
};
use support::{End, Server, answer, ask, expect, get, head_length, post, read_to_end, talk, until};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::Instant,
};

fn on_every_request(action: RequestAction) -> Script {
    Script::new().on_request(RequestMatch::any(), action)
}

#[tokio::test]
async fn an_empty_script_changes_nothing_and_counts_everything() {
    let (a, b, c) = (post("/a?page=2", "x=1"), get("/chunked"), get("/until-close"));
    let mut server = Server::start().await;
    let line = server.line(Script::new(), 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &a, &answer("/a")).await;
    ask(&mut stream, &b, &answer("/chunked")).await;
    ask(&mut stream, &c, &answer("/until-close")).await;
    assert_eq!(read_to_end(&mut stream).await, (Vec::new(), End::Eof));
    drop(stream);
    assert_eq!(
        server.ended.recv().await.unwrap().bytes,
        [&a[..], &b, &c].concat()
    );

    let stats = line.stats();
    let connection = &stats.connections[0];
    assert_eq!(connection.outcome, Outcome::Passed);
    let told: Vec<_> = connection
        .requests
        .iter()
        .map(|r| {
            (
                &*r.method,
                &*r.path,
                r.status.unwrap(),
                r.outcome,
                r.bytes_up as usize,
                r.bytes_down as usize,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "POST",
                "/a?page=2",
                201,
                Outcome::Passed,
                a.len(),
                answer("/a").len()
            ),
            (
                "GET",
                "/chunked",
                200,
                Outcome::Passed,
                b.len(),
                answer("/chunked").len()
            ),
            (
                "GET",
                "/until-close",
                200,
                Outcome::Passed,
                c.len(),
                answer("/until-close").len()
            ),
        ]
    );
    let totals = line.totals();
    assert_eq!((totals.connections, totals.requests), (1, 3));
    assert_eq!(totals.bytes_up, told.iter().map(|r| r.4 as u64).sum::<u64>());
    assert_eq!(totals.bytes_down, told.iter().map(|r| r.5 as u64).sum::<u64>());
}

#[tokio::test]
async fn a_refused_connection_never_reaches_the_server() {
    for (how, end) in [(How::Reset, End::Reset), (How::Close, End::Eof)] {
        let mut server = Server::start().await;
        let refuse = ConnectionAction::Refuse { how };
        let line = server
            .line(Script::new().on_connection(Turn::nth(2), refuse), 0)
            .await;
        for expected in [answer("/"), Vec::new(), answer("/")] {
            let mut stream = TcpStream::connect(line.addr()).await.unwrap();
            if expected.is_empty() {
                assert_eq!(read_to_end(&mut stream).await, (expected, end));
            } else {
                ask(&mut stream, &get("/"), &expected).await;
                drop(stream);
                server.ended.recv().await.unwrap();
            }
        }
        assert_eq!(server.done().len(), 2);
        assert_eq!(line.stats().connections[1].outcome, Outcome::Refused);
    }
}

#[tokio::test]
async fn a_stall_passes_nothing_until_the_client_gives_up() {
    let request = post("/requests", "description=hole");
    let head = head_length(&request);
    let up = RequestPosition::AfterBytes {
        direction: Direction::Up,
        bytes: head as u64,
    };
    let down = RequestPosition::AfterBytes {
        direction: Direction::Down,
        bytes: 20,
    };
    for (at, sent, got) in [
        (RequestPosition::BeforeHead, 0, 0),
        (up, head, 0),
        (down, request.len(), 20),
        (RequestPosition::AfterRequest, request.len(), 0),
    ] {
        let mut server = Server::start().await;
        let line = server.line(on_every_request(RequestAction::stall(at)), 0).await;
        let mut stream = TcpStream::connect(line.addr()).await.unwrap();
        stream.write_all(&request).await.unwrap();
        until(|| {
            let totals = line.totals();
            (totals.requests, totals.bytes_up, totals.bytes_down) == (1, sent as u64, got as u64)
        })
        .await;
        stream.shutdown().await.unwrap();
        let (bytes, end) = read_to_end(&mut stream).await;
        assert_eq!(
            (bytes, end),
            (answer("/requests")[..got].to_vec(), End::Eof),
            "{at:?}"
        );
        drop(stream);
        assert_eq!(
            server.ended.recv().await.unwrap().bytes,
            request[..sent],
            "{at:?}"
        );
        assert_eq!(
            line.stats().connections[0].requests[0].outcome,
            Outcome::Stalled,
            "{at:?}"
        );
    }
}

#[tokio::test]
async fn a_stalled_connection_rule_counts_over_the_connection() {
    let server = Server::start().await;
    let at = ConnectionPosition::AfterBytes {
        direction: Direction::Down,
        bytes: answer("/a").len() as u64 + 5,
    };
    let script = Script::new().on_connection(Turn::every(), Disturbance::Stall { at, lasting: None });
    let line = server.line(script, 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &get("/a"), &answer("/a")).await;
    ask(&mut stream, &get("/b"), b"HTTP/").await;
    stream.shutdown().await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, (Vec::new(), End::Eof));
}

#[tokio::test(start_paused = true)]
async fn a_delay_passes_everything_later() {
    let server = Server::start().await;
    let line = server
        .line(
            on_every_request(RequestAction::delay(Duration::from_secs(3_600))),
            0,
        )
        .await;
    let began = Instant::now();
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &get("/a"), &answer("/a")).await;
    // On the paused clock, which moves only where everything waits for it.
    assert!(began.elapsed() >= Duration::from_secs(3_600));
    line.settled().await;
    assert_eq!(line.stats().connections[0].requests[0].outcome, Outcome::Passed);
}

#[tokio::test(start_paused = true)]
async fn a_throttle_keeps_its_rate_each_way() {
    let server = Server::start().await;
    let request = post("/a", &"x".repeat(2_000));
    let line = server
        .line(on_every_request(RequestAction::throttle(100)), 0)
        .await;
    let began = Instant::now();
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &request, &answer("/a")).await;
    let bytes = request.len() + answer("/a").len();
    assert!(
        began.elapsed() >= Duration::from_millis(bytes as u64 * 10),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn a_portal_answers_and_the_server_hears_nothing() {
    let html = "<html>Xin đăng nhập</html>";
    let portal = Answer::new(200, Forward::No)
        .header("Content-Type", "text/html")
        .body(AnswerBody::Text(html.to_owned()));
    let script = Script::new().on_request(
        RequestMatch::any().method("POST").turn(Turn::nth(1)),
        RequestAction::Answer(portal),
    );
    let mut server = Server::start().await;
    let line = server.line(script, 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    let length = html.len();
    let wire =
        format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {length}\r\n\r\n{html}");
    ask(&mut stream, &post("/requests", "a=1"), wire.as_bytes()).await;
    // The connection goes on, with the server's own answers.
    let second = post("/requests", "a=2");
    ask(&mut stream, &second, &answer("/requests")).await;
    drop(stream);
    assert_eq!(server.ended.recv().await.unwrap().bytes, second);
    let requests = &line.stats().connections[0].requests;
    assert_eq!(
        (requests[0].outcome, requests[0].bytes_up),
        (Outcome::Answered, 0)
    );
    assert_eq!(requests[0].bytes_down as usize, wire.len());
    assert_eq!(requests[0].rule.as_deref(), Some("rule 1"));
}

#[tokio::test]
async fn a_refusal_although_stored() {
    let json = serde_json::json!([{ "code": 400, "description": "no" }]);
    let refusal = Answer::new(400, Forward::Yes).body(AnswerBody::Json(json.clone()));
    let server = Server::start().await;
    let line = server
        .line(on_every_request(RequestAction::Answer(refusal)), 0)
        .await;
    let body = json.to_string();
    let wire = format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    for path in ["/requests", "/chunked"] {
        ask(&mut stream, &post(path, "a=1"), wire.as_bytes()).await;
    }
    assert_eq!(server.done().len(), 2);
    line.settled().await;
    let statuses: Vec<_> = line.stats().connections[0]
        .requests
        .iter()
        .map(|r| r.status)
        .collect();
    assert_eq!(statuses, [Some(201), Some(200)]);
}

#[tokio::test]
async fn an_endless_answer_lasts_as_long_as_the_client() {
    let server = Server::start().await;
    let endless = RequestAction::Answer(Answer::new(200, Forward::No).endless());
    let line = server.line(on_every_request(endless), 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    stream.write_all(&get("/requests")).await.unwrap();
    let mut some = vec![0; 3_000_000];
    stream.read_exact(&mut some).await.unwrap();
    assert!(
        some.starts_with(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[{")
    );
    drop(stream);
    line.settled().await;
    assert_eq!(line.stats().connections[0].requests[0].outcome, Outcome::Answered);
    assert!(server.done().is_empty());
}

#[tokio::test]
async fn an_answer_can_lie_about_its_length() {
    let server = Server::start().await;
    let short = Answer::new(200, Forward::No)
        .header("Content-Length", "100")
        .body(AnswerBody::Text("ten bytes.".to_owned()));
    let line = server
        .line(on_every_request(RequestAction::Answer(short)), 0)
        .await;
    let (bytes, end) = talk(line.addr(), &get("/"), 100).await;
    assert_eq!((bytes.ends_with(b"\r\n\r\nten bytes."), end), (true, End::Eof));
}

#[tokio::test]
async fn reordering_lets_the_later_one_go_first() {
    let server = Server::start().await;
    let first = RequestMatch::any().turn(Turn::nth(1));
    let script = Script::new().on_request(first, RequestAction::Disturb(Disturbance::Reorder { behind: 1 }));
    let line = server.line(script, 0).await;
    let mut early = TcpStream::connect(line.addr()).await.unwrap();
    early.write_all(&post("/early", "a=1")).await.unwrap();
    until(|| line.totals().requests == 1).await;
    let mut late = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut late, &post("/late", "a=2"), &answer("/late")).await;
    expect(&mut early, &answer("/early")).await;
    assert_eq!(server.done(), ["POST /late HTTP/1.1", "POST /early HTTP/1.1"]);
}

#[tokio::test]
async fn a_whole_connection_can_come_behind_another() {
    let server = Server::start().await;
    let script = Script::new().on_connection(Turn::nth(1), Disturbance::Reorder { behind: 1 });
    let line = server.line(script, 0).await;
    let mut early = TcpStream::connect(line.addr()).await.unwrap();
    early.write_all(&get("/early")).await.unwrap();
    until(|| line.totals().requests == 1).await;
    let mut late = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut late, &get("/late"), &answer("/late")).await;
    assert_eq!(server.done(), ["GET /late HTTP/1.1"]);
    drop(late);
    expect(&mut early, &answer("/early")).await;
}

#[tokio::test]
async fn off_is_no_network_and_on_is_the_same_address() {
    let server = Server::start().await;
    let line = server.line(Script::new(), 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &get("/a"), &answer("/a")).await;
    line.off().await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, (Vec::new(), End::Reset));
    assert_eq!(line.stats().connections[0].outcome, Outcome::LineDown);
    for _ in 0..3 {
        let refused = TcpStream::connect(line.addr()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    }
    line.off().await.unwrap();
    line.on().await.unwrap();
    line.on().await.unwrap();
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &get("/b"), &answer("/b")).await;
    assert_eq!(line.totals().connections, 2);
}

#[tokio::test]
async fn nobody_takes_the_port_while_the_network_is_away() {
    let server = Server::start().await;
    let line = server.line(Script::new(), 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &get("/a"), &answer("/a")).await;
    for _ in 0..2 {
        line.off().await.unwrap();
        // As every server binds, tests that run beside this one included.
        let taken = std::net::TcpListener::bind(line.addr()).unwrap_err();
        assert_eq!(taken.kind(), ErrorKind::AddrInUse);
        let refused = TcpStream::connect(line.addr()).await.unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        line.on().await.unwrap();
        let mut stream = TcpStream::connect(line.addr()).await.unwrap();
        ask(&mut stream, &get("/b"), &answer("/b")).await;
    }
}

#[tokio::test]
async fn a_line_takes_another_script_and_another_server() {
    let lose_first = Script::new().on_request(
        RequestMatch::any().turn(Turn::nth(1)),
        RequestAction::lose_answer(),
    );
    let (old, new) = (Server::start().await, Server::start().await);
    let line = old.line(lose_first.clone(), 0).await;
    assert_eq!(talk(line.addr(), &get("/a"), 100).await, (Vec::new(), End::Reset));
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &get("/b"), &answer("/b")).await;
    line.set_script(lose_first);
    line.retarget(new.addr);
    assert_eq!(talk(line.addr(), &get("/c"), 100).await, (Vec::new(), End::Reset));
    // A connection made before stays with its server.
    ask(&mut stream, &get("/d"), &answer("/d")).await;
    assert_eq!(
        old.done(),
        ["GET /a HTTP/1.1", "GET /b HTTP/1.1", "GET /d HTTP/1.1"]
    );
    assert_eq!(new.done(), ["GET /c HTTP/1.1"]);
}

#[tokio::test]
async fn a_server_that_is_away_is_a_reset() {
    let server = Server::start().await;
    let line = server.line(Script::new(), 0).await;
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    line.retarget(nobody);
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    assert_eq!(read_to_end(&mut stream).await, (Vec::new(), End::Reset));
    assert_eq!(line.stats().connections[0].outcome, Outcome::Unreachable);
}

#[tokio::test]
async fn dropping_the_line_ends_it() {
    let server = Server::start().await;
    let line = server.line(Script::new(), 0).await;
    let mut stream = TcpStream::connect(line.addr()).await.unwrap();
    ask(&mut stream, &get("/a"), &answer("/a")).await;
    drop(line);
    assert_eq!(read_to_end(&mut stream).await.0, Vec::<u8>::new());
}
