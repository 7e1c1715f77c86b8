//! A case: what it is, how it moves, when it is due. No HTTP here.

pub(crate) mod calendar;
pub(crate) mod code;
pub(crate) mod phone;
pub(crate) mod state;
pub(crate) mod statistics;
pub(crate) mod vocabulary;
