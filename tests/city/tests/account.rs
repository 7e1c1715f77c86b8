//! Signing in, sessions, locked accounts; and that none of it costs a report.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::path::Path;
use std::time::Duration;

use phananh_city::{Extensions, SignIn};
use serde_json::{Value, json};
use support::{DESK, PARKS_DESK, TREE, TestCity, city, column, form, owner, read};

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const PHONE: (&str, &str) = ("phone", "0905 123 567");

/// The newest code in the outbox, and to whom it went.
fn sent(folder: &Path) -> (String, String) {
    let outbox = std::fs::read_to_string(folder.join("codes.jsonl")).unwrap();
    let line: Value = serde_json::from_str(outbox.lines().last().unwrap()).unwrap();
    (
        line["to"].as_str().unwrap().to_owned(),
        line["code"].as_str().unwrap().to_owned(),
    )
}

/// A code as people type it: in two groups.
fn spaced(code: &str) -> String {
    let (first, second) = code.split_at(3);
    format!("{first} {second}")
}

async fn start(city: &TestCity, address: (&str, &str)) -> String {
    let (status, answer) = city.post("account/start.json", &[address]).await;
    assert_eq!(status, 202, "{answer}");
    answer["challenge"].as_str().unwrap().to_owned()
}

async fn verify(city: &TestCity, challenge: &str, code: &str) -> (u16, Value) {
    city.post("account/verify.json", &[("challenge", challenge), ("code", code)])
        .await
}

async fn sign_in(city: &TestCity, address: (&str, &str)) -> Value {
    let challenge = start(city, address).await;
    let (status, session) = verify(city, &challenge, &sent(city.dir.path()).1).await;
    assert_eq!(status, 200, "{session}");
    session
}

async fn refresh(city: &TestCity, session: &Value) -> (u16, Value) {
    let token = session["refresh_token"].as_str().unwrap();
    city.post("account/refresh.json", &[("refresh_token", token)])
        .await
}

async fn get_as(city: &TestCity, session: &Value, path: &str) -> (u16, Value) {
    city.desk_get(session["access_token"].as_str().unwrap(), path)
        .await
}

async fn post_as(city: &TestCity, session: &Value, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let request = city
        .http
        .post(city.url(path))
        .bearer_auth(session["access_token"].as_str().unwrap());
    read(request.form(fields).send().await.unwrap()).await
}

fn reason(answer: &(u16, Value)) -> (u16, &str) {
    (answer.0, answer.1[0]["reason"].as_str().unwrap_or(""))
}

#[tokio::test]
async fn a_phone_number_signs_in_whatever_its_spelling() {
    let city = city(|_| {}).await;
    let (status, answer) = city.post("account/start.json", &[PHONE]).await;
    assert_eq!(status, 202);
    assert_eq!(
        (&answer["expires_in_s"], &answer["resend_in_s"], &answer["digits"]),
        (&json!(300), &json!(60), &json!(6))
    );
    let (to, code) = sent(city.dir.path());
    assert_eq!((to.as_str(), code.len()), ("+84905123567", 6));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let outbox = std::fs::metadata(city.dir.path().join("codes.jsonl")).unwrap();
        assert_eq!(outbox.permissions().mode() & 0o777, 0o600);
    }
    let challenge = answer["challenge"].as_str().unwrap();
    let (status, session) = verify(&city, challenge, &code).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&session["expires_in_s"], &session["session_expires_at"]),
        (&json!(3600), &json!("2027-02-23T03:00:00Z"))
    );
    assert_eq!(
        reason(&verify(&city, challenge, &code).await),
        (410, "challenge_gone"),
        "a code works once"
    );
    let (_, account) = get_as(&city, &session, "account.json").await;
    assert_eq!(
        account,
        json!({"account_id": session["account_id"], "by": "phone", "masked": "09xx xxx 567", "locked": null})
    );
    // The same person by another spelling; somebody else by e-mail; the answer to `start` is always the same.
    let again = sign_in(&city, ("phone", "+84 (0) 905.123.567")).await;
    assert_eq!(again["account_id"], session["account_id"]);
    let other = sign_in(&city, ("email", "B.Tran@Example.vn")).await;
    assert_ne!(other["account_id"], session["account_id"]);
    assert_eq!(
        get_as(&city, &other, "account.json").await.1["masked"],
        "bxxx@example.vn"
    );
    for wrong in [
        vec![],
        vec![("phone", "12")],
        vec![("email", "x")],
        vec![PHONE, ("email", "b@example.vn")],
    ] {
        assert_eq!(city.post("account/start.json", &wrong).await.0, 400, "{wrong:?}");
    }
    // Neither the code nor a token is in the database.
    let mut bytes = Vec::new();
    for file in ["city.sqlite3", "city.sqlite3-wal"] {
        bytes.extend(std::fs::read(city.dir.path().join(file)).unwrap());
    }
    let holds = |secret: &str| {
        bytes
            .windows(secret.len())
            .any(|window| window == secret.as_bytes())
    };
    assert!(holds("+84905123567") && !holds(session["refresh_token"].as_str().unwrap()));
    assert!(!holds(session["access_token"].as_str().unwrap()));
}

