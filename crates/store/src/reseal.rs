//! Seals every secret in the database anew, under another key (D18).

use std::collections::HashMap;

use slipway_domain::{ports::PortError, sealed::Sealed, spec::ApplicationSpec};
use sqlx::{Any, Transaction};

use crate::{
    Store,
    open::open_operations,
    rows::{failed, from_json, to_json},
};

/// What was sealed anew.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Resealed {
    /// Operations that are under way: they may write back what they have read before.
    pub open: i64,
    /// Configurations of applications that have secrets.
    pub generations: usize,
    /// Drafts, sessions and answers.
    pub others: usize,
}

/// Nothing was changed then.
#[derive(Debug, thiserror::Error)]
#[error("no key opens the secrets of generation {generation} of {application}")]
struct Closed {
    application: String,
    generation: i64,
}

/// What is sealed as a whole: how it is found, and how one is replaced.
const WHOLE: [(&str, &str); 3] = [
    ("SELECT sealed FROM drafts", "UPDATE drafts SET sealed = $2 WHERE sealed = $1"),
    ("SELECT sealed FROM answers WHERE sealed <> ''", "UPDATE answers SET sealed = $2 WHERE sealed = $1"),
    ("SELECT tokens FROM visits WHERE tokens IS NOT NULL", "UPDATE visits SET tokens = $2 WHERE tokens = $1"),
];

impl Store {
    /// All or nothing. What was equal before is equal afterwards, because who compares two generations asks whether
    /// a secret has changed.
    pub async fn reseal(&self, seal: impl Fn(&Sealed) -> Option<Sealed>) -> Result<Resealed, PortError> {
        let mut known: HashMap<String, Sealed> = HashMap::new();
        let mut again = |sealed: &Sealed| {
            if !known.contains_key(sealed.as_str()) {
                known.insert(sealed.as_str().to_owned(), seal(sealed)?);
            }
            known.get(sealed.as_str()).cloned()
        };
        let mut transaction = self.begin().await.map_err(failed("sealing anew"))?;
        let generations = configurations(&mut transaction, &mut again).await?;
        let others = wholes(&mut transaction, &mut again).await.map_err(failed("sealing anew"))?;
        let open = open_operations(&mut *transaction).await.map_err(failed("sealing anew"))?;
        transaction.commit().await.map_err(failed("sealing anew"))?;
        Ok(Resealed { open, generations, others })
    }
}

async fn configurations(
    transaction: &mut Transaction<'static, Any>,
    again: &mut impl FnMut(&Sealed) -> Option<Sealed>,
) -> Result<usize, PortError> {
    let failed = || failed("sealing the secrets of applications anew");
    let query = "SELECT generations.application_id, generations.number, applications.name FROM generations \
         JOIN applications ON applications.id = generations.application_id";
    let all: Vec<(String, i64, String)> =
        sqlx::query_as(query).fetch_all(&mut **transaction).await.map_err(failed())?;
    let mut count = 0;
    for (id, generation, application) in all {
        // A running operation may write what it has resolved at the same time.
        while !configuration(transaction, &id, generation, &application, again, &mut count).await? {}
    }
    Ok(count)
}

/// False if somebody else wrote in between.
async fn configuration(
    transaction: &mut Transaction<'static, Any>,
    id: &str,
    generation: i64,
    application: &str,
    again: &mut impl FnMut(&Sealed) -> Option<Sealed>,
    count: &mut usize,
) -> Result<bool, PortError> {
    let failed = || failed("sealing the secrets of an application anew");
    let query = "SELECT spec FROM generations WHERE application_id = $1 AND number = $2";
    let text: String = sqlx::query_scalar(query)
        .bind(id)
        .bind(generation)
        .fetch_one(&mut **transaction)
        .await
        .map_err(failed())?;
    let mut spec: ApplicationSpec = from_json("spec", &text)?;
    let closed = || Closed { application: application.to_owned(), generation };
    spec.reseal(|sealed| again(sealed).ok_or_else(closed))
        .map_err(|error| PortError::new("sealing anew", error))?;
    let new = to_json(&spec)?;
    if new == text {
        return Ok(true);
    }
    let query = "UPDATE generations SET spec = $4 WHERE application_id = $1 AND number = $2 AND spec = $3";
    let done = sqlx::query(query).bind(id).bind(generation).bind(text).bind(new).execute(&mut **transaction);
    let is_done = done.await.map_err(failed())?.rows_affected() == 1;
    *count += usize::from(is_done);
    Ok(is_done)
}

/// They are short-lived: one that no key opens is of no use to anybody and stays as it is.
async fn wholes(
    transaction: &mut Transaction<'static, Any>,
    again: &mut impl FnMut(&Sealed) -> Option<Sealed>,
) -> Result<usize, sqlx::Error> {
    let mut count = 0;
    for (find, replace) in WHOLE {
        let found: Vec<String> = sqlx::query_scalar(find).fetch_all(&mut **transaction).await?;
        for old in found {
            let new = again(&Sealed::new(old.clone())).filter(|new| new.as_str() != old);
            let Some(new) = new else { continue };
            sqlx::query(replace).bind(old).bind(new.as_str()).execute(&mut **transaction).await?;
            count += 1;
        }
    }
    Ok(count)
}
