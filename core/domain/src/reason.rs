//! Why something waits or stopped: one closed list, shared by jobs, cities, accounts and `why`.

use crate::snake::words;

words!(
    /// Why a report waits. The text of each stands in the catalogue under `why.<word>`.
    Reason {
        // the citizen must act
        /// A look-up cannot tell whether the city has it: send again, or wait?
        CannotTell = "cannot_tell",
        /// The city asks to change something, field by field.
        Refused = "refused",
        /// The city knows the matter already: follow, send anyway, edit?
        AlreadyKnown = "already_known",
        /// The picture is gone or changed on disk.
        PhotoGone = "photo_gone",
        /// The city refuses large pictures.
        PhotoTooLarge = "photo_too_large",
        /// The city takes no further photo with this report.
        PhotoNotTaken = "photo_not_taken",
        /// The category is gone.
        ServiceGone = "service_gone",
        /// This city takes no reports by this way.
        TakesNoReports = "takes_no_reports",
        /// The phone lost the contact details.
        IdentityLost = "identity_lost",
        /// No server address of the city is known: it has to be given.
        NoEndpoint = "no_endpoint",
        // account
        /// Sign in to send.
        SignedOut = "signed_out",
        /// The account is locked by the city; reports are kept.
        Locked = "locked",
        // storage
        /// The phone is nearly full.
        Storage = "storage",
        /// Unlock the phone once.
        PhoneLocked = "phone_locked",
        // network
        /// No network.
        NoNetwork = "no_network",
        /// The Wi-Fi wants a sign-in.
        Captive = "captive",
        /// Waits for Wi-Fi (data saver).
        WifiOnly = "wifi_only",
        /// Battery saver.
        OsLimits = "os_limits",
        // city
        /// The city cannot be reached.
        Unreachable = "unreachable",
        /// No secure connection: check the clock.
        Tls = "tls",
        /// The city is busy.
        Busy = "busy",
        /// The city's server refuses the app.
        CitySetup = "city_setup",
        /// Asking back, so as not to file twice.
        Checking = "checking",
        /// The city gave a token and will give the number later.
        NumberPending = "number_pending",
        /// Tried often today.
        DailyLimit = "daily_limit",
        // our own queue
        /// Paused by the citizen.
        Paused = "paused",
        /// The photo is being made smaller.
        Preparing = "preparing",
        /// Others go first.
        InLine = "in_line",
    }
);

/// The order in which one of several reasons is told: the citizen must act, then account, storage, network, city, our
/// own queue (DESIGN.md section 4, "Why it waits").
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// The citizen must act.
    Citizen,
    /// The account.
    Account,
    /// The phone's storage.
    Storage,
    /// The network.
    Network,
    /// The city.
    City,
    /// Our own queue.
    Queue,
}

impl Reason {
    /// Whose turn it is.
    #[must_use]
    pub const fn rank(self) -> Rank {
        match self {
            Self::CannotTell
            | Self::Refused
            | Self::AlreadyKnown
            | Self::PhotoGone
            | Self::PhotoTooLarge
            | Self::PhotoNotTaken
            | Self::ServiceGone
            | Self::TakesNoReports
            | Self::IdentityLost
            | Self::NoEndpoint => Rank::Citizen,
            Self::SignedOut | Self::Locked => Rank::Account,
            Self::Storage | Self::PhoneLocked => Rank::Storage,
            Self::NoNetwork | Self::Captive | Self::WifiOnly | Self::OsLimits => Rank::Network,
            Self::Unreachable
            | Self::Tls
            | Self::Busy
            | Self::CitySetup
            | Self::Checking
            | Self::NumberPending
            | Self::DailyLimit => Rank::City,
            Self::Paused | Self::Preparing | Self::InLine => Rank::Queue,
        }
    }
}
