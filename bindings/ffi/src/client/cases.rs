//! My reports and the city's side of them.

use phananh_domain::id::{MessageId, ReportId};
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

    /// Asks the city what changed.
    ///
    /// # Errors
    /// `Network`; `Storage`.
    pub async fn sync(&self) -> Result<SyncReport, ClientError> {
        self.call(|client| async move { client.sync().await }).await
    }
}
