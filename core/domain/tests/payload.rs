//! The canonical payload. Expected hashes were made with `printf '%s\n' … | sha256sum` over the lines in the comments.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod sample;

use phananh_domain::attachment::IngestState;
use phananh_domain::payload::{
    Field, Fields, Line, MultiValueStyle, Payload, Wire, coordinates, description_budget, queued_at,
};
use phananh_domain::place::Point;
use phananh_domain::profile::Footer;
use phananh_domain::report::Answer;
use proptest::prelude::*;
use sample::{definition, hue, photo, report, wire};

fn answer(code: &str, values: &[&str]) -> Answer {
    Answer {
        code: code.to_owned(),
        values: values.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn a_bare_city_gets_the_footer_and_the_standard_names() {
    let mut report = report();
    report.content.answers = vec![answer("DEPTH", &["30"]), answer("SIDE", &["left", "right\\edge"])];
    let (fields, definition) = (Fields::none(), definition());
    let payload = Payload::freeze(&report, &hue(), &wire(&fields, Some(&definition)));
    // service_code=ha-tang-giao-thong
    // lat=16.463712
    // long=107.590866
    // address_string=kiệt 48 Ngô Quyền, gần chợ
    // description=Ổ gà sâu \e nguy hiểm\n\nMã tra cứu 1234-5678-9018 · Ghi nhận 14:05 25/11/2026
    // attribute[DEPTH]=30
    // attribute[SIDE][]=left
    // attribute[SIDE][]=right\\edge
    assert_eq!(
        payload.sha256().as_str(),
        "8b6d73851d21fdd59ed7d1a45ab3feae936cb00c0d758208379f95975ee389d0",
        "{}",
        String::from_utf8(payload.canonical_bytes()).unwrap()
    );
}

#[test]
fn a_city_with_fields_gets_the_words_and_nothing_else() {
    let mut report = report();
    report.content.title = Some("Ổ gà".to_owned());
    report.queued_at = Some("2026-11-25T09:00:00Z".parse().unwrap());
    report.attachments = vec![photo(IngestState::Pending)];
    let fields = Fields::all();
    let payload = Payload::freeze(&report, &hue(), &wire(&fields, None));
    // service_code=ha-tang-giao-thong
    // lat=16.463712
    // long=107.590866
    // address_string=kiệt 48 Ngô Quyền, gần chợ
    // description=Ổ gà sâu \e nguy hiểm
    // reference_code=123456789018
    // title=Ổ gà
    // urgency=urgent
    // observed_at=2026-11-25T07:05:00Z
    // channel=app
    // publication=after_review
    // identity=confidential
    // place_words=kiệt 48 Ngô Quyền, gần chợ
    // accuracy_m=8.5
    // attachment=0195f3a0-0000-7000-8000-000000000001
    assert_eq!(
        payload.sha256().as_str(),
        "bf3b6139d6eb15608aed808fd4c3f7b41281837b9347932585624561e594b347",
        "{}",
        String::from_utf8(payload.canonical_bytes()).unwrap()
    );
    let queued = queued_at(&report, &fields).unwrap();
    assert_eq!(
        queued,
        ("queued_at".to_owned(), "2026-11-25T09:00:00Z".to_owned())
    );
    assert_eq!(queued_at(&report, &Fields::none()), None);
}

#[test]
fn names_of_list_answers_follow_the_dialect() {
    let mut report = report();
    report.content.answers = vec![answer("SIDE", &["left"]), answer("KIND", &["a"])];
    let (fields, definition) = (Fields::none(), definition());
    let names = |multi_value, definition| {
        let wire = Wire {
            fields: &fields,
            multi_value,
            definition,
            line: Line::Up,
        };
        let pairs = Payload::freeze(&report, &hue(), &wire).pairs;
        pairs
            .into_iter()
            .map(|(name, _)| name)
            .filter(|n| n.starts_with("attribute"))
            .collect::<Vec<_>>()
    };
    // One value of a list question is still a list; without the questions, only several values tell.
    assert_eq!(
        names(MultiValueStyle::Brackets, Some(&definition)),
        ["attribute[SIDE][]", "attribute[KIND]"]
    );
    assert_eq!(
        names(MultiValueStyle::Brackets, None),
        ["attribute[SIDE]", "attribute[KIND]"]
    );
    assert_eq!(
        names(MultiValueStyle::Repeated, Some(&definition)),
        ["attribute[SIDE]", "attribute[KIND]"]
    );
}

#[test]
fn the_description_says_what_has_no_field() {
    let mut profile = hue();
    let mut report = report();
    report.content.title = Some("Ổ gà".to_owned());
    let fields = Fields::from_names(["reference_code", "observed_at", "a_field_of_tomorrow"]);
    let describe = |profile: &_, report: &_, fields: &_, line| {
        let wire = Wire {
            fields,
            multi_value: MultiValueStyle::Brackets,
            definition: None,
            line,
        };
        Payload::freeze(report, profile, &wire)
            .get("description")
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(
        describe(&profile, &report, &fields, Line::Up),
        "Ổ gà\n\nỔ gà sâu = nguy hiểm"
    );
    report.content.title = None;
    assert_eq!(
        describe(&profile, &report, &Fields::none(), Line::Down),
        "Ổ gà sâu = nguy hiểm\n\nMã tra cứu 1234-5678-9018 (Ghi nhận 14:05 25/11/2026, gửi muộn vì mất mạng)"
    );
    report.content.text = "  ".to_owned();
    assert_eq!(
        describe(&profile, &report, &Fields::none(), Line::Up),
        "Mã tra cứu 1234-5678-9018 · Ghi nhận 14:05 25/11/2026"
    );
    // A city whose zone nobody set: the zone is named.
    profile.zone = "UTC".to_owned();
    profile.languages = vec!["en".to_owned()];
    assert_eq!(
        describe(&profile, &report, &Fields::none(), Line::Up),
        "Reference 1234-5678-9018 · Seen 07:05 25/11/2026 UTC"
    );
    profile.footer = Footer::Never;
    assert_eq!(describe(&profile, &report, &Fields::none(), Line::Up), "");
}

#[test]
fn the_budget_counts_words_and_footer() {
    let (fields, profile, mut report) = (Fields::none(), hue(), report());
    // Blank line (2) + "Mã tra cứu " (11) + 14 + " · " (3) + "Ghi nhận " (9) + "14:05 25/11/2026" (16) = 55.
    report.content.text = "ế".repeat(3_945);
    let budget = description_budget(&report, &profile, &wire(&fields, None));
    assert_eq!((budget.limit, budget.used, budget.overhead), (4_000, 4_000, 55));
    assert_eq!(
        (budget.for_words(), budget.left(), budget.excess()),
        (3_945, 0, 0)
    );
    let rich = Fields::all();
    assert_eq!(
        description_budget(&report, &profile, &wire(&rich, None)).overhead,
        0
    );
}

#[test]
fn coordinates_have_six_decimals_a_dot_and_no_minus_zero() {
    let written = |lat, lon| coordinates(Point::new(lat, lon).unwrap());
    assert_eq!(written(16.0, -0.000_000_4), ("16".to_owned(), "0".to_owned()));
    assert_eq!(written(-90.0, 1e-6), ("-90".to_owned(), "0.000001".to_owned()));
    assert_eq!(written(16.1, 180.0), ("16.1".to_owned(), "180".to_owned()));
}

#[test]
fn fields_are_a_set_of_known_names() {
    let fields: Fields = serde_json::from_str(r#"["title","title","tomorrow","urgency"]"#).unwrap();
    assert_eq!(fields.iter().collect::<Vec<_>>(), [Field::Title, Field::Urgency]);
    assert_eq!(serde_json::to_string(&fields).unwrap(), r#"["title","urgency"]"#);
}

proptest! {
    /// Equal bytes mean equal lists: a name or value can never pass for the end of a pair.
    #[test]
    fn canonical_bytes_tell_payloads_apart(
        a in proptest::collection::vec(("[a=\\\\\n\re]{0,4}", "[a=\\\\\n\re]{0,4}"), 0..4),
        b in proptest::collection::vec(("[a=\\\\\n\re]{0,4}", "[a=\\\\\n\re]{0,4}"), 0..4),
    ) {
        let of = |pairs: &Vec<(String, String)>| Payload { wire_version: 1, pairs: pairs.clone(), attachments: vec![] };
        prop_assert_eq!(of(&a).canonical_bytes() == of(&b).canonical_bytes(), a == b);
    }

    #[test]
    fn freezing_again_after_storage_gives_the_same_bytes(text in "\\PC{0,60}", rich: bool) {
        let mut report = report();
        report.content.text = text;
        let fields = if rich { Fields::all() } else { Fields::none() };
        let frozen = Payload::freeze(&report, &hue(), &wire(&fields, None));
        let stored = serde_json::from_str(&serde_json::to_string(&report).unwrap()).unwrap();
        let again = Payload::freeze(&stored, &hue(), &wire(&fields, None));
        prop_assert_eq!(frozen.canonical_bytes(), again.canonical_bytes());
        prop_assert_eq!(frozen.get("description").is_none_or(|d| d.contains(report.content.text.trim())), true);
    }
}
