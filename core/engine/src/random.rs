//! Where randomness comes from: the operating system, or a seed in tests.

use phananh_domain::time::Timestamp;

use crate::error::{Error, Result};

/// A source of random bytes.
#[derive(Debug, Default)]
pub(crate) enum Random {
    /// The operating system's.
    #[default]
    System,
    /// A counter stretched by SHA-256: the same bytes in the same order for the same seed.
    #[cfg(any(test, feature = "harness"))]
    Seeded(std::sync::atomic::AtomicU64, u64),
}

impl Random {
    /// `N` random bytes.
    ///
    /// # Errors
    /// The operating system has none (never seen on a phone; seen in early boot).
    pub(crate) fn bytes<const N: usize>(&self) -> Result<[u8; N]> {
        let mut out = [0_u8; N];
        match self {
            Self::System => getrandom::fill(&mut out).map_err(|_| Error::Internal)?,
            #[cfg(any(test, feature = "harness"))]
            Self::Seeded(counter, seed) => {
                use sha2::{Digest, Sha256};
                for chunk in out.chunks_mut(32) {
                    let n = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let digest = Sha256::digest([seed.to_le_bytes(), n.to_le_bytes()].concat());
                    for (byte, random) in chunk.iter_mut().zip(digest) {
                        *byte = random;
                    }
                }
            }
        }
        Ok(out)
    }

    /// A random number.
    pub(crate) fn number(&self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.bytes()?))
    }
}

/// Mints ids of the domain: an instant and ten random bytes.
macro_rules! mint {
    ($name:ident, $id:ident) => {
        impl Random {
            #[doc = concat!("A new `", stringify!($id), "`.")]
            pub(crate) fn $name(&self, now: Timestamp) -> Result<phananh_domain::id::$id> {
                Ok(phananh_domain::id::$id::mint(now, self.bytes()?))
            }
        }
    };
}
mint!(report_id, ReportId);
mint!(submission_id, SubmissionId);
mint!(attachment_id, AttachmentId);
mint!(job_id, JobId);
mint!(message_id, MessageId);
mint!(key, Key);
