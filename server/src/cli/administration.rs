//! What an operator does to the database itself, with the same settings as the server: no server needs to run.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use slipway_domain::audit::Verdict;
use slipway_store::Store;

use super::{
    backup::{BackupArgs, RestoreArgs},
    client::AuditArgs,
    image::ImageArgs,
    secrets::SecretsCommand,
};

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Administration {
    /// Search the audit trail, or check that it is whole
    #[command(subcommand)]
    Audit(AuditCommand),
    /// Bring the schema of the database up to date, as its owner
    Migrate {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// A PostgreSQL role that may then use everything, and may only add to the audit trail
        #[arg(long, value_name = "ROLE")]
        grant_to: Option<String>,
    },
    /// Write the whole database into a file, while servers go on
    Backup(BackupArgs),
    /// Put a backup into a database that nobody has used, of either kind
    Restore(RestoreArgs),
    /// Show how old the secrets of an application are, or replace the key that seals them all
    #[command(subcommand)]
    Secrets(SecretsCommand),
    /// Make a container image of this program, without a container engine
    Image(ImageArgs),
}

/// About the audit trail.
#[derive(Debug, Subcommand)]
pub enum AuditCommand {
    /// Check that no row was changed or taken out, and name the first one that was
    Verify {
        /// The database.
        #[command(flatten)]
        database: Database,
        /// The head that an earlier check printed: NUMBER:HASH. It must still be there.
        #[arg(long, value_name = "HEAD")]
        head: Option<String>,
    },
    /// Search it through the server
    List(AuditArgs),
    /// All of it through the server, a JSON document in each line
    Export(AuditArgs),
}

/// Which database.
#[derive(Debug, Args)]
pub struct Database {
    /// Where the database file is kept
    #[arg(long, env = "SLIPWAY_DATA_DIR", default_value = "./var")]
    pub(super) data_dir: PathBuf,
    /// sqlite:<file>, or postgres://… [default: a file in the data directory]
    #[arg(long, env = "SLIPWAY_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,
}

impl Database {
    fn url(&self) -> String {
        let default = || format!("sqlite:{}", self.data_dir.join("slipway.db").display());
        self.database_url.clone().unwrap_or_else(default)
    }

    /// One that is there, or a new one.
    pub(super) async fn made(&self) -> anyhow::Result<Store> {
        Ok(Store::open(&self.url()).await?)
    }

    /// The folder of a database file that is not there yet.
    pub(super) fn make_place(&self) -> anyhow::Result<()> {
        let make = || std::fs::create_dir_all(&self.data_dir);
        make().with_context(|| {
            format!("the data directory {} cannot be made; check SLIPWAY_DATA_DIR", self.data_dir.display())
        })
    }

    /// One that is there: a look must not make an empty one.
    pub(super) async fn existing(&self) -> anyhow::Result<Store> {
        let url = self.url();
        if let Some(file) = url.strip_prefix("sqlite:").map(|file| file.trim_start_matches("//"))
            && !std::path::Path::new(file).exists()
        {
            bail!("there is no database {file}; set SLIPWAY_DATA_DIR or SLIPWAY_DATABASE_URL");
        }
        Ok(Store::open(&url).await?)
    }
}

/// Runs one.
pub async fn administer(command: Administration) -> anyhow::Result<()> {
    match command {
        Administration::Audit(AuditCommand::Verify { database, head }) => {
            let store = database.existing().await?;
            let verdict = store.verify_audit().await?;
            let expected = head.as_deref().map(parse).transpose()?;
            if let Some((seq, hash)) = &expected {
                let below = seq.saturating_add(1);
                let found = store.search_audit(&slipway_domain::audit::Filter::default(), below, 1).await?;
                if verdict.broken.is_none()
                    && found.first().is_none_or(|row| (row.seq, &row.hash) != (*seq, hash))
                {
                    bail!("row {seq} of the audit trail is not the one that the given head names");
                }
            }
            println!("{}", told(&verdict)?);
            Ok(())
        }
        Administration::Audit(AuditCommand::List(args)) => Ok(args.list().await?),
        Administration::Audit(AuditCommand::Export(args)) => Ok(args.export().await?),
        Administration::Migrate { database, grant_to } => {
            let store = database.made().await?;
            if let Some(role) = grant_to {
                store.grant_to(&role).await?;
            }
            println!("The database is up to date.");
            Ok(())
        }
        Administration::Backup(args) => args.run().await,
        Administration::Restore(args) => args.run().await,
        Administration::Secrets(command) => command.run().await,
        Administration::Image(args) => args.run().await,
    }
}

fn parse(head: &str) -> anyhow::Result<(i64, String)> {
    let (seq, hash) = head.split_once(':').context("a head is written NUMBER:HASH")?;
    Ok((seq.parse().context("a head is written NUMBER:HASH")?, hash.to_owned()))
}

/// One line for a whole trail; an error, and so an exit code, for one that is not.
fn told(verdict: &Verdict) -> anyhow::Result<String> {
    if let Some((seq, flaw)) = verdict.broken {
        bail!("row {seq} of the audit trail {}; {} rows before it are whole", flaw.label(), verdict.rows);
    }
    let older = if verdict.since > 1 {
        format!(" {} older rows are not covered.", verdict.since - 1)
    } else {
        String::new()
    };
    let head = verdict.head.as_ref().map(|(seq, hash)| format!(" Head {seq}:{hash}")).unwrap_or_default();
    Ok(format!("The audit trail is whole: {} rows.{older}{head}", verdict.rows))
}
