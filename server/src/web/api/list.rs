//! The list of applications for programs: filtered, sorted, a page at a time.

use std::sync::Arc;

use axum::http::StatusCode;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::Deserialize;
use slipway_domain::application::Application;
use utoipa::IntoParams;

use super::problem::Problem;

const USUAL: usize = 100;
const MOST: usize = 1000;

/// Which applications, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct ListOptions {
    /// Only those with this status, for example `Running`.
    status: String,
    /// Only those of this project.
    project: String,
    /// Only those with this text in their name.
    q: String,
    /// `name`, `created`, `updated` or `status`; with `-` before it in the other direction. Usually `-created`.
    sort: String,
    /// Where the page before ended: its `next`.
    cursor: String,
    /// How many at most: 100 unless told, up to 1000.
    limit: Option<usize>,
}

impl ListOptions {
    /// The page, and where the next one begins.
    pub fn page(
        &self,
        live: Vec<Arc<Application>>,
    ) -> Result<(Vec<Arc<Application>>, Option<String>), Problem> {
        let (field, down) = match self.sort.as_str() {
            "" => ("created", true),
            sort => (sort.trim_start_matches('-'), sort.starts_with('-')),
        };
        let key = key_of(field).ok_or_else(|| wrong("sort is name, created, updated or status."))?;
        let after = (!self.cursor.is_empty()).then(|| parsed(&self.cursor)).transpose()?;
        let after = after.as_ref().map(|(time, label, name)| (*time, label.as_str(), name.as_str()));
        let mut rows: Vec<_> = live.iter().filter(|application| self.fits(application)).collect();
        rows.retain(|row| after.is_none_or(|after| if down { key(row) < after } else { key(row) > after }));
        rows.sort_unstable_by(
            |one, other| if down { key(other).cmp(&key(one)) } else { key(one).cmp(&key(other)) },
        );
        let limit = self.limit.unwrap_or(USUAL).clamp(1, MOST);
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| is_more).map(|row| written(key(row)));
        Ok((rows.into_iter().cloned().collect(), next))
    }

    fn fits(&self, application: &Application) -> bool {
        let is = |wanted: &str, found: &str| wanted.is_empty() || wanted.eq_ignore_ascii_case(found);
        is(&self.status, application.standing.status.label())
            && is(&self.project, application.project.as_str())
            && application.name.as_str().contains(&self.q.to_lowercase())
    }
}

/// The place of a row: a time or a label, and its name, which no other row has.
type Place<'a> = (i64, &'a str, &'a str);
type Key = for<'a> fn(&'a Application) -> Place<'a>;

fn key_of(field: &str) -> Option<Key> {
    match field {
        "name" => Some(|row| (0, "", row.name.as_str())),
        "created" => Some(|row| (row.created_at.as_millisecond(), "", row.name.as_str())),
        "updated" => Some(|row| (row.updated_at.as_millisecond(), "", row.name.as_str())),
        "status" => Some(|row| (0, row.standing.status.label(), row.name.as_str())),
        _ => None,
    }
}

fn written((time, label, name): Place<'_>) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{time}\n{label}\n{name}"))
}

fn parsed(cursor: &str) -> Result<(i64, String, String), Problem> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.as_deref().and_then(|text| {
        let (time, rest) = text.split_once('\n')?;
        let (label, name) = rest.split_once('\n')?;
        Some((time.parse().ok()?, label.to_owned(), name.to_owned()))
    });
    place.ok_or_else(|| wrong("cursor is not one that this list has given."))
}

fn wrong(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "SLW_BAD_REQUEST", why)
}
