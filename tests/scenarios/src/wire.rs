//! The few requests that are not the phone's: the desk's and strangers'. Straight to the city, past the line.

use std::net::SocketAddr;
use std::path::Path;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::format::Stranger;
use crate::trouble::Trouble;

/// The operator token of every scenario's city.
pub(crate) const DESK: &str = "desk-of-the-scenarios";

const BOUNDARY: &str = "----scenario";

/// An action of the intake centre on a case.
pub(crate) async fn act(
    city: SocketAddr,
    case: &str,
    action: &Value,
    photo: Option<&Path>,
) -> Result<(), Trouble> {
    let mut body = Vec::new();
    let content_type = match photo {
        None => {
            body.extend_from_slice(action.to_string().as_bytes());
            "application/json".to_owned()
        }
        Some(path) => {
            body.extend_from_slice(
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\n{action}\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(
                format!(
                    "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"media\"; filename=\"result.jpg\"\r\n\
                     Content-Type: image/jpeg\r\n\r\n"
                )
                .as_bytes(),
            );
            body.extend_from_slice(&std::fs::read(path)?);
            body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
            format!("multipart/form-data; boundary={BOUNDARY}")
        }
    };
    let target = format!("/desk/cases/{case}/actions.json");
    post(city, &target, &content_type, &body).await
}

/// Somebody else's report.
pub(crate) async fn file(city: SocketAddr, stranger: &Stranger) -> Result<(), Trouble> {
    let written = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let (lat, long) = stranger.pin;
    let body = format!(
        "service_code={}&description={}&lat={lat}&long={long}",
        written(&stranger.service),
        written(&stranger.text)
    );
    post(
        city,
        "/requests.json",
        "application/x-www-form-urlencoded",
        body.as_bytes(),
    )
    .await
}

/// One POST on a connection of its own (RFC 9112); anything but a 2xx is trouble.
async fn post(city: SocketAddr, target: &str, content_type: &str, body: &[u8]) -> Result<(), Trouble> {
    let mut stream = TcpStream::connect(city).await?;
    let head = format!(
        "POST {target} HTTP/1.1\r\nHost: {city}\r\nAuthorization: Bearer {DESK}\r\nContent-Type: {content_type}\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    match answer.split(' ').nth(1) {
        Some(status) if status.starts_with('2') => Ok(()),
        _ => Err(Trouble::new(format!("the city refused POST {target}: {answer}"))),
    }
}
