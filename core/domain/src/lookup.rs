//! Look-up: is the report whose answer was lost at the city already?
//!
//! No field of GeoReport v2 names a request for a repetition, so a bare city can only be asked for its list, and the
//! list be searched here. A wrong "yes" loses a report, a wrong "no" files it twice; so both need proof, and the rest
//! is [`Verdict::CannotTell`]: the citizen is asked.
//!
//! *Yes* is the only match of the best rank ([`MatchRank`]) among rows that no local receipt claims and that are not
//! older than our first attempt. *No* is two complete lists, the city's visibility lag apart, both late enough for a
//! slow request to have ended, from a city that has shown us a new report of ours within that lag.
//!
//! All instants of one look-up come from one clock. Where the wall clock was set back in between, the caller drops the
//! older lists and counts from now: nothing is lost but time.

use std::collections::{BTreeMap, BTreeSet};

use crate::fold::fold;
use crate::id::{CaseNumber, Key, ServiceCode, Token};
use crate::place::Point;
use crate::receipt::Tracking;
use crate::refcode::ReferenceCode;
use crate::snake::words;
use crate::time::{Millis, SECOND, Timestamp};

/// Rows nearer than this to our point may be ours, metres.
pub const NEAR_M: f64 = 30.0;

/// What is looked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Key of the submission.
    pub key: Key,
    /// Reference code of the report.
    pub reference_code: ReferenceCode,
    /// Description as it was sent, footer included.
    pub description_sent: String,
    /// Service as it was sent.
    pub service: Option<ServiceCode>,
    /// Point as it was sent.
    pub point: Option<Point>,
    /// When the first byte may first have left.
    pub first_attempt_at: Timestamp,
    /// How far the city's clock may differ from ours, milliseconds; the sign is of no matter.
    pub skew_ms: Millis,
    /// Numbers that local receipts hold already.
    pub known_numbers: BTreeSet<CaseNumber>,
    /// Tokens that local receipts hold already.
    pub known_tokens: BTreeSet<Token>,
}

words!(
    /// How a row was asked for.
    AskedBy {
        /// A list, by time, service or nothing.
        List = "list",
        /// A query by our key, to a city that advertises it: other cities ignore unknown filters.
        Key = "key",
    }
);

/// A row of the city's answer that may be ours.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate {
    /// The city's number.
    pub id: CaseNumber,
    /// Its token, where told.
    pub token: Option<Token>,
    /// The key it was filed under, where told.
    pub client_request_id: Option<String>,
    /// The words.
    pub description: Option<String>,
    /// The service.
    pub service_code: Option<ServiceCode>,
    /// The point.
    pub point: Option<Point>,
    /// When it was created, by the city's clock.
    pub requested_at: Option<Timestamp>,
    /// How it was asked for.
    pub asked_by: AskedBy,
}

words!(
    /// How surely a row is ours, least first.
    MatchRank {
        /// Time, service, distance and equal folded words.
        Likeness = "likeness",
        /// Our key.
        Key = "key",
        /// Our reference code in the text.
        Code = "code",
    }
);

/// A case found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The city's number.
    pub id: CaseNumber,
    /// By what it was known.
    pub rank: MatchRank,
}

impl Found {
    /// What to follow it by.
    #[must_use]
    pub fn tracking(&self) -> Tracking {
        Tracking::Number(self.id.clone())
    }
}

/// What the rows say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Match {
    /// No row is ours.
    None,
    /// This one is.
    One(Found),
    /// Two or more could be, equally well.
    Several,
}

/// Finds our report among the rows of one look-up (all pages, all queries; a row seen twice counts once).
#[must_use]
pub fn find(wanted: &Wanted, rows: &[Candidate]) -> Match {
    let words = fold(&wanted.description_sent);
    let mut ranked: BTreeMap<&CaseNumber, MatchRank> = BTreeMap::new();
    for row in rows {
        if let Some(rank) = rank(wanted, &words, row) {
            let best = ranked.entry(&row.id).or_insert(rank);
            *best = rank.max(*best);
        }
    }
    let Some(best) = ranked.values().copied().max() else {
        return Match::None;
    };
    let mut at_best = ranked.into_iter().filter(|(_, rank)| *rank == best);
    match (at_best.next(), at_best.next()) {
        (Some((id, rank)), None) => Match::One(Found { id: id.clone(), rank }),
        _ => Match::Several,
    }
}

/// Finds our report as [`find`] does, beside `rivals`: other reports of ours that are looked for at the same city. A row
/// that is only alike, and might as well be one of those, is nobody's: which of two photos arrived is then unknown.
#[must_use]
pub fn find_among(wanted: &Wanted, rivals: &[Wanted], rows: &[Candidate]) -> Match {
    match find(wanted, rows) {
        Match::One(found) if found.rank == MatchRank::Likeness => {
            let fits = |rival: &Wanted| {
                let words = fold(&rival.description_sent);
                rows.iter()
                    .any(|row| row.id == found.id && rank(rival, &words, row).is_some())
            };
            if rivals.iter().any(fits) {
                Match::Several
            } else {
                Match::One(found)
            }
        }
        other => other,
    }
}

