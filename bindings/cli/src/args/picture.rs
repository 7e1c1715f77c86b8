//! Options of the commands on a picture alone.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::values;

/// Commands on a picture alone: no store, no network.
#[derive(Debug, Subcommand)]
pub(crate) enum PictureCommand {
    /// Make a photo as small as a report's, without anything but its pixels
    Shrink(ShrinkArgs),
    /// Tell how near pictures are to the photo they were made of, by SSIMULACRA2
    ///
    /// 100: no difference. About 90: not to be told apart. 70: high quality. 50: middling. 30: low. The original is decoded
    /// whole by another decoder, turned upright, brought to sRGB, and resized (Lanczos3) to each picture's size.
    Score(ScoreArgs),
    /// Name what a picture file holds beside its pixels
    Audit {
        /// JPEG, PNG, WebP, HEIC
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct ShrinkArgs {
    /// JPEG, PNG, WebP
    #[arg(value_name = "IN")]
    pub(crate) from: PathBuf,
    /// Where the JPEG goes; written only when it is whole
    #[arg(value_name = "OUT")]
    pub(crate) to: PathBuf,
    /// The smallest file for the picture, or the least work
    #[arg(long, value_name = "small|fast", default_value = "small")]
    pub(crate) preset: Preset,
    /// Longest edge, pixels
    #[arg(long, value_name = "N", default_value_t = 1600, value_parser = clap::value_parser!(u32).range(16..=65_535))]
    pub(crate) max_edge: u32,
    /// Most bytes, plain or with KB or MB
    #[arg(long, value_name = "N", default_value = "300KB", value_parser = values::bytes)]
    pub(crate) max_bytes: u64,
    /// Write a small copy of 320 pixels too
    #[arg(long, value_name = "FILE")]
    pub(crate) thumbnail: Option<PathBuf>,
    /// Tell how near the picture is to the original, by SSIMULACRA2: 100 no difference, 90 not to be told apart, 70 high.
    /// Decodes the original whole, which takes far more time and memory
    #[arg(long)]
    pub(crate) score: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ScoreArgs {
    /// The photo: JPEG, PNG, WebP
    #[arg(value_name = "ORIGINAL")]
    pub(crate) original: PathBuf,
    /// What was made of it: JPEG, PNG, WebP
    #[arg(value_name = "PICTURE", required = true)]
    pub(crate) pictures: Vec<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    Small,
    Fast,
}
