//! Hints of the city: where they go, and what one means.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Client;
use crate::error::{ClientError, Error};
use crate::sync::push::{self, HintAddress};

/// Bytes of an address (docs/extensions.md, "push").
const ADDRESS_MAX: usize = 1_000;

/// Hints that came, and up to which of them a sync has begun since.
#[derive(Debug, Default)]
pub(super) struct Hinted {
    came: AtomicU64,
    answered: tokio::sync::Mutex<u64>,
}

impl Client {
    /// A hint came: asks the cities what is new. Hints that come while that is under way are answered by one more.
    ///
    /// # Errors
    /// As [`Client::sync`]; the next sync brings the news all the same.
    pub async fn push_received(&self) -> std::result::Result<(), ClientError> {
        let (world, hinted) = (Arc::clone(&self.world), Arc::clone(&self.hinted));
        let mine = hinted.came.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        self.run(async move {
            let mut answered = hinted.answered.lock().await;
            if *answered >= mine {
                return Ok(());
            }
            let all = hinted.came.load(Ordering::SeqCst);
            crate::sync::sync(&world).await?;
            *answered = all;
            Ok(())
        })
        .await
    }

    /// Says where hints go: told to each city that pushes by this provider, with the next sync and whenever cases come.
    /// `provider` is `unifiedpush`, `fcm` or `apns`; `endpoint` the URL or token of this phone.
    ///
    /// # Errors
    /// `BadInput` for an endpoint that is empty or over 1,000 bytes; `Secrets`.
    pub async fn register_push(
        &self,
        provider: String,
        endpoint: String,
    ) -> std::result::Result<(), ClientError> {
        let usable =
            |text: &str| !text.is_empty() && text.len() <= ADDRESS_MAX && !text.contains(char::is_control);
        if !usable(&provider) || !usable(&endpoint) {
            return Err(ClientError::BadInput {
                field: "endpoint".into(),
                code: "error.bad_input".into(),
            });
        }
        self.want(Some(HintAddress { provider, endpoint })).await
    }

    /// No hints any more: told to each city with the next sync.
    ///
    /// # Errors
    /// `Secrets`.
    pub async fn unregister_push(&self) -> std::result::Result<(), ClientError> {
        self.want(None).await
    }

    async fn want(&self, wanted: Option<HintAddress>) -> std::result::Result<(), ClientError> {
        self.on_disk(move |world| {
            let mut hints = push::load(world)?;
            hints.wanted = wanted;
            push::keep(world, &hints)?;
            Ok::<_, Error>(())
        })
        .await
    }
}
