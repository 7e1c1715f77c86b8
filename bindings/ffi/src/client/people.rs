//! Who reports: the name and contact on this phone.

use phananh_engine::ClientError;
use phananh_engine::client::Me;

use super::ReportClient;

#[uniffi::export]
impl ReportClient {
    /// Who the reporter is, as far as told.
    ///
    /// # Errors
    /// `Secrets`.
    pub async fn me(&self) -> Result<Me, ClientError> {
        self.call(|client| async move { client.me().await }).await
    }

    /// Says who the reporter is; reports that are already sent off keep what they were sent with.
    ///
    /// # Errors
    /// `Secrets`, `BadInput`.
    pub async fn set_me(&self, me: Me) -> Result<(), ClientError> {
        self.call(|client| async move { client.set_me(me).await }).await
    }
}
