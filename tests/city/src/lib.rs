//! A reference city: an Open311 GeoReport v2 server for tests and demonstrations, bare or with the additions of
//! `docs/extensions.md`.
//!
//! It is its own reading of the standard and shares no code with the client that is tested against it: what both
//! sides agree on is the text of the standard and that page. It keeps the promises a willing city has to keep:
//! what it acknowledged is on the disk, a key files once and for ever, an internal event never reaches a
//! citizen, a name never reaches a list.
//!
//! How a request goes through the code: [`server`](RunningCity) accepts, `app` routes, `georeport`, `extensions`
//! or `desk` read the request and decide, `cases` says which step is possible, `store` makes it durable, and
//! `http` gives the answer its format. Everything that decides how a city behaves is in [`CityConfig`]; time
//! comes from its [`Clock`].
//!
//! ```no_run
//! # async fn example() -> Result<(), phananh_city::CityError> {
//! use phananh_city::{City, CityConfig};
//! let city = City::start(CityConfig::new("city-data")).await?;
//! println!("{}/services.json", city.url());
//! assert!(city.cases()?.is_empty());
//! city.stop().await;
//! # Ok(())
//! # }
//! ```

mod app;
mod cases;
mod catalogue;
mod clock;
mod config;
mod desk;
mod extensions;
mod family;
mod georeport;
mod http;
mod inspect;
mod made_year;
mod server;
mod store;
mod tls;
mod words;

pub use clock::{Clock, ManualClock, SystemClock};
pub use config::{AgencyToken, CityConfig, Log, MadeYear, SignIn, Transport};
pub use extensions::{Extension, Extensions};
pub use family::{Family, NotOffered};
pub use inspect::{CaseView, EventView, PhotoView, cases_in};
pub use server::{City, CityError, Counts, RunningCity};