#[tokio::test]
async fn a_code_is_not_to_be_guessed() {
    let city = city(|_| {}).await;
    let challenge = start(&city, PHONE).await;
    let (_, code) = sent(city.dir.path());
    let wrong = format!("{:06}", (code.parse::<u32>().unwrap() + 1) % 1_000_000);
    for left in [4, 3, 2, 1, 0] {
        let answer = verify(&city, &challenge, &wrong).await;
        assert_eq!(reason(&answer), (400, "wrong_code"));
        assert_eq!(answer.1[0]["attempts_left"], left);
    }
    assert_eq!(
        reason(&verify(&city, &challenge, &code).await),
        (410, "challenge_gone")
    );
    assert_eq!(
        reason(&verify(&city, "nothing", &code).await),
        (410, "challenge_gone")
    );

    let challenge = start(&city, PHONE).await;
    let (_, code) = sent(city.dir.path());
    let typed = spaced(&code);
    city.clock.advance(5 * MINUTE);
    assert_eq!(
        reason(&verify(&city, &challenge, &typed).await),
        (410, "challenge_gone")
    );
    let challenge = start(&city, PHONE).await;
    let (_, code) = sent(city.dir.path());
    let typed = spaced(&code);
    city.clock.advance(5 * MINUTE - Duration::from_secs(1));
    assert_eq!(verify(&city, &challenge, &typed).await.0, 200);

    // Five codes an hour for one address, whatever its spelling; another address is another matter.
    start(&city, PHONE).await;
    start(&city, PHONE).await;
    let request = city
        .http
        .post(city.url("account/start.json"))
        .form(&[("phone", "+84905123567")]);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 429);
    // The first one went out 9 minutes and 59 seconds ago.
    assert_eq!(
        response.headers()["retry-after"],
        (60 * 60 - (10 * 60 - 1)).to_string().as_str()
    );
    start(&city, ("phone", "0905123568")).await;
    city.clock.advance(50 * MINUTE + Duration::from_secs(1));
    start(&city, PHONE).await;
}

