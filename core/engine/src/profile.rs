//! Profiles as the engine takes them: the domain's members, and the `flags` that the wire reads.
//!
//! A misspelt flag would silently mean its default, and a report would be sent in a way the server does not take: so a
//! profile with any mistake that blocks is refused here, whoever brings it, before it is ever used.

use phananh_domain::profile::form::{Form, Member, Rule};
use phananh_domain::profile::{CityProfile, Examination, ProfileError, ProfileProblem};
use phananh_domain::validate::Severity;

use crate::error::ClientError;

/// The flags of a profile: how a server differs from the standard (docs/profile.md, "Flags"). That they are those of
/// `georeport`'s dialect, a test holds against it.
pub const FLAGS: Form = Form::Members {
    members: &[
        Member::optional("media_field", Form::Text(Rule::SOME)),
        Member::optional("media", Form::Word(&["none", "one", "many"])),
        Member::optional("multi_value", Form::Word(&["brackets", "repeated"])),
        Member::optional("jurisdiction", Form::Word(&["params", "query_always", "none"])),
        Member::optional("api_key_in", Form::Word(&["form", "query_too"])),
        Member::optional("dates", Form::Word(&["zulu", "no_zone"])),
        Member::optional("date_filter", Form::Word(&["standard", "swapped", "none"])),
        Member::optional("paging", PAGING),
        Member::optional("list_cap", COUNT),
        Member::optional("ids_per_list", Form::Whole { min: 1, max: 65_535 }),
        Member::optional(
            "updated_filter",
            Form::Word(&["none", "updated_after", "updated"]),
        ),
        Member::nullable("extensions_param", Form::Text(Rule::SOME)),
        Member::optional("characters", Form::Word(&["all", "bmp"])),
    ],
    strangers: Severity::Blocks,
};

const COUNT: Form = Form::Whole {
    min: 1,
    max: u32::MAX as u64,
};

const PAGING: Form = Form::Either(&[
    Form::Word(&["none"]),
    Form::OneOf(&[
        Member::optional(
            "page_size",
            Form::Members {
                members: &[
                    Member::optional("page", Form::Text(Rule::SOME)),
                    Member::optional("size", Form::Text(Rule::SOME)),
                    Member::optional("rows", COUNT),
                    Member::optional("first", Form::Whole { min: 0, max: 1 }),
                ],
                strangers: Severity::Blocks,
            },
        ),
        Member::optional(
            "limit_offset",
            Form::Members {
                members: &[
                    Member::optional("limit", Form::Text(Rule::SOME)),
                    Member::optional("offset", Form::Text(Rule::SOME)),
                    Member::optional("rows", COUNT),
                ],
                strangers: Severity::Blocks,
            },
        ),
    ]),
]);

/// Reads a profile and finds every mistake in it at once, those in its `flags` too.
///
/// # Errors
/// The text is too long or no JSON.
pub fn examine(json: &str) -> Result<Examination, ProfileError> {
    CityProfile::examine(json, FLAGS)
}

/// Reads a profile that can be used.
///
/// # Errors
/// `BadInput`: the member of the first mistake, and what is wrong with it.
pub fn read(json: &str) -> Result<CityProfile, ClientError> {
    let unusable = || ClientError::BadInput {
        field: "profile".into(),
        code: "error.bad_profile".into(),
    };
    let examined = examine(json).map_err(|_| unusable())?;
    match (examined.profile, blocking(examined.problems)) {
        (Some(profile), _) => Ok(profile),
        (None, Some(mistake)) => Err(refusal(mistake)),
        (None, None) => Err(unusable()),
    }
}

/// Whether a profile that was read can be used.
///
/// # Errors
/// As [`read`].
pub(crate) fn usable(profile: &CityProfile) -> Result<(), ClientError> {
    match blocking(profile.check(FLAGS)) {
        None => Ok(()),
        Some(mistake) => Err(refusal(mistake)),
    }
}

fn blocking(problems: Vec<ProfileProblem>) -> Option<ProfileProblem> {
    problems
        .into_iter()
        .find(|problem| problem.severity == Severity::Blocks)
}

fn refusal(mistake: ProfileProblem) -> ClientError {
    ClientError::BadInput {
        field: mistake.path,
        code: format!("profile.{}", mistake.code),
    }
}
