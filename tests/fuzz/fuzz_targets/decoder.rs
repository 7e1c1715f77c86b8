//! Pixels: any file is a picture within its budget that tells nothing else, or a typed error.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use phananh_photo::{Ingest, Limits, PhotoBudget, PhotoError, Profile, Rect, Unwatched, audit};

const LIMITS: Limits = Limits {
    max_pixels: 65_536,
    max_edge: 2_048,
    max_pixels_progressive: 65_536,
    max_scans: 16,
    max_alloc: 4_000_000,
    max_file_bytes: 1_000_000,
    max_metadata_bytes: 65_536,
};

fuzz_target!(|data: &[u8]| {
    // The last byte, which no format needs, is how the photo is taken in.
    let options = data.last().copied().unwrap_or_default();
    let budget = PhotoBudget {
        max_edge: 1 + u32::from(options & 0x3F),
        max_bytes: 8_000,
        profile: if options & 0x40 == 0 {
            Profile::Fast
        } else {
            Profile::Small
        },
    };
    let area = Rect {
        left: u32::from(options),
        top: 3,
        width: 9,
        height: u32::MAX,
    };
    let areas = if options & 0x80 == 0 { &[][..] } else { &[area][..] };
    let taken = Ingest::new(&budget, &LIMITS, &Unwatched)
        .redact(areas)
        .photo(Cursor::new(data));
    match taken {
        Ok(photo) => {
            assert!(photo.jpeg.len() <= 8_000 && photo.width.max(photo.height) <= budget.max_edge);
            for jpeg in [&photo.jpeg, &photo.thumbnail] {
                let told = audit(Cursor::new(jpeg), &Limits::default());
                assert!(
                    told.is_ok_and(|findings| findings.is_empty()),
                    "a photo is only pixels"
                );
            }
        }
        Err(PhotoError::Io(error)) => panic!("memory does not fail to be read: {error}"),
        Err(_) => {}
    }
});
