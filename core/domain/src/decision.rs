//! What the citizen can decide about something that waits for them: only what can then be done.
//!
//! One table ([`offered`]) for every shell. A choice that would be refused is not offered: what may have arrived cannot be
//! changed, and a case that the city did not name cannot be followed.

use crate::job::{Exposure, JobKind};
use crate::reason::Reason;
use crate::snake::words;

words!(
    /// A decision of the citizen.
    Decision {
        /// Send the same payload under the same key again.
        Again = "again",
        /// Wait and keep looking.
        Wait = "wait",
        /// The city's known case is mine too: follow it.
        Follow = "follow",
        /// The city knows it, and still: send.
        Anyway = "anyway",
        /// Take it back to change it.
        Edit = "edit",
        /// Make the photos smaller and send.
        Smaller = "smaller",
        /// Send without the photos that are still owed.
        WithoutPhoto = "without_photo",
    }
);

words!(
    /// The case that a city speaks of when it says that the matter is known.
    KnownCase {
        /// It named one, which is not ours already.
        Named = "named",
        /// It named none, or one that is ours.
        Unnamed = "unnamed",
    }
);

/// What can be decided about a job that stands blocked for this reason; `exposure` is what the city may know of it, `known`
/// which case it spoke of. In the order in which people would choose.
#[must_use]
pub const fn offered(
    kind: JobKind,
    reason: Reason,
    exposure: Exposure,
    known: KnownCase,
) -> &'static [Decision] {
    use Decision as D;
    use JobKind as K;
    use Reason as R;
    match (kind, reason, exposure) {
        // Refused, and no look can tell whether it was stored all the same: the citizen may change it, knowing that.
        (_, R::CannotTell, Exposure::Refused) => &[D::Again, D::Wait, D::Edit],
        (_, R::CannotTell, _) => &[D::Again, D::Wait],
        (K::Report | K::Message, R::Refused | R::IdentityLost, _) => &[D::Again, D::Edit],
        (K::Attachment, R::Refused | R::IdentityLost, _) => &[D::Again, D::WithoutPhoto],
        (_, R::ServiceGone | R::TakesNoReports, _) => &[D::Edit],
        // Surely not there: waiting would show nothing.
        (_, R::AlreadyKnown, Exposure::None) => match known {
            KnownCase::Named => &[D::Follow, D::Anyway, D::Edit],
            KnownCase::Unnamed => &[D::Anyway, D::Edit],
        },
        (_, R::AlreadyKnown, _) => match known {
            KnownCase::Named => &[D::Follow, D::Wait, D::Anyway],
            KnownCase::Unnamed => &[D::Wait, D::Anyway],
        },
        (K::Message, R::PhotoTooLarge, _) => &[D::Smaller, D::WithoutPhoto, D::Edit],
        (_, R::PhotoTooLarge, _) => &[D::Smaller, D::WithoutPhoto],
        (K::Message, R::PhotoGone, _) => &[D::WithoutPhoto, D::Edit],
        (_, R::PhotoGone | R::PhotoNotTaken, _) => &[D::WithoutPhoto],
        // The rest is not for the citizen to decide.
        _ => &[],
    }
}
