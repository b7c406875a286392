//! A backup is the whole database as a file, whatever kind the database is; it comes back into either kind. The key
//! that seals secrets is no part of it, and is asked for before anything comes back.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use slipway_domain::{ports::Vault, sealed::Sealed};
use slipway_store::Store;

use super::administration::Database;
use crate::vault::KeyVault;

/// Where it goes.
#[derive(Debug, Args)]
pub struct BackupArgs {
    /// The file, which must not be there yet
    file: PathBuf,
    #[command(flatten)]
    database: Database,
}

/// Where it comes from.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The file that slipway backup has written
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    /// The keys in place of those in the data directory
    #[arg(long, env = "SLIPWAY_SECRET_KEY", value_name = "KEYS", hide_env_values = true)]
    secret_key: Option<String>,
    /// Restore it though no key opens its secrets: they have to be typed again
    #[arg(long)]
    without_key: bool,
}

impl BackupArgs {
    /// Writes it, while servers go on.
    pub async fn run(self) -> anyhow::Result<()> {
        let file = &self.file;
        if file.exists() {
            bail!("{} is there already; name a file that is not", file.display());
        }
        let store = self.database.existing().await?;
        // The name is given to what is whole.
        let unfinished = beside(file, "unfinished");
        remove(&unfinished)?;
        let copied = copy(&store, &unfinished).await;
        if copied.is_err() {
            remove(&unfinished)?;
        }
        let rows = copied?;
        fs::rename(&unfinished, file).with_context(|| format!("{} cannot be written", file.display()))?;
        println!(
            "{rows} rows are in {}. Keep the key that seals secrets as well: it is not in it.",
            file.display()
        );
        Ok(())
    }
}

async fn copy(store: &Store, file: &Path) -> anyhow::Result<u64> {
    let target = Store::open(&format!("sqlite:{}", file.display())).await?;
    let rows = store.copy_to(&target).await;
    target.close().await;
    Ok(rows?)
}

impl RestoreArgs {
    /// Puts it into a database that nobody has used.
    pub async fn run(self) -> anyhow::Result<()> {
        let file = &self.file;
        if !file.is_file() {
            bail!("there is no backup {}", file.display());
        }
        self.database.make_place()?;
        // Opening brings the schema up to date; the backup itself stays as it is.
        let copy = beside(file, "restoring");
        remove(&copy)?;
        fs::copy(file, &copy).with_context(|| format!("{} cannot be written", copy.display()))?;
        let rows = self.restore(&copy).await;
        remove(&copy)?;
        println!("{} rows are back. Start the servers; everybody signs in again.", rows?);
        Ok(())
    }

    async fn restore(&self, copy: &Path) -> anyhow::Result<u64> {
        let backup = Store::open(&format!("sqlite:{}", copy.display())).await?;
        let key = if self.without_key { Ok(()) } else { self.check_key(&backup).await };
        let rows = match key {
            Ok(()) => self.fill(&backup).await,
            Err(error) => Err(error),
        };
        backup.close().await;
        rows
    }

    async fn fill(&self, backup: &Store) -> anyhow::Result<u64> {
        let target = self.database.made().await?;
        let rows = backup.copy_to(&target).await;
        target.close().await;
        Ok(rows?)
    }

