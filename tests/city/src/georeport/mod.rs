//! GeoReport v2 itself, JSON side: <https://wiki.open311.org/GeoReport_v2/>.
//!
//! This is the city's own reading of the standard; it shares no code with the client that is tested against it.

pub(crate) mod discovery;
pub(crate) mod lists;
pub(crate) mod media;
pub(crate) mod reports;
pub(crate) mod row;
pub(crate) mod services;
pub(crate) mod single;
pub(crate) mod tokens;
pub(crate) mod validation;
