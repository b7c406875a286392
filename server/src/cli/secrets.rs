//! Replacing the key that seals secrets, while the console goes on: a new key is added, servers are started anew,
//! everything is sealed anew, and the key before is dropped (D18).

use anyhow::bail;
use clap::{Args, Subcommand};

use super::{administration::Database, client::AppArgs};
use crate::vault::{KeyVault, add_key, drop_older_keys};

/// About secrets, and the key that seals them.
#[derive(Debug, Subcommand)]
pub enum SecretsCommand {
    /// Show how old the secrets of an application are and what uses them, through the server
    List(AppArgs),
    /// Put a new key before the one in the data directory; it seals as soon as a server is started anew
    AddKey(Keys),
    /// Seal everything under the first key, and drop the others; every server must have been started anew before
    Reseal(Keys),
}

/// Which keys, and what they seal.
#[derive(Debug, Args)]
pub struct Keys {
    #[command(flatten)]
    database: Database,
    /// The keys in place of those in the data directory, the new one first, separated by a comma
    #[arg(long, env = "SLIPWAY_SECRET_KEY", value_name = "KEYS", hide_env_values = true)]
    secret_key: Option<String>,
}

impl SecretsCommand {
    /// Does it.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            Self::List(app) => Ok(app.secrets().await?),
            Self::AddKey(keys) => keys.add(),
            Self::Reseal(keys) => keys.reseal().await,
        }
    }
}

impl Keys {
    fn add(&self) -> anyhow::Result<()> {
        if self.secret_key.is_some() {
            bail!(
                "the key is in SLIPWAY_SECRET_KEY; write a new one and a comma before it (openssl rand -base64 32), \
                 and start every server anew"
            );
        }
        KeyVault::open(None, &self.database.data_dir)?;
        add_key(&self.database.data_dir)?;
        println!("There is a new key. Start every server anew, then run: slipway secrets reseal");
        Ok(())
    }

    async fn reseal(&self) -> anyhow::Result<()> {
        let store = self.database.existing().await?;
        let vault = KeyVault::open(self.secret_key.as_deref(), &self.database.data_dir)?;
        loop {
            let done = store.reseal(|sealed| vault.renewed(sealed)).await?;
            if done.generations + done.others > 0 {
                let (generations, others) = (done.generations, done.others);
                println!("Sealed anew: {generations} configurations, {others} drafts, sessions and answers.");
            }
            if done.open > 0 {
                bail!("{} operations are under way; run this again when they have ended", done.open);
            }
            if done.generations + done.others == 0 {
                break;
            }
        }
        if self.secret_key.is_some() {
            println!("Everything is sealed under the first key. Take the others out of SLIPWAY_SECRET_KEY.");
        } else {
            drop_older_keys(&self.database.data_dir)?;
            println!("Everything is sealed under the new key; the one before is gone.");
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::{fs, path::Path};

    use clap::Parser;
    use jiff::{SignedDuration, Timestamp};
    use slipway_domain::{
        ids::{ApplicationId, Ids, OperationId},
        image::ImageRef,
        names::{ApplicationName, ComponentName, ProjectName},
        operation::{Progress, Step},
        people::Member,
        ports::{Journal, Vault},
        release::ReleaseVersion,
        spec::{ApplicationSpec, ComponentSpec},
    };
    use slipway_store::{Asked, NewApplication, Origin, Store};

    use super::*;
    use crate::clock::SystemIds;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        command: SecretsCommand,
    }

    async fn run(command: &str, folder: &Path) -> anyhow::Result<()> {
        let folder = folder.display().to_string();
        Line::try_parse_from(["slipway", command, "--data-dir", &folder]).unwrap().command.run().await
    }

    /// An application with a secret, whose deployment is under way.
    pub(in crate::cli) async fn deploy(store: &Store, vault: &KeyVault) -> ApplicationId {
        let image = ImageRef::parse("example.com/web:1").unwrap();
        let mut web = ComponentSpec::new(ComponentName::parse("web").unwrap(), image);
        web.secrets.insert("TOKEN".to_owned(), vault.seal("hunter2"));
        let spec = ApplicationSpec {
            id: ApplicationId(SystemIds::new().next()),
            name: ApplicationName::parse("shop").unwrap(),
            generation: 1,
            project: ProjectName::parse("shop").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            release: String::new(),
            admins: vec![Member::parse("ana")],
            users: Vec::new(),
            wishes: std::collections::BTreeMap::new(),
            database: None,
            database_password: Some(vault.seal("hunter3")),
            components: vec![web],
        };
        let asked = Asked {
            actor_id: "id-of-ana",
            actor: "ana",
            at: Timestamp::UNIX_EPOCH,
            operation: OperationId(SystemIds::new().next()),
            origin: Origin::NONE,
        };
        store.accept(&NewApplication { spec: &spec, idempotency_key: "" }, &asked).await.unwrap();
        spec.id
    }

    async fn finish(store: &Store) {
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(9);
        let job = store.claim("me", now, now).await.unwrap().unwrap();
        let over = Progress::Succeeded { at: now };
        assert!(store.advance(job.operation.id, "me", &over, None, now, now).await.unwrap());
        assert_eq!(job.operation.progress, Progress::Open { step: Step::Accepted });
    }

    #[tokio::test]
    async fn d18_a_key_is_replaced_and_the_one_before_opens_nothing_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let url = format!("sqlite:{}", data.join("slipway.db").display());
        let store = Store::open(&url).await.unwrap();
        let before = KeyVault::open(None, data).unwrap();
        let id = deploy(&store, &before).await;
        store.keep_draft("draft", "ana", &before.seal("typed"), Timestamp::UNIX_EPOCH).await.unwrap();

        run("add-key", data).await.unwrap();
        let error = run("reseal", data).await.unwrap_err().to_string();
        assert_eq!(error, "1 operations are under way; run this again when they have ended");
        assert_eq!(fs::read_to_string(data.join("secret.key")).unwrap().lines().count(), 2);
        finish(&store).await;
        run("reseal", data).await.unwrap();
        assert_eq!(fs::read_to_string(data.join("secret.key")).unwrap().lines().count(), 1);

        let after = KeyVault::open(None, data).unwrap();
        let spec = store.generation(id, 1).await.unwrap().unwrap();
        let token = &spec.components[0].secrets["TOKEN"];
        assert_eq!(after.open(token).unwrap(), "hunter2");
        assert_eq!(after.open(spec.database_password.as_ref().unwrap()).unwrap(), "hunter3");
        assert!(before.open(token).is_err());
        let (_, draft) = store.draft("draft", "ana").await.unwrap().unwrap();
        assert_eq!(after.open(&draft).unwrap(), "typed");
    }

    #[tokio::test]
    async fn d18_nothing_is_sealed_anew_when_a_key_is_missing() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path();
        let store = Store::open(&format!("sqlite:{}", data.join("slipway.db").display())).await.unwrap();
        let stranger = tempfile::tempdir().unwrap();
        deploy(&store, &KeyVault::open(None, stranger.path()).unwrap()).await;
        finish(&store).await;
        KeyVault::open(None, data).unwrap();
        let error = format!("{:#}", run("reseal", data).await.unwrap_err());
        assert!(error.contains("no key opens the secrets of generation 1 of shop"), "{error}");
    }
}
