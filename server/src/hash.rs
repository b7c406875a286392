//! SHA-256, as text.

use sha2::{Digest, Sha256};

/// The hash of some bytes in hexadecimal digits.
pub fn sha256(bytes: impl AsRef<[u8]>) -> String {
    hex::encode(Sha256::digest(bytes))
}
