//! Errors: rich inside, few outside.
//!
//! [`Error`] is what code of the engine passes around. [`ClientError`] is what a shell sees: one variant only where a
//! shell would *do* something different, codes rather than sentences (the catalogue in `phananh_domain::words` has the
//! texts), and no personal data. [`ClientError::from`] is the one place where the first becomes the second.

use phananh_domain::validate::Problem;

use crate::files::FileError;
use crate::seal::SealError;
use crate::secrets::SecretError;

/// What can go wrong inside the engine.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// SQLite said no.
    #[error("store: {0}")]
    Sql(#[from] rusqlite::Error),
    /// The store was written by a newer version of this program.
    #[error("the store has schema {found}, this program knows {known}")]
    NewerStore {
        /// Schema of the file.
        found: i64,
        /// Newest schema of this program.
        known: i64,
    },
    /// Another process has the store.
    #[error("the store is held by {holder}")]
    Held {
        /// Who, as far as known.
        holder: String,
    },
    /// A file on disk.
    #[error("file: {0}")]
    File(#[from] FileError),
    /// Anything else of the disk.
    #[error("disk: {0}")]
    Io(#[from] std::io::Error),
    /// Secrets of the phone.
    #[error("secrets: {0}")]
    Secret(#[from] SecretError),
    /// A sealed row.
    #[error("seal: {0}")]
    Seal(#[from] SealError),
    /// A row that does not make sense: written by a bug or by damage.
    #[error("damaged row in {table}")]
    Damaged {
        /// Table.
        table: &'static str,
    },
    /// What was named does not exist.
    #[error("no such {what}")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
    },
    /// What was named is more than one thing.
    #[error("ambiguous")]
    Ambiguous,
    /// The step makes no sense in the present state.
    #[error("not now: {code}")]
    NotNow {
        /// Catalogue code that says why.
        code: &'static str,
    },
    /// The content does not hold what the city asks for.
    #[error("{} problems", .0.len())]
    Invalid(Vec<Problem>),
    /// Bad input from the shell.
    #[error("bad input: {code} in {field}")]
    BadInput {
        /// What was wrong, a field name.
        field: &'static str,
        /// Catalogue code.
        code: &'static str,
    },
    /// A foreground question to the city failed.
    #[error("network: {code}")]
    Network {
        /// Catalogue code.
        code: &'static str,
    },
    /// The client was shut down.
    #[error("shut down")]
    Closed,
    /// A background task panicked: a bug.
    #[error("internal error")]
    Internal,
}

/// Short for results inside the engine.
pub type Result<T> = std::result::Result<T, Error>;

/// What a shell is told.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ClientError {
    /// Mend the input and call again: `problems` says what, field by field.
    #[error("invalid: {} problems", problems.len())]
    Invalid {
        /// All problems at once.
        problems: Vec<Problem>,
    },
    /// One argument is wrong.
    #[error("bad input in {field}: {code}")]
    BadInput {
        /// Which.
        field: String,
        /// Catalogue code.
        code: String,
    },
    /// The thing does not exist.
    #[error("no such {what}")]
    NotFound {
        /// Kind of thing.
        what: String,
    },
    /// Several things are meant.
    #[error("more than one report is meant")]
    Ambiguous,
    /// The step makes no sense now.
    #[error("not now: {code}")]
    NotNow {
        /// Catalogue code that says why.
        code: String,
    },
    /// The phone is full, or its disk fails; nothing was changed.
    #[error("storage: {code}")]
    Storage {
        /// Catalogue code: `error.disk_full` or `error.storage`.
        code: String,
    },
    /// The store is held by another process, or written by a newer version.
    #[error("store held: {code}")]
    StoreHeld {
        /// Catalogue code: `error.store_held` or `error.newer_store`.
        code: String,
        /// Who holds it, where known.
        holder: String,
    },
    /// The phone's secrets are locked, missing or failing.
    #[error("secrets: {code}")]
    Secrets {
        /// Catalogue code: `error.secrets_locked`, `_missing`, `_failed`.
        code: String,
    },
    /// The network or the city.
    #[error("network: {code}")]
    Network {
        /// Catalogue code.
        code: String,
    },
    /// The client was shut down.
    #[error("closed")]
    Closed,
    /// A bug: quote the id.
    #[error("internal error {id}")]
    Internal {
        /// Names the place in the code; no personal data.
        id: String,
    },
}

impl From<Error> for ClientError {
    fn from(error: Error) -> Self {
        if error.is_disk_full() {
            return disk_full();
        }
        match error {
            Error::Sql(e) => from_sql(&e),
            Error::NewerStore { .. } => Self::StoreHeld {
                code: "error.newer_store".into(),
                holder: String::new(),
            },
            Error::Held { holder } => Self::StoreHeld {
                code: "error.store_held".into(),
                holder,
            },
            Error::File(FileError::Gone | FileError::Changed) => Self::NotNow {
                code: "why.photo_gone".into(),
            },
            Error::File(_) => Self::Storage {
                code: "error.storage".into(),
            },
            Error::Io(_) => Self::Storage {
                code: "error.storage".into(),
            },
            Error::Secret(SecretError::Locked) | Error::Seal(SealError::Locked) => {
                secrets("error.secrets_locked")
            }
            Error::Secret(SecretError::Missing) | Error::Seal(SealError::Lost) => {
                secrets("error.secrets_missing")
            }
            Error::Secret(SecretError::Failed(_)) | Error::Seal(SealError::Failed(_)) => {
                secrets("error.secrets_failed")
            }
            Error::Seal(SealError::Damaged) => Self::Internal { id: "seal".into() },
            Error::Damaged { table } => Self::Internal {
                id: format!("row.{table}"),
            },
            Error::NotFound { what } => Self::NotFound { what: what.into() },
            Error::Ambiguous => Self::Ambiguous,
            Error::NotNow { code } => Self::NotNow { code: code.into() },
            Error::Invalid(problems) => Self::Invalid { problems },
            Error::BadInput { field, code } => Self::BadInput {
                field: field.into(),
                code: code.into(),
            },
            Error::Network { code } => Self::Network { code: code.into() },
            Error::Closed => Self::Closed,
            Error::Internal => Self::Internal { id: "task".into() },
        }
    }
}

fn from_sql(error: &rusqlite::Error) -> ClientError {
    use rusqlite::ErrorCode as C;
    match error.sqlite_error_code() {
        Some(C::SystemIoFailure | C::CannotOpen | C::ReadOnly | C::PermissionDenied) => {
            ClientError::Storage {
                code: "error.storage".into(),
            }
        }
        Some(C::DatabaseCorrupt | C::NotADatabase) => ClientError::Storage {
            code: "error.storage_damaged".into(),
        },
        _ => ClientError::Internal { id: "sql".into() },
    }
}

fn disk_full() -> ClientError {
    ClientError::Storage {
        code: "error.disk_full".into(),
    }
}

fn secrets(code: &str) -> ClientError {
    ClientError::Secrets { code: code.into() }
}

impl Error {
    /// The disk is full: the outbox pauses and keeps everything.
    #[must_use]
    pub fn is_disk_full(&self) -> bool {
        use std::io::ErrorKind::{QuotaExceeded, StorageFull};
        match self {
            Self::Sql(rusqlite::Error::SqliteFailure(e, _)) => {
                // No room for the map of the WAL; a commit that a full disk broke off, too.
                e.code == rusqlite::ErrorCode::DiskFull
                    || e.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
            }
            Self::File(FileError::Full) => true,
            Self::Io(e) => matches!(e.kind(), StorageFull | QuotaExceeded),
            _ => false,
        }
    }

    /// The disk does not do what a store needs of it, whatever the reason.
    pub(crate) fn is_of_the_disk(&self) -> bool {
        use rusqlite::ErrorCode::{CannotOpen, SystemIoFailure};
        let code = match self {
            Self::Sql(e) => e.sqlite_error_code(),
            _ => None,
        };
        self.is_disk_full() || matches!(code, Some(CannotOpen | SystemIoFailure))
    }

    /// A database does not hold what was written into it.
    pub(crate) fn is_damaged(&self) -> bool {
        use rusqlite::Error as E;
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
        match self {
            Self::Damaged { .. } => true,
            Self::Sql(
                E::FromSqlConversionFailure(..) | E::IntegralValueOutOfRange(..) | E::InvalidColumnType(..),
            ) => true,
            Self::Sql(e) => matches!(e.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase)),
            _ => false,
        }
    }
}
