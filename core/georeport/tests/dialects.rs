//! What each family of servers answers, read. The families and their oddities: Open311 deployments as observed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use georeport::read::{self, Automated, Case, Point, TokenAnswer, WireDatatype, WireDefinition, WireService};
use georeport::{Format, ReadError, Zone, ZoneOffset};
use support::{answer, golden};

const HUE: ZoneOffset = ZoneOffset(7 * 3600);

fn services(name: &str) -> Vec<WireService> {
    read::services(&answer(200, &golden(name))).unwrap()
}

fn definition(name: &str) -> WireDefinition {
    read::definition(&answer(200, &golden(name))).unwrap()
}

fn cases(name: &str) -> Vec<Case> {
    read::cases(&answer(200, &golden(name)), HUE).unwrap().cases
}

fn token(name: &str, token: &str) -> TokenAnswer {
    read::token(&answer(200, &golden(name)), token).unwrap()
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

fn urls(case: &Case) -> Vec<&str> {
    case.media.iter().map(|media| media.url.as_str()).collect()
}

#[test]
fn spec_samples_with_unquoted_leading_zeros() {
    let [pothole, rubbish] = &services("spec/services.json")[..] else {
        panic!("two")
    };
    assert_eq!((pothole.code.as_str(), rubbish.code.as_str()), ("001", "002"));
    assert_eq!(pothole.keywords, ["đường", "ổ gà", "hố"]);
    assert_eq!((pothole.metadata, rubbish.metadata), (Some(true), Some(false)));
    assert_eq!(
        (pothole.groups.clone(), rubbish.groups.len()),
        (vec!["Đường sá".to_owned()], 0)
    );
    assert_eq!(rubbish.service_type, some("batch"));

    let questions = definition("spec/definition.json");
    let codes: Vec<&str> = questions.attributes.iter().map(|a| a.code.as_str()).collect();
    assert_eq!(codes, ["LANE", "DEPTH"], "by order");
    assert_eq!(questions.notices, ["Nguy hiểm thì gọi 112."]);
    let lane = &questions.attributes[0];
    assert_eq!(
        (lane.required, &lane.datatype),
        (true, &WireDatatype::SingleValueList)
    );
    let choices: Vec<(&str, &str)> = lane
        .choices
        .iter()
        .map(|c| (c.key.as_str(), c.name.as_str()))
        .collect();
    assert_eq!(choices, [("123", "Trong"), ("0124", "Ngoài")]);
    assert_eq!(questions.attributes[1].hint, some("cm"));

    let [case] = &cases("spec/cases.json")[..] else {
        panic!("one")
    };
    assert_eq!(
        (case.id.as_str(), case.service_code.clone()),
        ("638344", some("006"))
    );
    assert_eq!(
        (case.zipcode.clone(), case.address_id.clone()),
        (some("53000"), some("545483"))
    );
    assert_eq!(
        case.point,
        Some(Point {
            lat: 16.463713,
            long: 107.590867
        })
    );
    assert_eq!(case.description, None);
    // date -u -d 2026-04-14T06:37:38-08:00 +%s
    assert_eq!(case.requested.as_ref().unwrap().unix_ms, Some(1_776_177_458_000));
    assert_eq!(
        token("spec/token.json", "12345"),
        TokenAnswer::Case("638344".to_owned())
    );
    assert_eq!(
        token("spec/token.json", "999"),
        TokenAnswer::Pending,
        "another token's answer"
    );
}

#[test]
fn fixmystreet_wraps_lists_and_spells_booleans() {
    let [pothole] = &services("fixmystreet/services.json")[..] else {
        panic!("one")
    };
    assert_eq!(
        (pothole.code.as_str(), pothole.metadata),
        ("Pothole Repairs", Some(false))
    );
    let listed = cases("fixmystreet/search_as_receipt.json");
    assert_eq!(
        (listed[0].id.as_str(), listed[0].agency_responsible.clone()),
        ("41", some("Northern Council"))
    );
    assert_eq!(listed[1].agency_responsible, some("Northern Council, Roads"));
    assert_eq!(listed[0].raw["detail"], "Deep hole by the mill");
    assert!(cases("fixmystreet/empty.json").is_empty());
    let page = golden("fixmystreet/page.html");
    let why = read::cases(&answer(200, &page), HUE).unwrap_err();
    assert_eq!(why, ReadError::NotReadable { format: Format::Html });
}

#[test]
fn zurich_puts_each_scalar_into_a_list() {
    let [open, closed] = &cases("zurich/cases.json")[..] else {
        panic!("two")
    };
    assert_eq!((open.id.as_str(), open.status.clone()), ("77", some("open")));
    assert_eq!(
        open.point,
        Some(Point {
            lat: 47.37,
            long: 8.54
        })
    );
    assert_eq!(open.agency_responsible, some("Tiefbauamt"));
    assert!(open.media.is_empty());
    assert_eq!(closed.id, "78");
}

#[test]
fn adapter_tells_automated_and_disabled() {
    let questions = definition("adapter/definition.json");
    let automated: Vec<Option<Automated>> = questions.attributes.iter().map(|a| a.automated).collect();
    assert_eq!(
        automated,
        [Some(Automated::ServerSet), Some(Automated::HiddenField), None]
    );
    let disabled: Vec<Option<String>> = questions.attributes[2]
        .choices
        .iter()
        .map(|choice| choice.disabled.clone())
        .collect();
    assert_eq!(disabled, [None, some("Ring the depot.")]);
    assert!(definition("adapter/empty_definition.json").attributes.is_empty());
    assert_eq!(
        token("adapter/token.json", "tok0"),
        TokenAnswer::Case("77".to_owned())
    );
}

#[test]
fn connectedbits_lists_rows_without_ids_and_extended_attributes() {
    let body = golden("connectedbits/cases.json");
    let list = read::cases(&answer(200, &body), HUE).unwrap();
    assert_eq!((list.cases.len(), list.skipped), (1, 2));
    let case = &list.cases[0];
    assert_eq!(
        case.point,
        Some(Point {
            lat: 41.88,
            long: -87.63
        })
    );
    assert_eq!(
        urls(case),
        ["https://spot.example/1.jpg", "https://spot.example/2.jpg"]
    );
    assert_eq!(case.duplicate_of, some("26-00012000"));
    assert_eq!(case.updated, None);
    let notes: Vec<(Option<String>, Option<String>)> = case
        .notes
        .iter()
        .map(|note| (note.kind.clone(), note.text.clone()))
        .collect();
    assert_eq!(
        notes,
        [
            (some("opened"), some("Request opened")),
            (some("activity"), some("A crew is on its way"))
        ]
    );
    assert_eq!(
        case.raw["extended_attributes"]["ward"], "7",
        "kept raw, the number as text"
    );
    assert_eq!(
        services("connectedbits/services.json")[0].groups,
        ["Streets", "Property"]
    );
    let ours = "5151aaaa1f2b3c4d5e6f7081";
    assert_eq!(
        token("connectedbits/token_pending.json", ours),
        TokenAnswer::Pending
    );
    for pending in [(404, &b""[..]), (200, b"[]")] {
        assert_eq!(
            read::token(&answer(pending.0, pending.1), ours),
            Ok(TokenAnswer::Pending)
        );
    }
}

#[test]
fn boston_lists_media_as_objects_and_datatypes_of_its_own() {
    let [case] = &cases("boston/case.json")[..] else {
        panic!("one")
    };
    assert_eq!(
        urls(case),
        ["https://spot.example/m1.jpg", "https://spot.example/m2.jpg"]
    );
    assert_eq!(case.media[1].id, some("m2"));
    // date -u -d 2026-02-12T16:00:00Z +%s, and 123 ms
    assert_eq!(case.requested.as_ref().unwrap().unix_ms, Some(1_770_912_000_123));
    assert_eq!(case.description, some("Swing broken\r\nChain gone"));
    let questions = definition("boston/definition.json");
    assert_eq!(
        questions.attributes[0].datatype,
        WireDatatype::Other("informational".to_owned())
    );
    let mut choices: Vec<&str> = questions.attributes[1]
        .choices
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    choices.sort_unstable();
    assert_eq!(choices, ["Slide", "Swing"], "a map from key to name");
}

#[test]
fn seeclickfix_ids_keep_all_their_digits() {
    let [case] = &cases("seeclickfix/cases.json")[..] else {
        panic!("one")
    };
    assert_eq!(
        (case.id.as_str(), case.service_code.clone()),
        ("1234567890123456789012", some("117"))
    );
    assert_eq!(
        case.point,
        Some(Point {
            lat: 41.31103,
            long: -72.92401
        })
    );
}

#[test]
fn markaspot_joins_media_with_commas_and_notes_inside() {
    let [case] = &cases("markaspot/cases.json")[..] else {
        panic!("one")
    };
    assert_eq!(
        urls(case),
        ["https://m.example/a,1.jpg", "https://m.example/b.jpg"]
    );
    assert_eq!(
        (case.address.clone(), case.status_notes.clone()),
        (some("50667 Dom, Platz 1"), some("Abgeholt"))
    );
    assert_eq!(case.notes[0].text, some("Beauftragt"));
}

#[test]
fn klarschiff_misspells_and_hides_media_in_extended_attributes() {
    let [case] = &cases("klarschiff/cases.json")[..] else {
        panic!("one")
    };
    assert_eq!(
        (case.address_id.clone(), case.detailed_status.clone()),
        (some("88"), some("IN_PROCESS"))
    );
    assert_eq!(urls(case), ["https://k.example/1.jpg", "https://k.example/2.jpg"]);
}

#[test]
fn tampere_names_no_zone() {
    let [case] = &cases("tampere/cases.json")[..] else {
        panic!("one")
    };
    let requested = case.requested.clone().unwrap();
    // 10:00 at +07:00 is 03:00Z: date -u -d 2026-10-01T03:00:00Z +%s
    assert_eq!(
        (requested.unix_ms, requested.zone),
        (Some(1_790_823_600_000), Zone::Assumed)
    );
    assert_eq!(requested.raw, "2026-10-01T10:00:00");
    assert_eq!(
        (case.zipcode.clone(), case.service_name.clone()),
        (some("33100"), None)
    );
}

#[test]
fn toronto_leaves_elements_empty() {
    let [case] = &cases("toronto/cases.json")[..] else {
        panic!("one")
    };
    assert_eq!(
        (
            case.updated.clone(),
            case.expected.clone(),
            case.description.clone()
        ),
        (None, None, None)
    );
    assert_eq!(case.status_notes, some("In Progress"));
    assert!(case.media.is_empty());
}

#[test]
fn codefornl_leaves_keys_out_and_files_under_a_blank() {
    let [first, second] = &cases("codefornl/cases.json")[..] else {
        panic!("two")
    };
    assert_eq!(
        (first.service_code.clone(), urls(first)),
        (None, vec!["https://n.example/f.pdf"])
    );
    assert_eq!(
        first.point,
        Some(Point {
            lat: 51.43999862670898,
            long: 5.46999979019165
        })
    );
    assert_eq!(
        (second.point, second.status.clone()),
        (None, None),
        "0/0 is nowhere"
    );
}

#[test]
fn sixaika_answers_an_unknown_id_with_404() {
    let body = golden("sixaika/not_found.json");
    let Err(ReadError::Status { status: 404, errors }) = read::cases(&answer(404, &body), HUE) else {
        panic!("a status")
    };
    assert_eq!(
        (errors[0].code.clone(), errors[0].description.clone()),
        (some("404"), some("Not Found"))
    );
}

#[test]
fn a_list_is_never_taken_from_something_else() {
    for body in [
        &b"{}"[..],
        br#"{"status":"ok"}"#,
        br#"{"services":null,"count":0}"#,
        b"[1,2]",
        br#"["no"]"#,
        b"[[[[[[[[{}]]]]]]]]",
        b"[{\"service_request_id\":1}",
    ] {
        let read = read::cases(&answer(200, body), HUE);
        assert!(
            matches!(read, Err(ReadError::Malformed { .. })),
            "{:?}",
            String::from_utf8_lossy(body)
        );
    }
    for (body, format) in [
        (&b""[..], Format::Empty),
        (b" \r\n", Format::Empty),
        (b"gateway busy", Format::Text),
        (b"<?xml version=\"1.0\"?><service_requests/>", Format::Xml),
    ] {
        assert_eq!(
            read::cases(&answer(200, body), HUE),
            Err(ReadError::NotReadable { format })
        );
    }
    let error = br#"{"error":{"code":400,"description":"no"}}"#;
    assert!(matches!(
        read::cases(&answer(200, error), HUE),
        Err(ReadError::Status { status: 200, .. })
    ));
}

#[test]
fn one_careless_text_does_not_cost_the_list() {
    let body = b"\xEF\xBB\xBF[{\"service_request_id\": 7, \"description\": \"a\nb\\'c \\ud83d cut \\ud83d\\ude00 \xFF\"}]";
    let list = read::cases(&answer(200, body), HUE).unwrap();
    assert_eq!(list.cases[0].description, some("a\nb'c \u{FFFD} cut 😀 \u{FFFD}"));
}

#[test]
fn a_list_of_too_many_rows_is_refused() {
    let row = |n: usize| format!("{{\"service_request_id\":{n}}}");
    let list = |rows: usize| format!("[{}]", (0..rows).map(row).collect::<Vec<_>>().join(","));
    let full = list(read::MAX_ROWS);
    assert_eq!(
        read::cases(&answer(200, full.as_bytes()), HUE)
            .unwrap()
            .cases
            .len(),
        read::MAX_ROWS
    );
    let over = list(read::MAX_ROWS + 1);
    assert_eq!(
        read::cases(&answer(200, over.as_bytes()), HUE),
        Err(ReadError::TooMany)
    );
}
