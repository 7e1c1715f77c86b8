//! Validation: every problem at once, typed, with its field; and nothing held against a citizen that the city never told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod sample;

use phananh_domain::attachment::{AttachmentKind, IngestState, ReadyFile, Sha256};
use phananh_domain::id::ServiceCode;
use phananh_domain::payload::Fields;
use phananh_domain::place::{Located, Place, PlaceSource, Point};
use phananh_domain::report::{Answer, Report};
use phananh_domain::service::{Definition, Need, Needs, Notice, NoticeKind, Service};
use phananh_domain::validate::{KnownServices, Problem, ProblemCode, Severity, blocks, validate};
use phananh_domain::words::Language;
use proptest::prelude::*;
use sample::{definition, hue, photo, report, wire};

fn problems_with(
    report: &Report,
    services: KnownServices<'_>,
    definition: Option<&Definition>,
) -> Vec<Problem> {
    validate(report, &hue(), services, &wire(&Fields::none(), definition))
}

fn problems(report: &Report) -> Vec<Problem> {
    problems_with(report, KnownServices::NeverFetched, None)
}

fn named(problems: &[Problem]) -> Vec<(&str, ProblemCode)> {
    problems.iter().map(|p| (p.field.as_str(), p.code)).collect()
}

fn at(lat: f64, lon: f64) -> Place {
    let point = Point::new(lat, lon).unwrap();
    Place {
        located: Some(Located {
            point,
            accuracy_m: None,
            source: PlaceSource::Pin,
        }),
        words: None,
    }
}

#[test]
fn a_report_as_people_write_it_has_no_problem() {
    assert_eq!(problems(&report()), []);
}

#[test]
fn everything_wrong_is_told_at_once() {
    let mut report = report();
    report.content.service = Some(ServiceCode::new("potholes_of_the_moon"));
    report.content.place = Place {
        located: None,
        words: Some("  ".to_owned()),
    };
    report.content.text = " \n".to_owned();
    let answer = |code: &str, values: &[&str]| Answer {
        code: code.to_owned(),
        values: values.iter().map(ToString::to_string).collect(),
    };
    report.content.answers = vec![
        answer("SEEN", &["hôm qua"]),
        answer("KIND", &["a", "b"]),
        answer("SIDE", &["left", "up"]),
        answer("WEIGHT", &["1"]),
    ];
    let (services, definition) = (hue().default_services(Language::Vi), definition());
    let problems = problems_with(&report, KnownServices::List(&services), Some(&definition));
    assert_eq!(
        named(&problems),
        [
            ("service_code", ProblemCode::UnknownService),
            ("place", ProblemCode::Required),
            ("description", ProblemCode::EmptyReport),
            ("attribute[DEPTH]", ProblemCode::Required),
            ("attribute[SEEN]", ProblemCode::NotATime),
            ("attribute[KIND]", ProblemCode::TooManyAnswers),
            ("attribute[SIDE]", ProblemCode::NotAChoice),
            ("attribute[WEIGHT]", ProblemCode::UnknownAttribute),
        ]
    );
    assert!(blocks(&problems));
    assert_eq!(problems[3].question.as_deref(), Some("Câu hỏi DEPTH"));
}

#[test]
fn the_limit_counts_words_and_footer_in_characters() {
    let mut report = report();
    // The footer with its blank line has 55 characters (see the test of the budget).
    report.content.text = "ế".repeat(4_000 - 55);
    assert_eq!(problems(&report), []);
    report.content.text.push('.');
    let long = Problem::blocks("description", ProblemCode::TooLong).beyond(4_000, 4_001);
    assert_eq!(problems(&report), vec![long.clone()]);
    assert_eq!(
        long.tell(Language::En, "Huế", "1"),
        "Description is 1 characters too long (at most 4000). Shorten it"
    );
    // With fields for code and time, the words have the whole limit.
    let rich = Fields::all();
    report.content.text = "ế".repeat(4_000);
    assert_eq!(
        validate(&report, &hue(), KnownServices::NeverFetched, &wire(&rich, None)),
        []
    );
    report.content.text.push('.');
    assert_eq!(
        validate(&report, &hue(), KnownServices::NeverFetched, &wire(&rich, None)),
        [long]
    );
}

#[test]
fn a_place_outside_the_city_is_warned_of_and_can_be_sent() {
    let mut report = report();
    report.content.place = at(21.03, 105.85); // Hà Nội
    let problems = problems(&report);
    assert_eq!(problems, [Problem::warns("place", ProblemCode::Outside)]);
    assert!(!blocks(&problems));
    let told = problems[0].tell(Language::Vi, "Thành phố Huế", "");
    assert_eq!(
        told,
        "Nơi này ngoài Thành phố Huế. Vẫn gửi được, có thể không được tiếp nhận"
    );
}

#[test]
fn words_alone_or_a_point_alone_are_a_place() {
    let mut report = report();
    report.content.place = at(16.46, 107.59);
    assert_eq!(problems(&report), []);
    report.content.place = Place {
        located: None,
        words: Some("gần chợ".to_owned()),
    };
    assert_eq!(problems(&report), []);
}

#[test]
fn a_list_never_fetched_holds_nothing_against_a_category() {
    let mut report = report();
    report.content.service = Some(ServiceCode::new("0042"));
    assert_eq!(problems(&report), []);
    let unknown = problems_with(&report, KnownServices::List(&[]), None);
    assert_eq!(named(&unknown), [("service_code", ProblemCode::UnknownService)]);
    report.content.service = None;
    assert_eq!(
        named(&problems(&report)),
        [("service_code", ProblemCode::Required)]
    );
    let mut lenient = hue();
    lenient.service_required = false;
    assert_eq!(
        validate(
            &report,
            &lenient,
            KnownServices::NeverFetched,
            &wire(&Fields::none(), None)
        ),
        []
    );
}

