//! A fault script as JSON. The format is described in this package's `README.md`.
//!
//! Unknown fields are refused, so that a misspelt rule never passes for a line without faults; each refusal
//! names its rule.

use std::{collections::BTreeMap, path::Path, time::Duration};

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{
    answer::{Answer, AnswerBody, Forward},
    script::{
        ConnectionPosition, Direction, Disturbance, How, RequestAction, RequestMatch, RequestPosition, Rule,
        Script, Turn,
    },
};

/// The largest script that is read, in bytes.
pub const MAX_SCRIPT_BYTES: u64 = 1_000_000;

/// Why a script was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ScriptError {
    /// The file could not be read.
    #[error("the script cannot be read: {0}")]
    Unreadable(#[from] std::io::Error),
    /// More than [`MAX_SCRIPT_BYTES`].
    #[error("the script is larger than {MAX_SCRIPT_BYTES} bytes")]
    TooLarge,
    /// No JSON object with a list `rules`.
    #[error("the script is not an object with a list \"rules\": {0}")]
    NotAScript(serde_json::Error),
    /// One rule says something that cannot be meant.
    #[error("rule {number}{}: {why}", name.as_ref().map(|n| format!(" ({n})")).unwrap_or_default())]
    Rule {
        /// Its place in the list, from 1.
        number: usize,
        /// The name it gives itself.
        name: Option<String>,
        /// What is wrong with it.
        why: String,
    },
}

impl Script {
    /// Reads a script.
    ///
    /// # Errors
    /// [`ScriptError`], naming the rule where one is at fault.
    pub fn from_json(json: &str) -> Result<Self, ScriptError> {
        if u64::try_from(json.len()).is_ok_and(|len| len > MAX_SCRIPT_BYTES) {
            return Err(ScriptError::TooLarge);
        }
        let file: File = serde_json::from_str(json).map_err(ScriptError::NotAScript)?;
        file.read()
    }

    /// Reads a script file of at most [`MAX_SCRIPT_BYTES`].
    ///
    /// # Errors
    /// [`ScriptError`]; text that is not UTF-8 is `Unreadable`.
    pub fn from_file(path: &Path) -> Result<Self, ScriptError> {
        use std::io::Read as _;
        let mut json = String::new();
        std::fs::File::open(path)?
            .take(MAX_SCRIPT_BYTES + 1)
            .read_to_string(&mut json)?;
        Self::from_json(&json)
    }
}

impl<'de> Deserialize<'de> for Script {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        File::deserialize(deserializer)?.read().map_err(D::Error::custom)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    rules: Vec<serde_json::Value>,
}

