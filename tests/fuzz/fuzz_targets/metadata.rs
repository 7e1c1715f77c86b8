//! What a photo says of itself: whatever is read is possible, and reading ends.
#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use phananh_photo::{Limits, audit, read_metadata};

fuzz_target!(|data: &[u8]| {
    let limits = Limits::default();
    let _ = audit(Cursor::new(data), &limits);
    let Ok(metadata) = read_metadata(Cursor::new(data), &limits) else {
        return;
    };
    if let Ok(position) = metadata.position {
        assert!(position.lat.abs() <= 90.0 && position.lon.abs() <= 180.0);
        assert!(
            position
                .accuracy_m
                .is_none_or(|metres| metres.is_finite() && metres >= 0.0)
        );
    }
    assert!((1..=8).contains(&metadata.orientation.exif()));
});
