//! What a command says to a person, before anybody knows whether there is a terminal: lines, labelled facts, tables.
//!
//! Texts of cities and files are hostile: control characters never reach a terminal, where they could move the cursor
//! or change its title.

use std::borrow::Cow;
use std::fmt::Write as _;

use console::{Style, measure_text_width};

/// How a piece of text is meant; colour never carries a meaning alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    Plain,
    Strong,
    Good,
    Calm,
    Warn,
    Bad,
}

/// A piece of text.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    text: String,
    tone: Tone,
}

impl Span {
    pub(crate) fn new(text: impl Into<String>, tone: Tone) -> Self {
        Self {
            text: clean(&text.into()),
            tone,
        }
    }

    fn paint(&self, paint: Paint) -> String {
        let style = match self.tone {
            Tone::Plain => return self.text.clone(),
            Tone::Strong => Style::new().bold(),
            Tone::Good => Style::new().green(),
            Tone::Calm => Style::new().dim(),
            Tone::Warn => Style::new().yellow(),
            Tone::Bad => Style::new().red().bold(),
        };
        style
            .force_styling(paint == Paint::Colour)
            .apply_to(&self.text)
            .to_string()
    }
}

impl From<String> for Span {
    fn from(text: String) -> Self {
        Self::new(text, Tone::Plain)
    }
}

impl From<&str> for Span {
    fn from(text: &str) -> Self {
        Self::new(text, Tone::Plain)
    }
}

/// Whether the reader sees colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paint {
    Plain,
    Colour,
}

/// What a page is written on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sheet {
    pub(crate) paint: Paint,
    /// Columns of a terminal, where lines break between words; without one, lines are as long as they are.
    pub(crate) columns: Option<usize>,
}

impl Sheet {
    const PLAIN: Self = Self {
        paint: Paint::Plain,
        columns: None,
    };

    /// The terminal, or what stands in its place: no colours there, nor where `NO_COLOR` says so.
    pub(crate) fn of(term: &console::Term, colours: bool) -> Self {
        Self {
            paint: if colours && term.is_term() {
                Paint::Colour
            } else {
                Paint::Plain
            },
            columns: term.size_checked().map(|(_, columns)| usize::from(columns)),
        }
    }

    /// A text in lines, each after the first begun with so many blanks.
    fn broken(self, text: &str, first: usize, rest: usize) -> Vec<String> {
        let Some(columns) = self.columns else {
            return vec![text.to_owned()];
        };
        // Where nearly nothing is left beside a label, the terminal breaks better than we do.
        let width = columns.saturating_sub(first).max(NARROW);
        let hang = " ".repeat(rest.saturating_sub(first));
        let options = textwrap::Options::new(width)
            .subsequent_indent(&hang)
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .break_words(false);
        textwrap::wrap(text, options)
            .into_iter()
            .map(Cow::into_owned)
            .collect()
    }
}

/// A column of text is never squeezed below this.
const NARROW: usize = 20;

#[derive(Debug, Clone)]
enum Block {
    Line(Vec<Span>),
    Facts(Vec<(String, Span)>),
    Table(Vec<Vec<Span>>),
    Verbatim(String),
    Blank,
}

/// A page: blocks one below the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Page(Vec<Block>);

impl Page {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A text of ours exactly as it is: a script for a shell.
    pub(crate) fn verbatim(text: String) -> Self {
        Self(vec![Block::Verbatim(text)])
    }

    pub(crate) fn line(&mut self, text: impl Into<Span>) -> &mut Self {
        self.spans(vec![text.into()])
    }

    pub(crate) fn toned(&mut self, tone: Tone, text: impl Into<String>) -> &mut Self {
        self.spans(vec![Span::new(text, tone)])
    }

    pub(crate) fn spans(&mut self, spans: Vec<Span>) -> &mut Self {
        self.0.push(Block::Line(spans));
        self
    }

    pub(crate) fn blank(&mut self) -> &mut Self {
        self.0.push(Block::Blank);
        self
    }

    /// A labelled value; neighbours line up.
    pub(crate) fn fact(&mut self, label: impl Into<String>, value: impl Into<Span>) -> &mut Self {
        let fact = (clean(&label.into()), value.into());
        match self.0.last_mut() {
            Some(Block::Facts(facts)) => facts.push(fact),
            _ => self.0.push(Block::Facts(vec![fact])),
        }
        self
    }

    /// A labelled value, where there is one.
    pub(crate) fn fact_if(&mut self, label: impl Into<String>, value: Option<impl Into<Span>>) -> &mut Self {
        match value {
            Some(value) => self.fact(label, value),
            None => self,
        }
    }

    /// Rows whose columns line up.
    pub(crate) fn table(&mut self, rows: Vec<Vec<Span>>) -> &mut Self {
        self.0.push(Block::Table(rows));
        self
    }

    /// All blocks of another page.
    pub(crate) fn append(&mut self, other: Self) -> &mut Self {
        self.0.extend(other.0);
        self
    }

    /// The page as a script reads it.
    pub(crate) fn plain(&self) -> String {
        self.render(Sheet::PLAIN)
    }

