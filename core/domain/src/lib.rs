//! The words and rules of Phản Ánh.
//!
//! Everything here is pure: no I/O, no async, no SQL, no HTTP and no clock of its own. Time, randomness and hashes of
//! files come in as values, so each rule can be told, tested and replayed by itself. Effects live in `phananh-engine`.
//!
//! Three promises decide every question, in this order: nothing accepted is ever lost; nothing is ever filed twice;
//! the citizen always knows where it stands and why it waits. How the modules serve them:
//!
//! * what a report is: [`report`], [`place`], [`service`], [`attachment`], [`identity`], [`message`], [`receipt`]
//! * what the city is: [`profile`], [`case`], [`case_words`]
//! * what leaves the phone: [`validate`], [`payload`], [`refcode`]
//! * how it leaves, once: [`job`], [`delivery`], [`outcome`], [`lookup`], [`retry`]
//! * what people read: [`why`], [`words`], [`fold`]

mod snake;

pub mod attachment;
pub mod case;
pub mod case_words;
pub mod decision;
pub mod delivery;
pub mod fold;
pub mod id;
pub mod identity;
pub mod job;
pub mod lookup;
pub mod message;
pub mod outcome;
pub mod payload;
pub mod place;
pub mod profile;
pub mod public;
pub mod reason;
pub mod receipt;
pub mod refcode;
pub mod report;
pub mod retry;
pub mod search;
pub mod service;
pub mod time;
pub mod validate;
pub mod why;
pub mod words;
