//! What happens without anybody asking at that moment: how operations end, and that secrets were used for them.

use jiff::Timestamp;
use slipway_domain::{
    audit::AUTOMATIC,
    operation::{Operation, Progress, Step},
    ports::PortError,
};
use sqlx::AnyConnection;

use super::{Deed, Origin, write};
use crate::{
    applications::generation,
    rows::{failed, kind_text},
};

/// Tells of a step of an operation what somebody may want to know later: that it was the last one, and that it
/// opened secrets.
pub(crate) async fn tell_step(
    transaction: &mut AnyConnection,
    application: &str,
    before: &Operation,
    after: &Progress,
    at: Timestamp,
) -> Result<(), PortError> {
    let used = match before.progress {
        Progress::Open { step: Step::Apply } if before.progress != *after => {
            secrets_of(transaction, application, before.generation).await?
        }
        _ => 0,
    };
    if used == 0 && !after.is_over() {
        return Ok(());
    }
    let failed = || failed("writing the audit trail");
    let object: String = sqlx::query_scalar("SELECT name FROM applications WHERE id = $1")
        .bind(application)
        .fetch_one(&mut *transaction)
        .await
        .map_err(failed())?;
    let deed = Deed { at, actor: AUTOMATIC, action: "", object: &object, outcome: "", origin: Origin::NONE };
    if used > 0 {
        let outcome = format!("used: {used} secrets for generation {}", before.generation);
        let deed = Deed { action: "use-secrets", outcome: &outcome, ..deed };
        write(transaction, &deed).await.map_err(failed())?;
    }
    if let Some(outcome) = end(after) {
        let deed = Deed { action: kind_text(before.kind), outcome: &outcome, ..deed };
        write(transaction, &deed).await.map_err(failed())?;
    }
    Ok(())
}

/// How many secrets a configuration has. They are opened to be written to the cluster.
async fn secrets_of(
    transaction: &mut AnyConnection,
    application: &str,
    number: u32,
) -> Result<usize, PortError> {
    let spec = generation(transaction, application, number).await?;
    Ok(spec.map_or(0, |spec| spec.components.iter().map(|component| component.secrets.len()).sum()))
}

fn end(progress: &Progress) -> Option<String> {
    match progress {
        Progress::Succeeded { .. } => Some("succeeded".to_owned()),
        Progress::Failed { cause, .. } => Some(format!("failed: {} {}", cause.code, cause.reason)),
        Progress::Open { .. } | Progress::Cancelled { .. } => None,
    }
}
