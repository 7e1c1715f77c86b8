//! My reports and the city's side of them.

use phananh_domain::id::{AccountId, CaseNumber, CityId, MessageId, ReportId};
use phananh_domain::message::MessageKind;
use phananh_domain::report::Report;
use phananh_engine::ClientError;
use phananh_engine::client::{ListQuery, NewMessage, Page, ReportStatus, SyncReport};

use super::ReportClient;

#[uniffi::export]
impl ReportClient {
    /// What a report says.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn report(&self, report: ReportId) -> Result<Report, ClientError> {
        self.call(|client| async move { client.report(report).await })
            .await
    }

    /// A report, whole: delivery, photos, the city's side, timeline, why it waits.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn status(&self, report: ReportId) -> Result<ReportStatus, ClientError> {
        self.call(|client| async move { client.status(report).await })
            .await
    }

    /// A page of my reports, newest first.
    ///
    /// # Errors
    /// `BadInput` for a cursor that is none.
    pub async fn list(&self, query: ListQuery) -> Result<Page, ClientError> {
        self.call(|client| async move { client.list(query).await }).await
    }

    /// The report that a person means by its id, any unique four digits of its code, or the city's number.
    ///
    /// # Errors
    /// `NotFound`, `Ambiguous`.
    pub async fn resolve(&self, name: String) -> Result<ReportId, ClientError> {
        self.call(|client| async move { client.resolve(&name).await })
            .await
    }

    /// Writes a message about a case; durable when this returns, and on its way as soon as the line allows.
    ///
    /// # Errors
    /// `NotNow` where the city does not have the report yet or takes no messages; `BadInput` for an empty one.
    pub async fn send_message(
        &self,
        report: ReportId,
        message: NewMessage,
    ) -> Result<MessageId, ClientError> {
        self.call(|client| async move { client.message(report, message).await })
            .await
    }

    /// Takes back the oldest message that stands blocked, as one that the city refused.
    ///
    /// # Errors
    /// `NotNow` where none does, or the city may have it.
    pub async fn drop_message(&self, report: ReportId) -> Result<MessageKind, ClientError> {
        self.call(|client| async move { client.drop_message(report).await })
            .await
    }

    /// Follows a public case of a city by its number; gives the report that stands for it on this phone.
    ///
    /// # Errors
    /// `NotFound` for an unknown city; `BadInput` for what can be no number.
    pub async fn follow(
        &self,
        city: CityId,
        account: AccountId,
        case_number: CaseNumber,
    ) -> Result<ReportId, ClientError> {
        self.call(|client| async move { client.follow(city, account, case_number).await })
            .await
    }

    /// Follows a case no longer.
    ///
    /// # Errors
    /// `NotNow` for a report of one's own.
    pub async fn unfollow(&self, report: ReportId) -> Result<(), ClientError> {
        self.call(|client| async move { client.unfollow(report).await })
            .await
    }

    /// Asks the city what changed.
    ///
    /// # Errors
    /// `Network`; `Storage`.
    pub async fn sync(&self) -> Result<SyncReport, ClientError> {
        self.call(|client| async move { client.sync().await }).await
    }
}
