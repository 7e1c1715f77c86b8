//! One report as a citizen in Huế writes it, for the tests of this crate.

use phananh_domain::attachment::{Attachment, AttachmentKind, IngestState};
use phananh_domain::id::{AccountId, CityId, ServiceCode};
use phananh_domain::identity::{IdentityChoice, Publication};
use phananh_domain::payload::{Fields, Line, MultiValueStyle, Wire};
use phananh_domain::place::{Located, Place, PlaceSource, Point};
use phananh_domain::profile::CityProfile;
use phananh_domain::refcode::ReferenceCode;
use phananh_domain::report::{Channel, Content, Phase, Report, Urgency};
use phananh_domain::service::{DataType, Definition};

pub(crate) const WORDS: &str = "Ổ gà sâu = nguy hiểm";

pub(crate) fn report() -> Report {
    let seen = "2026-11-25T07:05:00Z".parse().unwrap();
    Report {
        id: "0195f3a0-0000-7000-8000-00000000000a".parse().unwrap(),
        // Check digit of 12345678901 by Damm's table, on paper: 8.
        reference_code: ReferenceCode::parse("1234-5678-9018").unwrap(),
        city: CityId::new("hue"),
        account: AccountId::new("default"),
        phase: Phase::Draft,
        channel: Channel::App,
        practice: false,
        created_at: seen,
        updated_at: seen,
        queued_at: None,
        content: Content {
            service: Some(ServiceCode::new("ha-tang-giao-thong")),
            title: None,
            text: WORDS.to_owned(),
            urgency: Urgency::Urgent,
            observed_at: seen,
            place: Place {
                located: Some(Located {
                    point: Point::new(16.463_712_4, 107.590_865_9).unwrap(),
                    accuracy_m: Some(8.46),
                    source: PlaceSource::Device,
                }),
                words: Some("kiệt 48 Ngô Quyền, gần chợ".to_owned()),
            },
            answers: Vec::new(),
            identity: IdentityChoice::Confidential,
            publication: Publication::AfterReview,
        },
        attachments: Vec::new(),
    }
}

pub(crate) fn photo(ingest: IngestState) -> Attachment {
    Attachment {
        id: "0195f3a0-0000-7000-8000-000000000001".parse().unwrap(),
        kind: AttachmentKind::Photo,
        ingest,
        file: None,
    }
}

pub(crate) fn hue() -> CityProfile {
    CityProfile::bundled("hue").unwrap()
}

pub(crate) fn wire<'a>(fields: &'a Fields, definition: Option<&'a Definition>) -> Wire<'a> {
    Wire {
        fields,
        multi_value: MultiValueStyle::Brackets,
        definition,
        line: Line::Up,
    }
}

/// Questions of each datatype: `DEPTH` number and required, `SEEN` datetime, `KIND` one of a/b, `SIDE` some of
/// left/right\edge, `NOTE` string.
pub(crate) fn definition() -> Definition {
    let question = |code: &str, datatype, required, keys: &[&str]| {
        let choices = keys
            .iter()
            .map(|key| serde_json::json!({"key": key, "name": key.to_uppercase()}));
        serde_json::from_value(serde_json::json!({
            "code": code, "label": format!("Câu hỏi {code}"), "datatype": datatype, "required": required,
            "hint": null, "order": 1, "choices": choices.collect::<Vec<_>>(),
        }))
        .unwrap()
    };
    Definition {
        attributes: vec![
            question("DEPTH", DataType::Number, true, &[]),
            question("SEEN", DataType::Datetime, false, &[]),
            question("KIND", DataType::SingleValueList, false, &["a", "b"]),
            question("SIDE", DataType::MultiValueList, false, &["left", "right\\edge"]),
            question("NOTE", DataType::String, false, &[]),
        ],
        notices: Vec::new(),
    }
}
