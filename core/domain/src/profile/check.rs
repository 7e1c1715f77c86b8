//! Mistakes in a profile: `phananh city profile check FILE` names them all, and an app refuses one that blocks.

use serde_json::Value;

use super::form::{Form, Member, walk};
use super::members::PROFILE;
use super::{CityProfile, ProfileError, twice};
use crate::snake::words;
use crate::validate::Severity;

words!(
    /// What is wrong with a member of a profile. The text of each stands in the catalogue under `profile.<word>`.
    ProfileProblemCode {
        /// Must not be empty.
        Empty = "empty",
        /// It has to be there.
        Missing = "missing",
        /// Another kind of value.
        WrongForm = "wrong_form",
        /// Not one of the words that are allowed.
        NotAChoice = "not_a_choice",
        /// Not a name for files and commands: letters, digits, `-`, `_`, `.`, at most 64.
        BadName = "bad_name",
        /// Not a URL that paths can be added to.
        BadUrl = "bad_url",
        /// Must be https; http is for loopback only.
        NotHttps = "not_https",
        /// A URL holds a user name or a password.
        SecretInUrl = "secret_in_url",
        /// Not in the IANA database.
        UnknownZone = "unknown_zone",
        /// No words in this language: the app shows another.
        UnknownLanguage = "unknown_language",
        /// Outside the range that makes sense.
        OutOfRange = "out_of_range",
        /// Not a box on the earth.
        BadBox = "bad_box",
        /// Not a number to dial.
        BadNumber = "bad_number",
        /// Not one of our status words.
        UnknownStatus = "unknown_status",
        /// The same code twice.
        Twice = "twice",
        /// The same member twice: only one of them would be read.
        MemberTwice = "member_twice",
        /// Nearly the name of a known member that is not there: it would silently mean its default.
        Misspelt = "misspelt",
        /// This version does not know the member.
        UnknownMember = "unknown_member",
    }
);

/// One mistake.
#[derive(Debug, Clone)]
pub struct ProfileProblem {
    /// Member, e.g. `emergency[1].number`.
    pub path: String,
    /// What is wrong.
    pub code: ProfileProblemCode,
    /// Whether the profile can be used.
    pub severity: Severity,
    /// What was found, as JSON of at most 60 characters.
    pub found: Option<String>,
    /// What is allowed.
    pub allowed: Option<Form>,
    /// The known name or value that is nearest.
    pub nearest: Option<String>,
}

/// A profile and all that is wrong with it.
#[derive(Debug)]
pub struct Examination {
    /// The profile, where nothing blocks.
    pub profile: Option<CityProfile>,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// Every mistake, in the order of the members.
    pub problems: Vec<ProfileProblem>,
}

impl CityProfile {
    /// Reads a profile and finds every mistake in it at once; `flags` is the form of that member.
    ///
    /// # Errors
    /// The text is too long or no JSON.
    pub fn examine(json: &str, flags: Form) -> Result<Examination, ProfileError> {
        let value = Self::tree(json)?;
        let mut problems = problems(&value, flags);
        for path in twice::members(json) {
            problems.push(ProfileProblem::blocking(&path, ProfileProblemCode::MemberTwice));
        }
        let name = value.get("name").and_then(Value::as_str).map(str::to_owned);
        let blocks = |problem: &ProfileProblem| problem.severity == Severity::Blocks;
        let profile = if problems.iter().any(blocks) {
            None
        } else {
            // What the walk lets pass, the reader takes: they are held against each other in the tests.
            Some(Self::parse(json)?)
        };
        Ok(Examination {
            profile,
            name,
            problems,
        })
    }

    /// Every mistake in a profile that was read, in the order of its members; `flags` is the form of that member.
    #[must_use]
    pub fn check(&self, flags: Form) -> Vec<ProfileProblem> {
        match serde_json::to_value(self) {
            Ok(value) => problems(&value, flags),
            Err(_) => vec![ProfileProblem::blocking(".", ProfileProblemCode::WrongForm)],
        }
    }
}

fn problems(value: &Value, flags: Form) -> Vec<ProfileProblem> {
    let mut problems = Vec::new();
    let form = Form::Members {
        members: PROFILE,
        strangers: Severity::Warns,
    };
    walk(&form, value, "", &mut problems);
    if let Some(found) = value.get("flags").filter(|found| found.is_object()) {
        walk(&flags, found, "flags", &mut problems);
    }
    for problem in &mut problems {
        if problem.path.is_empty() {
            problem.path = ".".to_owned();
        }
    }
    problems
}

/// The names of the members of a profile.
pub fn member_names() -> impl Iterator<Item = &'static str> {
    PROFILE.iter().map(|member: &Member| member.name)
}
