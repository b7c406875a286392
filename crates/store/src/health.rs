//! Whether the database can be used, and which one it is.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use slipway_domain::ports::PortError;
use tokio::task::spawn_blocking;

use crate::{Store, rows::failed};

const WHAT: &str = "asking the database";

/// Where a database is.
#[derive(Debug)]
pub(crate) enum Place {
    /// In a file; with what told it from all other files when it was opened.
    File(PathBuf, Option<Identity>),
    /// At a server: host, port and name.
    Server(String),
}

/// Device and number of a file.
type Identity = (u64, u64);

/// The open file is no longer the one at its place: whatever is written goes where nobody will look.
#[derive(Debug, thiserror::Error)]
#[error("the database file {} was moved away, removed or replaced", .0.display())]
pub struct MovedAway(PathBuf);

/// The database that answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The version of SQLite or of the server.
    pub version: String,
    /// The step that the schema is at.
    pub schema: i64,
}

impl Place {
    pub(crate) fn file(path: PathBuf) -> Self {
        let identity = identity(&path).ok();
        Self::File(path, identity)
    }

    fn check(&self) -> Result<(), PortError> {
        let Self::File(path, Some(opened)) = self else { return Ok(()) };
        match identity(path) {
            Ok(found) if found == *opened => Ok(()),
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(PortError::new(WHAT, error)),
            _ => Err(PortError::new(WHAT, MovedAway(path.clone()))),
        }
    }
}

fn identity(path: &Path) -> io::Result<Identity> {
    fs::metadata(path).map(|found| (found.dev(), found.ino()))
}

impl Store {
    /// May other processes use the same database?
    pub fn is_shared(&self) -> bool {
        matches!(*self.place, Place::Server(_))
    }

    /// What kind of database it is, and where; without a password.
    pub fn place(&self) -> (&'static str, String) {
        match &*self.place {
            Place::File(path, _) => ("SQLite", path.display().to_string()),
            Place::Server(place) => ("PostgreSQL", place.clone()),
        }
    }

    /// Asks the database who it is. That it answers is not enough: an open file answers also when it was moved away.
    pub async fn ask(&self) -> Result<Answered, PortError> {
        let place = Arc::clone(&self.place);
        // A disk that is gone may never say so.
        let checked = spawn_blocking(move || place.check()).await;
        checked.map_err(|ended| PortError::new(WHAT, ended))??;
        let version = match *self.place {
            Place::File(..) => "SELECT sqlite_version()",
            Place::Server(_) => "SELECT current_setting('server_version')",
        };
        let version = sqlx::query_scalar(version).fetch_one(&self.pool).await.map_err(failed(WHAT))?;
        let schema = "SELECT MAX(version) FROM _sqlx_migrations WHERE success";
        let schema = sqlx::query_scalar(schema).fetch_one(&self.pool).await.map_err(failed(WHAT))?;
        Ok(Answered { version, schema })
    }
}