/// How surely one row is ours, if at all; `words` are the folded words that were sent.
fn rank(wanted: &Wanted, words: &str, row: &Candidate) -> Option<MatchRank> {
    let claimed = wanted.known_numbers.contains(&row.id)
        || row
            .token
            .as_ref()
            .is_some_and(|token| wanted.known_tokens.contains(token));
    // Servers tell whole seconds: a row made in the second of our attempt may carry the beginning of that second.
    let earliest = wanted
        .first_attempt_at
        .plus(-wanted.skew_ms.saturating_abs())
        .plus(-SECOND);
    let too_old = row.requested_at.is_some_and(|t| t < earliest);
    if claimed || too_old {
        return None;
    }
    let description = row.description.as_deref().unwrap_or_default();
    let key = row.client_request_id.as_deref();
    let same_key = key.is_some_and(|k| k.parse() == Ok(wanted.key));
    if names_code(description, &wanted.reference_code) {
        return Some(MatchRank::Code);
    }
    if same_key || (key.is_none() && row.asked_by == AskedBy::Key) {
        return Some(MatchRank::Key);
    }
    let same_service = wanted.service.is_none() || wanted.service == row.service_code;
    let near = wanted
        .point
        .zip(row.point)
        .is_some_and(|(a, b)| a.distance_m(b) < NEAR_M);
    let same_words = !words.is_empty() && fold(description) == words;
    let alike = key.is_none() && row.requested_at.is_some() && same_service && near && same_words;
    alike.then_some(MatchRank::Likeness)
}

/// The text holds the code: its digits as whole groups, apart by at most one blank, dash or dot (servers re-format).
fn names_code(text: &str, code: &ReferenceCode) -> bool {
    let code: String = code.to_string().chars().filter(char::is_ascii_digit).collect();
    let mut starts: Vec<String> = Vec::new();
    let mut previous = ' ';
    let mut gap = usize::MAX;
    let ends_here = |starts: &[String]| starts.contains(&code);
    for c in text.chars() {
        if c.is_ascii_digit() {
            if !previous.is_ascii_digit() {
                if gap > 1 {
                    starts.clear();
                }
                starts.push(String::new());
            }
            // A start that is longer than the code can never become it.
            starts.retain(|digits| digits.len() < code.len());
            starts.iter_mut().for_each(|digits| digits.push(c));
            gap = 0;
        } else {
            if previous.is_ascii_digit() && ends_here(&starts) {
                return true;
            }
            let joins = matches!(c, ' ' | '-' | '.' | '\u{a0}' | '\u{2010}'..='\u{2014}');
            gap = if joins { gap.saturating_add(1) } else { usize::MAX };
        }
        previous = c;
    }
    ends_here(&starts)
}

words!(
    /// Whether a list surely holds all that the city shows of the time since our first attempt.
    Completeness {
        /// Read to its end, window as asked for.
        Complete = "complete",
        /// Cut short, an error on a page, a window that may not reach back far enough.
        Partial = "partial",
    }
);

/// A list that was read without a match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListSeen {
    /// When its first page was asked for.
    pub at: Timestamp,
    /// Whether it is whole.
    pub completeness: Completeness,
}

/// How a city has listed new reports of ours: measured, kept per city.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(tag = "listing", content = "ms", rename_all = "snake_case")]
pub enum Listing {
    /// We have not seen yet.
    NotSeen,
    /// Each that we watched appeared; the slowest within this many milliseconds.
    Within(Millis),
    /// One appeared late or never: no trust, for good.
    Failed,
}

impl Listing {
    /// A new report of ours appeared `took` milliseconds after its receipt; more than `lag_ms` is late.
    #[must_use]
    pub fn appeared(self, took: Millis, lag_ms: Millis) -> Self {
        match self {
            Self::Failed => Self::Failed,
            _ if took > lag_ms => Self::Failed,
            Self::NotSeen => Self::Within(took.max(0)),
            Self::Within(slowest) => Self::Within(slowest.max(took)),
        }
    }

    /// A complete list, later than the lag, did not show a report whose receipt we hold.
    #[must_use]
    pub const fn missed(self) -> Self {
        Self::Failed
    }

    /// An empty list is proof: it has listed one of ours within the lag, and never failed to.
    #[must_use]
    pub const fn trusted(self, lag_ms: Millis) -> bool {
        match self {
            Self::Within(slowest) => slowest <= lag_ms,
            Self::NotSeen | Self::Failed => false,
        }
    }
}

/// What a city's lists are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CityTrust {
    /// Time after which a new report is surely listed (profile), milliseconds.
    pub visibility_lag_ms: Millis,
    /// How it has listed ours.
    pub listing: Listing,
}

