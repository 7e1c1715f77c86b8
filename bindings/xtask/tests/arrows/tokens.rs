//! Reading Rust sources as tokens: comments are gone, strings are one token, and every path is found, in a `use`
//! tree, in code and inside macros.

use std::iter::Peekable;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The tokens of a source file.
pub(crate) fn tokens(path: &str, text: &str) -> TokenStream {
    // A `#!/…` or `#![…]` line is fine; a file that does not lex cannot compile either.
    text.parse()
        .unwrap_or_else(|why| panic!("{path}: not Rust: {why}"))
}

/// One path as written, with groups of a `use` tree spelled out: `use a::{b, c::d}` is `a::b` and `a::c::d`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    /// The inline modules (`mod tests { … }`) around it.
    pub(crate) inline: Vec<String>,
    /// Whether it stands in a `use` declaration.
    pub(crate) used: bool,
}

impl Path {
    pub(crate) fn starts_with(&self, start: &[&str]) -> bool {
        self.segments.len() >= start.len() && self.segments.iter().zip(start).all(|(a, b)| a == b)
    }
}

/// All paths of two or more segments, and single names in `use` declarations.
pub(crate) fn paths(tokens: TokenStream) -> Vec<Path> {
    let mut found = Vec::new();
    walk(tokens, &mut Vec::new(), &mut found);
    found
}

fn walk(tokens: TokenStream, inline: &mut Vec<String>, found: &mut Vec<Path>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => walk(group.stream(), inline, found),
            TokenTree::Ident(ident) if ident == "use" => tree(&mut tokens, &[], inline, found),
            TokenTree::Ident(ident) if ident == "mod" => {
                let Some(TokenTree::Ident(name)) = tokens.next() else {
                    continue;
                };
                if let Some(TokenTree::Group(body)) = tokens.peek() {
                    let body = body.stream();
                    inline.push(name.to_string());
                    walk(body, inline, found);
                    inline.pop();
                    tokens.next();
                }
            }
            TokenTree::Ident(ident) => {
                let mut segments = vec![ident.to_string()];
                while colons(&mut tokens) {
                    match tokens.peek() {
                        Some(TokenTree::Ident(next)) => segments.push(next.to_string()),
                        _ => break,
                    }
                    tokens.next();
                }
                if segments.len() > 1 {
                    found.push(Path {
                        segments,
                        inline: inline.clone(),
                        used: false,
                    });
                }
            }
            _ => {}
        }
    }
}

/// A `use` tree up to its comma, its semicolon or the end of its group.
fn tree(
    tokens: &mut Peekable<impl Iterator<Item = TokenTree>>,
    prefix: &[String],
    inline: &[String],
    found: &mut Vec<Path>,
) {
    let mut segments = prefix.to_vec();
    let mut grouped = false;
    loop {
        if colons(tokens) {
            continue;
        }
        match tokens.peek() {
            Some(TokenTree::Ident(ident)) if ident == "as" => {
                tokens.next();
                tokens.next();
            }
            // `a::{self}` is `a`.
            Some(TokenTree::Ident(ident)) if ident == "self" && !segments.is_empty() => drop(tokens.next()),
            Some(TokenTree::Ident(ident)) => {
                segments.push(ident.to_string());
                tokens.next();
            }
            Some(TokenTree::Punct(punct)) if punct.as_char() == '*' => {
                segments.push("*".to_owned());
                tokens.next();
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let mut inside = group.stream().into_iter().peekable();
                grouped = true;
                while inside.peek().is_some() {
                    tree(&mut inside, &segments, inline, found);
                }
                tokens.next();
            }
            // `,` or `;`, or something that is no use tree (`impl use<>`).
            _ => {
                tokens.next();
                break;
            }
        }
    }
    if !grouped {
        found.push(Path {
            segments,
            inline: inline.to_vec(),
            used: true,
        });
    }
}

/// Takes `::` if it is next.
fn colons(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>) -> bool {
    let colon =
        |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let joint = matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.spacing() == proc_macro2::Spacing::Joint);
    if !(joint && colon(tokens.peek())) {
        return false;
    }
    tokens.next();
    if colon(tokens.peek()) {
        tokens.next();
    }
    true
}

/// All names anywhere in the source, strings and comments excepted.
pub(crate) fn names(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Group(group) => found.extend(names(group.stream())),
            TokenTree::Ident(ident) => found.push(ident.to_string()),
            _ => {}
        }
    }
    found
}

/// The literals inside each call of a macro or method named in `callers`: `format!("…", …)`, `.push_str("…")`.
pub(crate) fn literals_in_calls(tokens: TokenStream, callers: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut caller: Option<String> = None;
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => {
                caller = Some(ident.to_string()).filter(|name| callers.contains(&name.as_str()));
            }
            TokenTree::Punct(punct) if punct.as_char() == '!' => {}
            TokenTree::Group(group) => {
                if let Some(caller) = caller.take() {
                    let literals = group.stream().into_iter().filter_map(|token| match token {
                        TokenTree::Literal(literal) => Some((caller.clone(), literal.to_string())),
                        _ => None,
                    });
                    found.extend(literals);
                }
                found.extend(literals_in_calls(group.stream(), callers));
            }
            _ => caller = None,
        }
    }
    found
}

#[test]
fn every_way_to_write_a_path_is_read() {
    let text = "
        //! crate::comment::x
        use std::{fs, io::{self, Read as _}, time::*};
        mod inner { use super::b::C; fn f() { crate::d::e(\"crate::string::x\"); select! { _ = a::b::<T>() => 1 } } }
        pub use crate::one::Two;
    ";
    let found: Vec<_> = paths(tokens("example", text))
        .into_iter()
        .map(|path| {
            format!(
                "{}|{}|{}",
                path.segments.join("::"),
                path.inline.join("::"),
                path.used
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            "std::fs||true",
            "std::io||true",
            "std::io::Read||true",
            "std::time::*||true",
            "super::b::C|inner|true",
            "crate::d::e|inner|false",
            "a::b|inner|false",
            "crate::one::Two||true",
        ]
    );
}
