//! Keeps browser sessions in the store, and those that were just used in memory. The only file that knows the `time`
//! crate, which the session library uses.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use slipway_domain::{ids::Clock, ports::PortError};
use slipway_store::Store;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// What was read so recently is not read again. A change of which nobody tells this process, because another one has
/// written it into the same file or could not be heard, counts so much later.
const RECENTLY: SignedDuration = SignedDuration::from_secs(5);

/// The session library's store, over ours.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Arc<dyn Clock>,
    recent: Arc<Mutex<HashMap<Id, Read>>>,
}

/// A session as it was read.
struct Read {
    record: Record,
    at: Timestamp,
    /// Which changes had been made before, as the store counts them.
    changes: u64,
}

impl Sessions {
    /// Sessions in that store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, recent: Arc::default() }
    }

    fn recent(&self) -> MutexGuard<'_, HashMap<Id, Read>> {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self, id: &Id, now: Timestamp) -> Option<Record> {
        let recent = self.recent();
        let read = recent.get(id)?;
        let is_new = now.duration_since(read.at) < RECENTLY && read.changes == self.store.session_changes();
        (is_new && read.record.expiry_date.unix_timestamp() > now.as_second()).then(|| read.record.clone())
    }

    fn know(&self, record: Record, at: Timestamp, changes: u64) {
        let mut recent = self.recent();
        recent.retain(|_, read| at.duration_since(read.at) < RECENTLY);
        recent.insert(record.id, Read { record, at, changes });
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions")
    }
}

fn backend(error: PortError) -> Error {
    Error::Backend(error.chain())
}

fn encode(record: &Record) -> Result<(String, Timestamp)> {
    let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
    let end = Timestamp::from_second(record.expiry_date.unix_timestamp());
    Ok((data, end.map_err(|error| Error::Encode(error.to_string()))?))
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        self.store.delete_expired_sessions(self.clock.now()).await.map_err(backend)?;
        let (data, end) = encode(record)?;
        while !self.store.create_session(&record.id.to_string(), &data, end).await.map_err(backend)? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let (data, end) = encode(record)?;
        self.store.save_session(&record.id.to_string(), &data, end).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (now, changes) = (self.clock.now(), self.store.session_changes());
        if let Some(record) = self.known(id, now) {
            return Ok(Some(record));
        }
        let found = self.store.session(&id.to_string(), now).await.map_err(backend)?;
        let Some((data, end)) = found else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(end / 1000);
        let expiry_date = expiry_date.map_err(|error| Error::Decode(error.to_string()))?;
        let record = Record { id: *id, data, expiry_date };
        self.know(record.clone(), now, changes);
        Ok(Some(record))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&id.to_string()).await.map_err(backend)
    }
}

#[cfg(test)]
mod tests {
    use slipway_store::Of;

    use super::*;
    use crate::clock::SystemClock;

    async fn sessions() -> (Sessions, Record, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&format!("sqlite:{}", folder.path().join("db").display())).await.unwrap();
        let sessions = Sessions::new(store, Arc::new(SystemClock));
        let expiry_date = OffsetDateTime::from_unix_timestamp(9_000_000_000).unwrap();
        let mut record = Record { id: Id::default(), data: HashMap::new(), expiry_date };
        sessions.create(&mut record).await.unwrap();
        (sessions, record, folder)
    }

    #[tokio::test]
    async fn d14_a_session_in_use_is_not_read_for_every_page() {
        let (sessions, record, _folder) = sessions().await;
        assert!(sessions.load(&record.id).await.unwrap().is_some());
        // With the database gone there is only what is remembered.
        sessions.store.close().await;
        assert!(sessions.load(&record.id).await.unwrap().is_some());
        assert!(sessions.load(&Id::default()).await.is_err());
    }

    #[tokio::test]
    async fn s1_13_what_was_changed_or_ended_counts_at_once() {
        let (sessions, mut record, _folder) = sessions().await;
        sessions.load(&record.id).await.unwrap();
        record.data.insert("name".to_owned(), "ana".into());
        sessions.save(&record).await.unwrap();
        assert_eq!(sessions.load(&record.id).await.unwrap().unwrap().data, record.data);

        sessions.store.end_visits(Of::Person("ana")).await.unwrap();
        assert_eq!(sessions.known(&record.id, sessions.clock.now()), None, "it may have been this one");
        sessions.load(&record.id).await.unwrap();
        sessions.delete(&record.id).await.unwrap();
        assert_eq!(sessions.load(&record.id).await.unwrap(), None);
    }
}
