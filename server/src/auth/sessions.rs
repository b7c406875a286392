//! Keeps browser sessions in the store. The only file that knows the `time` crate, which the session library uses.

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use jiff::Timestamp;
use slipway_domain::{ids::Clock, ports::PortError};
use slipway_store::Store;
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The session library's store, over ours.
#[derive(Clone)]
pub struct Sessions {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl Sessions {
    /// Sessions in that store.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
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
        let found = self.store.session(&id.to_string(), self.clock.now()).await.map_err(backend)?;
        let Some((data, end)) = found else { return Ok(None) };
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp(end / 1000);
        let expiry_date = expiry_date.map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&id.to_string()).await.map_err(backend)
    }
}
