//! `GET media/{id}`: the bytes as they came. The id is 128 random bits: who has the link may see the picture.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tokio_util::io::ReaderStream;

use crate::app::App;
use crate::http::refusal::Refusal;
use crate::store::media;

/// `GET media/{id}`.
pub(crate) async fn media(State(app): State<Arc<App>>, Path(id): Path<String>) -> Result<Response, Refusal> {
    let found = app.store.transact(move |db| Ok(media::find(db.tx, &id)?)).await?;
    let media = found.ok_or_else(|| Refusal::not_found("media"))?;
    let file = tokio::fs::File::open(app.store.files.path(&media.sha256)).await?;
    let headers = [
        (header::CONTENT_TYPE, media.content_type),
        (header::CONTENT_LENGTH, media.bytes.to_string()),
        (header::ETAG, format!("\"{}\"", media.sha256)),
        (
            header::CACHE_CONTROL,
            "private, max-age=31536000, immutable".to_owned(),
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, Body::from_stream(ReaderStream::new(file))).into_response())
}
