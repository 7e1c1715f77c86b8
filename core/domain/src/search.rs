//! How people find a report again: by words with or without marks, by parts of its code, by the city's number, by how
//! it stands.
//!
//! Text and question are cut into the same folded words ([`crate::fold`]). A question finds what has all of its words,
//! each as the beginning of a word: people stop typing in the middle. A reference code is known by every run of four
//! digits or more, so it is indexed as all its ends: a run is the beginning of one of them. Those stand behind a mark of
//! their own, lest "48" of a house be found in half of all codes; so does every number of that length. The abbreviation of a unit
//! ("P. Thuận Hóa") is written out in a text, and dropped from a question, since it names nothing by itself.
//!
//! A question is hostile text: its length, its number of words and their length are bounded, and its words hold letters
//! and digits alone, so that none of it is an operator of a query language.

use crate::fold::fold;
use crate::refcode::ReferenceCode;
use crate::snake::words;

/// Characters of a question that are read.
pub const QUESTION_MAX: usize = 1_000;
/// Words of a question that count.
pub const WORDS_MAX: usize = 16;
/// Characters of a word that count: the rest of a longer one is not compared.
pub const WORD_MAX: usize = 48;
/// Digits of a code that are enough to ask for.
const CODE_PART: usize = 4;
/// Stands before each end of a code, and before each number as long as a part of one; no folded word begins with it.
const CODE_MARK: char = '\u{2116}';

words!(
    /// How a report stands, as a list is narrowed: a word of delivery, or of the case at the city.
    ListState {
        /// Not sent off yet.
        Draft = "draft",
        /// Waits to be sent.
        Queued = "queued",
        /// An attempt is under way.
        Sending = "sending",
        /// Being checked.
        Unconfirmed = "unconfirmed",
        /// The city has it.
        Delivered = "delivered",
        /// The citizen must act.
        Blocked = "blocked",
        /// Somebody else's case, followed.
        Followed = "followed",
        /// Awaiting intake.
        Submitted = "submitted",
        /// Accepted by the centre.
        Received = "received",
        /// Being verified.
        Verifying = "verifying",
        /// Sent to an agency.
        Assigned = "assigned",
        /// Being worked on.
        InProgress = "in_progress",
        /// Given a later due date.
        Extended = "extended",
        /// Passed to another agency.
        Transferred = "transferred",
        /// The city asks the citizen something.
        WaitingCitizen = "waiting_citizen",
        /// A result is there.
        Resolved = "resolved",
        /// Closed, result not stated.
        Closed = "closed",
        /// Closed, not fixed.
        ClosedUnresolved = "closed_unresolved",
        /// Not accepted.
        Rejected = "rejected",
        /// Merged with another case.
        Duplicate = "duplicate",
        /// Taken up again.
        Reopened = "reopened",
        /// Withdrawn by the citizen.
        Withdrawn = "withdrawn",
        /// No result yet (all that a bare city says).
        Open = "open",
        /// A word of the city that we do not know.
        Other = "other",
    }
);

words!(
    /// Which of the two machines a [`ListState`] is a word of.
    Machine {
        /// Our own: on its way.
        Delivery = "delivery",
        /// The city's.
        Case = "case",
    }
);

impl ListState {
    /// Which machine it is a word of.
    #[must_use]
    pub const fn machine(self) -> Machine {
        match self {
            Self::Draft
            | Self::Queued
            | Self::Sending
            | Self::Unconfirmed
            | Self::Delivered
            | Self::Blocked
            | Self::Followed => Machine::Delivery,
            Self::Submitted
            | Self::Received
            | Self::Verifying
            | Self::Assigned
            | Self::InProgress
            | Self::Extended
            | Self::Transferred
            | Self::WaitingCitizen
            | Self::Resolved
            | Self::Closed
            | Self::ClosedUnresolved
            | Self::Rejected
            | Self::Duplicate
            | Self::Reopened
            | Self::Withdrawn
            | Self::Open
            | Self::Other => Machine::Case,
        }
    }
}

/// What a question asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Nothing in particular: blank.
    Anything,
    /// All of these, each as the beginning of a word of the index: folded letters and digits (and the mark of a code), at
    /// least one.
    Words(Vec<String>),
    /// Something, but no word (signs, pictures): no report has it.
    NoWord,
}

impl Question {
    /// Reads a question as it was typed.
    #[must_use]
    pub fn parse(typed: &str) -> Self {
        let folded = fold(&typed.chars().take(QUESTION_MAX).collect::<String>());
        // However it is grouped.
        if let Ok(code) = ReferenceCode::parse(&folded) {
            return Self::Words(vec![marked(&code.digits())]);
        }
        if folded.is_empty() {
            return Self::Anything;
        }
        let all: Vec<_> = pieces(&folded).collect();
        let mut words: Vec<String> = Vec::new();
        for piece in &all {
            let names_nothing = piece.dotted && unit(piece.word).is_some() && all.len() > 1;
            let word: String = piece.word.chars().take(WORD_MAX).collect();
            let word = if is_code_part(&word) { marked(&word) } else { word };
            if !names_nothing && !words.contains(&word) && words.len() < WORDS_MAX {
                words.push(word);
            }
        }
        if words.is_empty() {
            // Nothing but abbreviations: then they are what is asked for.
            words.extend(all.first().map(|piece| piece.word.to_owned()));
        }
        if words.is_empty() {
            Self::NoWord
        } else {
            Self::Words(words)
        }
    }
}

/// The words of a report as an index holds them, one blank between two: of its texts, of its code, of the city's number.
#[must_use]
pub fn index_text<'a>(
    texts: impl IntoIterator<Item = &'a str>,
    code: ReferenceCode,
    number: Option<&'a str>,
) -> String {
    let mut indexed = String::new();
    for text in texts.into_iter().chain(number) {
        for piece in pieces(&fold(text)) {
            match unit(piece.word).filter(|_| piece.dotted) {
                Some(whole) => push(&mut indexed, whole),
                None => push(&mut indexed, piece.word),
            }
            if is_code_part(piece.word) {
                push(&mut indexed, &marked(piece.word));
            }
        }
    }
    let digits = code.digits();
    for start in 0..=digits.len().saturating_sub(CODE_PART) {
        push(&mut indexed, &marked(digits.get(start..).unwrap_or_default()));
    }
    indexed
}

fn is_code_part(word: &str) -> bool {
    word.len() >= CODE_PART && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn marked(digits: &str) -> String {
    format!("{CODE_MARK}{digits}")
}

fn push(text: &mut String, word: &str) {
    if !text.is_empty() {
        text.push(' ');
    }
    text.push_str(word);
}

/// A word of a folded text, and whether a full stop follows it at once.
struct Piece<'a> {
    word: &'a str,
    dotted: bool,
}

/// Runs of letters and digits.
fn pieces(folded: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(|c: char| !c.is_alphanumeric());
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        rest = tail;
        Some(Piece {
            word,
            dotted: tail.starts_with('.'),
        })
    })
}

/// What the abbreviation of a unit stands for, folded.
fn unit(word: &str) -> Option<&'static str> {
    Some(match word {
        "p" => "phuong",
        "x" => "xa",
        "q" => "quan",
        "h" => "huyen",
        "tp" => "thanh pho",
        "tx" => "thi xa",
        "tt" => "thi tran",
        "d" => "duong",
        _ => return None,
    })
}
