//! Options of the commands on a picture alone.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::values;

/// Commands on a picture alone: no store, no network.
#[derive(Debug, Subcommand)]
pub(crate) enum PictureCommand {
    /// Make a photo as small as a report's, without anything but its pixels
    Shrink(ShrinkArgs),
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
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    Small,
    Fast,
}