/// What is known when no row matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Lists read since the last attempt, none of which held a match.
    pub lists: Vec<ListSeen>,
    /// What they are worth.
    pub city: CityTrust,
    /// Longest time that one request may take (profile), milliseconds.
    pub total_timeout_ms: Millis,
    /// Start of the last attempt by which a byte may have left.
    pub last_attempt_at: Timestamp,
}

/// What a look-up concludes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is there: delivered.
    Found(Found),
    /// It never arrived: may be sent again.
    ProvenAbsent,
    /// Too early to tell.
    NotYet {
        /// Look again then.
        look_again_at: Timestamp,
    },
    /// It will not become clearer: ask the citizen.
    CannotTell,
}

/// Concludes from the newest rows and all lists so far (the newest included).
#[must_use]
pub fn verdict(matched: &Match, evidence: &Evidence) -> Verdict {
    match matched {
        Match::One(found) => Verdict::Found(found.clone()),
        Match::Several => Verdict::CannotTell,
        Match::None => absence(evidence),
    }
}

/// Concludes from an answer to the question for our key, by a city that honours keys: it must know every key that it
/// stored, whatever its lists show. `asked_at` is when it was asked; a request that may still be under way then proves
/// nothing yet.
#[must_use]
pub fn verdict_by_key(matched: &Match, evidence: &Evidence, asked_at: Timestamp) -> Verdict {
    let settled = settled_at(evidence);
    match matched {
        Match::One(found) => Verdict::Found(found.clone()),
        Match::Several => Verdict::CannotTell,
        Match::None if asked_at >= settled => Verdict::ProvenAbsent,
        Match::None => Verdict::NotYet {
            look_again_at: settled,
        },
    }
}

/// A request that ran into every limit on both sides is over by now: earlier lists prove nothing.
const fn settled_at(evidence: &Evidence) -> Timestamp {
    evidence
        .last_attempt_at
        .plus(evidence.total_timeout_ms.saturating_mul(2))
}

/// Looks, whole or not, after which a city that never shows a whole list is not waited for any longer.
const PATIENCE: usize = 3;

fn absence(evidence: &Evidence) -> Verdict {
    let settled = settled_at(evidence);
    let lag = evidence.city.visibility_lag_ms.max(0);
    let span = |looks: &[Timestamp]| match (looks.iter().min(), looks.iter().max()) {
        (Some(first), Some(last)) => last.since(*first),
        _ => 0,
    };
    let late = evidence.lists.iter().filter(|list| list.at >= settled);
    let all: Vec<Timestamp> = late.clone().map(|list| list.at).collect();
    let whole: Vec<Timestamp> = late
        .filter(|list| list.completeness == Completeness::Complete)
        .map(|list| list.at)
        .collect();
    if whole.len() >= 2 && span(&whole) >= lag {
        return if evidence.city.listing.trusted(lag) {
            Verdict::ProvenAbsent
        } else {
            Verdict::CannotTell
        };
    }
    if all.len() >= PATIENCE && span(&all) >= lag {
        return Verdict::CannotTell;
    }
    // From the first whole list the lag is counted; a list that was cut short only says when we last tried.
    match (whole.iter().min(), all.iter().max()) {
        (Some(first), Some(last)) => Verdict::NotYet {
            look_again_at: first.plus(lag).max(*last),
        },
        (None, Some(last)) => Verdict::NotYet {
            look_again_at: last.plus(lag),
        },
        (_, None) => Verdict::NotYet {
            look_again_at: settled,
        },
    }
}

words!(
    /// What look-ups after a refusal showed, for [`crate::outcome::may_revise`].
    Looked {
        /// Nothing yet.
        Not = "not",
        /// One complete list without a match.
        NoMatch = "no_match",
        /// Complete lists without a match, late enough, of a city whose silence proves nothing.
        CannotTell = "cannot_tell",
        /// Looked often and long enough; no list was ever whole.
        NeverWhole = "never_whole",
        /// Absence is proven.
        ProvenAbsent = "proven_absent",
    }
);

/// After a refusal: what the lists allow. A match is not for here: it delivers.
#[must_use]
pub fn looked(evidence: &Evidence) -> Looked {
    let whole =
        |list: &ListSeen| list.completeness == Completeness::Complete && list.at >= evidence.last_attempt_at;
    match (absence(evidence), evidence.lists.iter().any(whole)) {
        (Verdict::ProvenAbsent, _) => Looked::ProvenAbsent,
        (Verdict::CannotTell, true) => Looked::CannotTell,
        (Verdict::CannotTell, false) => Looked::NeverWhole,
        (Verdict::Found(_) | Verdict::NotYet { .. }, true) => Looked::NoMatch,
        (Verdict::Found(_) | Verdict::NotYet { .. }, false) => Looked::Not,
    }
}
