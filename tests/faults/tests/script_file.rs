//! The script format, and the program that reads it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]
#![allow(clippy::string_slice)]

mod support;

use std::{net::SocketAddr, path::Path, process::Stdio, time::Duration};

use phananh_faults::{
    Answer, AnswerBody, ConnectionPosition, Direction, Disturbance, Forward, How, MAX_SCRIPT_BYTES,
    RequestAction, RequestMatch, RequestPosition, Rule, Script, ScriptError, Turn,
};
use support::{BODY, End, Server, get, post, talk};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// The script that the README shows.
fn readme_script() -> &'static str {
    let readme = include_str!("../README.md");
    readme
        .split_once("```json\n")
        .unwrap()
        .1
        .split_once("```")
        .unwrap()
        .0
}

#[test]
fn the_example_of_the_readme_means_what_it_says() {
    let portal = Answer::new(200, Forward::No)
        .header("Content-Type", "text/html")
        .body(AnswerBody::Text("<html>Please sign in</html>".to_owned()));
    let expected = Script::new()
        .named_rule(
            "the first report is stored, and its answer is lost",
            Rule::Request {
                matching: RequestMatch::any()
                    .method("POST")
                    .path("/requests")
                    .turn(Turn::nth(1)),
                action: RequestAction::lose_answer(),
            },
        )
        .named_rule(
            "a photo stops in the middle, twice",
            Rule::Request {
                matching: RequestMatch::any().method("PATCH").turn(Turn::every().times(2)),
                action: RequestAction::Disturb(Disturbance::Cut {
                    at: RequestPosition::InBody,
                    how: How::Close,
                }),
            },
        )
        .named_rule(
            "a captive portal answers the list of services",
            Rule::Request {
                matching: RequestMatch::any().method("GET").path("/services"),
                action: RequestAction::Answer(portal),
            },
        )
        .named_rule(
            "the third connection dies after 5,000 bytes of answers",
            Rule::Connection {
                turn: Turn::nth(3),
                action: Disturbance::Cut {
                    at: ConnectionPosition::AfterBytes {
                        direction: Direction::Down,
                        bytes: 5_000,
                    },
                    how: How::Reset,
                },
            },
        );
    assert_eq!(Script::from_json(readme_script()).unwrap(), expected);
}

