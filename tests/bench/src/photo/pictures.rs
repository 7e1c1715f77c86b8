//! The photos that are measured: any folder of them, or the fixtures; what is none is named.

use std::fs;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use image::{ImageFormat, ImageReader};

/// Where a picture is from: only one that a camera took says anything of bytes and quality.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Taken,
    /// Made or enlarged by `made`.
    Made,
}

/// How the coefficients of a picture arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// A JPEG in one scan: can be streamed.
    Baseline,
    /// A JPEG in several.
    Progressive,
    /// PNG, WebP.
    Other,
}

#[derive(Debug, Clone)]
pub(super) struct Photo {
    pub(super) name: String,
    pub(super) path: PathBuf,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) bytes: u64,
    pub(super) coding: Coding,
    pub(super) origin: Origin,
}

impl Photo {
    pub(super) fn megapixels(&self) -> f64 {
        f64::from(self.width) * f64::from(self.height) / 1e6
    }

    pub(super) fn long_edge(&self) -> u32 {
        self.width.max(self.height)
    }

    /// # Errors
    /// When the file is no JPEG, PNG or WebP with a readable head.
    pub(super) fn open(path: &Path, name: String, origin: Origin) -> io::Result<Self> {
        let reader = ImageReader::open(path)?.with_guessed_format()?;
        let format = reader.format();
        let (width, height) = reader
            .into_dimensions()
            .map_err(|_| io::Error::other("no JPEG, PNG or WebP that can be read"))?;
        Ok(Self {
            coding: match format {
                Some(ImageFormat::Jpeg) => frame(BufReader::new(fs::File::open(path)?))?.coding,
                _ => Coding::Other,
            },
            bytes: fs::metadata(path)?.len(),
            name,
            path: path.to_path_buf(),
            width,
            height,
            origin,
        })
    }
}

/// A file that is not measured, and why.
#[derive(Debug)]
pub(super) struct Skipped {
    pub(super) name: String,
    pub(super) why: String,
}

/// The photos in a folder and all below it, in the order of their paths.
///
/// # Errors
/// When the folder cannot be read.
pub(super) fn in_folder(folder: &Path) -> io::Result<(Vec<Photo>, Vec<Skipped>)> {
    let mut paths = Vec::new();
    collect(folder, &mut paths)?;
    paths.sort();
    let (mut photos, mut skipped) = (Vec::new(), Vec::new());
    for path in paths {
        let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
        match Photo::open(&path, name.clone(), Origin::Taken) {
            Ok(photo) => photos.push(photo),
            Err(why) => skipped.push(Skipped {
                name,
                why: why.to_string(),
            }),
        }
    }
    Ok((photos, skipped))
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        // A link to a folder may lead back to where it is: not followed.
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), found)?;
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// The frame header of a JPEG (ITU-T T.81, B.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) coding: Coding,
    /// Where its marker begins, bytes from the start of the file.
    pub(super) at: u64,
}

/// Walks the segments to the frame header; that of a thumbnail inside a segment is none of the picture's.
///
/// # Errors
/// When the file ends before it, or holds none before its first scan.
pub(super) fn frame(mut jpeg: impl Read) -> io::Result<Frame> {
    let mut two = [0; 2];
    jpeg.read_exact(&mut two)?;
    let mut at = 2;
    loop {
        jpeg.read_exact(&mut two)?;
        let [_, mut marker] = two;
        while marker == 0xFF {
            let mut next = [0];
            jpeg.read_exact(&mut next)?;
            [marker] = next;
            at += 1;
        }
        let coding = match marker {
            0xC0 | 0xC1 => Some(Coding::Baseline),
            0xC2 => Some(Coding::Progressive),
            0xDA => return Err(io::Error::other("no frame header")),
            _ => None,
        };
        if let Some(coding) = coding {
            return Ok(Frame { coding, at });
        }
        jpeg.read_exact(&mut two)?;
        let length = u64::from(u16::from_be_bytes(two));
        io::copy(&mut jpeg.by_ref().take(length.saturating_sub(2)), &mut io::sink())?;
        at += 2 + length;
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_gives_its_pictures_and_names_the_rest() {
        let home = tempfile::tempdir().unwrap();
        let deep = home.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        let picture = image::RgbImage::from_pixel(40, 30, image::Rgb([9, 8, 7]));
        picture.save(deep.join("one.jpg")).unwrap();
        // By content, not by name.
        fs::copy(deep.join("one.jpg"), home.path().join("two.webp")).unwrap();
        picture.save(home.path().join("three.png")).unwrap();
        fs::write(home.path().join("notes.jpg"), "no picture").unwrap();
        let (photos, skipped) = in_folder(home.path()).unwrap();
        let seen: Vec<_> = photos
            .iter()
            .map(|photo| (photo.name.as_str(), photo.coding, photo.long_edge()))
            .collect();
        let wanted = [
            ("a/b/one.jpg", Coding::Baseline, 40),
            ("three.png", Coding::Other, 40),
            ("two.webp", Coding::Baseline, 40),
        ];
        assert_eq!(seen, wanted);
        let named: Vec<_> = skipped.iter().map(|file| file.name.as_str()).collect();
        assert_eq!(named, ["notes.jpg"]);
    }

    #[test]
    fn the_frame_header_is_found_past_thumbnails_and_filling_bytes() {
        let inside = b"\xFF\xE1\x00\x08\xFF\xC0\x00\x11\x08\x00";
        let jpeg = |sof| [&b"\xFF\xD8"[..], inside, &[0xFF, 0xFF, sof, 0, 17]].concat();
        let wanted = |coding| Frame { coding, at: 13 };
        assert_eq!(frame(&jpeg(0xC2)[..]).unwrap(), wanted(Coding::Progressive));
        assert_eq!(frame(&jpeg(0xC0)[..]).unwrap(), wanted(Coding::Baseline));
        assert!(frame(&jpeg(0xDA)[..]).is_err());
        assert!(frame(&b"\xFF\xD8\xFF"[..]).is_err());
    }
}
