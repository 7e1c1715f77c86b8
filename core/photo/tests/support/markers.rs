//! An independent walk over the markers of a JPEG (T.81, annex B), for what a stored photo may hold.

/// The markers of a JPEG in order, from SOI to EOI, and how many bytes follow EOI. Panics where it is not a JPEG.
pub fn walk(jpeg: &[u8]) -> (Vec<u8>, usize) {
    assert_eq!(&jpeg[..2], &[0xFF, 0xD8], "start of image");
    let mut markers = vec![0xD8];
    let mut at = 2;
    loop {
        assert_eq!(jpeg[at], 0xFF, "a marker at {at}");
        let marker = jpeg[at + 1];
        markers.push(marker);
        at += 2;
        if marker == 0xD9 {
            return (markers, jpeg.len() - at);
        }
        at += usize::from(u16::from_be_bytes([jpeg[at], jpeg[at + 1]]));
        if marker == 0xDA {
            while jpeg[at] != 0xFF || jpeg[at + 1] == 0 || (0xD0..=0xD7).contains(&jpeg[at + 1]) {
                at += 1;
            }
        }
    }
}

/// Fails unless `jpeg` holds tables, a frame, scans and at most the JFIF header and Adobe's transform: no EXIF, XMP,
/// ICC, IPTC, MPF or other application segment, no comment, nothing after the end.
pub fn assert_private(jpeg: &[u8]) {
    let (markers, trailing) = walk(jpeg);
    for marker in &markers {
        assert!(
            !matches!(marker, 0xE1..=0xED | 0xEF),
            "application segment {marker:02X}"
        );
        assert_ne!(*marker, 0xFE, "comment");
    }
    for bodiless in [
        b"Exif".as_slice(),
        b"http://ns.adobe.com",
        b"ICC_PROFILE",
        b"Photoshop",
        b"MPF\0",
    ] {
        assert!(
            !jpeg.windows(bodiless.len()).any(|bytes| bytes == bodiless),
            "{bodiless:?}"
        );
    }
    assert_eq!(trailing, 0, "bytes after the end of the image");
}
