//! One report, for scripts (`json`) and for people (`page`, `timeline`).

mod json;
mod page;
mod timeline;

pub(crate) use json::{
    attachment_json, content_json, merged, names, next_json, place_json, status_json, why_json,
};
pub(crate) use page::{CaseDetails, alarm, attachment_line, content_page, row, status_page};
#[cfg(feature = "demo")]
pub(crate) use timeline::timeline_page;
