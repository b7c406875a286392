//! The way to the server: its address and a token, from flags, the environment or a kept profile.

use std::{collections::BTreeMap, fs, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf};

use clap::Args;
use reqwest::{Method, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Failure, events::Events, print::Output};

/// How the server is reached, and how its answers are shown.
#[derive(Debug, Clone, Args)]
pub struct Reach {
    /// The server [default: that of the profile]
    #[arg(long, env = "SLIPWAY_URL")]
    url: Option<String>,
    /// A token [default: that of the profile]
    #[arg(long, env = "SLIPWAY_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// The profile that slipway login has kept
    #[arg(long, env = "SLIPWAY_PROFILE", default_value = "default")]
    profile: String,
    /// How to show the answer
    #[arg(short, long, value_enum, default_value_t = Output::Table)]
    pub output: Output,
}

/// A server and a token.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Profile {
    pub url: String,
    pub token: String,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Profiles {
    #[serde(default)]
    profiles: BTreeMap<String, Profile>,
}

impl Profile {
    /// Keeps it under a name, in a file that nobody else can read.
    pub fn keep(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = file()?;
        let wrong = |error: &dyn std::fmt::Display| {
            Failure::refused(format!("{} cannot be written: {error}", path.display()))
        };
        let mut all = known()?;
        all.profiles.insert(name.to_owned(), self.clone());
        let text = toml::to_string(&all).map_err(|error| wrong(&error))?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| wrong(&error))?;
        }
        let mut options = fs::OpenOptions::new();
        let file = options.write(true).create(true).truncate(true).mode(0o600).open(&path);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        written.map_err(|error| wrong(&error))?;
        Ok(path)
    }
}

/// Where profiles are kept.
fn file() -> Result<PathBuf, Failure> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")));
    let folder =
        folder.ok_or_else(|| Failure::refused("set HOME or XDG_CONFIG_HOME to keep profiles there"))?;
    Ok(folder.join("slipway").join("config.toml"))
}

fn known() -> Result<Profiles, Failure> {
    let path = file()?;
    match fs::read_to_string(&path) {
        Ok(text) => toml::from_str(&text)
            .map_err(|error| Failure::refused(format!("{} is not understood: {error}", path.display()))),
        Err(_) => Ok(Profiles::default()),
    }
}

impl Reach {
    /// With a profile that is not kept yet.
    pub fn with(profile: &Profile, output: Output) -> Self {
        let Profile { url, token } = profile.clone();
        Self { url: Some(url), token: Some(token), profile: String::new(), output }
    }

    fn profile(&self) -> Result<Profile, Failure> {
        if let (Some(url), Some(token)) = (self.url.clone(), self.token.clone()) {
            return Ok(Profile { url, token });
        }
        let kept = known()?.profiles.remove(&self.profile);
        let missing = || {
            let told =
                "which server, and who are you? Run slipway login, or set SLIPWAY_URL and SLIPWAY_TOKEN";
            Failure::refused(told)
        };
        let url = self.url.clone().or_else(|| kept.as_ref().map(|kept| kept.url.clone()));
        let url = url.ok_or_else(missing)?;
        if let Some(token) = self.token.clone() {
            return Ok(Profile { url, token });
        }
        let kept = kept.ok_or_else(missing)?;
        // A token is shown to the server that gave it, and to no other.
        if kept.url.trim_end_matches('/') != url.trim_end_matches('/') {
            let told = format!(
                "the token of the profile {} is for {}; run slipway login --url {url}, or set SLIPWAY_TOKEN",
                self.profile, kept.url
            );
            return Err(Failure::refused(told));
        }
        Ok(kept)
    }

    /// Asks the server, and gives its document, or what is in the way.
    pub async fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value, Failure> {
        let text = self.fetch(method, path, body).await?;
        if text.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&text)
            .map_err(|_| Failure::refused("the answer is not one of Slipway; check the address"))
    }

    /// Asks the server, and gives its answer as it is.
    pub async fn fetch(&self, method: Method, path: &str, body: Option<&Value>) -> Result<String, Failure> {
        let client = crate::web::http_client().map_err(|error| self.away(&error))?;
        let answer = self.send(&client, method, path, body).await?;
        answer.text().await.map_err(|error| self.away(&error.without_url()))
    }

    /// Asks for events, which may come for hours.
    pub async fn events(&self, path: &str) -> Result<Events, Failure> {
        let client = crate::web::patient_client().map_err(|error| self.away(&error))?;
        Ok(Events::of(self.send(&client, Method::GET, path, None).await?))
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<reqwest::Response, Failure> {
        let profile = self.profile()?;
        let place = format!("{}/api/v1/{path}", profile.url.trim_end_matches('/'));
        let request = client
            .request(method, &place)
            .bearer_auth(&profile.token)
            .header(header::ACCEPT, "application/json");
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = request.send().await.map_err(|error| self.away(&error.without_url()))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(answer);
        }
        let text = answer.text().await.map_err(|error| self.away(&error.without_url()))?;
        Err(problem(status.as_u16(), &text))
    }

    fn away(&self, error: &dyn std::error::Error) -> Failure {
        let url = self.profile().map(|profile| profile.url).unwrap_or_default();
        Failure { code: 3, told: format!("{url} does not answer: {}", slipway_domain::ports::chain(error)) }
    }
}

/// What the server says is in the way, in one line.
fn problem(status: u16, text: &str) -> Failure {
    let Ok(problem) = serde_json::from_str::<Value>(text) else {
        return Failure::refused(format!("the server answered {status}; check the address"));
    };
    let word = |key: &str| problem[key].as_str().unwrap_or_default().to_owned();
    let fields = problem["errors"].as_array().into_iter().flatten();
    let fields: Vec<String> = fields
        .map(|error| {
            let part = |key: &str| error[key].as_str().unwrap_or_default();
            format!(" {}: {}", part("field"), part("message"))
        })
        .collect();
    let fields = fields.concat();
    Failure::refused(format!("{}{fields} ({})", word("detail"), word("code")))
}
