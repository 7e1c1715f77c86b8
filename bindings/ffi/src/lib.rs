//! The UniFFI surface of the core: the only crate that knows uniffi.
//!
//! Nothing is decided here. The words of `phananh-domain` and the views of `phananh-engine` are *declared* once more
//! as what other languages see (`uniffi::remote`): the compiler compares each declaration with the original, field by
//! field and variant by variant, so the two cannot drift and no conversion can forget one. What remains is one object,
//! [`ReportClient`], whose methods call the engine's facade one to one, a [`Subscription`] to its events, a [`Lease`] of
//! its store, and two traits that the platform implements, [`SecureStore`] and [`EventSink`].
//!
//! Rules of this boundary, each of them learnt from a trap that others fell into:
//!
//! * ids, times (milliseconds since 1970 UTC) and codes cross as plain values; there are three kinds of objects only;
//! * an async method runs on the engine's own runtime and may be dropped at any moment: nothing is halved by that;
//! * pictures cross as paths, never as bytes;
//! * no name that generated code needs for itself (`close`, `destroy`, `use`; an error field `message`);
//! * the surface is the same on every target, so nothing here asks for one.
//!
//! Files: `client` the object, one file per area of its methods; `report`, `delivery`, `case`, `city`,
//! `account`, `people`, `public`, `events` what they give; `lease` who needs the store; `ids` opaque values; `secrets` the platform's keeper;
//! `error` the one error.

// The scaffolding that the macros below write is FFI; nothing in this crate writes unsafe code by hand.
#![allow(unsafe_code)]

mod account;
mod case;
mod city;
mod client;
mod delivery;
mod error;
mod events;
mod ids;
mod lease;
mod people;
mod public;
mod report;
mod secrets;

pub use client::{OpenOptions, ReportClient, bundled_profile};
pub use events::{EventSink, SinkError, Subscription};
pub use lease::{Lease, Rescued};
#[cfg(feature = "harness")]
pub use secrets::keeper;
pub use secrets::{SecretError, SecureStore};

uniffi::setup_scaffolding!();