#[tokio::test]
async fn a_session_lasts_ninety_days_and_its_tokens_are_used_once() {
    let city = city(|_| {}).await;
    let first = sign_in(&city, PHONE).await;
    city.clock.advance(59 * MINUTE);
    assert_eq!(get_as(&city, &first, "account.json").await.0, 200);
    city.clock.advance(MINUTE);
    assert_eq!(
        reason(&get_as(&city, &first, "account.json").await),
        (401, "session_over")
    );
    assert_eq!(reason(&city.get("account.json").await), (401, "sign_in"));

    // An answer that was lost is told again, the same; afterwards the old token is a stranger's.
    let (_, second) = refresh(&city, &first).await;
    city.clock.advance(MINUTE);
    let (status, repeated) = refresh(&city, &first).await;
    assert_eq!(status, 200);
    assert_eq!(
        (&repeated["access_token"], &repeated["refresh_token"]),
        (&second["access_token"], &second["refresh_token"])
    );
    assert_eq!(repeated["expires_in_s"], 3540, "the same pair, a minute older");
    city.clock.advance(Duration::from_secs(1));
    assert_eq!(reason(&refresh(&city, &first).await), (401, "session_over"));
    assert_eq!(
        reason(&refresh(&city, &second).await),
        (401, "session_over"),
        "nobody goes on with it"
    );
    assert_eq!(
        reason(&get_as(&city, &second, "account.json").await),
        (401, "session_over")
    );

    let mut session = sign_in(&city, PHONE).await;
    let ends = session["session_expires_at"].clone();
    for _ in 0..89 {
        city.clock.advance(DAY);
        let (status, renewed) = refresh(&city, &session).await;
        assert_eq!((status, &renewed["session_expires_at"]), (200, &ends));
        session = renewed;
    }
    city.clock.advance(DAY - 30 * MINUTE);
    let (_, session) = refresh(&city, &session).await;
    assert_eq!(session["expires_in_s"], 1800, "no token outlives the session");
    city.clock.advance(30 * MINUTE);
    assert_eq!(reason(&refresh(&city, &session).await), (401, "session_over"));

    let session = sign_in(&city, PHONE).await;
    for _ in 0..2 {
        let token = session["access_token"].as_str().unwrap();
        let answer = city
            .http
            .post(city.url("account/sign-out.json"))
            .bearer_auth(token);
        assert_eq!(answer.send().await.unwrap().status(), 204);
    }
    assert_eq!(
        reason(&get_as(&city, &session, "account.json").await),
        (401, "session_over")
    );
    assert_eq!(reason(&refresh(&city, &session).await), (401, "session_over"));
    let nobody = city
        .http
        .post(city.url("account/sign-out.json"))
        .send()
        .await
        .unwrap();
    assert_eq!(nobody.status(), 204);
    for forged in ["", "pr.x.1.00", first["access_token"].as_str().unwrap()] {
        let answer = city
            .post("account/refresh.json", &[("refresh_token", forged)])
            .await;
        assert!(
            answer.0 == 400 || reason(&answer) == (401, "session_over"),
            "{answer:?}"
        );
    }
}