fn rule(when: &str, action: &str) -> String {
    format!(r#"{{"rules":[{{"when":{when},"do":{action}}}]}}"#)
}

#[test]
fn every_form_is_read() {
    let request = |action| Script::new().on_request(RequestMatch::any(), action);
    let disturb = |disturbance| request(RequestAction::Disturb(disturbance));
    let every = |action| Script::new().on_connection(Turn::every(), action);
    let any = r#"{"request":{}}"#;
    let start = RequestPosition::BeforeHead;
    let ms = |n| Some(Duration::from_millis(n));
    for (when, action, expected) in [
        (any, r#"{"stall":{}}"#, request(RequestAction::stall(start))),
        (
            any,
            r#"{"delay":{"ms":5}}"#,
            request(RequestAction::delay(Duration::from_millis(5))),
        ),
        (
            any,
            r#"{"throttle":{"bytes_per_s":9}}"#,
            request(RequestAction::throttle(9)),
        ),
        (
            any,
            r#"{"refuse":{"how":"close"}}"#,
            disturb(Disturbance::Refuse { how: How::Close }),
        ),
        (
            any,
            r#"{"reorder":{}}"#,
            disturb(Disturbance::Reorder { behind: 1 }),
        ),
        (
            any,
            r#"{"cut":{"at":"random"}}"#,
            request(RequestAction::cut(RequestPosition::Random { direction: None })),
        ),
        (
            any,
            r#"{"answer":{"status":200,"forward":"yes","body":{"endless":{}}}}"#,
            request(RequestAction::Answer(Answer::new(200, Forward::Yes).endless())),
        ),
        (
            r#""every""#,
            r#"{"stall":{"direction":"down","for_ms":7}}"#,
            every(Disturbance::Stall {
                at: ConnectionPosition::AfterBytes {
                    direction: Direction::Down,
                    bytes: 0,
                },
                lasting: ms(7),
            }),
        ),
        (
            r#""every""#,
            r#"{"cut":{"at":"random","direction":"up","within":9}}"#,
            every(Disturbance::Cut {
                at: ConnectionPosition::Random {
                    direction: Direction::Up,
                    within: 9,
                },
                how: How::Reset,
            }),
        ),
        (
            r#"{"connection":{"nth":2,"times":3}}"#,
            r#"{"refuse":{}}"#,
            Script::new().on_connection(Turn::nth(2).times(3), Disturbance::Refuse { how: How::Reset }),
        ),
    ] {
        assert_eq!(
            Script::from_json(&rule(when, action)).unwrap(),
            expected,
            "{when} {action}"
        );
    }
}

#[test]
fn what_cannot_be_meant_is_refused_by_rule() {
    let (any, every) = (r#"{"request":{}}"#, r#""every""#);
    for (when, action, word) in [
        (any, r#"{"cut":{}}"#, "after_bytes"),
        (any, r#"{"cut":{"at":"in_head","after_bytes":3}}"#, "either"),
        (any, r#"{"cut":{"at":"in_head","direction":"up"}}"#, "either"),
        (any, r#"{"cut":{"at":"nowhere"}}"#, "nowhere"),
        (any, r#"{"cut":{"at":"random","within":3}}"#, "within"),
        (any, r#"{"cut":{"at":"in_head","howw":"reset"}}"#, "howw"),
        (any, r#"{"explode":{}}"#, "explode"),
        (any, r#"{"throttle":{"bytes_per_s":0}}"#, "bytes_per_s"),
        (any, r#"{"reorder":{"behind":0}}"#, "behind"),
        (any, r#"{"answer":{"status":100,"forward":"no"}}"#, "100"),
        (any, r#"{"answer":{"status":200}}"#, "forward"),
        (
            any,
            r#"{"answer":{"status":200,"forward":"no","headers":{"A":"b\r\nC: d"}}}"#,
            "header",
        ),
        (any, r#"{"cut":{"direction":"up","after_bytes":-1}}"#, "-1"),
        (every, r#"{"cut":{"at":"in_body"}}"#, "request rule"),
        (every, r#"{"cut":{"at":"random","direction":"up"}}"#, "within"),
        (
            every,
            r#"{"answer":{"status":200,"forward":"no"}}"#,
            "request rule",
        ),
        (r#"{"request":{"nth":0}}"#, r#"{"refuse":{}}"#, "nth"),
        (r#"{"request":{"times":0}}"#, r#"{"refuse":{}}"#, "times"),
        (r#"{"request":{"verb":"GET"}}"#, r#"{"refuse":{}}"#, "verb"),
        (r#""sometimes""#, r#"{"refuse":{}}"#, "sometimes"),
    ] {
        let good = r#"{"when":"every","do":{"refuse":{}}}"#;
        let json = format!(r#"{{"rules":[{good},{{"name":"odd","when":{when},"do":{action}}}]}}"#);
        let error = Script::from_json(&json).unwrap_err();
        assert!(
            matches!(&error, ScriptError::Rule { number: 2, name: Some(n), .. } if n == "odd"),
            "{error}"
        );
        let message = error.to_string();
        assert!(
            message.starts_with("rule 2 (odd): ") && message.contains(word),
            "{message}"
        );
    }
    for json in ["", "[]", "{}", r#"{"rules":{}}"#, r#"{"rules":[],"seed":1}"#] {
        assert!(
            matches!(Script::from_json(json), Err(ScriptError::NotAScript(_))),
            "{json}"
        );
    }
    assert!(matches!(
        Script::from_json(r#"{"rules":[3]}"#),
        Err(ScriptError::Rule { number: 1, .. })
    ));
    let large = " ".repeat(usize::try_from(MAX_SCRIPT_BYTES).unwrap() + 1);
    assert!(matches!(Script::from_json(&large), Err(ScriptError::TooLarge)));
}

#[test]
fn a_script_can_be_part_of_another_document() {
    #[derive(serde::Deserialize)]
    struct Step {
        line: Script,
    }
    let step: Step = serde_json::from_str(&format!(r#"{{"line":{}}}"#, readme_script())).unwrap();
    assert_eq!(step.line, Script::from_json(readme_script()).unwrap());
    let bad = serde_json::from_str::<Step>(r#"{"line":{"rules":[{"when":"every"}]}}"#);
    assert!(bad.err().unwrap().to_string().starts_with("rule 1: "));
}

fn program(script: &Path, to: SocketAddr) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phananh-faults"));
    command
        .args([
            "--listen",
            "127.0.0.1:0",
            "--to",
            &to.to_string(),
            "--seed",
            "3",
            "--script",
        ])
        .arg(script);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn listening(child: &mut Child) -> SocketAddr {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    lines
        .next_line()
        .await
        .unwrap()
        .unwrap()
        .strip_prefix("listening ")
        .unwrap()
        .parse()
        .unwrap()
}

#[tokio::test]
async fn the_program_does_what_the_readme_says() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.json");
    std::fs::write(&script, readme_script()).unwrap();
    let server = Server::start().await;
    let stats = folder.path().join("stats.json");
    let mut child = program(&script, server.addr)
        .arg("--stats")
        .arg(&stats)
        .spawn()
        .unwrap();
    let line = listening(&mut child).await;

    let request = post("/requests.json", "description=hole");
    assert_eq!(talk(line, &request, 100).await, (Vec::new(), End::Reset));
    assert_eq!(server.done(), ["POST /requests.json HTTP/1.1"]);
    let portal = [get("/services.json"), get("/until-close")].concat();
    let (bytes, end) = talk(line, &portal, 1_000).await;
    let text = String::from_utf8(bytes).unwrap();
    assert!(text.contains("Please sign in") && text.ends_with(BODY), "{text}");
    assert_eq!(end, End::Eof);

    let pid = child.id().unwrap().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().await.unwrap().code(), Some(0));
    let stats: serde_json::Value = serde_json::from_slice(&std::fs::read(stats).unwrap()).unwrap();
    assert_eq!(stats["totals"]["requests"], 3);
    assert_eq!(stats["connections"][0]["requests"][0]["outcome"], "cut");
    assert_eq!(stats["connections"][0]["bytes_up"], request.len());
}

#[tokio::test]
async fn the_program_refuses_a_bad_script_and_names_the_rule() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script.json");
    std::fs::write(&script, rule(r#""every""#, r#"{"cut":{"at":"in_body"}}"#)).unwrap();
    let out = program(&script, ([127, 0, 0, 1], 9).into())
        .output()
        .await
        .unwrap();
    assert_eq!((out.status.code(), out.stdout), (Some(4), Vec::new()));
    assert!(String::from_utf8(out.stderr).unwrap().contains("rule 1: "));
    let out = program(&folder.path().join("absent.json"), ([127, 0, 0, 1], 9).into())
        .output()
        .await
        .unwrap();
    assert_eq!(out.status.code(), Some(4));
}
