//! Keycloak's own directory, asked through its admin API with the least rights that answer: those of Slipway's client,
//! whose service account may look users and groups up and change nothing.

use std::time::{Duration, Instant};

use async_trait::async_trait;
use reqwest::StatusCode;
use serde_json::Value;
use slipway_app::ways::escape;
use slipway_domain::{
    people::{Found, Kind, Person},
    ports::{Directory, PortError},
};
use tokio::sync::Mutex;

use super::failed;

/// How many users are asked for at once.
const PAGE: usize = 20;
/// A token is not used up to its last moment.
const MARGIN: Duration = Duration::from_secs(10);
const RIGHTS: &str = "Keycloak does not let Slipway's client look people up; give its service account the roles \
    view-users, query-users and query-groups of realm-management";

/// A realm of Keycloak.
pub struct Keycloak {
    http: reqwest::Client,
    /// `https://…/admin/realms/<realm>`.
    admin: String,
    token_url: String,
    client_id: String,
    client_secret: String,
    token: Mutex<Option<(String, Instant)>>,
}

/// What Keycloak answers in place of people.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Slipway's client may not look.
    #[error("{RIGHTS}")]
    Rights,
    /// Something else than an answer.
    #[error("Keycloak answers {0}")]
    Status(StatusCode),
    /// Slipway's client is not known, or not by that secret.
    #[error("Keycloak gives Slipway's client no token")]
    NoToken,
}

impl Refusal {
    /// The status that it answered with, if that is all that is known.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status.as_u16()),
            Self::Rights | Self::NoToken => None,
        }
    }
}

impl Keycloak {
    /// The realm of that issuer; none if it is not one of Keycloak.
    pub fn new(issuer: &str, client: (&str, &str), http: reqwest::Client) -> Option<Self> {
        let issuer = issuer.trim_end_matches('/');
        let (server, realm) = issuer.split_once("/realms/")?;
        Some(Self {
            http,
            admin: format!("{server}/admin/realms/{realm}"),
            token_url: format!("{issuer}/protocol/openid-connect/token"),
            client_id: client.0.to_owned(),
            client_secret: client.1.to_owned(),
            token: Mutex::new(None),
        })
    }

    /// Asks; none if there is no such thing.
    async fn ask(&self, path: &str) -> Result<Option<Value>, PortError> {
        for is_last in [false, true] {
            let request = self.http.get(format!("{}{path}", self.admin)).bearer_auth(self.token().await?);
            let answer = request.send().await.map_err(failed)?;
            match answer.status() {
                // What cannot be a name is nobody's.
                StatusCode::NOT_FOUND | StatusCode::BAD_REQUEST => return Ok(None),
                // It was withdrawn, or the server has started anew.
                StatusCode::UNAUTHORIZED if !is_last => *self.token.lock().await = None,
                StatusCode::FORBIDDEN => return Err(failed(Refusal::Rights)),
                status if status.is_success() => return answer.json().await.map(Some).map_err(failed),
                status => return Err(failed(Refusal::Status(status))),
            }
        }
        Err(failed(Refusal::NoToken))
    }

    async fn list(&self, path: &str) -> Result<Vec<Value>, PortError> {
        let found = self.ask(path).await?.unwrap_or_default();
        Ok(found.as_array().cloned().unwrap_or_default())
    }

    async fn token(&self) -> Result<String, PortError> {
        let mut kept = self.token.lock().await;
        if let Some((token, until)) = &*kept
            && Instant::now() < *until
        {
            return Ok(token.clone());
        }
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}",
            escape(&self.client_id),
            escape(&self.client_secret)
        );
        let request = self.http.post(&self.token_url).body(form);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.send().await.map_err(failed)?;
        if !answer.status().is_success() {
            return Err(failed(Refusal::Status(answer.status())));
        }
        let told: Value = answer.json().await.map_err(failed)?;
        let token = told["access_token"].as_str().ok_or_else(|| failed(Refusal::NoToken))?.to_owned();
        let life = Duration::from_secs(told["expires_in"].as_u64().unwrap_or_default());
        *kept = Some((token.clone(), Instant::now() + life.saturating_sub(MARGIN)));
        Ok(token)
    }
}

