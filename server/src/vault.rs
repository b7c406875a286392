//! The vault: secrets are sealed with a key that is never in the database (D18).

use std::{
    fs,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce, aead::Aead};
use rand::Rng;
use slipway_domain::{
    ports::{Vault, VaultError},
    sealed::Sealed,
};

/// How long a key is.
const KEY_BYTES: usize = 32;
/// How long a nonce is: long enough to be drawn by lot.
const NONCE_BYTES: usize = 24;

/// Why there is no key. Each is a sentence that names the setting.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Not 32 bytes in base64.
    #[error("{from} is not a key; write 32 random bytes in base64, for example of: openssl rand -base64 32")]
    NoKey {
        /// The setting or the file.
        from: String,
    },
    /// The file cannot be read or made.
    #[error("the key file {} cannot be used; check SLIPWAY_DATA_DIR and its permissions", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Seals and opens with one key.
pub struct KeyVault {
    cipher: XChaCha20Poly1305,
}

impl KeyVault {
    /// With the key of the setting, or that of the file in the data directory, which is made if it is missing.
    pub fn open(setting: Option<&str>, data_dir: &Path) -> Result<Self, KeyError> {
        if let Some(text) = setting {
            return Self::with(text, "SLIPWAY_SECRET_KEY");
        }
        let path = data_dir.join("secret.key");
        let file = |source| KeyError::File { path: path.clone(), source };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&path).map_err(file)?,
            Err(error) => return Err(file(error)),
        };
        Self::with(&text, &path.display().to_string())
    }

    fn with(text: &str, from: &str) -> Result<Self, KeyError> {
        let bytes = BASE64_STANDARD
            .decode(text.trim())
            .ok()
            .and_then(|bytes| <[u8; KEY_BYTES]>::try_from(bytes).ok());
        let bytes = bytes.ok_or_else(|| KeyError::NoKey { from: from.to_owned() })?;
        Ok(Self { cipher: XChaCha20Poly1305::new(&Key::from(bytes)) })
    }
}

/// Makes a key in a file that nobody else can read. Of two that do so at once, both use the first one's.
fn make(path: &Path) -> std::io::Result<String> {
    let mut options = fs::OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(path) {
        Ok(mut file) => {
            let text = BASE64_STANDARD.encode(random::<KEY_BYTES>());
            file.write_all(text.as_bytes())?;
            file.sync_all()?;
            Ok(text)
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => fs::read_to_string(path),
        Err(error) => Err(error),
    }
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::rng().fill_bytes(&mut bytes);
    bytes
}

impl Vault for KeyVault {
    fn seal(&self, plain: &str) -> Sealed {
        let nonce = random::<NONCE_BYTES>();
        // It fails only for texts of many gigabytes, which no form lets in; nothing is better than plain text.
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), plain.as_bytes()).unwrap_or_default();
        Sealed::new(BASE64_STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn open(&self, sealed: &Sealed) -> Result<String, VaultError> {
        let bytes = BASE64_STANDARD.decode(sealed.as_str()).map_err(|_| VaultError)?;
        let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES).ok_or(VaultError)?;
        let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).map_err(|_| VaultError)?;
        let plain = self.cipher.decrypt(&XNonce::from(nonce), sealed).map_err(|_| VaultError)?;
        String::from_utf8(plain).map_err(|_| VaultError)
    }

    fn make_up(&self) -> String {
        // Letters and digits only: it may become part of an address.
        random::<KEY_BYTES>().iter().map(|byte| ALPHABET[usize::from(byte % 32)] as char).collect()
    }
}

/// 32 characters, so that every byte chooses each as often; without those that people confuse.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

#[cfg(test)]
mod tests {
    use super::*;

    fn vault() -> (tempfile::TempDir, KeyVault) {
        let folder = tempfile::tempdir().unwrap();
        let vault = KeyVault::open(None, folder.path()).unwrap();
        (folder, vault)
    }

    #[test]
    fn d18_what_was_sealed_is_opened_by_the_same_key_after_a_restart() {
        let (folder, vault) = vault();
        let sealed = vault.seal("hunter2");
        assert!(!sealed.as_str().contains("hunter2"));
        assert_ne!(sealed, vault.seal("hunter2"));
        let again = KeyVault::open(None, folder.path()).unwrap();
        assert_eq!(again.open(&sealed).unwrap(), "hunter2");
    }

    #[test]
    fn d18_another_key_or_a_changed_text_opens_nothing() {
        let ((_one, vault), (_other, stranger)) = (vault(), vault());
        let sealed = vault.seal("hunter2");
        assert!(stranger.open(&sealed).is_err());
        let mut text = sealed.as_str().to_owned();
        let last = if text.ends_with('A') { 'B' } else { 'A' };
        text.replace_range(40..41, &last.to_string());
        assert!(vault.open(&Sealed::new(text)).is_err());
        assert!(vault.open(&Sealed::new("short".to_owned())).is_err());
    }

    #[test]
    fn the_key_file_is_nobody_elses_business() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, _vault) = vault();
        let mode = fs::metadata(folder.path().join("secret.key")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn a_setting_that_is_no_key_is_refused_and_not_shown() {
        let error = KeyVault::open(Some("hunter2"), Path::new("/")).err().unwrap().to_string();
        assert!(error.contains("SLIPWAY_SECRET_KEY") && !error.contains("hunter2"), "{error}");
    }

    #[test]
    fn what_is_made_up_is_long_and_never_the_same() {
        let (_folder, vault) = vault();
        let (one, other) = (vault.make_up(), vault.make_up());
        assert!(one.len() == 32 && one != other, "{one} {other}");
    }
}
