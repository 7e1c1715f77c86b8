//! Answers to the questions of a service (Open311 attributes), by datatype.

use crate::report::Answer;
use crate::service::{Attribute, DataType, Definition};
use crate::time::Timestamp;

use super::{Problem, ProblemCode};

/// Problems of all answers: the questions in their order, then answers to questions that the service does not have.
pub(super) fn problems(answers: &[Answer], definition: &Definition) -> Vec<Problem> {
    let asked = definition.attributes.iter().filter_map(|attribute| {
        let values: Vec<&str> = answers
            .iter()
            .filter(|answer| answer.code == attribute.code)
            .flat_map(|answer| &answer.values)
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
            .collect();
        let code = problem(attribute, &values)?;
        let question = Some(attribute.label.clone()).filter(|label| !label.is_empty());
        Some(Problem {
            question,
            ..Problem::blocks(field(&attribute.code), code)
        })
    });
    let unasked = answers
        .iter()
        .filter(|answer| {
            definition
                .attributes
                .iter()
                .all(|attribute| attribute.code != answer.code)
        })
        .map(|answer| Problem::blocks(field(&answer.code), ProblemCode::UnknownAttribute));
    asked.chain(unasked).collect()
}

fn field(code: &str) -> String {
    format!("attribute[{code}]")
}

/// What is wrong with the values of one question; only those that are not empty count.
fn problem(attribute: &Attribute, values: &[&str]) -> Option<ProblemCode> {
    if values.is_empty() {
        return attribute.required.then_some(ProblemCode::Required);
    }
    if values.len() > 1 && attribute.datatype != DataType::MultiValueList {
        return Some(ProblemCode::TooManyAnswers);
    }
    let wrong =
        |is_right: fn(&str) -> bool, code| values.iter().any(|value| !is_right(value)).then_some(code);
    match attribute.datatype {
        DataType::String | DataType::Text => None,
        DataType::Number => wrong(is_number, ProblemCode::NotANumber),
        DataType::Datetime => wrong(is_time, ProblemCode::NotATime),
        // A list question without choices is a defect of the city's, not of the answer.
        DataType::SingleValueList | DataType::MultiValueList if attribute.choices.is_empty() => None,
        DataType::SingleValueList | DataType::MultiValueList => {
            let is_choice = |value: &str| attribute.choices.iter().any(|choice| choice.key.trim() == value);
            (!values.iter().all(|value| is_choice(value))).then_some(ProblemCode::NotAChoice)
        }
    }
}

/// Digits with a dot and an exponent at most: what a program on the other side reads. No `inf`, no `NaN`.
fn is_number(value: &str) -> bool {
    value.bytes().any(|b| b.is_ascii_digit()) && value.parse::<f64>().is_ok_and(f64::is_finite)
}

/// ISO 8601: an instant with `Z` or an offset, or a local date with or without a time (servers take both).
fn is_time(value: &str) -> bool {
    value.parse::<Timestamp>().is_ok()
        || value.parse::<jiff::civil::DateTime>().is_ok()
        || value.parse::<jiff::civil::Date>().is_ok()
}
