//! The audit trail: each action at the desk and each look at contact data is a line.

use rusqlite::params;
use serde_json::{Value, json};

use super::Db;
use crate::cases::calendar::format_time;
use crate::http::refusal::Refusal;

/// Adds a line. `detail` must not hold personal data.
pub(crate) fn record(
    db: &Db<'_>,
    now: i64,
    operator: &str,
    case_id: Option<i64>,
    action: &str,
    detail: Option<&str>,
) -> Result<(), Refusal> {
    db.execute(
        "INSERT INTO audit (at, operator, case_id, action, detail) VALUES (?1,?2,?3,?4,?5)",
        params![now, operator, case_id, action, detail],
    )?;
    Ok(())
}

/// The lines of a case, oldest first.
pub(crate) fn of_case(db: &Db<'_>, case_id: i64) -> Result<Vec<Value>, Refusal> {
    let lines = db
        .tx
        .prepare("SELECT at, operator, action, detail FROM audit WHERE case_id = ?1 ORDER BY id")?
        .query_map([case_id], |row| {
            Ok(json!({
                "at": format_time(row.get(0)?),
                "operator": row.get::<_, String>(1)?,
                "action": row.get::<_, String>(2)?,
                "detail": row.get::<_, Option<String>>(3)?,
            }))
        })?
        .collect::<Result<_, _>>()?;
    Ok(lines)
}
