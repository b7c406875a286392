//! Somebody who is signed in, and counts what comes over the wire.

use anyhow::{Context, ensure};
use reqwest::{Client, Method, Response, header, redirect::Policy};
use serde_json::Value;

use crate::program::PASSWORD;

/// Somebody who is signed in to every program that has the same data.
#[derive(Clone)]
pub struct Browser {
    http: Client,
    pub cookie: String,
}

impl Browser {
    /// Signs in.
    pub async fn sign_in(url: &str) -> anyhow::Result<Self> {
        let http = Client::builder().redirect(Policy::none()).build()?;
        let request = http.post(format!("{url}/auth/sign-in"));
        let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = request.body(format!("name=admin&password={PASSWORD}")).send().await?;
        let cookie = answer.headers().get(header::SET_COOKIE).context("nobody was signed in")?;
        let cookie = cookie.to_str()?.split(';').next().unwrap_or_default().to_owned();
        Ok(Self { http, cookie })
    }

    /// Opens a page as it is sent to whoever does not compress.
    pub async fn page(&self, url: &str, path: &str) -> anyhow::Result<String> {
        Ok(self.get(url, path, "identity").await?.text().await?)
    }

    /// Opens a page, or an asset, compressed; as many bytes as were sent of its body.
    pub async fn bytes(&self, url: &str, path: &str) -> anyhow::Result<usize> {
        let answer = self.get(url, path, "br").await?;
        let encoding =
            answer.headers().get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "br");
        let small = answer.content_length().is_some_and(|length| length < 1024);
        ensure!(encoding || small, "{path} was not compressed");
        Ok(answer.bytes().await?.len())
    }

    /// Asks the REST interface.
    pub async fn ask(&self, url: &str, method: Method, path: &str, body: &Value) -> anyhow::Result<Value> {
        let request = self.http.request(method, format!("{url}/api/v1/{path}"));
        let request = request.header(header::COOKIE, &self.cookie);
        let request = if body.is_null() { request } else { request.json(body) };
        Ok(request.send().await?.error_for_status()?.json().await?)
    }

    async fn get(&self, url: &str, path: &str, encoding: &str) -> anyhow::Result<Response> {
        let request = self.http.get(format!("{url}{path}")).header(header::COOKIE, &self.cookie);
        let request =
            request.header(header::ACCEPT, "text/html,*/*").header(header::ACCEPT_ENCODING, encoding);
        let answer = request.send().await?;
        ensure!(answer.status() == 200, "{path} answers {}", answer.status());
        Ok(answer)
    }
}
