//! Texts in the language of this run: the core's catalogue, and the few that only a terminal needs.

use phananh_domain::profile::CityProfile;
use phananh_domain::reason::Reason;
use phananh_domain::time::Zone;
use phananh_domain::validate::Problem;
use phananh_domain::why::{WhenNext, Why};
use phananh_domain::words::{Language, render, text};

use super::texts::{self, Bilingual};
use crate::exit::Failure;

/// Number to call where a profile names none (Vietnam: calls are free, also without a SIM).
const EMERGENCY: &str = "112";

/// A language, and how to say things in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Words(pub(crate) Language);

impl Words {
    /// The language asked for, else that of the terminal where it is English, else Vietnamese.
    pub(crate) fn choose(asked: Option<Language>) -> Self {
        let of_terminal = ["LC_ALL", "LC_MESSAGES", "LANG"]
            .iter()
            .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()));
        let is_english = of_terminal.is_some_and(|value| value.to_ascii_lowercase().starts_with("en"));
        Self(asked.unwrap_or(if is_english { Language::En } else { Language::Vi }))
    }

    /// A text of the catalogue without values.
    pub(crate) fn of(self, code: &str) -> String {
        render(code, self.0, &[])
    }

    /// A text of the catalogue with values.
    pub(crate) fn with(self, code: &str, values: &[(&str, &str)]) -> String {
        render(code, self.0, values)
    }

    /// A text of the terminal.
    pub(crate) fn say(self, text: Bilingual) -> &'static str {
        match self.0 {
            Language::Vi => text.vi,
            Language::En => text.en,
        }
    }

    /// A text of the terminal with values; those are set in as they are.
    pub(crate) fn fill(self, text: Bilingual, values: &[(&str, &str)]) -> String {
        let mut out = String::new();
        let mut rest = self.say(text);
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(
                values
                    .iter()
                    .find(|(given, _)| *given == name)
                    .map_or(name, |(_, value)| value),
            );
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    /// A word of the city or of ours under a prefix (`case.`, `outcome.`, `event.`); an unknown word as it is.
    pub(crate) fn word(self, prefix: &str, word: &str) -> String {
        text(&format!("{prefix}.{word}"), self.0)
            .unwrap_or(word)
            .to_owned()
    }

    /// Name of a field as people read it.
    pub(crate) fn field(self, field: &str) -> String {
        let known = match field {
            "service" => "service_code",
            "text" => "description",
            "number" | "case" | "into" => "case_number",
            "state" => "case_status",
            "due" => "due_at",
            "agency" | "co" => "agency",
            "outcome" => "result",
            other => other,
        };
        match known {
            "reason" => self.say(texts::REASON).to_owned(),
            "track" => self.say(texts::TRACK).to_owned(),
            known => self.word("field", known),
        }
    }

    /// The one reason why something waits.
    pub(crate) fn why(self, why: &Why, profile: &CityProfile) -> String {
        if is_next(why) {
            return self.of("next.now");
        }
        let zone = profile.zone_or_utc();
        let time = why
            .next
            .at()
            .map_or_else(|| self.say(texts::SOON).to_owned(), |at| at.to_people(&zone));
        let ahead = why.ahead.to_string();
        self.with(
            &format!("why.{}", why.reason),
            &[
                ("time", &time),
                ("n", &ahead),
                ("number", hotline(profile)),
                ("field", self.say(texts::THE_REPORT)),
                ("reason", self.say(texts::ASK_THE_CITY)),
            ],
        )
    }

    /// When it goes on, where the reason has not told the time already.
    pub(crate) fn next_beside(self, why: &Why, zone: &Zone) -> Option<String> {
        let told = match why.reason {
            Reason::Unreachable | Reason::Busy => why.next.at().is_some(),
            Reason::NoEndpoint => true,
            _ => is_next(why),
        };
        (!told).then(|| self.next(why.next, zone))
    }

    /// When it goes on.
    fn next(self, next: WhenNext, zone: &Zone) -> String {
        let time = next.at().map_or_else(String::new, |at| at.to_people(zone));
        self.with(&format!("next.{}", next.as_str()), &[("time", &time)])
    }

    /// A failure as one sentence: what happened, what to do.
    pub(crate) fn failure(self, failure: &Failure) -> String {
        let field = failure
            .field
            .as_deref()
            .map(|field| self.field(field))
            .unwrap_or_default();
        let mut values: Vec<(&str, &str)> = failure
            .values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        values.extend([
            ("field", field.as_str()),
            ("number", field.as_str()),
            ("name", ""),
            ("kind", "?"),
            ("id", "?"),
        ]);
        self.with(&failure.code, &values)
    }

    /// A problem of a report as one sentence.
    pub(crate) fn problem(self, problem: &Problem, failure: &[(&'static str, String)]) -> String {
        let value = |wanted| {
            failure
                .iter()
                .find(|(name, _)| *name == wanted)
                .map_or("", |(_, value)| value.as_str())
        };
        problem.tell(self.0, value("city"), value("hotline"))
    }
}

/// Nothing goes before it.
const fn is_next(why: &Why) -> bool {
    matches!(why.reason, Reason::InLine) && why.ahead == 0
}

/// The number of the city for reports, else the first one for emergencies.
pub(crate) fn hotline(profile: &CityProfile) -> &str {
    profile.hotline.as_deref().unwrap_or_else(|| emergency(profile))
}

/// The first number to call in danger.
pub(crate) fn emergency(profile: &CityProfile) -> &str {
    profile
        .emergency
        .first()
        .map_or(EMERGENCY, |first| first.number.as_str())
}