    /// Every secret is opened once. Nothing makes up a key here: it would open nothing.
    async fn check_key(&self, backup: &Store) -> anyhow::Result<()> {
        let data_dir = &self.database.data_dir;
        let vault = if self.secret_key.is_some() || KeyVault::has_file(data_dir) {
            Some(KeyVault::open(self.secret_key.as_deref(), data_dir)?)
        } else {
            None
        };
        let opens = |sealed: &Sealed| vault.as_ref().is_some_and(|vault| vault.open(sealed).is_ok());
        let checked = backup.reseal(|sealed| opens(sealed).then(|| sealed.clone())).await;
        checked.map(|_| ()).with_context(|| {
            format!(
                "the key of this backup is missing; put its secret.key into {}, or its key into SLIPWAY_SECRET_KEY \
                 (--without-key restores the rest, and secrets have to be typed again)",
                data_dir.display()
            )
        })
    }
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// The file, and what its database writes beside it.
fn remove(file: &Path) -> anyhow::Result<()> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        match fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error)
                    .with_context(|| format!("{} cannot be removed", Path::new(&name).display()));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use slipway_domain::ports::Journal;

    use super::*;
    use crate::cli::secrets::tests::deploy;

    #[derive(Parser)]
    enum Line {
        Backup(BackupArgs),
        Restore(RestoreArgs),
    }

    async fn run(arguments: &[&str]) -> anyhow::Result<()> {
        match Line::try_parse_from([&["slipway"], arguments].concat()).unwrap() {
            Line::Backup(args) => args.run().await,
            Line::Restore(args) => args.run().await,
        }
    }

    fn url(data: &Path) -> String {
        format!("sqlite:{}", data.join("slipway.db").display())
    }

    /// Names of files, without what an open database has beside itself.
    fn files(folder: &Path) -> Vec<String> {
        let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = all.map(|name| name.into_string().unwrap()).collect();
        names.retain(|name| !name.ends_with("-wal") && !name.ends_with("-shm"));
        names.sort();
        names
    }

    #[tokio::test]
    async fn d24_a_backup_of_a_working_console_comes_back_with_its_key_and_goes_on() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let kept = tempfile::tempdir().unwrap();
        let file = kept.path().join("monday.db").display().to_string();
        let (from, to) = (old.path().display().to_string(), new.path().display().to_string());
        // It works on meanwhile: the database stays open.
        let store = Store::open(&url(old.path())).await.unwrap();
        let vault = KeyVault::open(None, old.path()).unwrap();
        let id = deploy(&store, &vault).await;
        run(&["backup", &file, "--data-dir", &from]).await.unwrap();
        assert_eq!(files(kept.path()), ["monday.db"]);
        let error = run(&["backup", &file, "--data-dir", &from]).await.unwrap_err().to_string();
        assert!(error.ends_with("monday.db is there already; name a file that is not"), "{error}");

        // Without the key nothing comes back, and nothing is left behind.
        let error = format!("{:#}", run(&["restore", &file, "--data-dir", &to]).await.unwrap_err());
        assert!(error.starts_with("the key of this backup is missing; put its secret.key into"), "{error}");
        assert!(error.contains("no key opens the secrets of generation 1 of shop"), "{error}");
        assert!(files(new.path()).is_empty(), "{:?}", files(new.path()));
        KeyVault::open(None, new.path()).unwrap();
        let error = format!("{:#}", run(&["restore", &file, "--data-dir", &to]).await.unwrap_err());
        assert!(error.starts_with("the key of this backup is missing"), "another key is as good as none");

        fs::copy(old.path().join("secret.key"), new.path().join("secret.key")).unwrap();
        run(&["restore", &file, "--data-dir", &to]).await.unwrap();
        assert_eq!(files(kept.path()), ["monday.db"]);
        assert_eq!(files(new.path()), ["secret.key", "slipway.db"]);
        let restored = Store::open(&url(new.path())).await.unwrap();
        let spec = restored.generation(id, 1).await.unwrap().unwrap();
        let vault = KeyVault::open(None, new.path()).unwrap();
        assert_eq!(vault.open(&spec.components[0].secrets["TOKEN"]).unwrap(), "hunter2");
        let now = jiff::Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_secs(9);
        let job = restored.claim("me", now, now).await.unwrap().unwrap();
        assert_eq!(job.spec.id, id, "what was under way goes on");

        let error = run(&["restore", &file, "--data-dir", &to]).await.unwrap_err().to_string();
        assert!(error.contains("holds applications already"), "{error}");
    }

    #[tokio::test]
    async fn d24_a_backup_whose_key_is_lost_comes_back_only_if_that_is_said() {
        let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let file = old.path().join("backup.db").display().to_string();
        let (from, to) = (old.path().display().to_string(), new.path().display().to_string());
        let store = Store::open(&url(old.path())).await.unwrap();
        let id = deploy(&store, &KeyVault::open(None, old.path()).unwrap()).await;
        run(&["backup", &file, "--data-dir", &from]).await.unwrap();
        run(&["restore", &file, "--data-dir", &to, "--without-key"]).await.unwrap();
        let restored = Store::open(&url(new.path())).await.unwrap();
        assert!(restored.generation(id, 1).await.unwrap().is_some());
    }

    #[tokio::test]
    async fn d24_what_is_no_backup_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (data, file) = (folder.path().join("data").display().to_string(), folder.path().join("text"));
        let name = file.display().to_string();
        let error = run(&["restore", &name, "--data-dir", &data]).await.unwrap_err().to_string();
        assert!(error.starts_with("there is no backup"), "{error}");
        fs::write(&file, "this is a letter, and much longer than a header. ".repeat(40)).unwrap();
        let error = run(&["restore", &name, "--data-dir", &data]).await.unwrap_err().to_string();
        assert!(error.contains("is not a SQLite database"), "{error}");
        assert_eq!(files(folder.path()), ["data", "text"]);
        let error = run(&["backup", "x.db", "--data-dir", &data]).await.unwrap_err().to_string();
        assert!(error.starts_with("there is no database"), "{error}");
    }
}
