//! Accounts that the city locked: asked whether they still are, so that what waits goes on by itself once they are not.

use std::sync::Arc;

use georeport::read;
use phananh_domain::id::AccountId;
use phananh_domain::reason::Reason;

use crate::account;
use crate::city::Facts;
use crate::error::Result;
use crate::line::{self, Traffic};
use crate::store::cities;
use crate::world::World;

/// Asks about each locked account of a city.
pub(super) async fn ask(world: &Arc<World>, facts: &Facts, traffic: &mut Traffic) -> Result<()> {
    if facts.extensions.as_ref().is_none_or(|e| e.account.is_none()) {
        return Ok(());
    }
    let city = facts.row.id.clone();
    let locked: Vec<AccountId> = world
        .blocking(move |w| {
            w.store.read(|conn| {
                let mut locked = Vec::new();
                for id in cities::accounts(conn, &city)? {
                    if cities::account_pause(conn, &city, &id)? == Some(Reason::Locked) {
                        locked.push(id);
                    }
                }
                Ok(locked)
            })
        })
        .await?;
    for id in locked {
        let Ok(Some(mut session)) = account::pass(world, facts, &id, traffic).await? else {
            continue;
        };
        let request = session.sign(facts.endpoint()?.account());
        let answered = line::ask(world, &request, facts.total_timeout_ms(), traffic).await;
        let Ok(answer) = answered.answer() else { continue };
        let Ok(shown) = read::account(&answer) else {
            continue;
        };
        session.locked = shown.locked;
        let city = facts.row.id.clone();
        world
            .blocking(move |w| {
                account::keep(w, &city, &id, &session)?;
                match session.locked {
                    Some(_) => Ok(()),
                    None => w
                        .store
                        .write(|tx| cities::set_account_pause(tx, &city, &id, None)),
                }
            })
            .await?;
        world.wake.notify_one();
    }
    Ok(())
}
