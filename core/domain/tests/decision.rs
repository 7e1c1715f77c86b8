//! What is offered to the citizen: something wherever they are asked, and nothing that would be refused.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use phananh_domain::decision::{Decision, offered};
use phananh_domain::job::{Exposure, JobKind};
use phananh_domain::reason::{Rank, Reason};

#[test]
fn whoever_is_asked_can_answer_and_nobody_else_is_offered_anything() {
    for kind in JobKind::ALL {
        for reason in Reason::ALL {
            for exposure in Exposure::ALL {
                let choices = offered(*kind, *reason, *exposure);
                let asks = reason.rank() == Rank::Citizen && *reason != Reason::NoEndpoint;
                assert_eq!(!choices.is_empty(), asks, "{kind} {reason} {exposure}");
            }
        }
    }
}

#[test]
fn what_may_have_arrived_is_never_offered_to_be_changed() {
    for reason in [Reason::CannotTell, Reason::AlreadyKnown] {
        let choices = offered(JobKind::Report, reason, Exposure::Unknown);
        assert!(!choices.contains(&Decision::Edit), "{reason}");
    }
}

#[test]
fn no_case_is_offered_to_be_followed_that_the_city_did_not_name() {
    for reason in Reason::ALL {
        for exposure in Exposure::ALL {
            let choices = offered(JobKind::Report, *reason, *exposure);
            assert!(!choices.contains(&Decision::Follow), "{reason}");
        }
    }
}