#[tokio::test]
async fn a_report_of_somebody_signed_in_is_theirs_on_every_phone() {
    let city = city(|config| config.sign_in = SignIn::Required).await;
    let (_, discovery) = city.get("discovery.json").await;
    assert_eq!(
        discovery["extensions"]["account"],
        json!({"by": ["phone", "email"], "required_to_file": true, "session_days": 90})
    );
    assert_eq!(reason(&city.post("requests.json", &TREE).await), (401, "sign_in"));
    let session = sign_in(&city, PHONE).await;
    let key = "0198f2a0-4444-7000-8000-000000000001";
    let (_, hash) = owner(1);
    let fields: Vec<_> = TREE
        .into_iter()
        .chain([
            ("publication", "never"),
            ("owner_hash", &hash),
            ("client_request_id", key),
        ])
        .chain([("account_id", "somebody-else")])
        .collect();
    let (status, receipt) = post_as(&city, &session, "requests.json", &fields).await;
    assert_eq!(status, 201);
    assert_eq!(
        receipt[0]["account_id"], session["account_id"],
        "who is signed in counts, not what is said"
    );
    let id = receipt[0]["service_request_id"].as_str().unwrap();

    let second = sign_in(&city, ("phone", "+84905123567")).await;
    let (_, rows) = get_as(&city, &second, "account/requests.json").await;
    assert_eq!(column(&rows, "service_request_id"), [id]);
    assert_eq!(
        get_as(&city, &second, &format!("account/requests.json?after={id}"))
            .await
            .1,
        json!([])
    );
    let path = format!("requests/{id}.json");
    assert_eq!(get_as(&city, &second, &path).await.0, 200);
    assert_eq!(city.get(&path).await.0, 404);
    city.act(id, json!({"action": "receive"})).await;
    city.act(id, json!({"action": "ask", "text": "Ở đâu?"})).await;
    let changes = format!("requests/changes.json?service_request_id={id}");
    let seen = async |answer: (u16, Value)| answer.1["changes"][0]["events_seq"].clone();
    assert_eq!(seen(get_as(&city, &second, &changes).await).await, 3);
    assert_eq!(
        seen(city.get(&changes).await).await,
        2,
        "a question is its owner's alone"
    );
    let comment = [("kind", "comment"), ("text", "Thêm: sát cột điện")];
    assert_eq!(
        post_as(&city, &second, &format!("requests/{id}/messages.json"), &comment)
            .await
            .0,
        201
    );
    let stranger = sign_in(&city, ("email", "b@example.vn")).await;
    assert_eq!(get_as(&city, &stranger, &path).await.0, 404);
    assert_eq!(
        get_as(&city, &stranger, "account/requests.json").await.1,
        json!([])
    );
    let claimed = [
        TREE[0],
        TREE[1],
        TREE[2],
        ("account_id", session["account_id"].as_str().unwrap()),
    ];
    let forged = city.desk_post_form(DESK, &claimed).await;
    assert_eq!(
        forged.0, 201,
        "an operator files for a caller who has no account: {}",
        forged.1
    );
    assert_eq!(
        get_as(&city, &second, "account/requests.json")
            .await
            .1
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let (_, filed) = city.desk_get(DESK, "desk/cases/2.json").await;
    assert_eq!(filed["filed_by"], "Trung tâm tiếp nhận");

    // The session is over in the middle of a send: nothing is stored, and what was stored is acknowledged again.
    city.clock.advance(61 * MINUTE);
    let before = city.running.counts().unwrap().cases;
    assert_eq!(
        reason(&post_as(&city, &session, "requests.json", &TREE).await),
        (401, "session_over")
    );
    assert_eq!(city.running.counts().unwrap().cases, before);
    assert_eq!(
        post_as(&city, &session, "requests.json", &fields).await,
        (200, receipt)
    );
}

#[tokio::test]
async fn a_locked_account_reads_and_writes_nothing() {
    let city = city(|_| {}).await;
    let session = sign_in(&city, PHONE).await;
    let key = ("client_request_id", "0198f2a0-5555-7000-8000-000000000001");
    let fields: Vec<_> = TREE.into_iter().chain([key]).collect();
    let (_, receipt) = post_as(&city, &session, "requests.json", &fields).await;
    let id = receipt[0]["service_request_id"].as_str().unwrap();
    let account = &session["account_id"];
    let (_, case) = city.desk_get(DESK, &format!("desk/cases/{id}.json")).await;
    assert_eq!(
        case["account_id"], *account,
        "who is to be locked is seen at the case"
    );
    let lock = json!({"account_id": account, "text": "Lời lẽ xúc phạm; liên hệ 19001075."});
    assert_eq!(
        city.desk_post_as(PARKS_DESK, "desk/accounts/lock.json", lock.clone())
            .await
            .0,
        403
    );
    assert_eq!(city.desk_post("desk/accounts/lock.json", lock).await.0, 200);
    let (status, errors) = post_as(&city, &session, "requests.json", &TREE).await;
    assert_eq!((status, &errors[0]["reason"]), (403, &json!("account_locked")));
    assert_eq!(errors[0]["description"], "Lời lẽ xúc phạm; liên hệ 19001075.");
    let messages = format!("requests/{id}/messages.json");
    let comment = [("kind", "comment"), ("text", "x")];
    assert_eq!(
        reason(&post_as(&city, &session, &messages, &comment).await),
        (403, "account_locked")
    );
    let picture = city
        .http
        .post(city.url(&format!("requests/{id}/attachments.json")))
        .bearer_auth(session["access_token"].as_str().unwrap())
        .multipart(form(&[]).part("media", support::photo(support::jpeg(1, 10))));
    assert_eq!(
        reason(&read(picture.send().await.unwrap()).await),
        (403, "account_locked")
    );
    assert_eq!(
        post_as(&city, &session, "requests.json", &fields).await,
        (200, receipt.clone())
    );
    assert_eq!(get_as(&city, &session, "account/requests.json").await.0, 200);
    let (_, told) = get_as(&city, &session, "account.json").await;
    assert_eq!(told["locked"]["at"], support::START);
    assert_eq!(refresh(&city, &session).await.0, 200);
    assert_eq!(city.running.cases().unwrap()[0].events.len(), 1);
    city.desk_post("desk/accounts/unlock.json", json!({"account_id": account}))
        .await;
    assert_eq!(post_as(&city, &session, "requests.json", &TREE).await.0, 201);
    assert_eq!(
        city.desk_post("desk/accounts/unlock.json", json!({"account_id": "x"}))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn a_city_without_accounts_takes_reports_under_any_token() {
    let city = city(|config| {
        config.extensions = "fields,owner".parse::<Extensions>().unwrap();
        config.sign_in = SignIn::Required;
    })
    .await;
    let session = json!({"access_token": "of another city"});
    assert_eq!(post_as(&city, &session, "requests.json", &TREE).await.0, 201);
    assert_eq!(city.post("account/start.json", &[PHONE]).await.0, 404);
}
