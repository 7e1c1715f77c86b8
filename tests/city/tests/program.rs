//! The program: what it prints, what it refuses, and that a kill loses nothing it acknowledged.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use phananh_city::cases_in;
use serde_json::json;
use support::{TREE, client, form, jpeg, photo, read, sha256};

struct Program {
    child: Child,
    url: String,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_phananh-city"));
    command
        .arg("--data")
        .arg(data)
        .args(arguments)
        .env_remove("PHANANH_OPERATOR_TOKEN");
    command
}

fn start(data: &Path, arguments: &[&str]) -> Program {
    let mut child = command(data, arguments)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .unwrap();
    let url = line
        .trim_end()
        .strip_prefix("listening ")
        .unwrap_or_else(|| panic!("{line:?}"))
        .to_owned();
    Program { child, url }
}

fn refused(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let Output {
        status,
        stderr,
        stdout,
    } = command(data, arguments).output().unwrap();
    assert!(stdout.is_empty());
    (status.code(), String::from_utf8(stderr).unwrap())
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill_right_after_the_answer() {
    let dir = tempfile::tempdir().unwrap();
    let http = client(None);
    for round in 1..=5_u8 {
        let mut program = start(dir.path(), &[]);
        let bytes = jpeg(round, 200_000);
        let fields: Vec<_> = TREE
            .into_iter()
            .chain([("reference_code", "123456789012")])
            .collect();
        let body = form(&fields).part("media", photo(bytes.clone()));
        let response = http
            .post(format!("{}/requests.json", program.url))
            .multipart(body)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 201);
        program.child.kill().unwrap(); // SIGKILL
        program.child.wait().unwrap();

        let cases = cases_in(dir.path()).unwrap();
        assert_eq!(cases.len(), usize::from(round));
        let last = cases.last().unwrap();
        assert_eq!(last.photos[0].sha256, sha256(&bytes));
        assert!(std::fs::read(&last.photos[0].path).unwrap() == bytes);
    }
    // What a kill can leave behind is swept; what is named stays.
    let media = dir.path().join("media");
    std::fs::write(media.join("incoming/half"), b"half").unwrap();
    std::fs::write(media.join("0".repeat(64)), b"orphan").unwrap();
    let program = start(dir.path(), &[]);
    let (_, rows) = read(
        http.get(format!("{}/requests.json", program.url))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(rows.as_array().unwrap().len(), 5);
    let names: Vec<_> = std::fs::read_dir(&media)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 6, "{names:?}");
    assert_eq!(std::fs::read_dir(media.join("incoming")).unwrap().count(), 0);
}

#[tokio::test]
async fn a_folder_has_one_city_and_a_signal_ends_it_in_order() {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut program = start(dir.path(), &["--listen", "127.0.0.1:0", "--operator-token", "t"]);
        let (code, text) = refused(dir.path(), &[]);
        assert_eq!(code, Some(7), "{text}");
        assert!(text.contains("in use"), "{text}");
        let killed = Command::new("kill")
            .arg(signal)
            .arg(program.child.id().to_string())
            .status()
            .unwrap();
        assert!(killed.success());
        assert_eq!(program.child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn what_is_not_built_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    for (arguments, expected) in [
        (
            ["--family", "toronto"],
            "family `toronto` is not built yet; this server has: spec, moderated, tokens",
        ),
        (
            ["--family", "atlantis"],
            "family `atlantis` is unknown; this server has: spec, moderated, tokens",
        ),
        (
            ["--extensions", "owner,tus"],
            "extension `tus` is not built yet; this server has: idempotency, owner",
        ),
        (["--extensions", "magic"], "extension `magic` is unknown"),
        (["--format", "xml"], "XML answers are not built yet"),
        (["--format", "both"], "XML answers are not built yet"),
    ] {
        let (code, text) = refused(dir.path(), &arguments);
        assert_eq!(code, Some(2), "{text}");
        assert!(text.contains(expected), "{text}");
    }
    let elsewhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = elsewhere.local_addr().unwrap().to_string();
    assert_eq!(refused(dir.path(), &["--listen", &taken]).0, Some(6));
}

#[tokio::test]
async fn tls_is_trusted_by_the_certificate_in_the_folder_also_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    drop(start(dir.path(), &["--tls"]));
    let pem = std::fs::read_to_string(dir.path().join("ca.pem")).unwrap();
    let program = start(dir.path(), &["--tls", "--base-path", "/open311/v2/"]);
    assert!(
        program.url.starts_with("https://127.0.0.1:") && program.url.ends_with("/open311/v2"),
        "{}",
        program.url
    );
    let http = client(Some(&pem));
    let (status, document) = read(
        http.get(format!("{}/discovery.json", program.url))
            .send()
            .await
            .unwrap(),
    )
    .await;
    assert_eq!(
        (status, &document["endpoints"][0]["url"]),
        (200, &json!(program.url))
    );
}

#[tokio::test]
async fn the_log_holds_no_personal_data() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = start(dir.path(), &[]);
    let http = client(None);
    let fields: Vec<_> = TREE.into_iter().chain([("phone", "0900000003")]).collect();
    let (_, receipt) = read(
        http.post(format!("{}/requests.json?phone=0900000003", program.url))
            .form(&fields)
            .send()
            .await
            .unwrap(),
    )
    .await;
    let id = receipt[0]["service_request_id"].as_str().unwrap();
    read(
        http.get(format!("{}/requests/{id}.json?email=c%40example.vn", program.url))
            .send()
            .await
            .unwrap(),
    )
    .await;
    read(
        http.get(format!("{}/Nguyen-Van-C", program.url))
            .send()
            .await
            .unwrap(),
    )
    .await;
    program.child.kill().unwrap();
    let mut log = String::new();
    std::io::Read::read_to_string(&mut program.child.stderr.take().unwrap(), &mut log).unwrap();
    assert!(
        log.contains("POST /requests.json 201") && log.contains("GET /requests/{id} 200"),
        "{log}"
    );
    for personal in ["0900000003", "example", "Nguyen", "Cây"] {
        assert!(!log.contains(personal), "{log}");
    }
}
