//! Look-up: what counts as ours, what counts as proof of absence, and when nothing does.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    missing_docs
)]

use std::collections::BTreeSet;

use phananh_domain::id::{CaseNumber, Key, ServiceCode, Token};
use phananh_domain::lookup::{
    AskedBy, Candidate, CityTrust, Completeness, Evidence, Found, ListSeen, Listing, Looked, Match,
    MatchRank, Verdict, Wanted, find, find_among, looked, verdict, verdict_by_key,
};
use phananh_domain::place::Point;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::time::{HOUR, MINUTE, Millis, SECOND, Timestamp};
use proptest::prelude::*;

const SENT: Timestamp = Timestamp::from_millis(1_800_000_000_500);
const SKEW: Millis = 20 * SECOND;
const LAG: Millis = 5 * MINUTE;
const TIMEOUT: Millis = MINUTE;

fn code() -> ReferenceCode {
    ReferenceCode::mint([1, 2, 3, 4, 5, 6, 7, 8])
}

fn key(n: u8) -> Key {
    Key::mint(SENT, [n; 10])
}

/// 16.4637 N 107.5909 E; 0.001 degrees of latitude are 111.19 m there, so 0.0002 are 22 m and 0.0003 are 33 m.
fn point(north: f64) -> Option<Point> {
    Some(Point::new(16.4637 + north, 107.5909).unwrap())
}

fn wanted() -> Wanted {
    Wanted {
        key: key(1),
        reference_code: code(),
        description_sent: "Ổ gà trước số 48 Ngô Quyền".to_owned(),
        service: Some(ServiceCode::new("001")),
        point: point(0.0),
        first_attempt_at: SENT,
        skew_ms: SKEW,
        known_numbers: BTreeSet::new(),
        known_tokens: BTreeSet::new(),
    }
}

/// A row about something else.
fn stranger(id: &str) -> Candidate {
    Candidate {
        id: CaseNumber::new(id),
        token: None,
        client_request_id: None,
        description: Some("Đèn đường hỏng".to_owned()),
        service_code: Some(ServiceCode::new("001")),
        point: point(0.0),
        requested_at: Some(SENT.plus(SECOND)),
        asked_by: AskedBy::List,
    }
}

fn by_likeness(id: &str) -> Candidate {
    Candidate {
        description: Some("ổ gà trước số 48 Ngô Quyền".to_owned()),
        ..stranger(id)
    }
}

fn by_key(id: &str) -> Candidate {
    Candidate {
        client_request_id: Some(key(1).to_string()),
        ..stranger(id)
    }
}

fn by_code(id: &str) -> Candidate {
    Candidate {
        description: Some(format!("Ổ gà\r\nMã tra cứu: {}", code())),
        ..stranger(id)
    }
}

fn one(id: &str, rank: MatchRank) -> Match {
    Match::One(Found {
        id: CaseNumber::new(id),
        rank,
    })
}

#[test]
fn the_better_proof_wins_and_two_equal_ones_are_none() {
    let (a, b, c) = (by_likeness("1"), by_key("2"), by_code("3"));
    assert_eq!(find(&wanted(), &[stranger("9")]), Match::None);
    assert_eq!(
        find(&wanted(), &[stranger("9"), a.clone()]),
        one("1", MatchRank::Likeness)
    );
    assert_eq!(find(&wanted(), &[a.clone(), b.clone()]), one("2", MatchRank::Key));
    assert_eq!(
        find(&wanted(), &[c.clone(), a.clone(), b]),
        one("3", MatchRank::Code)
    );
    assert_eq!(find(&wanted(), &[a.clone(), by_likeness("4")]), Match::Several);
    assert_eq!(find(&wanted(), &[c, a, by_code("5")]), Match::Several);
}

#[test]
fn a_row_that_comes_on_two_pages_or_by_two_queries_is_one() {
    assert_eq!(
        find(&wanted(), &[by_likeness("1"), by_likeness("1")]),
        one("1", MatchRank::Likeness)
    );
    let asked = Candidate {
        asked_by: AskedBy::Key,
        ..by_likeness("1")
    };
    assert_eq!(
        find(&wanted(), &[by_likeness("1"), asked]),
        one("1", MatchRank::Key)
    );
}

#[test]
fn a_row_that_a_receipt_claims_is_somebody_elses() {
    let mut wanted = wanted();
    wanted.known_numbers.insert(CaseNumber::new("1"));
    wanted.known_tokens.insert(Token::new("t"));
    let with_token = Candidate {
        token: Some(Token::new("t")),
        ..by_code("2")
    };
    assert_eq!(find(&wanted, &[by_code("1"), with_token]), Match::None);
}

