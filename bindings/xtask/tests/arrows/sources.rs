//! What may stand in a source file: no I/O in the pure crates, no SQL put together at run time, no huge files.

use crate::tokens::{literals_in_calls, paths, tokens};
use crate::{Source, hold, sources};

/// Paths that reach the world or read a clock, and the crates that may not say them.
const NO_WORLD: &[&[&str]] = &[
    &["std", "fs"],
    &["std", "net"],
    &["std", "process"],
    &["std", "env"],
    &["std", "thread"],
    &["std", "time", "SystemTime"],
    &["std", "time", "Instant"],
    &["std", "time", "*"],
    &["std", "*"],
    &["tokio"],
    &["reqwest"],
    &["rusqlite"],
];
/// `photo` reads and seeks what it is handed, so it may name the traits of `std::io`; the others may not.
const NO_STREAMS: &[&[&str]] = &[&["std", "io"]];

/// Functions that read the clock, whatever type they belong to (`Timestamp::now`, `Uuid::now_v7`).
const CLOCKS: &[&str] = &["now", "now_utc", "now_v1", "now_v6", "now_v7"];

fn worldly(sources: &[Source], forbidden: &[&[&str]]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        for path in paths(tokens(&source.path, &source.text)) {
            let world = forbidden.iter().any(|start| path.starts_with(start));
            let clock = path
                .segments
                .last()
                .is_some_and(|last| CLOCKS.contains(&last.as_str()));
            if world || (clock && path.segments.len() > 1) {
                breaches.push(format!("{}: {}", source.path, path.segments.join("::")));
            }
        }
    }
    breaches
}

/// Ways to put a string together.
const BUILDERS: &[&str] = &[
    "format",
    "format_args",
    "write",
    "writeln",
    "push_str",
    "join",
    "replace",
];

/// Starts of SQL; capitals, as all our SQL is written, so that English sentences are left alone.
const SQL: &[&str] = &[
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM",
    "CREATE ",
    "ALTER ",
    "DROP ",
    "PRAGMA ",
    "WHERE ",
    "ORDER BY",
    "LIMIT ",
    " AND ",
    " OR ",
    "VALUES",
    "ATTACH ",
    "VACUUM",
];

fn built_sql(sources: &[Source]) -> Vec<String> {
    let mut breaches = Vec::new();
    for source in sources {
        for (caller, literal) in literals_in_calls(tokens(&source.path, &source.text), BUILDERS) {
            if SQL.iter().any(|start| literal.contains(start)) {
                let short: String = literal.chars().take(60).collect();
                breaches.push(format!("{}: {caller}({short}…)", source.path));
            }
        }
    }
    breaches
}

const LONG: usize = 500;
const TOO_LONG: usize = 600;

fn longer_than(sources: &[Source], most: usize) -> Vec<String> {
    let lines = |source: &Source| source.text.lines().count();
    let mut long: Vec<_> = sources.iter().filter(|source| lines(source) > most).collect();
    long.sort_by_key(|source| std::cmp::Reverse(lines(source)));
    long.into_iter()
        .map(|source| format!("{} lines: {}", lines(source), source.path))
        .collect()
}

#[test]
fn pure_crates_do_no_io_and_read_no_clock() {
    let mut breaches = Vec::new();
    for pure in ["core/domain/src", "core/georeport/src"] {
        breaches.extend(worldly(
            &sources(pure, &[".rs"]),
            &[NO_WORLD, NO_STREAMS].concat(),
        ));
    }
    breaches.extend(worldly(&sources("core/photo/src", &[".rs"]), NO_WORLD));
    hold(
        "domain, georeport and photo do no I/O and have no clock: time and bytes are handed in",
        &breaches,
    );
}

#[test]
fn sql_is_constant_text() {
    hold(
        "SQL is constant text and values are bound (rusqlite's params; pragma_update for pragmas): no string building",
        &built_sql(&sources("core/engine/src", &[".rs"])),
    );
}

#[test]
fn no_source_file_is_huge() {
    let all = sources("", &[".rs", ".py", ".sh", ".kt", ".swift", ".sql"]);
    for long in longer_than(&all, LONG) {
        println!("above {LONG}, look hard at it: {long}");
    }
    hold(
        "a source file has at most 600 lines",
        &longer_than(&all, TOO_LONG),
    );
}

mod turns_red {
    use super::*;

    #[test]
    fn on_io_and_clocks() {
        let red =
            |text: &str| worldly(&[Source::example("x.rs", text)], &[NO_WORLD, NO_STREAMS].concat()).len();
        assert_eq!(red("use std::{fs, fmt};"), 1);
        assert_eq!(red("fn f() { std::net::TcpStream::connect(a); }"), 1);
        assert_eq!(red("use std::time::{Duration, SystemTime};"), 1);
        assert_eq!(red("use std::time::*;"), 1);
        assert_eq!(red("use tokio::time::sleep;"), 1);
        assert_eq!(
            red("fn f() { let t = jiff::Timestamp::now(); Uuid::now_v7(); }"),
            2
        );
        assert_eq!(red("use std::io::Read;"), 1);
        assert_eq!(
            red("use std::time::Duration; // std::fs\nfn f(now: i64) { g(\"std::fs\", now) }"),
            0
        );
    }

    #[test]
    fn on_sql_put_together() {
        let red = |text: &str| built_sql(&[Source::example("x.rs", text)]).len();
        assert_eq!(
            red("fn f() { db.execute(&format!(\"DELETE FROM job WHERE id = {id}\"), []) }"),
            1
        );
        assert_eq!(
            red("fn f() { sql.push_str(\" ORDER BY at\"); write!(sql, \"LIMIT {n}\"); }"),
            2
        );
        assert_eq!(
            red("fn f() { db.execute(\"DELETE FROM job WHERE id = ?1\", [id]); format!(\"{a} or {b}\") }"),
            0
        );
    }

    #[test]
    fn on_a_file_that_is_too_long() {
        let file = Source::example("x.rs", &"\n".repeat(601));
        assert_eq!(longer_than(&[file], TOO_LONG).len(), 1);
    }
}