#[test]
fn what_a_service_wants_comes_from_the_profile_then_from_the_service() {
    let wants = Needs {
        photo: Need::Required,
        place: Need::Optional,
        words: Need::Required,
    };
    let mut report = report();
    report.content.place = Place::default();
    report.content.text = String::new();
    let mut services: Vec<Service> = hue().default_services(Language::Vi);
    for service in &mut services {
        service.needs = wants;
    }
    let expected = [
        ("description", ProblemCode::Required),
        ("photo", ProblemCode::Required),
    ];
    assert_eq!(
        named(&problems_with(&report, KnownServices::List(&services), None)),
        expected
    );
    let mut profile = hue();
    profile.needs.insert("*".to_owned(), wants);
    let by_profile = validate(
        &report,
        &profile,
        KnownServices::NeverFetched,
        &wire(&Fields::none(), None),
    );
    assert_eq!(named(&by_profile), expected);
}

#[test]
fn photos_are_counted_weighed_and_read() {
    let mut report = report();
    let mut heavy = photo(IngestState::Ready);
    heavy.file = Some(ReadyFile {
        sha256: Sha256::of(b""),
        bytes: 300_001,
        width: 1,
        height: 1,
    });
    let mut film = photo(IngestState::Pending);
    film.kind = AttachmentKind::Video;
    report.attachments = vec![
        photo(IngestState::Pending),
        photo(IngestState::Failed),
        heavy,
        film,
    ];
    let problems = problems(&report);
    assert_eq!(
        problems,
        [
            Problem::blocks("photo", ProblemCode::TooManyPhotos).beyond(3, 4),
            Problem::blocks("photo", ProblemCode::PhotoFailed),
            Problem::blocks("photo", ProblemCode::PhotoTooLarge).beyond(300_000, 300_001),
            Problem::blocks("photo", ProblemCode::KindNotYet),
        ]
    );
    // A photo alone, still being made smaller, is a report.
    report.attachments.truncate(1);
    report.content.text = String::new();
    assert_eq!(
        named(&problems_with(&report, KnownServices::NeverFetched, None)),
        []
    );
}

#[test]
fn notices_of_the_city_stop_or_send_elsewhere() {
    let notice = |kind| Definition {
        attributes: vec![],
        notices: vec![Notice {
            kind,
            text: "…".to_owned(),
        }],
    };
    let told = |kind| problems_with(&report(), KnownServices::NeverFetched, Some(&notice(kind)));
    assert_eq!(
        told(NoticeKind::Stop),
        [Problem::blocks("service_code", ProblemCode::Stopped)]
    );
    assert_eq!(
        told(NoticeKind::Redirect),
        [Problem::warns("service_code", ProblemCode::Redirected)]
    );
    assert_eq!(told(NoticeKind::Info), []);
    let mut closed = hue();
    closed.takes_reports = false;
    let problems = validate(
        &report(),
        &closed,
        KnownServices::NeverFetched,
        &wire(&Fields::none(), None),
    );
    assert_eq!(problems, [Problem::blocks("city", ProblemCode::TakesNoReports)]);
}

#[test]
fn answers_are_judged_by_datatype() {
    let definition = definition();
    let judge = |code: &str, value: &str| {
        let mut report = report();
        let answer = |code: &str, value: &str| Answer {
            code: code.to_owned(),
            values: vec![value.to_owned()],
        };
        report.content.answers = vec![answer(code, value)];
        if code != "DEPTH" {
            report.content.answers.push(answer("DEPTH", "1"));
        }
        problems_with(&report, KnownServices::NeverFetched, Some(&definition))
            .first()
            .map(|p| p.code)
    };
    for right in ["30", "-1.5", " 2e3 "] {
        assert_eq!(judge("DEPTH", right), None, "{right}");
    }
    for wrong in ["ba mươi", "1,5", "inf", "NaN", "1e999", "0x10"] {
        assert_eq!(judge("DEPTH", wrong), Some(ProblemCode::NotANumber), "{wrong}");
    }
    for right in [
        "2026-11-25",
        "2026-11-25T14:05",
        "2026-11-25T14:05:00+07:00",
        "2026-11-25T07:05:00Z",
    ] {
        assert_eq!(judge("SEEN", right), None, "{right}");
    }
    for wrong in ["25/11/2026", "2026-13-01", "14:05"] {
        assert_eq!(judge("SEEN", wrong), Some(ProblemCode::NotATime), "{wrong}");
    }
    assert_eq!(judge("KIND", "A"), Some(ProblemCode::NotAChoice));
    assert_eq!(judge("KIND", ""), None);
    assert_eq!(judge("SIDE", "right\\edge"), None);
    assert_eq!(judge("NOTE", "bất cứ gì"), None);
}

proptest! {
    /// Whatever is typed, validation answers, and only a description that really is too long is called so.
    #[test]
    fn validation_is_total(text in "\\PC{0,200}", title in proptest::option::of("\\PC{0,80}"), limit in 100u32..400) {
        let mut report = report();
        report.content.text = text.clone();
        report.content.title = title.clone();
        let mut profile = hue();
        profile.description_max = limit;
        let problems = validate(&report, &profile, KnownServices::NeverFetched, &wire(&Fields::none(), None));
        let used = [title.unwrap_or_default(), text.clone()]
            .iter()
            .filter(|part| !part.trim().is_empty())
            .map(|part| part.chars().count() + 2)
            .sum::<usize>() + 53;
        let too_long = problems.iter().any(|p| p.code == ProblemCode::TooLong);
        prop_assert_eq!(too_long, used > usize::try_from(limit).unwrap());
        prop_assert!(problems.iter().all(|p| p.severity == Severity::Blocks));
    }
}
