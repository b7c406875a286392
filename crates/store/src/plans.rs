//! The plans of operations. They are large and seldom read, so they do not stand with the operations.

use jiff::Timestamp;
use slipway_domain::{
    ids::OperationId,
    plan::{KeptPlan, Plan},
    ports::PortError,
};

use crate::{
    Store,
    columns::row,
    rows::{failed, from_json, time, to_json},
};

row! {
    struct PlanRow {
        number: i64,
        hash: String,
        at: i64,
        because: Option<String>,
        plan: String,
    }
}

impl Store {
    /// The plans of an operation, in the order in which they were made.
    pub async fn plans(&self, id: OperationId) -> Result<Vec<KeptPlan>, PortError> {
        let query =
            "SELECT number, hash, at, because, plan FROM plans WHERE operation_id = $1 ORDER BY number";
        let rows: Vec<PlanRow> = sqlx::query_as(query)
            .bind(id.to_string())
            .fetch_all(&self.pool)
            .await
            .map_err(failed("reading plans"))?;
        rows.into_iter().map(KeptPlan::try_from).collect()
    }

    /// Keeps a plan unless it is the newest one again: a step that is run again after a crash makes the same.
    pub(crate) async fn keep_plan_of(
        &self,
        id: OperationId,
        owner: &str,
        plan: &Plan,
        because: Option<&str>,
        now: Timestamp,
    ) -> Result<(), PortError> {
        // Whoever lost the lease keeps nothing; the owner alone writes, so the number is free.
        let query = "INSERT INTO plans (operation_id, number, hash, at, because, plan) \
             SELECT id, (SELECT COALESCE(MAX(number), 0) + 1 FROM plans WHERE operation_id = $1), \
             CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS TEXT) \
             FROM operations WHERE id = $1 AND lease_owner = $6 AND due_at IS NOT NULL AND NOT EXISTS (\
                SELECT 1 FROM plans AS newest WHERE newest.operation_id = $1 AND newest.hash = $2 \
                AND newest.number = (SELECT MAX(number) FROM plans WHERE operation_id = $1))";
        sqlx::query(query)
            .bind(id.to_string())
            .bind(plan.hash())
            .bind(now.as_millisecond())
            .bind(because)
            .bind(to_json(plan)?)
            .bind(owner)
            .execute(&self.pool)
            .await
            .map(|_| ())
            .map_err(failed("keeping a plan"))
    }
}

impl TryFrom<PlanRow> for KeptPlan {
    type Error = PortError;
    fn try_from(row: PlanRow) -> Result<Self, PortError> {
        Ok(Self {
            number: from_json("number", &row.number.to_string())?,
            hash: row.hash,
            at: time(row.at)?,
            because: row.because,
            plan: from_json("plan", &row.plan)?,
        })
    }
}
