//! The outcome table row by row, and what no sequence of outcomes may do.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod never_twice;
mod rows;

use phananh_domain::job::{self, Exposed, Exposure, JobState};
use phananh_domain::outcome::{BusyStatus, Observation as O, Refusal, Ruling, SignIn, Tracked};
use phananh_domain::time::{MINUTE, SECOND, Timestamp};

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

/// The exposure after the attempt, as the engine writes it.
fn exposure(ruling: &Ruling, before: Exposure) -> Exposure {
    let running = before.step(Exposed::Leaving, before);
    ruling.exposed.map_or(running, |e| running.step(e, before))
}

/// The job after the attempt.
fn state(ruling: &Ruling) -> JobState {
    job::step(JobState::Sending, ruling.event(Some(NOW.plus(MINUTE)))).unwrap()
}

fn every_observation() -> Vec<O> {
    let mut all = vec![
        O::NotConnected,
        O::Captive,
        O::WrongBase,
        O::TlsFailed,
        O::AnswerLost,
        O::ServerError,
        O::RequestTimeout,
        O::GeneralServiceError,
        O::NotOurReceipt,
        O::TakesNoReports,
        O::AccountLocked,
        O::KeyRefused,
        O::Redirected,
        O::KeyInUse,
        O::KeyReused,
        O::DuplicateSaid,
        O::AttachmentGone,
        O::AttachmentChanged,
        O::SecretsLocked,
        O::SecretsMissing,
        O::SecretsFailed,
        O::DiskFull,
        O::LocalIo,
        O::Other,
    ];
    all.extend(Tracked::ALL.iter().map(|t| O::Receipt { tracked: *t }));
    all.extend(Refusal::ALL.iter().map(|r| O::Refused { refusal: *r }));
    all.extend(SignIn::ALL.iter().map(|s| O::Unauthorized { sign_in: *s }));
    for status in BusyStatus::ALL {
        all.extend([None, Some(30 * SECOND)].map(|wait| O::Busy {
            status: *status,
            wait,
        }));
    }
    all
}