impl File {
    fn read(self) -> Result<Script, ScriptError> {
        let mut script = Script::new();
        for (index, value) in self.rules.into_iter().enumerate() {
            let number = index + 1;
            let name = value
                .get("name")
                .and_then(|name| name.as_str())
                .map(str::to_owned);
            let rule = serde_json::from_value::<RuleJson>(value)
                .map_err(|e| e.to_string())
                .and_then(|rule| rule.read())
                .map_err(|why| ScriptError::Rule {
                    number,
                    name: name.clone(),
                    why,
                })?;
            script = match name {
                Some(name) => script.named_rule(name, rule),
                None => script.rule(rule),
            };
        }
        Ok(script)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleJson {
    #[serde(rename = "name")]
    _name: Option<String>,
    when: WhenJson,
    #[serde(rename = "do")]
    action: ActionJson,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum WhenJson {
    Every,
    Connection(ConnectionJson),
    Request(RequestJson),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConnectionJson {
    nth: Option<u64>,
    times: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequestJson {
    method: Option<String>,
    path: Option<String>,
    nth: Option<u64>,
    times: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum ActionJson {
    Cut(CutJson),
    Stall(StallJson),
    Throttle(ThrottleJson),
    Refuse(RefuseJson),
    Delay(DelayJson),
    Reorder(ReorderJson),
    Answer(AnswerJson),
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum At {
    BeforeHead,
    InHead,
    InBody,
    AfterRequest,
    InAnswerHead,
    InAnswerBody,
    Random,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CutJson {
    at: Option<At>,
    after_bytes: Option<u64>,
    direction: Option<Direction>,
    within: Option<u64>,
    #[serde(default)]
    how: How,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StallJson {
    at: Option<At>,
    after_bytes: Option<u64>,
    direction: Option<Direction>,
    within: Option<u64>,
    for_ms: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ThrottleJson {
    bytes_per_s: u64,
    direction: Option<Direction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RefuseJson {
    #[serde(default)]
    how: How,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DelayJson {
    ms: u64,
    direction: Option<Direction>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ReorderJson {
    behind: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerJson {
    status: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    body: Option<AnswerBody>,
    forward: Forward,
}

/// The words of a position, before it is known whose it is.
struct PositionJson {
    at: Option<At>,
    after_bytes: Option<u64>,
    direction: Option<Direction>,
    within: Option<u64>,
}

/// What has positions in a script: a connection or a request.
trait ReadPosition: Sized {
    fn read(words: PositionJson) -> Result<Self, String>;
    fn start_of(direction: Direction) -> Self;
}

impl ReadPosition for ConnectionPosition {
    fn read(words: PositionJson) -> Result<Self, String> {
        match words {
            PositionJson {
                at: None,
                after_bytes: Some(bytes),
                direction: Some(direction),
                within: None,
            } => Ok(Self::AfterBytes { direction, bytes }),
            PositionJson {
                at: Some(At::Random),
                after_bytes: None,
                direction: Some(direction),
                within: Some(within),
            } if within > 0 => Ok(Self::Random { direction, within }),
            PositionJson { at: Some(at), .. } if at != At::Random => {
                Err("a connection has no such position: write a request rule, or \"after_bytes\"".to_owned())
            }
            _ => Err(
                "on a connection a position is \"after_bytes\" and \"direction\", or \"at\": \"random\" \
                      with \"direction\" and \"within\" (at least 1)"
                    .to_owned(),
            ),
        }
    }

    fn start_of(direction: Direction) -> Self {
        Self::AfterBytes { direction, bytes: 0 }
    }
}

impl ReadPosition for RequestPosition {
    fn read(words: PositionJson) -> Result<Self, String> {
        match words {
            PositionJson { within: Some(_), .. } => Err("\"within\" is for connections only".to_owned()),
            PositionJson {
                at: None,
                after_bytes: Some(bytes),
                direction: Some(direction),
                ..
            } => Ok(Self::AfterBytes { direction, bytes }),
            PositionJson {
                at: Some(At::Random),
                after_bytes: None,
                direction,
                ..
            } => Ok(Self::Random { direction }),
            PositionJson {
                at: Some(at),
                after_bytes: None,
                direction: None,
                ..
            } => Ok(match at {
                At::BeforeHead => Self::BeforeHead,
                At::InHead => Self::InHead,
                At::InBody => Self::InBody,
                At::AfterRequest => Self::AfterRequest,
                At::InAnswerHead => Self::InAnswerHead,
                At::InAnswerBody => Self::InAnswerBody,
                At::Random => Self::Random { direction: None },
            }),
            _ => Err("a position is either \"at\", or \"after_bytes\" and \"direction\"".to_owned()),
        }
    }

    fn start_of(direction: Direction) -> Self {
        match direction {
            Direction::Up => Self::BeforeHead,
            Direction::Down => Self::AfterBytes { direction, bytes: 0 },
        }
    }
}

impl RuleJson {
    fn read(self) -> Result<Rule, String> {
        Ok(match self.when {
            WhenJson::Every => Rule::Connection {
                turn: Turn::every(),
                action: disturbance(self.action)?,
            },
            WhenJson::Connection(when) => Rule::Connection {
                turn: turn(when.nth, when.times)?,
                action: disturbance(self.action)?,
            },
            WhenJson::Request(when) => Rule::Request {
                matching: RequestMatch {
                    method: when.method,
                    path: when.path,
                    turn: turn(when.nth, when.times)?,
                },
                action: match self.action {
                    ActionJson::Answer(answer) => RequestAction::Answer(answer.read()?),
                    action => RequestAction::Disturb(disturbance(action)?),
                },
            },
        })
    }
}

fn turn(nth: Option<u64>, times: Option<u64>) -> Result<Turn, String> {
    let turn = match nth {
        Some(0) => return Err("\"nth\" counts from 1".to_owned()),
        Some(n) => Turn::nth(n),
        None => Turn::every(),
    };
    match times {
        Some(0) => Err("\"times\" is at least 1".to_owned()),
        Some(times) => Ok(turn.times(times)),
        None => Ok(turn),
    }
}

fn disturbance<P: ReadPosition>(action: ActionJson) -> Result<Disturbance<P>, String> {
    Ok(match action {
        ActionJson::Cut(CutJson {
            at,
            after_bytes,
            direction,
            within,
            how,
        }) => Disturbance::Cut {
            at: P::read(PositionJson {
                at,
                after_bytes,
                direction,
                within,
            })?,
            how,
        },
        ActionJson::Stall(StallJson {
            at,
            after_bytes,
            direction,
            within,
            for_ms,
        }) => {
            let at = match (at, after_bytes, direction, within) {
                (None, None, direction, None) => P::start_of(direction.unwrap_or(Direction::Up)),
                _ => P::read(PositionJson {
                    at,
                    after_bytes,
                    direction,
                    within,
                })?,
            };
            Disturbance::Stall {
                at,
                lasting: for_ms.map(Duration::from_millis),
            }
        }
        ActionJson::Throttle(ThrottleJson { bytes_per_s: 0, .. }) => {
            return Err("\"bytes_per_s\" is at least 1; to let nothing pass, stall".to_owned());
        }
        ActionJson::Throttle(ThrottleJson {
            bytes_per_s,
            direction,
        }) => Disturbance::Throttle {
            direction,
            bytes_per_s,
        },
        ActionJson::Refuse(RefuseJson { how }) => Disturbance::Refuse { how },
        ActionJson::Delay(DelayJson { ms, direction }) => Disturbance::Stall {
            at: P::start_of(direction.unwrap_or(Direction::Up)),
            lasting: Some(Duration::from_millis(ms)),
        },
        ActionJson::Reorder(ReorderJson { behind: Some(0) }) => {
            return Err("\"behind\" is at least 1".to_owned());
        }
        ActionJson::Reorder(ReorderJson { behind }) => Disturbance::Reorder {
            behind: behind.unwrap_or(1),
        },
        ActionJson::Answer(_) => {
            return Err("only a request can be answered: write a request rule".to_owned());
        }
    })
}

impl AnswerJson {
    fn read(self) -> Result<Answer, String> {
        if !(200..=599).contains(&self.status) {
            return Err(format!(
                "status {} is no final HTTP status (200 to 599)",
                self.status
            ));
        }
        let mut answer = Answer::new(self.status, self.forward);
        for (name, value) in self.headers {
            if name.is_empty()
                || [&name, &value]
                    .iter()
                    .any(|text| text.contains(['\r', '\n', '\0']))
            {
                return Err(format!("header {name:?} would break the answer's head"));
            }
            answer = answer.header(name, value);
        }
        Ok(match self.body {
            Some(body) => answer.body(body),
            None => answer,
        })
    }
}
