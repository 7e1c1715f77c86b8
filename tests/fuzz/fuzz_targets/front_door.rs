//! What a file says it is, and whether it may come in: any bytes end in a typed answer.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use phananh_photo::{Limits, PhotoBudget, PhotoError, Profile, Unwatched, audit, ingest, sniff};

/// So small that nearly all the time goes into heads.
const LIMITS: Limits = Limits {
    max_pixels: 1_024,
    max_edge: 256,
    max_pixels_progressive: 1_024,
    max_scans: 8,
    max_alloc: 1_000_000,
    max_file_bytes: 1_000_000,
    max_metadata_bytes: 65_536,
};

fuzz_target!(|data: &[u8]| {
    let _ = sniff(data);
    let _ = audit(Cursor::new(data), &LIMITS);
    let budget = PhotoBudget {
        max_edge: 8,
        max_bytes: 4_000,
        profile: Profile::Fast,
    };
    match ingest(Cursor::new(data), &budget, &LIMITS, &Unwatched) {
        Ok(photo) => assert!(photo.original.width <= 256 && photo.original.height <= 256),
        Err(PhotoError::Io(error)) => panic!("memory does not fail to be read: {error}"),
        Err(_) => {}
    }
});