#[async_trait]
impl Directory for Keycloak {
    fn knows_everybody(&self) -> bool {
        true
    }

    async fn search(&self, text: &str, cursor: &str) -> Result<Found, PortError> {
        let first: usize = cursor.parse().unwrap_or_default();
        // What has a meaning of its own in a search is looked for nowhere.
        let text = text.replace(['*', '"'], "");
        let wanted =
            if text.is_empty() { String::new() } else { format!("&search={}", escape(&format!("*{text}*"))) };
        let users = format!("/users?briefRepresentation=true&first={first}&max={}{wanted}", PAGE + 1);
        let mut users = self.list(&users).await?;
        let next = (users.len() > PAGE).then(|| (first + PAGE).to_string());
        users.truncate(PAGE);
        let mut people = Vec::new();
        if first == 0 {
            let groups =
                format!("/groups?briefRepresentation=true&first=0&max={PAGE}&search={}", escape(&text));
            flatten(&self.list(&groups).await?, &text.to_lowercase(), &mut people);
        }
        people.extend(users.iter().filter_map(user));
        Ok(Found { people, next })
    }

    async fn named(&self, name: &str) -> Result<Vec<Person>, PortError> {
        let users = self.list(&format!("/users?exact=true&max=2&username={}", escape(name))).await?;
        let mut people: Vec<_> =
            users.iter().filter_map(user).filter(|user| user.name.eq_ignore_ascii_case(name)).collect();
        let path = name.trim_matches('/').split('/').map(escape).collect::<Vec<_>>().join("/");
        if !path.is_empty() {
            people.extend(self.ask(&format!("/group-by-path/{path}")).await?.as_ref().and_then(group));
        }
        Ok(people)
    }

    async fn by_id(&self, kind: Kind, id: &str) -> Result<Option<Person>, PortError> {
        let id = escape(id);
        Ok(match kind {
            Kind::User => self.ask(&format!("/users/{id}")).await?.as_ref().and_then(user),
            Kind::Group => self.ask(&format!("/groups/{id}")).await?.as_ref().and_then(group),
        })
    }
}

/// A user who may sign in; one who is disabled has left.
fn user(found: &Value) -> Option<Person> {
    let text = |key: &str| found[key].as_str().unwrap_or_default();
    if found["enabled"] == Value::Bool(false) {
        return None;
    }
    let about = format!("{} {}", text("firstName"), text("lastName"));
    Some(Person {
        kind: Kind::User,
        id: found["id"].as_str()?.to_owned(),
        name: found["username"].as_str()?.to_owned(),
        about: about.trim().to_owned(),
    })
}

/// A group by its path, which is unique; names alone are not.
fn group(found: &Value) -> Option<Person> {
    let path = found["path"].as_str()?.trim_start_matches('/').to_owned();
    Some(Person { kind: Kind::Group, id: found["id"].as_str()?.to_owned(), name: path, about: String::new() })
}

/// A search answers with the way down to what was found; only that is wanted.
fn flatten(groups: &[Value], text: &str, people: &mut Vec<Person>) {
    for found in groups {
        let is_like = found["name"].as_str().is_some_and(|name| name.to_lowercase().contains(text));
        people.extend(group(found).filter(|_| is_like));
        flatten(found["subGroups"].as_array().map(Vec::as_slice).unwrap_or_default(), text, people);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn of_the_way_down_to_a_group_only_what_was_looked_for_is_found() {
        let found = [json!({"id": "1", "name": "company", "path": "/company", "subGroups": [
            {"id": "2", "name": "hr", "path": "/company/hr", "subGroups": []},
        ]})];
        let mut people = Vec::new();
        flatten(&found, "hr", &mut people);
        let names: Vec<_> = people.iter().map(|person| person.name.as_str()).collect();
        assert_eq!(names, ["company/hr"]);
    }

    #[test]
    fn whoever_is_disabled_has_left() {
        let ana =
            |enabled: bool| json!({"id": "1", "username": "ana", "firstName": "Ana", "enabled": enabled});
        assert_eq!(user(&ana(true)).unwrap().about, "Ana");
        assert!(user(&ana(false)).is_none());
    }
}