#[test]
fn a_row_from_before_our_first_attempt_is_not_ours() {
    let at = |row: Candidate, requested_at| Candidate { requested_at, ..row };
    let old = Some(SENT.plus(-SKEW - 2 * SECOND));
    // Servers tell whole seconds: 20 s of skew and the beginning of our own second.
    let just = Some(Timestamp::from_millis(1_800_000_000_000).plus(-SKEW));
    for (row, rank) in [
        (by_likeness("1"), MatchRank::Likeness),
        (by_key("1"), MatchRank::Key),
        (by_code("1"), MatchRank::Code),
    ] {
        assert_eq!(find(&wanted(), &[at(row.clone(), old)]), Match::None);
        assert_eq!(find(&wanted(), &[at(row.clone(), just)]), one("1", rank));
        // No time at all: only code and key are proof.
        let expected = if rank == MatchRank::Likeness {
            Match::None
        } else {
            one("1", rank)
        };
        assert_eq!(find(&wanted(), &[at(row, None)]), expected);
    }
    let behind = Wanted {
        skew_ms: -SKEW,
        ..wanted()
    };
    assert_eq!(
        find(&behind, &[at(by_code("1"), just)]),
        one("1", MatchRank::Code),
        "a skew has no direction"
    );
}

#[test]
fn likeness_wants_everything_alike() {
    let far = Candidate {
        point: point(0.000_3),
        ..by_likeness("1")
    };
    let near = Candidate {
        point: point(0.000_2),
        ..by_likeness("1")
    };
    let nowhere = Candidate {
        point: None,
        ..by_likeness("1")
    };
    let other_service = Candidate {
        service_code: Some(ServiceCode::new("1")),
        ..by_likeness("1")
    };
    let other_key = Candidate {
        client_request_id: Some(key(2).to_string()),
        ..by_likeness("1")
    };
    for row in [far, nowhere, other_service, other_key] {
        assert_eq!(find(&wanted(), &[row]), Match::None);
    }
    assert_eq!(find(&wanted(), &[near]), one("1", MatchRank::Likeness));
    let wordless = Wanted {
        description_sent: " ".to_owned(),
        ..wanted()
    };
    let row = Candidate {
        description: None,
        ..stranger("1")
    };
    assert_eq!(
        find(&wordless, &[row]),
        Match::None,
        "two reports without words are alike in nothing"
    );
}

#[test]
fn a_key_query_that_is_ignored_proves_nothing_against_another_key() {
    let ours = Candidate {
        asked_by: AskedBy::Key,
        ..stranger("1")
    };
    assert_eq!(find(&wanted(), &[ours]), one("1", MatchRank::Key));
    let theirs = Candidate {
        asked_by: AskedBy::Key,
        client_request_id: Some(key(2).to_string()),
        ..stranger("1")
    };
    assert_eq!(find(&wanted(), &[theirs]), Match::None);
}

#[test]
fn the_code_is_found_however_a_server_writes_it_and_not_inside_other_digits() {
    let digits: String = code().to_string().chars().filter(char::is_ascii_digit).collect();
    assert_eq!(digits.len(), 12);
    let groups = [&digits[..4], &digits[4..8], &digits[8..]];
    let says = |text: String| {
        let row = Candidate {
            description: Some(text),
            ..stranger("1")
        };
        find(&wanted(), &[row]) == one("1", MatchRank::Code)
    };
    for text in [
        digits.clone(),
        groups.join("-"),
        groups.join(" "),
        groups.join("\u{2013}"),
        format!("SĐT 0905 123 456 {}.", groups.join("-")),
        format!("[{}]", groups.join(".")),
    ] {
        assert!(says(text.clone()), "{text}");
    }
    for text in [
        format!("{digits}0"),
        format!("0{digits}"),
        groups.join("--"),
        groups.join(", "),
        digits[..11].to_owned(),
        String::new(),
    ] {
        assert!(!says(text.clone()), "{text}");
    }
}

fn trusted() -> Listing {
    Listing::NotSeen.appeared(MINUTE, LAG)
}

fn evidence(listing: Listing, looks: &[(Millis, Completeness)]) -> Evidence {
    let lists = looks.iter().map(|(ms, completeness)| ListSeen {
        at: SENT.plus(*ms),
        completeness: *completeness,
    });
    Evidence {
        lists: lists.collect(),
        city: CityTrust {
            visibility_lag_ms: LAG,
            listing,
        },
        total_timeout_ms: TIMEOUT,
        last_attempt_at: SENT,
    }
}

