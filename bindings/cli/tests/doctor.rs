//! The doctor finds what is wrong between this machine and the city, and says what to do about each.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::sync::Arc;

use phananh_city::Transport;
use phananh_engine::secrets::MemorySecrets;
use phananh_engine::{Client, Config};
use phananh_faults::{Answer, AnswerBody, Forward, RequestAction, RequestMatch, RequestPosition, Script};
use serde_json::{Value, json};
use support::{Phone, Town};

/// The result of one check: how it ended and its code.
fn check(answer: &Value, name: &str) -> (String, String) {
    let all = answer["checks"].as_array().unwrap();
    let one = all.iter().find(|check| check["check"] == name).unwrap();
    assert!(!one["message"].as_str().unwrap().contains('{'), "{one}");
    let text = |member: &str| one[member].as_str().unwrap().to_owned();
    (text("result"), text("code"))
}

fn is(result: &str, code: &str) -> (String, String) {
    (result.to_owned(), code.to_owned())
}

/// What the doctor says of a city at an address.
#[track_caller]
fn at(url: &str, exit: i32) -> Value {
    Phone::of(url)
        .run(&["doctor", "--timeout", "0.3", "--json"])
        .ends(exit)
        .json()
}

fn answering(answer: Answer) -> Town {
    Town::start(Script::new().on_request(RequestMatch::any(), RequestAction::Answer(answer)))
}

#[test]
fn all_is_well_with_a_city_that_answers() {
    for bare in [false, true] {
        let town = Town::with(Script::new(), |config| {
            if bare {
                config.extensions = phananh_city::Extensions::none();
            }
        });
        let phone = Phone::of(&town.url());
        let well = phone.run(&["doctor", "--json"]).ends(0).json();
        assert_eq!(json!([well["reachable"], well["network"]]), json!([true, null]));
        for name in ["data", "disk", "secrets", "address", "connection", "clock"] {
            assert_eq!(check(&well, name).0, "good", "{name}");
        }
        assert!(
            phone
                .run(&["--lang", "en", "doctor"])
                .ends(0)
                .out
                .ends_with("All is well\n")
        );
    }
}

#[test]
fn what_answers_in_place_of_the_city_is_told_apart() {
    let page = |text: &str| {
        Answer::new(200, Forward::No)
            .header("Content-Type", "text/html")
            .body(AnswerBody::Text(text.to_owned()))
    };
    let to = |place: &str| Answer::new(302, Forward::No).header("Location", place);
    for (answer, code) in [
        (page("<!DOCTYPE html><title>Trang chủ</title>"), "web_page"),
        (page("<html><form><input type=\"password\"></form>"), "captive"),
        (to("http://10.0.0.1/hotspot?next=city"), "captive"),
        (to("/v3/discovery.json"), "moved"),
        (Answer::new(404, Forward::No), "wrong_path"),
        (Answer::new(403, Forward::No), "not_allowed"),
        (Answer::new(503, Forward::No), "city"),
        (Answer::new(511, Forward::No), "captive"),
        (
            Answer::new(200, Forward::No).body(AnswerBody::Text("{\"hello\": 1}".to_owned())),
            "not_open311",
        ),
    ] {
        let town = answering(answer);
        let told = at(&town.url(), 6);
        assert_eq!(check(&told, "connection"), is("bad", code));
        assert_eq!(json!([told["reachable"], told["network"]]), json!([false, code]));
        // Everything else was looked at all the same.
        assert_eq!(check(&told, "data").0, "good");
    }
    let moved = answering(to("/v3/discovery.json"));
    let said = Phone::of(&moved.url())
        .run(&["--lang", "en", "doctor"])
        .ends(6)
        .out;
    assert!(said.contains(&format!("--city {}/v3", moved.url())), "{said}");
}

#[test]
fn a_server_that_cannot_be_spoken_with_is_told_apart() {
    assert_eq!(
        check(&at("http://127.0.0.1:9", 6), "connection"),
        is("bad", "refused")
    );
    assert_eq!(
        check(&at("https://khong-co.invalid/v2", 6), "connection"),
        is("bad", "name_unknown")
    );
    let mute = RequestAction::stall(RequestPosition::AfterRequest);
    let mute = Town::start(Script::new().on_request(RequestMatch::any(), mute));
    assert_eq!(check(&at(&mute.url(), 6), "connection"), is("bad", "silent"));

    // A city with a certificate by an authority of its own; http where https is, and the other way round.
    let secure = Town::with(Script::new(), |config| config.transport = Transport::Tls);
    let address = secure.city.address();
    assert_eq!(
        check(&at(&format!("https://{address}"), 6), "connection"),
        is("bad", "tls_issuer")
    );
    assert_eq!(
        check(&at(&format!("http://{address}"), 6), "connection"),
        is("bad", "broken")
    );
    let plain = Town::start(Script::new());
    assert_eq!(
        check(&at(&format!("https://{}", plain.line.addr()), 6), "connection"),
        is("bad", "tls")
    );
}

#[test]
fn a_clock_that_is_not_the_citys_is_named_with_its_difference() {
    for (date, told, message) in [
        ("Fri, 31 Dec 2100 23:59:59 GMT", true, "behind the city's"),
        ("Thu, 01 Jan 2026 00:00:00 GMT", false, "ahead of the city's"),
    ] {
        let answer = Answer::new(200, Forward::No)
            .header("Date", date)
            .body(AnswerBody::Text("[]".to_owned()));
        let town = answering(answer);
        let phone = Phone::of(&town.url());
        let found = phone.run(&["doctor", "--json"]).ends(6).json();
        assert_eq!(check(&found, "clock"), is("bad", "clock_wrong"));
        assert_eq!(found["clock_skew_s"].as_i64().unwrap() > 0, told);
        let said = phone.run(&["--lang", "en", "doctor"]).ends(6).out;
        assert!(said.contains(message) && said.contains(" days "), "{said}");
    }
}

#[test]
fn an_address_that_is_missing_or_cannot_be_one_is_named_and_the_rest_looked_at() {
    let phone = Phone::new();
    let none = phone.run(&["doctor", "--json"]).ends(6).json();
    assert_eq!(check(&none, "address"), is("bad", "no_endpoint"));
    assert_eq!(check(&none, "disk").0, "good");
    for (address, code) in [
        ("http://city.example/v2", "not_https"),
        ("city.example", "bad_url"),
    ] {
        let told = at(address, 6);
        assert_eq!(check(&told, "address"), is("bad", code));
        assert_eq!(check(&told, "data").0, "good");
    }
    for (lang, how) in [
        ("vi", "--profile hue --city ĐỊA_CHỈ doctor"),
        ("en", "--profile hue --city URL doctor"),
    ] {
        let said = phone.run(&["--lang", lang, "doctor"]).ends(6).out;
        assert!(said.contains(how), "{said}");
    }
}

#[test]
fn a_store_in_use_hides_neither_the_disk_nor_the_city() {
    let town = Town::start(Script::new());
    let phone = Phone::of(&town.url());
    phone.lamp();
    let holder = Client::open(Config::new(phone.data(), Arc::new(MemorySecrets::default()))).unwrap();
    let told = phone.run(&["doctor", "--json"]).ends(7).json();
    assert_eq!(check(&told, "data"), is("bad", "store_held"));
    assert_eq!(check(&told, "disk").0, "good");
    assert_eq!(check(&told, "connection").0, "good");
    drop(holder);
}
