//! Reading a list to its end, on servers that page, that ignore paging, or that cut a list without a word.
//!
//! A look-up that says "it is not there" may lead to a second POST, so "complete" is claimed only on good evidence: the
//! pages end (empty, 404, or nothing new), and where a server does not page, or repeats its first page, the list is not
//! as long as a limit that servers are known to cut at.

use std::collections::HashSet;

use crate::dialect::{Dialect, Paging};

/// Default page lengths of deployed servers: a list of exactly so many rows is taken as cut.
const COMMON_CUTS: [usize; 9] = [10, 20, 25, 30, 50, 100, 200, 250, 500];

/// Whether all rows were seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// All.
    Complete,
    /// There may be more.
    Truncated,
}

/// What to do after a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask for this page ([`crate::ListQuery::page`]).
    Next(u32),
    /// Stop.
    Done(Completeness),
}

/// The walk over one list.
#[derive(Debug, Clone)]
pub struct Pager {
    seen: HashSet<String>,
    page: u32,
    pages: u32,
    way: Way,
    list_cap: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Single,
    Paged,
}

impl Pager {
    /// A walk of at most `pages` pages (at least one), starting at page 0.
    #[must_use]
    pub fn new(dialect: &Dialect, pages: u32) -> Self {
        let way = match dialect.paging {
            Paging::None => Way::Single,
            Paging::PageSize(_) | Paging::LimitOffset(_) => Way::Paged,
        };
        let list_cap = usize::try_from(dialect.list_cap).unwrap_or(usize::MAX);
        Self {
            seen: HashSet::new(),
            page: 0,
            pages: pages.max(1),
            way,
            list_cap,
        }
    }

    /// Takes the ids of the page just read; `skipped` counts its rows without an id.
    pub fn feed<'i>(&mut self, ids: impl IntoIterator<Item = &'i str>, skipped: usize) -> Step {
        let (mut rows, mut new) = (skipped, 0usize);
        for id in ids {
            rows = rows.saturating_add(1);
            if self.seen.insert(id.to_owned()) {
                new = new.saturating_add(1);
            }
        }
        if self.way == Way::Single {
            return Step::Done(self.by_length(rows));
        }
        if rows == 0 {
            return Step::Done(Completeness::Complete);
        }
        if new == 0 && skipped < rows {
            // The page was repeated: the server clamps to the last page, or it does not page at all. In the second
            // case what we saw is one list, judged by its length.
            return Step::Done(if self.page > 1 {
                Completeness::Complete
            } else {
                self.by_length(rows)
            });
        }
        self.page = self.page.saturating_add(1);
        if self.page >= self.pages {
            Step::Done(Completeness::Truncated)
        } else {
            Step::Next(self.page)
        }
    }

    /// The page just asked for was answered with 404: the end on a server that pages, unless it was the first.
    pub fn not_found(&mut self) -> Step {
        match self.page {
            0 => Step::Done(Completeness::Truncated),
            _ => Step::Done(Completeness::Complete),
        }
    }

    fn by_length(&self, rows: usize) -> Completeness {
        if rows >= self.list_cap || COMMON_CUTS.contains(&rows) {
            Completeness::Truncated
        } else {
            Completeness::Complete
        }
    }
}
