//! What is offered to the citizen: something wherever they are asked, and nothing that would be refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::decision::{Decision, KnownCase, offered};
use phananh_domain::job::{Exposure, JobKind};
use phananh_domain::reason::{Rank, Reason};

#[test]
fn whoever_is_asked_can_answer_and_nobody_else_is_offered_anything() {
    for kind in JobKind::ALL {
        for reason in Reason::ALL {
            for exposure in Exposure::ALL {
                let choices = offered(*kind, *reason, *exposure, KnownCase::Unnamed);
                let asks = reason.rank() == Rank::Citizen && *reason != Reason::NoEndpoint;
                assert_eq!(!choices.is_empty(), asks, "{kind} {reason} {exposure}");
            }
        }
    }
}

#[test]
fn what_may_have_arrived_is_never_offered_to_be_changed() {
    for reason in [Reason::CannotTell, Reason::AlreadyKnown] {
        let choices = offered(JobKind::Report, reason, Exposure::Unknown, KnownCase::Named);
        assert!(!choices.contains(&Decision::Edit), "{reason}");
    }
}

#[test]
fn only_a_case_that_the_city_named_is_offered_to_be_followed() {
    for reason in Reason::ALL {
        for exposure in Exposure::ALL {
            let follows =
                |known| offered(JobKind::Report, *reason, *exposure, known).contains(&Decision::Follow);
            assert!(!follows(KnownCase::Unnamed), "{reason}");
            assert_eq!(
                follows(KnownCase::Named),
                *reason == Reason::AlreadyKnown,
                "{reason}"
            );
        }
    }
}
