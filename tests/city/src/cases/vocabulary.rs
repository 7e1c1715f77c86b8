//! The words of a case that are neither its state nor a step (`docs/extensions.md`).

use crate::words::words;

words! {
    /// Who may see an event.
    pub(crate) enum Visibility { Public = "public", Owner = "owner", Internal = "internal" }
}

words! {
    /// Who did it.
    pub(crate) enum ActorType { Citizen = "citizen", Operator = "operator", Agency = "agency", System = "system" }
}

words! {
    /// What came of a resolved case.
    pub(crate) enum Outcome {
        Fixed = "fixed",
        Partly = "partly",
        Planned = "planned",
        Explained = "explained",
        NotCompetent = "not_competent",
        NotFound = "not_found",
    }
}

words! {
    /// How pressing the citizen says it is.
    pub(crate) enum Urgency { Normal = "normal", Urgent = "urgent", Life = "life" }
}

words! {
    /// The way a report came.
    pub(crate) enum Channel { App = "app", Hotline = "hotline", Web = "web", Sms = "sms" }
}

words! {
    /// Whether the public sees it.
    pub(crate) enum Publication { Public = "public", AfterReview = "after_review", Never = "never" }
}

words! {
    /// Who gets to know the citizen's name: agencies too, the intake centre alone, nobody.
    pub(crate) enum Identity { Named = "named", Confidential = "confidential", None = "none" }
}

words! {
    /// How satisfied the citizen is.
    pub(crate) enum Rating { Satisfied = "satisfied", Acceptable = "acceptable", Dissatisfied = "dissatisfied" }
}

words! {
    /// Whether it is gone, says the citizen.
    pub(crate) enum Fixed { Yes = "yes", Partly = "partly", No = "no" }
}

words! {
    /// How fast a case goes: at once, or by its deadline.
    pub(crate) enum Track { Instant = "instant", Timed = "timed" }
}
