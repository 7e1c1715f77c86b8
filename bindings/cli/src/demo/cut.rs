//! The accident: where the line breaks when the city has stored the report and answers.
//!
//! Every kind loses the answer *after* the commit, the one moment in which a careless client files twice. The seed
//! picks the kind, and the line draws the byte inside of it from the same seed.

use phananh_faults::{
    ConnectionStats, Outcome, RequestAction, RequestMatch, RequestPosition, RequestStats, Rule, Script,
    Stats, Turn,
};
use serde_json::{Value, json};

use super::say;
use crate::output::Words;
use crate::output::texts::Bilingual;

/// Names of the rules in the statistics of the line.
const ANSWER: &str = "the answer of the report";
const PHOTO: &str = "the photo";

/// Where the answer breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    AfterRequest,
    InAnswerHead,
    InAnswerBody,
}

impl Kind {
    const fn of(seed: u64) -> Self {
        match seed % 3 {
            0 => Self::InAnswerBody,
            1 => Self::AfterRequest,
            _ => Self::InAnswerHead,
        }
    }

    const fn position(self) -> RequestPosition {
        match self {
            Self::AfterRequest => RequestPosition::AfterRequest,
            Self::InAnswerHead => RequestPosition::InAnswerHead,
            Self::InAnswerBody => RequestPosition::InAnswerBody,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::AfterRequest => "after_request",
            Self::InAnswerHead => "in_answer_head",
            Self::InAnswerBody => "in_answer_body",
        }
    }

    const fn text(self) -> Bilingual {
        match self {
            Self::AfterRequest => say::AFTER_REQUEST,
            Self::InAnswerHead => say::IN_HEAD,
            Self::InAnswerBody => say::IN_BODY,
        }
    }
}

/// The script of a seed: the answer to the first report is lost, and the first photo breaks off on its way up.
pub(super) fn script(seed: u64) -> Script {
    let first = |path: &str| RequestMatch::any().method("POST").path(path).turn(Turn::nth(1));
    Script::new()
        .named_rule(
            ANSWER,
            Rule::Request {
                matching: first("/requests.json"),
                action: RequestAction::cut(Kind::of(seed).position()),
            },
        )
        .named_rule(
            PHOTO,
            Rule::Request {
                matching: first("/attachments.json"),
                action: RequestAction::cut(RequestPosition::InBody),
            },
        )
}

/// What the line really did.
#[derive(Debug)]
pub(super) struct Cut {
    kind: Kind,
    /// The request that was cut, as the line counted it.
    request: Option<RequestStats>,
    photo: Option<RequestStats>,
}

impl Cut {
    pub(super) fn of(seed: u64, stats: &Stats) -> Self {
        let cut_by = |rule: &str| {
            let named = |request: &&RequestStats| request.rule.as_deref() == Some(rule);
            requests(stats)
                .find(named)
                .filter(|request| request.outcome == Outcome::Cut)
                .cloned()
        };
        Self {
            kind: Kind::of(seed),
            request: cut_by(ANSWER),
            photo: cut_by(PHOTO),
        }
    }

    /// The city had answered when the line was cut: it had stored the report.
    pub(super) fn is_after_commit(&self) -> bool {
        self.request
            .as_ref()
            .is_some_and(|request| request.status == Some(201))
    }

    pub(super) const fn broke_photo(&self) -> bool {
        self.photo.is_some()
    }

    pub(super) fn tell(&self, words: Words) -> String {
        let n = self.request.as_ref().map_or(0, |request| request.bytes_down);
        if n == 0 {
            return words.say(self.kind.text()).to_owned();
        }
        let n = n.to_string();
        words.fill(say::CUT_AT, &[("kind", words.say(self.kind.text())), ("n", &n)])
    }

    pub(super) fn json(&self) -> Value {
        let bytes = |request: &Option<RequestStats>| {
            request
                .as_ref()
                .map(|r| json!({"bytes_up": r.bytes_up, "bytes_down": r.bytes_down, "status": r.status}))
        };
        json!({"kind": self.kind.as_str(), "report": bytes(&self.request), "photo": bytes(&self.photo)})
    }
}

fn requests(stats: &Stats) -> impl Iterator<Item = &RequestStats> {
    stats
        .connections
        .iter()
        .flat_map(|connection: &ConnectionStats| &connection.requests)
}

/// How often the report was posted.
pub(super) fn posts(stats: &Stats) -> usize {
    requests(stats)
        .filter(|r| r.method == "POST" && r.path.starts_with("/requests.json"))
        .count()
}
