//! The vault: secrets are sealed with a key that is never in the database (D18). While one key replaces another there
//! are several: the first one seals, and each opens.

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

/// Seals with the first of its keys, opens with each.
pub struct KeyVault {
    seals: XChaCha20Poly1305,
    before: Vec<XChaCha20Poly1305>,
}

impl KeyVault {
    /// With the keys of the setting, separated by commas, or those of the file in the data directory, one in each
    /// line. A file that is missing is made.
    pub fn open(setting: Option<&str>, data_dir: &Path) -> Result<Self, KeyError> {
        if let Some(text) = setting {
            return Self::with(text.split(','), "SLIPWAY_SECRET_KEY");
        }
        let path = key_file(data_dir);
        let file = |source| KeyError::File { path: path.clone(), source };
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => make(&path).map_err(file)?,
            Err(error) => return Err(file(error)),
        };
        Self::with(text.lines(), &path.display().to_string())
    }

    /// Is there a file with keys, without making one?
    pub fn has_file(data_dir: &Path) -> bool {
        key_file(data_dir).exists()
    }

    fn with<'a>(keys: impl Iterator<Item = &'a str>, from: &str) -> Result<Self, KeyError> {
        let mut ciphers = keys.map(cipher);
        let bad = || KeyError::NoKey { from: from.to_owned() };
        let seals = ciphers.next().flatten().ok_or_else(bad)?;
        let before = ciphers.collect::<Option<Vec<_>>>().ok_or_else(bad)?;
        Ok(Self { seals, before })
    }

    /// The same secret under the first key: as it is, if that is its key already. None if no key opens it.
    pub fn renewed(&self, sealed: &Sealed) -> Option<Sealed> {
        if opened(&self.seals, sealed).is_some() {
            return Some(sealed.clone());
        }
        Some(self.seal(&self.open(sealed).ok()?))
    }
}

fn cipher(text: &str) -> Option<XChaCha20Poly1305> {
    let bytes = BASE64_STANDARD.decode(text.trim()).ok()?;
    let bytes = <[u8; KEY_BYTES]>::try_from(bytes).ok()?;
    Some(XChaCha20Poly1305::new(&Key::from(bytes)))
}

fn opened(cipher: &XChaCha20Poly1305, sealed: &Sealed) -> Option<String> {
    let bytes = BASE64_STANDARD.decode(sealed.as_str()).ok()?;
    let (nonce, sealed) = bytes.split_at_checked(NONCE_BYTES)?;
    let nonce = <[u8; NONCE_BYTES]>::try_from(nonce).ok()?;
    let plain = cipher.decrypt(&XNonce::from(nonce), sealed).ok()?;
    String::from_utf8(plain).ok()
}

fn key_file(data_dir: &Path) -> PathBuf {
    data_dir.join("secret.key")
}

/// Makes a key in a file that nobody else can read. Of two that do so at once, both use the first one's.
fn make(path: &Path) -> std::io::Result<String> {
    match write_new(path, &new_key()) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => fs::read_to_string(path),
        made => made.and_then(|()| fs::read_to_string(path)),
    }
}

fn new_key() -> String {
    BASE64_STANDARD.encode(random::<KEY_BYTES>())
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{text}")?;
    file.sync_all()
}

/// Puts a new key before those of the file: it seals from the next start of a server on.
pub fn add_key(data_dir: &Path) -> Result<(), KeyError> {
    rewrite(data_dir, |keys| format!("{}\n{keys}", new_key()))
}

/// Leaves the file only its first key.
pub fn drop_older_keys(data_dir: &Path) -> Result<(), KeyError> {
    rewrite(data_dir, |keys| keys.lines().next().unwrap_or_default().to_owned())
}

/// The file is whole at every moment, also when the machine stops in the middle.
fn rewrite(data_dir: &Path, change: impl Fn(&str) -> String) -> Result<(), KeyError> {
    let path = key_file(data_dir);
    let aside = path.with_extension("key.new");
    let change = || {
        let keys = fs::read_to_string(&path)?;
        match fs::remove_file(&aside) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => write_new(&aside, change(keys.trim()).trim())?,
        }
        fs::rename(&aside, &path)
    };
    change().map_err(|source| KeyError::File { path: path.clone(), source })
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
        let sealed = self.seals.encrypt(&XNonce::from(nonce), plain.as_bytes()).unwrap_or_default();
        Sealed::new(BASE64_STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn open(&self, sealed: &Sealed) -> Result<String, VaultError> {
        let mut keys = std::iter::once(&self.seals).chain(&self.before);
        keys.find_map(|key| opened(key, sealed)).ok_or(VaultError)
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
        let another = if text.as_bytes()[40] == b'A' { "B" } else { "A" };
        text.replace_range(40..41, another);
        assert!(vault.open(&Sealed::new(text)).is_err());
        assert!(vault.open(&Sealed::new("short".to_owned())).is_err());
    }

    #[test]
    fn d18_a_new_key_seals_while_the_one_before_still_opens_until_it_is_dropped() {
        let (folder, vault) = vault();
        let sealed = vault.seal("hunter2");
        add_key(folder.path()).unwrap();
        let both = KeyVault::open(None, folder.path()).unwrap();
        assert_eq!(both.open(&sealed).unwrap(), "hunter2");
        assert!(vault.open(&both.seal("new")).is_err(), "the new key seals");
        let renewed = both.renewed(&sealed).unwrap();
        assert_eq!(both.renewed(&renewed).unwrap(), renewed, "what has its key keeps its form");

        drop_older_keys(folder.path()).unwrap();
        let after = KeyVault::open(None, folder.path()).unwrap();
        assert_eq!(after.open(&renewed).unwrap(), "hunter2");
        assert!(after.open(&sealed).is_err() && after.renewed(&sealed).is_none());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing lies about");
    }

    #[test]
    fn d18_a_setting_may_have_several_keys_and_each_must_be_one() {
        let (one, other) = (new_key(), new_key());
        let vault = |keys: &str| KeyVault::open(Some(keys), Path::new("/"));
        let sealed = vault(&one).unwrap().seal("hunter2");
        assert_eq!(vault(&format!("{other},{one}")).unwrap().open(&sealed).unwrap(), "hunter2");
        assert!(vault(&format!("{other},nonsense")).is_err() && vault("").is_err());
    }

    #[test]
    fn the_key_file_is_nobody_elses_business() {
        use std::os::unix::fs::PermissionsExt;
        let (folder, _vault) = vault();
        add_key(folder.path()).unwrap();
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
