//! What a look at many applications reads and records: a few queries for all of them, and one commit.

use std::collections::HashMap;

use jiff::Timestamp;
use slipway_domain::{
    application::Application,
    names::ApplicationName,
    operation::Operation,
    ports::{Judged, PortError, Recorded, Subject},
    spec::ApplicationSpec,
};
use sqlx::{Any, AnyConnection, AssertSqlSafe, FromRow};

use crate::{
    Store,
    intents::{next_revision, write_standing},
    rows::{ApplicationRow, OperationRow, failed, from_json},
};

/// So many applications are asked for at once. A query has a place for each or for one, so that there are two of it.
const AT_ONCE: usize = 100;

const APPLICATIONS: &str = "SELECT * FROM applications WHERE gone_at IS NULL AND name IN";
const CONFIGURATIONS: &str = "SELECT applications.id, generations.spec FROM applications JOIN generations \
     ON generations.application_id = applications.id AND generations.number = applications.generation \
     WHERE applications.gone_at IS NULL AND applications.name IN";
const OPERATIONS: &str = "SELECT operations.* FROM applications JOIN operations ON operations.id = (\
         SELECT newest.id FROM operations AS newest WHERE newest.application_id = applications.id \
         ORDER BY newest.requested_at DESC, newest.id DESC LIMIT 1) \
     WHERE applications.gone_at IS NULL AND applications.name IN";

impl Store {
    pub(crate) async fn subjects_of(&self, names: &[ApplicationName]) -> Result<Vec<Subject>, PortError> {
        let mut subjects = Vec::with_capacity(names.len());
        for names in names.chunks(AT_ONCE) {
            let applications: Vec<ApplicationRow> = self.of(names, APPLICATIONS).await?;
            let specs: Vec<(String, String)> = self.of(names, CONFIGURATIONS).await?;
            let operations: Vec<OperationRow> = self.of(names, OPERATIONS).await?;
            let mut specs: HashMap<String, String> = specs.into_iter().collect();
            let of = |row: OperationRow| (row.application_id.clone(), row);
            let mut operations: HashMap<String, OperationRow> = operations.into_iter().map(of).collect();
            for application in applications {
                let application = Application::try_from(application)?;
                let id = application.id.to_string();
                // One that was made between two of these questions is looked at the next time.
                let Some((spec, operation)) = specs.remove(&id).zip(operations.remove(&id)) else { continue };
                let spec: ApplicationSpec = from_json("spec", &spec)?;
                subjects.push(Subject { application, spec, operation: Operation::try_from(operation)? });
            }
        }
        Ok(subjects)
    }

    async fn of<R>(&self, names: &[ApplicationName], query: &str) -> Result<Vec<R>, PortError>
    where
        R: for<'r> FromRow<'r, sqlx::any::AnyRow> + Send + Unpin,
    {
        let mut asked =
            sqlx::query_as::<Any, R>(AssertSqlSafe(format!("{query} ({})", places(names.len(), 1))));
        for name in filled(names) {
            asked = asked.bind(name.as_str());
        }
        asked.fetch_all(&self.pool).await.map_err(failed("reading applications"))
    }

    pub(crate) async fn record_all(
        &self,
        judged: &[Judged<'_>],
        now: Timestamp,
    ) -> Result<Vec<Recorded>, PortError> {
        // Most looks change nothing and must cost no transaction.
        if judged.iter().all(|judged| judged.application.standing == *judged.standing) {
            return Ok(vec![Recorded::Unchanged; judged.len()]);
        }
        let failed = || failed("recording how applications stand");
        let mut transaction = self.begin().await.map_err(failed())?;
        let mut recorded = Vec::with_capacity(judged.len());
        for judged in judged {
            recorded.push(record(&mut transaction, judged, now).await?);
        }
        if recorded.contains(&Recorded::Written) {
            transaction.commit().await.map_err(failed())?;
            self.announce();
        }
        Ok(recorded)
    }

    pub(crate) async fn hurry_all(&self, names: &[ApplicationName], now: Timestamp) -> Result<(), PortError> {
        for names in names.chunks(AT_ONCE) {
            let query = format!(
                "UPDATE operations SET due_at = $1 WHERE due_at > $1 AND application_id IN \
                 (SELECT id FROM applications WHERE gone_at IS NULL AND name IN ({}))",
                places(names.len(), 2)
            );
            let mut asked = sqlx::query(AssertSqlSafe(query)).bind(now.as_millisecond());
            for name in filled(names) {
                asked = asked.bind(name.as_str());
            }
            let done = asked.execute(&self.pool).await.map_err(failed("hurrying operations"))?;
            if done.rows_affected() > 0 {
                self.announce();
            }
        }
        Ok(())
    }
}

async fn record(
    transaction: &mut AnyConnection,
    judged: &Judged<'_>,
    now: Timestamp,
) -> Result<Recorded, PortError> {
    let Judged { application, standing } = *judged;
    if application.standing == *standing {
        return Ok(Recorded::Unchanged);
    }
    let failed = || failed("recording how an application stands");
    // The revision counter is locked until the end, so nobody writes between this look and the writing.
    let revision = next_revision(transaction).await.map_err(failed())?;
    let id = application.id.to_string();
    let query = "SELECT revision FROM applications WHERE id = $1 AND gone_at IS NULL";
    let known: Option<i64> =
        sqlx::query_scalar(query).bind(&id).fetch_optional(&mut *transaction).await.map_err(failed())?;
    if known != Some(application.revision) {
        return Ok(Recorded::Stale);
    }
    write_standing(transaction, &id, standing, revision, now).await?;
    Ok(Recorded::Written)
}

/// The places of so many names in a query.
fn places(names: usize, first: usize) -> String {
    let count = if names == 1 { 1 } else { AT_ONCE };
    (first..first + count).map(|place| format!("${place}")).collect::<Vec<_>>().join(", ")
}

/// The names with the last of them again and again, so that each place has one.
fn filled(names: &[ApplicationName]) -> impl Iterator<Item = &ApplicationName> {
    let count = if names.len() == 1 { 1 } else { AT_ONCE };
    names.iter().chain(std::iter::repeat(&names[names.len() - 1])).take(count)
}
