//! A `WHERE` put together piece by piece, each value at its own place.

use rusqlite::ToSql;

/// Conditions that all hold, and their values.
#[derive(Default)]
pub(crate) struct Conditions {
    conditions: Vec<String>,
    values: Vec<Box<dyn ToSql + Send>>,
}

impl Conditions {
    /// Adds a condition without a value.
    pub(crate) fn and(&mut self, condition: &str) {
        self.conditions.push(format!("({condition})"));
    }

    /// Adds a condition; every `{}` in it stands for `value`.
    pub(crate) fn and_value(&mut self, condition: &str, value: impl ToSql + Send + 'static) {
        let place = self.place(value);
        self.and(&condition.replace("{}", &place));
    }

    /// Keeps a value and says how SQL names it.
    pub(crate) fn place(&mut self, value: impl ToSql + Send + 'static) -> String {
        self.values.push(Box::new(value));
        format!("?{}", self.values.len())
    }

    /// The condition as SQL; true when there is none.
    pub(crate) fn sql(&self) -> String {
        if self.conditions.is_empty() {
            "1 = 1".to_owned()
        } else {
            self.conditions.join(" AND ")
        }
    }

    /// The values in the order of their places.
    pub(crate) fn values(&self) -> Vec<&dyn ToSql> {
        self.values
            .iter()
            .map(|value| value.as_ref() as &dyn ToSql)
            .collect()
    }
}