    pub(crate) fn render(&self, sheet: Sheet) -> String {
        let paint = sheet.paint;
        let mut out = String::new();
        for block in &self.0 {
            match block {
                Block::Blank => out.push('\n'),
                Block::Verbatim(text) => out.push_str(text),
                Block::Line(spans) => {
                    let line: Vec<_> = spans.iter().map(|span| span.paint(paint)).collect();
                    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
                    let indent = text.chars().take_while(|c| *c == ' ').count();
                    for line in line.concat().split('\n') {
                        for line in sheet.broken(line, 0, indent + GAP) {
                            push_line(&mut out, &line);
                        }
                    }
                }
                Block::Facts(facts) => render_facts(&mut out, facts, sheet),
                Block::Table(rows) => render_table(&mut out, rows, sheet),
            }
        }
        out
    }
}

/// Between two columns.
const GAP: usize = 2;

fn push_line(out: &mut String, line: &str) {
    out.push_str(line.trim_end());
    out.push('\n');
}

fn padding(width: usize, text: &str) -> String {
    " ".repeat(width.saturating_sub(measure_text_width(text)) + GAP)
}

fn render_facts(out: &mut String, facts: &[(String, Span)], sheet: Sheet) {
    let paint = sheet.paint;
    let width = facts
        .iter()
        .map(|(label, _)| measure_text_width(label))
        .max()
        .unwrap_or(0);
    for (label, value) in facts {
        let lead = format!(
            "{}{}",
            Span::new(label, Tone::Calm).paint(paint),
            padding(width, label)
        );
        let lines = value.text.split('\n');
        let lines = lines.flat_map(|line| sheet.broken(line, width + GAP, width + GAP));
        for (n, text) in lines.enumerate() {
            let line = Span {
                text,
                tone: value.tone,
            }
            .paint(paint);
            let lead = if n == 0 { lead.clone() } else { padding(width, "") };
            push_line(out, &format!("{lead}{line}"));
        }
    }
}

fn render_table(out: &mut String, rows: &[Vec<Span>], sheet: Sheet) {
    let paint = sheet.paint;
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns)
        .map(|n| {
            rows.iter()
                .filter_map(|row| row.get(n))
                .map(|cell| measure_text_width(&cell.text))
                .max()
                .unwrap_or(0)
        })
        .collect();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            // Writing to a String cannot fail.
            let _ = write!(line, "{}{}", cell.paint(paint), padding(*width, &cell.text));
        }
        for line in sheet.broken(line.trim_end(), 0, 2 * GAP) {
            push_line(out, &line);
        }
    }
}

/// Without control characters, line breaks apart, and without those that turn the direction of writing.
fn clean(text: &str) -> String {
    let is_harmful = |c: char| {
        (c.is_control() && c != '\n') || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .map(|c| if is_harmful(c) { '\u{FFFD}' } else { c })
        .collect()
}

/// The first line of a text, at most `max` characters.
pub(crate) fn short(text: &str, max: usize) -> String {
    let line = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
        .trim();
    if line.chars().count() <= max {
        return line.to_owned();
    }
    let mut cut: String = line.chars().take(max.saturating_sub(1)).collect();
    cut.push('…');
    cut
}

/// Bytes as people read them: KB is 1,000 bytes.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
        1_000_000..1_000_000_000 => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_under_vietnamese_marks_and_no_escape_passes() {
        let mut page = Page::new();
        page.fact("Nội dung", "Ổ gà")
            .fact("Ảnh", "a\nb")
            .line("x\u{1b}[2J\u{202E}y");
        assert_eq!(
            page.render(Sheet::PLAIN),
            "Nội dung  Ổ gà\nẢnh       a\n          b\nx\u{FFFD}[2J\u{FFFD}y\n"
        );
        let mut table = Page::new();
        table.table(vec![
            vec!["ệ".into(), "1".into()],
            vec!["đường".into(), "2".into()],
        ]);
        assert_eq!(table.render(Sheet::PLAIN), "ệ      1\nđường  2\n");
    }

    #[test]
    fn on_a_narrow_terminal_lines_break_between_words_and_hang_under_their_text() {
        let sheet = Sheet {
            paint: Paint::Plain,
            columns: Some(30),
        };
        let mut page = Page::new();
        page.fact("Nội dung", "Ổ gà lớn giữa đường Ngô Quyền")
            .line("  - một hai ba bốn năm sáu bảy tám");
        page.table(vec![vec!["1234".into(), "một hai ba bốn năm sáu bảy".into()]]);
        assert_eq!(
            page.render(sheet),
            "Nội dung  Ổ gà lớn giữa đường\n          Ngô Quyền\n  - một hai ba bốn năm sáu bảy\n    tám\n\
             1234  một hai ba bốn năm sáu\n    bảy\n"
        );
    }

    #[test]
    fn sizes_count_a_thousand_bytes_a_kilobyte() {
        assert_eq!(
            [999, 1_499, 999_499, 4_250_000].map(size),
            ["999 B", "1 KB", "999 KB", "4.2 MB"]
        );
    }
}
