//! docs/cli.md is true: it names every command and option that `--help` names and no other, each command ends its help
//! with the examples of its section, and the examples run, in their order, against a city.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use phananh_faults::Script;
use support::{Phone, TOKEN, Town, jpeg};

const PAGE: &str = include_str!("../../../docs/cli.md");
/// Built in only where the demo is.
const DEMO: &str = "demo";

/// Sections of commands: the path, and the text below it.
fn sections() -> BTreeMap<&'static str, String> {
    PAGE.split("\n### ")
        .skip(1)
        .map(|section| {
            let (path, text) = section.split_once('\n').unwrap();
            (path, text.split("\n## ").next().unwrap().to_owned())
        })
        .collect()
}

/// What `--help` of a command says.
fn help(path: &[&str]) -> String {
    let phone = Phone::new();
    let output = phone.program().args(path).arg("--help").output().unwrap();
    assert!(output.status.success(), "{path:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The names that stand first on the lines of a part of a help.
fn named<'a>(help: &'a str, part: &str) -> Vec<&'a str> {
    let lines = help.lines().skip_while(|line| *line != part).skip(1);
    lines
        .take_while(|line| !line.is_empty() || part == "Options:")
        .take_while(|line| !line.starts_with("Example"))
        .filter(|line| line.starts_with("  ") && line.trim().len() < line.len())
        .filter_map(|line| {
            let indent = line.len() - line.trim_start().len();
            (indent <= 6).then(|| line.trim_start())
        })
        .collect()
}

fn subcommands(help: &str) -> Vec<String> {
    let lines = named(help, "Commands:").into_iter();
    lines
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

fn options(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
        .filter(|word| word.starts_with("--") && word.len() > 3)
        .map(str::to_owned)
        .collect()
}

/// Every command that can be run, with its help.
fn commands(path: &[&str], found: &mut BTreeMap<String, String>) {
    let help = help(path);
    let below = subcommands(&help);
    for name in &below {
        commands(&[path, &[name.as_str()]].concat(), found);
    }
    if below.is_empty() {
        found.insert(path.join(" "), help);
    }
}

#[test]
fn the_page_and_the_help_name_the_same_commands_and_options() {
    let sections = sections();
    let mut helped = BTreeMap::new();
    commands(&[], &mut helped);
    helped.remove(DEMO);
    let told: BTreeSet<_> = sections.keys().copied().filter(|path| *path != DEMO).collect();
    let known: BTreeSet<_> = helped.keys().map(String::as_str).collect();
    assert_eq!(told, known);
    let before = PAGE.split("\n### ").next().unwrap();
    let everywhere = options(before);
    for option in options(&help(&[])) {
        assert!(
            everywhere.contains(&option) || option == "--version",
            "{option} stands nowhere"
        );
    }
    let at_the_desk = PAGE.split("## The operator's desk").nth(1).unwrap();
    let at_the_desk = options(at_the_desk.split("\n### ").next().unwrap());
    for (path, help) in &helped {
        let section = &sections[path.as_str()];
        let prose = section.split("```").next().unwrap();
        let (own, examples) = help.split_once("\nExample:\n").expect(path);
        let own: BTreeSet<_> = named(own, "Options:")
            .iter()
            .flat_map(|line| {
                // The option itself, not what its explanation mentions.
                let head = line.split("  ").next().unwrap_or_default();
                options(head)
            })
            .collect();
        let shared = |option: &String| {
            everywhere.contains(option) || path.starts_with("desk ") && at_the_desk.contains(option)
        };
        let told = options(prose);
        for option in own.iter().filter(|option| !shared(option)) {
            assert!(
                told.contains(option),
                "`{path}` has {option}, which docs/cli.md does not name"
            );
        }
        for option in told.union(&options(section)).filter(|option| !shared(option)) {
            let runs_others = section.matches("$ phananh").count() > 1;
            assert!(
                own.contains(option) || runs_others,
                "docs/cli.md names {option}, which `{path}` has not"
            );
        }
        assert!(examples.contains("phananh"), "{path}");
    }
}

/// One line of a console block: its command, the exit it is said to end with, and what is shown of its answer.
struct Example {
    line: String,
    exit: i32,
    shown: Vec<String>,
}

fn examples() -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    for block in PAGE.split("```console\n").skip(1) {
        for line in block.split("```").next().unwrap().lines() {
            match (line.strip_prefix("$ "), line.strip_prefix("# exit ")) {
                (Some(command), _) => found.push(Example {
                    line: command.to_owned(),
                    exit: 0,
                    shown: Vec::new(),
                }),
                (_, Some(exit)) => found.last_mut().unwrap().exit = exit.parse().unwrap(),
                _ => found.last_mut().unwrap().shown.push(line.to_owned()),
            }
        }
    }
    found
}

/// The words of a command line; quotes hold words together.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            c => words.last_mut().unwrap().push(c),
        }
    }
    words
}

#[test]
fn the_examples_run_in_their_order_against_a_city() {
    let town = Town::start(Script::new());
    let phone = Phone::new();
    for name in ["photo.jpg", "after.jpg"] {
        phone.file(name, &jpeg(1600, 1200));
    }
    let fix = r#"{"t_ms": 1795575600000, "lat": 16.4637, "lon": 107.5909, "accuracy_m": 8, "provider": "gps", "mock": false}"#;
    phone.file("fixes.jsonl", fix.as_bytes());
    let profile = r#"{"name": "bac-ninh", "zone": "Asia/Ho_Chi_Minh", "languages": ["vi"]}"#;
    phone.file("bac-ninh.json", profile.as_bytes());
    // What a page writes in place of what every run has another of.
    let mut stands_for = vec![("https://city.example/open311".to_owned(), town.url())];
    for Example { line, exit, shown } in examples() {
        let mut said = line.clone();
        for (written, real) in &stands_for {
            said = said.replace(written, real);
        }
        let arguments = words(&said);
        let output = phone
            .program()
            .current_dir(phone.home.path())
            .env("LANG", "en_US.UTF-8")
            .env("PHANANH_OPERATOR_TOKEN", TOKEN)
            .args(&arguments[1..])
            .output()
            .unwrap();
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(output.status.code(), Some(exit), "{line}\n{out}{err}");
        let (answer, what) = if exit == 0 {
            (&out, "answers")
        } else {
            (&err, "says why")
        };
        assert!(!answer.trim().is_empty(), "{line} {what} nothing");
        assert!(
            !answer.contains("{") || line.contains("completions"),
            "{line}\n{answer}"
        );
        for shown in shown {
            // A reference code is another one each time: the one that is shown stands for it from here on.
            let (lead, written) = shown.rsplit_once(' ').unwrap();
            let told = out
                .lines()
                .find_map(|told| told.strip_prefix(&format!("{lead} ")));
            stands_for.push((written.to_owned(), told.expect(&shown).to_owned()));
        }
    }
}
