//! How a run ends: the exit codes that scripts read, and what went wrong in the form that people and scripts share.
//!
//! A failure is a catalogue code with named values; its sentence is made in [`crate::output`], in one language.

use std::process::ExitCode;

use phananh_domain::profile::ProfileProblem;
use phananh_domain::validate::Problem;
use phananh_engine::ClientError;

/// Exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done,
    /// A check of the demo did not hold. Never given by another command.
    #[cfg(feature = "demo")]
    DidNotHold,
    /// The command line was not understood.
    Usage,
    /// Something waits for the citizen.
    NeedsCitizen,
    /// The input cannot be used; nothing was changed.
    BadInput,
    /// The disk or the secrets of this machine.
    Storage,
    /// The network or the city; or something is still owed.
    Network,
    /// Another process has the store, or a newer program wrote it.
    StoreHeld,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            #[cfg(feature = "demo")]
            Exit::DidNotHold => 1,
            Exit::Usage => 2,
            Exit::NeedsCitizen => 3,
            Exit::BadInput => 4,
            Exit::Storage => 5,
            Exit::Network => 6,
            Exit::StoreHeld => 7,
        })
    }
}

/// What went wrong. Passed in every `Result`: texts are boxed to keep it small.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) exit: Exit,
    /// Catalogue code.
    pub(crate) code: Box<str>,
    /// The argument or field at fault.
    pub(crate) field: Option<Box<str>>,
    /// Named values of the catalogue text.
    pub(crate) values: Vec<(&'static str, String)>,
    /// What keeps a report from being sent, all at once.
    pub(crate) problems: Vec<Problem>,
    /// What is wrong with a city profile, first of all.
    pub(crate) mistake: Option<Box<ProfileProblem>>,
    /// Words that are not ours: the city's, the operating system's.
    pub(crate) detail: Option<Box<str>>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, code: impl Into<Box<str>>) -> Self {
        Self {
            exit,
            code: code.into(),
            field: None,
            values: Vec::new(),
            problems: Vec::new(),
            mistake: None,
            detail: None,
        }
    }

    pub(crate) fn bad_input(field: impl Into<Box<str>>, code: impl Into<Box<str>>) -> Self {
        Self {
            field: Some(field.into()),
            ..Self::new(Exit::BadInput, code)
        }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }

    /// The first mistake of a profile, to be told below what did not work.
    pub(crate) fn mistaken(mut self, mistake: &ProfileProblem) -> Self {
        self.mistake = Some(Box::new(mistake.clone()));
        self
    }

    pub(crate) fn saying(mut self, detail: impl std::fmt::Display) -> Self {
        self.detail = Some(detail.to_string().into());
        self
    }
}

/// What is told beside an answer: something was put right or lost while the store was opened.
#[derive(Debug)]
pub(crate) struct Warning {
    /// Catalogue code.
    pub(crate) code: Box<str>,
    /// Its sentence.
    pub(crate) message: String,
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Invalid { problems } => Self {
                problems,
                ..Self::new(Exit::BadInput, "error.invalid")
            },
            ClientError::BadInput { field, code } => Self::bad_input(field, code),
            ClientError::NotFound { what } => Self::bad_input(what, "error.not_found"),
            ClientError::Ambiguous => Self::bad_input("report", "error.ambiguous"),
            ClientError::NotNow { code } => Self::new(Exit::BadInput, code),
            ClientError::Storage { code } | ClientError::Secrets { code } => Self::new(Exit::Storage, code),
            ClientError::StoreHeld { code, holder } => {
                Self::new(Exit::StoreHeld, code).with("holder", holder)
            }
            ClientError::Network { code } => Self::new(Exit::Network, code),
            ClientError::Closed => Self::new(Exit::Storage, "error.internal").with("id", "closed"),
            ClientError::Internal { id } => Self::new(Exit::Storage, "error.internal").with("id", id),
        }
    }
}
