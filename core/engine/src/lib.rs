//! All that touches the world: store, files, outbox, sync, HTTP, events; facade [`Client`].
//!
//! The layers, lowest first; an arrow up is a test failure:
//!
//! * leaves: [`clock`], [`effects`], [`folders`], [`profile`], [`secrets`], `seal`, `random`, `lock`
//! * `store` (two SQLite files), `files` (pictures), `remote` (HTTP): none knows another
//! * `rescue`: what is saved of a damaged store, with its pictures
//! * `world`: one of each, handed to everything above
//! * `sealed` (what rows keep encrypted), `line` (one request), `city` and `contact` (what is known of a city), `listing`
//!   (how it shows new reports), `arrival` (what follows when it has one), `account` (who is signed in)
//! * `ingest` (photos in), `outbox` (what is owed goes out), `sync` (what the city says comes in)
//! * [`client`]: what a shell calls
//!
//! Each network effect is a durable row first; its result and what follows from it are one transaction; events are
//! told after the commit. What an observation means is decided in `phananh-domain`, never here.

pub mod client;
pub mod clock;
pub mod effects;
pub mod error;
pub mod events;
pub mod folders;
pub mod profile;
pub mod secrets;

mod account;
mod arrival;
mod city;
mod contact;
mod files;
mod ingest;
mod line;
mod listing;
mod lock;
mod lookup;
mod outbox;
mod random;
mod remote;
mod rescue;
mod seal;
mod sealed;
mod services;
mod store;
mod sync;
mod tokens;
mod world;

pub use client::{Client, Config};
pub use error::ClientError;
pub use events::{Event, EventSink, SinkError, Subscription};
pub use remote::Roots;

/// The photo pipeline alone, for who shrinks or audits a picture without a store.
pub use phananh_photo as photo;