#[test]
fn absence_takes_two_complete_late_looks_a_lag_apart_and_trust() {
    use Completeness::{Complete, Partial};
    let settled = 2 * TIMEOUT;
    let absent = |looks: &[_]| verdict(&Match::None, &evidence(trusted(), looks));
    let again = |ms: Millis| Verdict::NotYet {
        look_again_at: SENT.plus(ms),
    };
    assert_eq!(absent(&[]), again(settled));
    assert_eq!(
        absent(&[(settled - 1, Complete)]),
        again(settled),
        "the request may still be running"
    );
    assert_eq!(
        absent(&[(settled, Partial), (settled + LAG, Partial)]),
        again(settled + 2 * LAG)
    );
    assert_eq!(absent(&[(settled, Complete)]), again(settled + LAG));
    assert_eq!(
        absent(&[(settled, Complete), (settled + LAG - 1, Complete)]),
        again(settled + LAG)
    );
    assert_eq!(
        absent(&[(settled - 1, Complete), (settled + LAG, Complete)]),
        again(settled + 2 * LAG)
    );
    let proof = [
        (settled, Complete),
        (settled + 1, Partial),
        (settled + LAG, Complete),
    ];
    assert_eq!(absent(&proof), Verdict::ProvenAbsent);
    for listing in [Listing::NotSeen, Listing::Failed, Listing::Within(LAG + 1)] {
        assert_eq!(
            verdict(&Match::None, &evidence(listing, &proof)),
            Verdict::CannotTell,
            "{listing:?}"
        );
    }
    assert_eq!(
        verdict(&Match::Several, &evidence(trusted(), &proof)),
        Verdict::CannotTell
    );
}

#[test]
fn one_look_is_not_two_where_the_lag_is_zero() {
    let city = CityTrust {
        visibility_lag_ms: 0,
        listing: Listing::Within(0),
    };
    let once = Evidence {
        city,
        ..evidence(trusted(), &[(HOUR, Completeness::Complete)])
    };
    assert!(matches!(verdict(&Match::None, &once), Verdict::NotYet { .. }));
}

#[test]
fn a_city_that_was_late_once_is_never_trusted_again() {
    let good = Listing::NotSeen.appeared(LAG, LAG);
    assert!(good.trusted(LAG));
    for late in [
        good.appeared(LAG + 1, LAG),
        good.missed(),
        Listing::NotSeen.missed(),
    ] {
        assert!(!late.appeared(0, LAG).appeared(SECOND, LAG).trusted(LAG));
        assert!(
            !late.trusted(2 * LAG),
            "a longer lag in the profile does not forgive"
        );
    }
    assert!(
        !good.trusted(LAG - 1),
        "a profile with a shorter lag asks for more"
    );
    assert!(!Listing::NotSeen.trusted(LAG));
}

#[test]
fn after_a_refusal_one_complete_list_says_no_match() {
    use Completeness::{Complete, Partial};
    let after = |looks: &[_]| looked(&evidence(trusted(), looks));
    assert_eq!(after(&[]), Looked::Not);
    assert_eq!(after(&[(SECOND, Partial)]), Looked::Not);
    assert_eq!(after(&[(-SECOND, Complete)]), Looked::Not, "before the attempt");
    assert_eq!(after(&[(SECOND, Complete)]), Looked::NoMatch);
    assert_eq!(
        after(&[(HOUR, Complete), (HOUR + LAG, Complete)]),
        Looked::ProvenAbsent
    );
}

#[test]
fn where_looks_have_told_all_that_they_will_it_shows() {
    use Completeness::{Complete, Partial};
    let after = |looks: &[_]| looked(&evidence(Listing::NotSeen, looks));
    assert_eq!(after(&[(HOUR, Complete)]), Looked::NoMatch);
    assert_eq!(
        after(&[(HOUR, Complete), (HOUR + LAG, Complete)]),
        Looked::CannotTell
    );
    assert_eq!(
        after(&[(HOUR, Partial), (HOUR + SECOND, Partial)]),
        Looked::Not,
        "too early to give up"
    );
    assert_eq!(
        after(&[(HOUR, Partial), (HOUR + SECOND, Partial), (HOUR + LAG, Partial)]),
        Looked::NeverWhole
    );
}

#[test]
fn a_row_that_may_be_either_of_two_reports_is_neither() {
    let other = wanted();
    let row = by_likeness("7");
    let alike = [row];
    assert_eq!(
        find_among(&wanted(), std::slice::from_ref(&other), &alike),
        Match::Several
    );
    // The other one's own words, place and time do not fit: then it cannot be the other.
    let elsewhere = Wanted {
        point: None,
        ..other.clone()
    };
    assert!(matches!(
        find_among(&wanted(), &[elsewhere], &alike),
        Match::One(_)
    ));
    // A code or a key names one report, whoever else is looked for.
    assert!(matches!(
        find_among(&wanted(), &[other], &[by_code("8"), by_likeness("7")]),
        Match::One(_)
    ));
}

