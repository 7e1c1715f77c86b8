//! What anybody may see of the city's work: the feed of cases, the feed of events, and figures over them
//! (`docs/extensions.md`, Feed and statistics).

pub(crate) mod feed;
pub(crate) mod statistics;
