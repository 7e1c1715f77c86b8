//! The codec from inside: callbacks, capacities, vector code.

use super::*;

/// Resize and entropy decoding aside, all the time goes there. On x86 it is assembled by nasm.
#[cfg(feature = "vector-code")]
#[test]
fn vector_code_is_built_in() {
    assert!(
        has_simd(),
        "the codec has no vector code: on x86_64, install nasm and build again"
    );
}

#[test]
fn a_scale_keeps_enough_for_the_filter() {
    // 1.3 times 1600 is 2080.
    let cases = [
        (1600, Scale::Full),
        (4032, Scale::Full),
        (4160, Scale::Half),
        (8064, Scale::Half),
        (8320, Scale::Quarter),
        (16_384, Scale::Quarter),
        (16_640, Scale::Eighth),
    ];
    for (stored, scale) in cases {
        assert_eq!(Scale::keeping([stored; 2], [1600; 2]), scale, "{stored}");
        // Whichever way less is left.
        assert_eq!(Scale::keeping([stored, 65_000], [1600; 2]), scale, "{stored}");
        assert_eq!(Scale::keeping([65_000, stored], [1600; 2]), scale, "{stored}");
    }
}

#[test]
fn a_panic_behind_a_callback_comes_out_where_it_went_in() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("a reader's own fault")
        }
    }
    let outcome = catch_unwind(|| {
        let go_on = || Ok(());
        Decoder::open(&mut Broken, &go_on, &Limits::default()).map(|_| ())
    });
    assert!(outcome.is_err());
}

#[test]
fn a_reader_that_fails_is_told_as_such() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let go_on = || Ok(());
    let opened = Decoder::open(&mut Failing, &go_on, &Limits::default()).map(|_| ());
    assert!(matches!(opened, Err(PhotoError::Io(error)) if error.kind() == io::ErrorKind::PermissionDenied));
}

#[test]
fn an_encode_tells_its_size_where_it_does_not_fit() {
    let plane = Plane::of(64, 64, (0..64 * 64).map(|at| (at * 37 % 251) as u8).collect()).unwrap();
    let go_on = || Ok(());
    for effort in [Effort::OnePass, Effort::Trellis] {
        let whole = encode(&[&plane], 40.0, effort, 100_000, &go_on).unwrap();
        let jpeg = whole.jpeg.unwrap();
        assert_eq!(jpeg.len(), whole.bytes);
        for capacity in [0, 1, 600, whole.bytes - 1] {
            let over = encode(&[&plane], 40.0, effort, capacity, &go_on).unwrap();
            assert!(over.jpeg.is_none());
            assert_eq!(over.bytes, whole.bytes);
        }
        let exact = encode(&[&plane], 40.0, effort, whole.bytes, &go_on).unwrap();
        assert_eq!(exact.jpeg.as_ref(), Some(&jpeg));
    }
    // Chroma of a size that does not belong to the luma is refused before C sees it.
    assert!(encode(&[&plane, &plane, &plane], 40.0, Effort::OnePass, 100, &go_on).is_err());
}
