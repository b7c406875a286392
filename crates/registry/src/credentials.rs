//! Names and passwords for registries, in the file format that every container tool writes (`config.json`). A
//! secret of this module is never shown: not in errors, not in `Debug`.

use std::{collections::BTreeMap, fmt};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::header::HeaderValue;
use serde::Deserialize;

/// Why a text holds no credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CredentialsError {
    /// Not JSON, or something in it has another type than it should.
    #[error(
        "line {line}, column {column}: not the JSON of a docker config.json, which is \
         {{\"auths\": {{\"<registry>\": {{\"username\": …, \"password\": …}}}}}}"
    )]
    Json {
        /// Where, from 1.
        line: usize,
        /// Where, from 1.
        column: usize,
    },
    /// The key is not a registry.
    #[error("{0:?} in \"auths\" is not a registry; write host[:port]")]
    Host(String),
    /// Credentials belong to a whole registry here.
    #[error("{0:?} in \"auths\" has a path; credentials are for a whole registry, write host[:port]")]
    Path(String),
    /// Two keys mean one registry.
    #[error("the registry {0} is in \"auths\" twice")]
    Twice(String),
    /// The file only says where a desktop keeps the password.
    #[error("the entry of {0} has no \"auth\", and no \"username\" with \"password\"")]
    Nothing(String),
    /// The short form cannot be read.
    #[error("\"auth\" of {0} is not the base64 of name:password")]
    Auth(String),
}

/// Who Slipway is to each registry.
#[derive(Clone, Default)]
pub struct Credentials {
    hosts: BTreeMap<String, Login>,
}

/// A name and a password.
#[derive(Clone)]
struct Login {
    username: String,
    password: String,
}

#[derive(Deserialize)]
struct File {
    auths: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    auth: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

impl Credentials {
    /// The registries that there are some for.
    pub fn hosts(&self) -> impl Iterator<Item = &str> {
        self.hosts.keys().map(String::as_str)
    }

    /// Reads a `config.json`.
    pub fn parse(text: &str) -> Result<Self, CredentialsError> {
        // The parser's own words may quote what it stumbled over.
        let file: File = serde_json::from_str(text)
            .map_err(|error| CredentialsError::Json { line: error.line(), column: error.column() })?;
        let mut hosts = BTreeMap::new();
        for (key, entry) in file.auths {
            let host = host(&key)?;
            let login = login(&host, entry)?;
            if hosts.insert(host.clone(), login).is_some() {
                return Err(CredentialsError::Twice(host));
            }
        }
        Ok(Self { hosts })
    }

    /// Does Slipway have a name in that registry?
    pub(crate) fn knows(&self, host: &str) -> bool {
        self.hosts.contains_key(host)
    }

    /// The header that says who Slipway is in that registry.
    pub(crate) fn basic(&self, host: &str) -> Option<HeaderValue> {
        let Login { username, password } = self.hosts.get(host)?;
        let text = format!("Basic {}", STANDARD.encode(format!("{username}:{password}")));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.hosts.keys()).finish()
    }
}

/// The registry that a key means: tools also write URLs, above all for Docker Hub.
fn host(key: &str) -> Result<String, CredentialsError> {
    let rest = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://")).unwrap_or(key);
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if !matches!(path.trim_end_matches('/'), "" | "v1" | "v2") {
        return Err(CredentialsError::Path(key.to_owned()));
    }
    let usable = |c: char| {
        c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | ':' | '[' | ']')
    };
    match host {
        "index.docker.io" | "registry-1.docker.io" => Ok("docker.io".to_owned()),
        host if !host.is_empty() && host.chars().all(usable) => Ok(host.to_owned()),
        _ => Err(CredentialsError::Host(key.to_owned())),
    }
}

fn login(host: &str, entry: Entry) -> Result<Login, CredentialsError> {
    if let (Some(username), Some(password)) = (entry.username, entry.password)
        && !username.is_empty()
    {
        return Ok(Login { username, password });
    }
    let auth = entry.auth.filter(|auth| !auth.is_empty());
    let auth = auth.ok_or_else(|| CredentialsError::Nothing(host.to_owned()))?;
    let decoded = STANDARD.decode(auth.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    match decoded.as_deref().and_then(|text| text.split_once(':')) {
        Some((username, password)) if !username.is_empty() => {
            Ok(Login { username: username.to_owned(), password: password.to_owned() })
        }
        _ => Err(CredentialsError::Auth(host.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "hunter2-very-secret";

    #[test]
    fn both_forms_and_the_names_of_docker_hub_are_read() {
        let text = format!(
            r#"{{"auths": {{
                "https://index.docker.io/v1/": {{"auth": "{}"}},
                "registry.example.com:5000": {{"username": "ann", "password": "{SECRET}", "email": "x"}}
            }}, "credsStore": "desktop"}}"#,
            STANDARD.encode(format!("bob:{SECRET}:with:colons")),
        );
        let credentials = Credentials::parse(&text).unwrap();
        assert!(credentials.knows("docker.io"));
        let hub = credentials.basic("docker.io").unwrap();
        let expected = format!("Basic {}", STANDARD.encode(format!("bob:{SECRET}:with:colons")));
        assert_eq!(hub.to_str().unwrap(), expected);
        assert!(credentials.basic("registry.example.com:5000").is_some());
        assert!(credentials.basic("registry.example.com").is_none());
    }

    #[test]
    fn an_error_names_what_is_wrong_and_never_the_secret() {
        let auth = STANDARD.encode(SECRET);
        let cases = [
            (format!(r#"{{"auths": {{"a.example": {{"password": {SECRET}}}}}}}"#), "line 1"),
            (format!(r#"{{"auths": {{"a.example": "{SECRET}"}}}}"#), "line 1"),
            (format!(r#"{{"auths": {{"a.example": {{"auth": "{auth}"}}}}}}"#), "a.example"),
            (format!(r#"{{"auths": {{"a.example": {{"auth": "{SECRET}!"}}}}}}"#), "a.example"),
            (format!(r#"{{"auths": {{"a.example": {{"password": "{SECRET}"}}}}}}"#), "a.example"),
            (r#"{"auths": {"a.example": {}}}"#.to_owned(), "a.example"),
            (r#"{"auths": {"a.example/team": {"auth": "YTpi"}}}"#.to_owned(), "a.example/team"),
            (r#"{"auths": {"not a host": {"auth": "YTpi"}}}"#.to_owned(), "not a host"),
            (
                r#"{"auths": {"a.example": {"auth": "YTpi"}, "https://a.example": {"auth": "YTpi"}}}"#
                    .to_owned(),
                "twice",
            ),
            ("{}".to_owned(), "auths"),
        ];
        for (text, expected) in cases {
            let error = Credentials::parse(&text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(shown.contains(expected), "{text}: {shown}");
            assert!(!shown.contains(SECRET) && !shown.contains(&auth), "{shown}");
        }
    }

    #[test]
    fn debug_shows_hosts_and_nothing_else() {
        let text = format!(r#"{{"auths": {{"a.example": {{"username": "bob", "password": "{SECRET}"}}}}}}"#);
        let credentials = Credentials::parse(&text).unwrap();
        assert_eq!(format!("{credentials:?}"), r#"{"a.example"}"#);
        let header = format!("{:?}", credentials.basic("a.example").unwrap());
        assert!(!header.contains("Basic"), "{header}");
    }
}
