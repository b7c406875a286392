//! Who works with a SQLite file. Leases keep two programs from the same operation; where nobody else can be, whoever
//! starts need not wait until those of a killed one run out.

use std::{
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use slipway_domain::ports::PortError;
use tokio::task::spawn_blocking;

use crate::{Store, health::Place, rows::failed};

/// This program is seen by others that open the same file, as long as this is kept and the program lives: the kernel
/// lets go of what it held.
#[derive(Debug)]
pub struct Presence(#[expect(dead_code, reason = "it is held, not read")] Option<File>);

impl Store {
    /// Says that this program works with the database from now on. Is it the only one, what a killed one had taken on is
    /// free at once. Of a server nobody can know who else uses it: there a lease runs out.
    pub async fn be_present(&self) -> Result<Presence, PortError> {
        let Place::File(path, _) = &*self.place else { return Ok(Presence(None)) };
        let cannot = |error: io::Error| PortError::new("looking for other programs at the database", error);
        let file = open(path).map_err(cannot)?;
        if file.try_lock().is_ok() {
            self.free_all_leases().await?;
            file.unlock().map_err(cannot)?;
        }
        // Whoever has just begun to look has it alone for a moment.
        let held = spawn_blocking(move || file.lock_shared().map(|()| file)).await;
        Ok(Presence(Some(held.unwrap_or_else(|ended| Err(io::Error::other(ended))).map_err(cannot)?)))
    }

    async fn free_all_leases(&self) -> Result<(), PortError> {
        let query = "UPDATE operations SET lease_owner = NULL, lease_until = 0 WHERE due_at IS NOT NULL AND lease_until > 0";
        let done = sqlx::query(query).execute(&self.pool).await;
        done.map(|_| ()).map_err(failed("freeing what a killed program had taken on"))
    }
}

/// A file of its own: SQLite has locks on the database, and backups copy it.
fn open(database: &Path) -> io::Result<File> {
    let mut name = database.as_os_str().to_owned();
    name.push(".users");
    OpenOptions::new().create(true).append(true).mode(0o600).open(name)
}
