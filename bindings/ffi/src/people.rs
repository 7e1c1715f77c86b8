//! Who reports, what may be sent when, what a sensor reads.

use phananh_domain::place::{Fix, Point};
use phananh_domain::time::Timestamp;
use phananh_domain::why::{PhotoLine, Power, SendPolicy, Switch};
use phananh_engine::client::Me;

/// What the reporter told about themselves.
#[uniffi::remote(Record)]
pub struct Me {
    /// Whole name.
    pub name: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

/// When the core may send.
#[uniffi::remote(Record)]
pub struct SendPolicy {
    /// The citizen's switch.
    pub switch: Switch,
    /// On which lines photos go.
    pub photos: PhotoLine,
    /// What the battery allows.
    pub power: Power,
}

/// The citizen's switch.
#[uniffi::remote(Enum)]
pub enum Switch {
    /// Send.
    On,
    /// Paused by the citizen.
    Paused,
}

/// On which lines photos go.
#[uniffi::remote(Enum)]
pub enum PhotoLine {
    /// On any.
    Any,
    /// On unmetered ones (data saver).
    Unmetered,
}

/// What the battery allows.
#[uniffi::remote(Enum)]
pub enum Power {
    /// Everything.
    Free,
    /// The saver is on and the app is not in front: words only.
    Saver,
}

/// A reading of a position sensor, raw.
#[uniffi::remote(Record)]
pub struct Fix {
    /// When the sensor read, wall clock.
    pub at: Timestamp,
    /// Where.
    pub point: Point,
    /// Radius of 68 % confidence in metres, where the platform told one.
    pub accuracy_m: Option<f64>,
    /// Name of the provider: `gps`, `network`, `fused`, …
    pub provider: String,
    /// The platform says that the reading is made by software: a fact to keep, never a reason to refuse.
    pub mock: bool,
}
