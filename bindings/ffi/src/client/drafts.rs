//! Drafts and their photos.

use phananh_domain::id::{AttachmentId, ReportId};
use phananh_domain::place::Fix;
use phananh_domain::report::{Answer, Report};
use phananh_domain::validate::Problem;
use phananh_engine::ClientError;
use phananh_engine::client::{AddedPhoto, DraftChanges, NewDraft};

use super::ReportClient;

#[uniffi::export]
impl ReportClient {
    /// Makes a draft; durable when this returns.
    ///
    /// # Errors
    /// `NotFound` for an unknown city; `BadInput` for a text that is too long; `Secrets`; `Storage`.
    pub async fn create_draft(&self, draft: NewDraft) -> Result<Report, ClientError> {
        self.call(|client| async move { client.create_draft(draft).await })
            .await
    }

    /// Changes a draft; durable when this returns, and old or new, never half.
    ///
    /// # Errors
    /// `NotNow` for a report that is sent off; `BadInput`; `Storage`.
    pub async fn edit_draft(&self, report: ReportId, changes: DraftChanges) -> Result<Report, ClientError> {
        self.call(|client| async move { client.edit_draft(report, changes).await })
            .await
    }

    /// Answers questions of the service; no values takes an answer back.
    ///
    /// # Errors
    /// As `edit_draft`.
    pub async fn answer(&self, report: ReportId, answers: Vec<Answer>) -> Result<Report, ClientError> {
        let answers = answers.into_iter().map(|a| (a.code, a.values)).collect();
        self.call(|client| async move { client.answer(report, answers).await })
            .await
    }

    /// Puts the pin: it wins over every sensor from now on. WGS 84 degrees.
    ///
    /// # Errors
    /// `BadInput` for coordinates that name no place; as `edit_draft`.
    #[uniffi::method(default(accuracy_m = None))]
    pub async fn set_pin(
        &self,
        report: ReportId,
        lat: f64,
        lon: f64,
        accuracy_m: Option<f64>,
    ) -> Result<Report, ClientError> {
        self.call(|client| async move { client.set_pin(report, lat, lon, accuracy_m).await })
            .await
    }

    /// Says the place in words; empty clears.
    ///
    /// # Errors
    /// As `edit_draft`.
    pub async fn set_place_words(&self, report: ReportId, words: String) -> Result<Report, ClientError> {
        self.call(|client| async move { client.set_place_words(report, words).await })
            .await
    }

    /// Adds a photo by its path and waits until its picture is stored; `rendition` is a JPEG by the platform where the
    /// original is HEIC.
    ///
    /// # Errors
    /// `BadInput` with field `photo` for a file that gives no picture: the draft is as before.
    #[uniffi::method(default(rendition = None))]
    pub async fn add_photo(
        &self,
        report: ReportId,
        original: String,
        rendition: Option<String>,
    ) -> Result<AddedPhoto, ClientError> {
        self.call(|client| async move { client.add_photo(report, original, rendition).await })
            .await
    }

    /// As `add_photo`, but returns once its row is durable; an event tells when the picture is made.
    ///
    /// # Errors
    /// `BadInput` for a path that is no file.
    #[uniffi::method(default(rendition = None))]
    pub async fn start_photo(
        &self,
        report: ReportId,
        original: String,
        rendition: Option<String>,
    ) -> Result<AttachmentId, ClientError> {
        self.call(|client| async move { client.start_photo(report, original, rendition).await })
            .await
    }

    /// Adds a reading of a sensor: kept as evidence, and the draft's place while no better one is known.
    ///
    /// # Errors
    /// As `edit_draft`.
    pub async fn add_fix(&self, report: ReportId, fix: Fix) -> Result<Report, ClientError> {
        self.call(|client| async move { client.add_fix(report, fix).await })
            .await
    }

    /// Takes the `n`th photo (from 1) off a draft.
    ///
    /// # Errors
    /// `NotFound`; `NotNow` for a report that is sent off.
    pub async fn remove_photo(&self, report: ReportId, n: u32) -> Result<(), ClientError> {
        let n = usize::try_from(n).unwrap_or(usize::MAX);
        self.call(|client| async move { client.remove_photo(report, n).await })
            .await
    }

    /// Path of the stored picture of a photo, for showing it.
    ///
    /// # Errors
    /// `NotFound` while it is not ready.
    pub async fn photo_path(&self, photo: AttachmentId) -> Result<String, ClientError> {
        self.call(|client| async move {
            let path = client.photo_path(photo).await?;
            Ok(path.to_string_lossy().into_owned())
        })
        .await
    }

    /// Forgets a draft. Never a report that was sent off.
    ///
    /// # Errors
    /// `NotNow` for a report that was ever sent off.
    pub async fn discard_draft(&self, report: ReportId) -> Result<(), ClientError> {
        self.call(|client| async move { client.discard_draft(report).await })
            .await
    }

    /// Every problem of a draft, warnings too; empty means that it can be sent.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn problems(&self, report: ReportId) -> Result<Vec<Problem>, ClientError> {
        self.call(|client| async move { client.problems(report).await })
            .await
    }
}
