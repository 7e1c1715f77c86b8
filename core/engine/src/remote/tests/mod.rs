//! Against servers that are nothing but a socket: what is on the line is what is asserted.

mod lines;
mod requests;
mod server;
mod trust;

use std::fs::File;
use std::io::Write;

use georeport::{Body, FilePart, Method, Multipart, Part, Request};

use super::{Outgoing, Remote, RemoteConfig};
use crate::effects::Effects;

fn remote(config: RemoteConfig) -> Remote {
    Remote::new(config, Effects::default()).unwrap()
}

fn usual() -> Remote {
    remote(RemoteConfig::default())
}

fn request(method: Method, url: String, body: Body) -> Request {
    Request {
        method,
        url,
        headers: Vec::new(),
        body,
    }
}

fn get(url: &str) -> Outgoing {
    no_files(&request(Method::Get, url.to_owned(), Body::Empty))
}

fn post(url: &str, form: &[u8]) -> Outgoing {
    no_files(&request(Method::Post, url.to_owned(), Body::Form(form.to_vec())))
}

fn no_files(request: &Request) -> Outgoing {
    Outgoing::new(request, |_, _| Err::<File, _>("no files here")).unwrap()
}

/// A body with one field and one file that is said to have `bytes` bytes.
fn with_photo(bytes: u64) -> Multipart {
    let file = FilePart {
        source: "source".into(),
        file_name: "photo-1.jpg".into(),
        content_type: "image/jpeg".into(),
        bytes,
    };
    let words = Part::Field {
        name: "description".into(),
        value: "Ổ gà trước nhà".into(),
    };
    Multipart::new(
        "0123456789abcdef",
        vec![
            words,
            Part::File {
                name: "media".into(),
                file,
            },
        ],
    )
}

/// That body as a request, and the photo's real content.
fn filing(url: &str, multipart: &Multipart, photo: &[u8]) -> Outgoing {
    let mut request = request(Method::Post, url.to_owned(), Body::Multipart(multipart.clone()));
    request
        .headers
        .push(("Content-Type".into(), multipart.content_type()));
    Outgoing::new(&request, |_, _| {
        let mut file = tempfile::tempfile()?;
        file.write_all(photo)?;
        std::io::Seek::rewind(&mut file)?;
        Ok::<_, std::io::Error>(file)
    })
    .unwrap()
}
