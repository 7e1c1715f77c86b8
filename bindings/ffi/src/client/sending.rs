//! Sending off, and what is owed.

use phananh_domain::id::ReportId;
use phananh_domain::validate::Problem;
use phananh_domain::why::{Network, SendPolicy, Why};
use phananh_engine::ClientError;
use phananh_engine::client::{Decision, DrainLimits, DrainReport, QueuedJob};

use super::ReportClient;

#[uniffi::export]
impl ReportClient {
    /// Sends a draft off: returns at once, also offline and while a photo still shrinks. Gives the warnings.
    ///
    /// # Errors
    /// `Invalid` with all problems at once, the draft as before; `NotNow` for a report that is sent off already.
    pub async fn submit(&self, report: ReportId) -> Result<Vec<Problem>, ClientError> {
        self.call(|client| async move { client.submit(report).await })
            .await
    }

    /// Takes a report back to a draft, while the city surely knows nothing of it.
    ///
    /// # Errors
    /// `NotNow` with `error.too_late` once a byte may have left.
    pub async fn recall(&self, report: ReportId) -> Result<(), ClientError> {
        self.call(|client| async move { client.recall(report).await })
            .await
    }

    /// Tries again now; where a byte may have left, that means looking first.
    ///
    /// # Errors
    /// `NotNow` where nothing is owed.
    pub async fn retry(&self, report: ReportId) -> Result<(), ClientError> {
        self.call(|client| async move { client.retry(report).await.map(drop) })
            .await
    }

    /// Carries out a decision about a report that waits for the citizen. Where the city turns out to have it already, it
    /// is delivered instead.
    ///
    /// # Errors
    /// `NotNow` where the decision has no meaning now; with `error.look_first` once the city was asked.
    pub async fn decide(&self, report: ReportId, decision: Decision) -> Result<(), ClientError> {
        self.call(|client| async move { client.decide(report, decision).await.map(drop) })
            .await
    }

    /// Sends what is owed, as far as waits, conditions and limits allow.
    ///
    /// # Errors
    /// `Storage`: everything else is an outcome of a job.
    pub async fn drain(&self, limits: DrainLimits) -> Result<DrainReport, ClientError> {
        self.call(|client| async move { client.drain(limits).await })
            .await
    }

    /// Everything that is owed, in the order of sending.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn queue(&self) -> Result<Vec<QueuedJob>, ClientError> {
        self.call(|client| async move { client.queue().await }).await
    }

    /// Why a report waits; absent where nothing is owed.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn why(&self, report: ReportId) -> Result<Option<Why>, ClientError> {
        self.call(|client| async move { Ok(client.why(report).await?.why) })
            .await
    }

    /// What the person and the battery allow; read at send time, never frozen with a report.
    ///
    /// # Errors
    /// `Closed`.
    pub async fn set_policy(&self, policy: SendPolicy) -> Result<(), ClientError> {
        self.call(|client| async move {
            client.set_policy(policy);
            Ok(())
        })
        .await
    }

    /// The line as the platform tells it. What waited for it goes on by itself.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn set_connectivity(&self, network: Network) -> Result<(), ClientError> {
        self.call(|client| async move { client.set_connectivity(network).await })
            .await
    }
}
