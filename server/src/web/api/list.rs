//! The list of applications for programs: filtered, sorted, a page at a time.

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
    pub fn page(&self, live: Vec<Application>) -> Result<(Vec<Application>, Option<String>), Problem> {
        let (field, down) = match self.sort.as_str() {
            "" => ("created", true),
            sort => (sort.trim_start_matches('-'), sort.starts_with('-')),
        };
        let key = key_of(field).ok_or_else(|| wrong("sort is name, created, updated or status."))?;
        let after = (!self.cursor.is_empty()).then(|| parsed(&self.cursor)).transpose()?;
        let mut rows: Vec<_> = live
            .into_iter()
            .filter(|application| self.fits(application))
            .map(|application| ((key(&application), application.name.to_string()), application))
            .collect();
        rows.sort_by(|(one, _), (other, _)| if down { other.cmp(one) } else { one.cmp(other) });
        if let Some(after) = after {
            rows.retain(|(place, _)| if down { *place < after } else { *place > after });
        }
        let limit = self.limit.unwrap_or(USUAL).clamp(1, MOST);
        let is_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| is_more).map(|(place, _)| written(place));
        Ok((rows.into_iter().map(|(_, application)| application).collect(), next))
    }

    fn fits(&self, application: &Application) -> bool {
        let is = |wanted: &str, found: &str| wanted.is_empty() || wanted.eq_ignore_ascii_case(found);
        is(&self.status, application.standing.status.label())
            && is(&self.project, application.project.as_str())
            && application.name.as_str().contains(&self.q.to_lowercase())
    }
}

type Key = fn(&Application) -> String;

fn key_of(field: &str) -> Option<Key> {
    match field {
        "name" => Some(|application| application.name.to_string()),
        "created" => Some(|application| format!("{:020}", application.created_at.as_millisecond())),
        "updated" => Some(|application| format!("{:020}", application.updated_at.as_millisecond())),
        "status" => Some(|application| application.standing.status.label().to_owned()),
        _ => None,
    }
}

fn written((key, name): &(String, String)) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{key}\n{name}"))
}

fn parsed(cursor: &str) -> Result<(String, String), Problem> {
    let text = BASE64_URL_SAFE_NO_PAD.decode(cursor).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let place = text.as_deref().and_then(|text| text.split_once('\n'));
    let place = place.map(|(key, name)| (key.to_owned(), name.to_owned()));
    place.ok_or_else(|| wrong("cursor is not one that this list has given."))
}

fn wrong(why: &str) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "SLW_BAD_REQUEST", why)
}