fn rows() -> impl Strategy<Value = Vec<Candidate>> {
    let maker = prop::sample::select(vec![
        stranger as fn(&str) -> Candidate,
        by_likeness,
        by_key,
        by_code,
    ]);
    let row = (maker, 0..6_u8, -60_i64..600, prop::bool::ANY).prop_map(|(make, id, s, timed)| {
        let requested_at = timed.then(|| SENT.plus(s * SECOND));
        Candidate {
            requested_at,
            ..make(&id.to_string())
        }
    });
    prop::collection::vec(row, 0..12)
}

proptest! {
    /// A case that a receipt claims is never found, and what is found does not depend on the order of rows.
    #[test]
    fn found_is_unclaimed_and_does_not_depend_on_order(
        rows in rows(),
        claimed in prop::collection::btree_set(0..6_u8, 0..4),
        turn in 0..12_usize,
    ) {
        let known_numbers: BTreeSet<CaseNumber> = claimed.iter().map(|n| CaseNumber::new(n.to_string())).collect();
        let wanted = Wanted { known_numbers: known_numbers.clone(), ..wanted() };
        let matched = find(&wanted, &rows);
        if let Match::One(found) = &matched {
            prop_assert!(!known_numbers.contains(&found.id));
        }
        let mut turned = rows.clone();
        turned.rotate_left(turn.min(rows.len()));
        prop_assert_eq!(find(&wanted, &turned), matched);
    }

    /// A second row that is ours as surely as the first takes the certainty away, whatever else is listed.
    #[test]
    fn two_equally_good_rows_are_never_found(rows in rows(), rank in 0..3_usize) {
        let maker = [by_likeness, by_key, by_code][rank];
        let mut rows = rows;
        rows.extend([maker("twin a"), maker("twin b")]);
        match find(&wanted(), &rows) {
            Match::One(found) => prop_assert!(!found.id.as_str().starts_with("twin")),
            Match::Several => {}
            Match::None => prop_assert!(false, "two are there"),
        }
    }

    /// Without trust nothing is ever proven absent; with it, never by lists that are early, partial or close together.
    #[test]
    fn absence_is_never_proven_by_less(
        looks in prop::collection::vec((0..30 * MINUTE, prop::bool::ANY), 0..6),
        listing in prop::sample::select(vec![Listing::NotSeen, Listing::Failed, Listing::Within(MINUTE)]),
    ) {
        let named = |whole: bool| if whole { Completeness::Complete } else { Completeness::Partial };
        let looks: Vec<_> = looks.into_iter().map(|(ms, whole)| (ms, named(whole))).collect();
        let late: Vec<Millis> = looks.iter().filter(|(ms, c)| *c == Completeness::Complete && *ms >= 2 * TIMEOUT)
            .map(|(ms, _)| *ms).collect();
        let apart = late.iter().any(|a| late.iter().any(|b| b - a >= LAG));
        let expected = apart && listing == Listing::Within(MINUTE);
        let proven = verdict(&Match::None, &evidence(listing, &looks)) == Verdict::ProvenAbsent;
        prop_assert_eq!(proven, expected);
    }

    /// Descriptions are hostile.
    #[test]
    fn any_description_is_read(text in "\\PC{0,200}|[0-9 .-]{0,80}") {
        let row = Candidate { description: Some(text), ..stranger("1") };
        let _ = find(&wanted(), &[row]);
    }
}

#[test]
fn a_city_that_never_shows_a_whole_list_is_not_waited_for_for_ever() {
    use Completeness::Partial;
    let settled = 2 * TIMEOUT;
    let looks = [
        (settled, Partial),
        (settled + LAG, Partial),
        (settled + 2 * LAG, Partial),
    ];
    assert_eq!(
        verdict(&Match::None, &evidence(trusted(), &looks)),
        Verdict::CannotTell
    );
}

#[test]
fn a_city_that_honours_keys_proves_absence_by_the_key_once_no_request_can_be_under_way() {
    let settled = SENT.plus(2 * TIMEOUT);
    let nothing = evidence(Listing::Failed, &[]);
    let asked = |at| verdict_by_key(&Match::None, &nothing, at);
    assert_eq!(
        asked(settled.plus(-1)),
        Verdict::NotYet {
            look_again_at: settled
        }
    );
    assert_eq!(asked(settled), Verdict::ProvenAbsent);
    assert_eq!(
        verdict_by_key(&Match::Several, &nothing, settled),
        Verdict::CannotTell
    );
}
