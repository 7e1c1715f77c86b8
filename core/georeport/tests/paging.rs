//! When a list has been read to its end, and when that can be known.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

use georeport::Completeness::{Complete, Truncated};
use georeport::{Dialect, PageSize, Pager, Paging, Step};
use proptest::prelude::*;

fn paged() -> Dialect {
    Dialect {
        paging: Paging::PageSize(PageSize::default()),
        ..Dialect::default()
    }
}

fn feed(pager: &mut Pager, ids: std::ops::Range<usize>) -> Step {
    let ids: Vec<String> = ids.map(|n| n.to_string()).collect();
    pager.feed(ids.iter().map(String::as_str), 0)
}

#[test]
fn pages_end_with_an_empty_one_or_404() {
    let mut pager = Pager::new(&paged(), 10);
    assert_eq!(feed(&mut pager, 0..50), Step::Next(1));
    assert_eq!(
        feed(&mut pager, 45..70),
        Step::Next(2),
        "rows move between pages; a short page is no end"
    );
    assert_eq!(feed(&mut pager, 0..0), Step::Done(Complete));

    let mut pager = Pager::new(&paged(), 10);
    assert_eq!(feed(&mut pager, 0..7), Step::Next(1));
    assert_eq!(pager.not_found(), Step::Done(Complete));
    assert_eq!(
        Pager::new(&paged(), 10).not_found(),
        Step::Done(Truncated),
        "404 on the list itself"
    );
}

#[test]
fn a_server_that_ignores_pages_is_noticed() {
    for (rows, end) in [
        (7, Complete),
        (50, Truncated),
        (1_000, Truncated),
        (1_234, Truncated),
    ] {
        let mut pager = Pager::new(&paged(), 10);
        assert_eq!(feed(&mut pager, 0..rows), Step::Next(1));
        assert_eq!(feed(&mut pager, 0..rows), Step::Done(end), "{rows}");
    }
}

#[test]
fn a_server_that_repeats_its_last_page_is_at_its_end() {
    let mut pager = Pager::new(&paged(), 10);
    assert_eq!(feed(&mut pager, 0..50), Step::Next(1));
    assert_eq!(feed(&mut pager, 50..100), Step::Next(2));
    assert_eq!(feed(&mut pager, 50..100), Step::Done(Complete));
}

#[test]
fn a_list_without_pages_is_complete_unless_it_is_as_long_as_a_known_cut() {
    for (rows, end) in [
        (0, Complete),
        (7, Complete),
        (20, Truncated),
        (100, Truncated),
        (999, Complete),
        (1_000, Truncated),
    ] {
        let mut pager = Pager::new(&Dialect::default(), 10);
        assert_eq!(feed(&mut pager, 0..rows), Step::Done(end), "{rows}");
    }
    let mut short = Pager::new(
        &Dialect {
            list_cap: 15,
            ..Dialect::default()
        },
        10,
    );
    assert_eq!(feed(&mut short, 0..15), Step::Done(Truncated));
    let mut skipping = Pager::new(&Dialect::default(), 10);
    assert_eq!(
        skipping.feed(["a"], 19),
        Step::Done(Truncated),
        "rows without an id count"
    );
}

proptest! {
    #[test]
    fn a_walk_ends_and_never_claims_rows_it_did_not_see(
        pages in prop::collection::vec((0usize..60, 0usize..60), 1..20),
        cap in 1u32..12,
    ) {
        let mut pager = Pager::new(&paged(), cap);
        let mut asked = 0u32;
        for (start, len) in pages {
            match feed(&mut pager, start..start + len) {
                Step::Next(page) => {
                    asked += 1;
                    prop_assert_eq!(page, asked);
                    prop_assert!(page < cap);
                }
                Step::Done(_) => return Ok(()),
            }
        }
    }
}
