//! The reporter's own name and contact: one sealed value in the phone's secrets, snapshots of it with reports.

use phananh_domain::identity::Identity;

use super::Client;
use super::drafts::optional;
use crate::error::{ClientError, Error, Result};
use crate::secrets::SecretError;
use crate::world::World;

/// What the reporter told about themselves.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Me {
    /// Whole name.
    pub name: Option<String>,
    /// Phone number.
    pub phone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
}

const ME: &str = "me";

impl Client {
    /// Who the reporter is, as far as told.
    ///
    /// # Errors
    /// `Secrets`.
    pub async fn me(&self) -> std::result::Result<Me, ClientError> {
        let identity = self.on_disk(load).await?;
        Ok(Me {
            name: identity.name,
            phone: identity.phone,
            email: identity.email,
        })
    }

    /// Says who the reporter is; reports that are already sent off keep what they were sent with.
    ///
    /// # Errors
    /// `Secrets`, `BadInput`.
    pub async fn set_me(&self, me: Me) -> std::result::Result<(), ClientError> {
        self.on_disk(move |world| {
            let field = |name, text: &Option<String>| text.as_deref().map_or(Ok(None), |t| optional(name, t));
            let identity = Identity {
                name: field("name", &me.name)?,
                phone: field("phone", &me.phone)?,
                email: field("email", &me.email)?,
            };
            let bytes = serde_json::to_vec(&identity).map_err(|_| Error::Internal)?;
            Ok(world.secrets.set(ME, &bytes)?)
        })
        .await
    }
}

/// The reporter's identity, empty where never told.
pub(super) fn load(world: &World) -> Result<Identity> {
    match world.secrets.get(ME) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|_| Error::Damaged { table: "me" }),
        Err(SecretError::Missing) => Ok(Identity::default()),
        Err(other) => Err(other.into()),
    }
}
