//! Signing in, and where hints go.

use phananh_domain::id::{AccountId, CityId};
use phananh_engine::ClientError;
use phananh_engine::client::{AccountView, CodeSent, OwedAtSignOut, Verified};

use super::ReportClient;

#[uniffi::export]
impl ReportClient {
    /// Asks the city for a code, to a phone number or an e-mail address.
    ///
    /// # Errors
    /// `NotNow` where the city has no such accounts, or too many codes were asked for; `BadInput` for what is neither a
    /// number nor an address; `Network`; `Secrets`.
    pub async fn start_sign_in(
        &self,
        city: CityId,
        account: AccountId,
        address: String,
    ) -> Result<CodeSent, ClientError> {
        self.call(|client| async move { client.start_sign_in(city, account, &address).await })
            .await
    }

    /// Gives the code back that came. Reports that waited for a sign-in go on by themselves.
    ///
    /// # Errors
    /// `NotNow` where no code was asked for, or it is over; `Network`; `Secrets`.
    pub async fn verify_sign_in(
        &self,
        city: CityId,
        account: AccountId,
        code: String,
    ) -> Result<Verified, ClientError> {
        self.call(|client| async move { client.verify_sign_in(city, account, &code).await })
            .await
    }

    /// Renews the session of an account now; an attempt does so by itself where it is needed.
    ///
    /// # Errors
    /// `NotNow` where nobody is signed in, or no longer; `Network`; `Secrets`.
    pub async fn refresh_sign_in(
        &self,
        city: CityId,
        account: AccountId,
    ) -> Result<AccountView, ClientError> {
        self.call(|client| async move { client.refresh_sign_in(city, account).await })
            .await
    }

    /// Ends the session on this phone at once, and at the city as far as the line allows. No report is lost by it.
    ///
    /// # Errors
    /// `NotNow` where something of the account is still owed and nobody was asked; `Secrets`.
    pub async fn sign_out(
        &self,
        city: CityId,
        account: AccountId,
        owed: OwedAtSignOut,
    ) -> Result<(), ClientError> {
        self.call(|client| async move { client.sign_out(city, account, owed).await })
            .await
    }

    /// Every account of this store.
    ///
    /// # Errors
    /// `Secrets`; `Storage`.
    pub async fn accounts(&self) -> Result<Vec<AccountView>, ClientError> {
        self.call(|client| async move { client.accounts().await }).await
    }

    /// Says where hints go; `provider` is `unifiedpush`, `fcm` or `apns`, `endpoint` this phone's URL or token.
    ///
    /// # Errors
    /// `BadInput` for an endpoint that is empty or over 1,000 bytes; `Secrets`.
    pub async fn register_push(&self, provider: String, endpoint: String) -> Result<(), ClientError> {
        self.call(|client| async move { client.register_push(provider, endpoint).await })
            .await
    }

    /// No hints any more: told to each city with the next sync.
    ///
    /// # Errors
    /// `Secrets`.
    pub async fn unregister_push(&self) -> Result<(), ClientError> {
        self.call(|client| async move { client.unregister_push().await })
            .await
    }

    /// A hint came: asks the cities what is new. Hints that come while that is under way are answered by one more.
    ///
    /// # Errors
    /// `Network`; `Storage`. The next sync brings the news all the same.
    pub async fn push_received(&self) -> Result<(), ClientError> {
        self.call(|client| async move { client.push_received().await })
            .await
    }
}
