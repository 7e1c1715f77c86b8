//! The declarations of `shim.c`, line by line.

/// Something whose inside is the other side's affair.
#[repr(C)]
pub(super) struct Opaque {
    _private: [u8; 0],
}

/// `struct decoder`.
#[repr(C)]
pub(super) struct Decoder {
    _private: [u8; 0],
}

pub(super) type Read = unsafe extern "C" fn(*mut Opaque, *mut u8, usize) -> isize;
pub(super) type Watch = unsafe extern "C" fn(*mut Opaque) -> i32;

pub(super) const DONE: i32 = 0;
pub(super) const STOPPED: i32 = 2;
pub(super) const UNSUPPORTED: i32 = 3;
pub(super) const NO_MEMORY: i32 = 4;
pub(super) const TOO_MANY_SCANS: i32 = 6;

pub(super) const NOTE_TRUNCATED: u32 = 1;
pub(super) const NOTE_DAMAGED: u32 = 2;
pub(super) const NOTE_EXTRANEOUS: u32 = 4;

/// `enum turn`.
pub(super) const SWAP: u32 = 1;
pub(super) const ACROSS: u32 = 2;
pub(super) const DOWN: u32 = 4;

/// `J_COLOR_SPACE` of libjpeg.
pub(super) const GRAYSCALE: u32 = 1;
pub(super) const RGB: u32 = 2;
pub(super) const YCBCR: u32 = 3;
pub(super) const CMYK: u32 = 4;
pub(super) const YCCK: u32 = 5;

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Component {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) stride: u32,
    pub(super) rows: u32,
    pub(super) across: u32,
    pub(super) down: u32,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
pub(super) struct Picture {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) components: u32,
    pub(super) colour: u32,
    pub(super) adobe: u32,
    pub(super) multi_scan: u32,
    pub(super) across: u32,
    pub(super) down: u32,
    pub(super) bands: u32,
    pub(super) component: [Component; 4],
}

#[repr(C)]
pub(super) struct Job {
    pub(super) planes: [*const u8; 3],
    pub(super) widths: [u32; 3],
    pub(super) heights: [u32; 3],
    pub(super) components: u32,
    pub(super) thorough: u32,
    pub(super) scale: f32,
    pub(super) out: *mut u8,
    pub(super) capacity: usize,
    pub(super) size: usize,
    pub(super) watch: Option<Watch>,
    pub(super) context: *mut Opaque,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            planes: [std::ptr::null(); 3],
            widths: [0; 3],
            heights: [0; 3],
            components: 0,
            thorough: 0,
            scale: 100.0,
            out: std::ptr::null_mut(),
            capacity: 0,
            size: 0,
            watch: None,
            context: std::ptr::null_mut(),
        }
    }
}

unsafe extern "C" {
    pub(super) fn photo_decoder_open(
        read: Read,
        watch: Watch,
        context: *mut Opaque,
        memory: usize,
        max_scans: u32,
    ) -> *mut Decoder;
    pub(super) fn photo_decoder_close(decoder: *mut Decoder);
    pub(super) fn photo_decoder_notes(decoder: *const Decoder) -> u32;
    pub(super) fn photo_decoder_head(decoder: *mut Decoder, picture: *mut Picture) -> i32;
    pub(super) fn photo_decoder_start(
        decoder: *mut Decoder,
        eighths: *const u32,
        turn: u32,
        picture: *mut Picture,
    ) -> i32;
    pub(super) fn photo_decoder_band(
        decoder: *mut Decoder,
        picture: *const Picture,
        planes: *const *mut u8,
    ) -> i32;
    pub(super) fn photo_decoder_finish(decoder: *mut Decoder) -> i32;
    pub(super) fn photo_encode(job: *mut Job) -> i32;
    #[cfg(all(test, feature = "vector-code"))]
    pub(super) fn photo_codec_simd() -> i32;
}
