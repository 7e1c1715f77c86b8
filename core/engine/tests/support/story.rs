//! The report that most tests tell.

use phananh_domain::id::ReportId;
use phananh_domain::message::{MessageBody, Satisfaction, StillThere};
use phananh_engine::client::{DraftChanges, NewDraft, NewMessage};

use super::phone::Phone;
use super::{CITY, picture};

pub(crate) const WORDS: &str = "Cây đổ chắn đường trước kiệt 48 Ngô Quyền";

pub(crate) fn draft() -> NewDraft {
    NewDraft {
        city: CITY.to_owned(),
        changes: DraftChanges {
            service: Some("cay-xanh".to_owned()),
            text: Some(WORDS.to_owned()),
            ..DraftChanges::default()
        },
        ..NewDraft::default()
    }
}

pub(crate) fn rating() -> NewMessage {
    NewMessage {
        body: MessageBody::Rating {
            satisfaction: Some(Satisfaction::Satisfied),
            fixed: Some(StillThere::Yes),
            text: None,
        },
        photos: Vec::new(),
    }
}

impl Phone {
    /// A draft with words and a pin, ready to go.
    pub(crate) async fn drafted(&self) -> ReportId {
        let report = self.client().create_draft(draft()).await.unwrap();
        self.client()
            .set_pin(report.id, 16.4637, 107.5909, Some(8.0))
            .await
            .unwrap();
        report.id
    }

    /// The same with a photo; gives the hash of the stored picture.
    pub(crate) async fn drafted_with_photo(&self) -> (ReportId, String) {
        let id = self.drafted().await;
        let path = picture(self.dir.path(), 1).to_string_lossy().into_owned();
        let added = self.client().add_photo(id, path, None).await.unwrap();
        (id, added.file.sha256.as_str().to_owned())
    }

    pub(crate) async fn submitted(&self) -> ReportId {
        let id = self.drafted().await;
        self.client().submit(id).await.unwrap();
        id
    }
}
