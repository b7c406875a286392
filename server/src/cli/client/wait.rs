//! Waits for an operation, and says how far it is (S2.18).

use std::time::Duration;

use clap::Args;
use reqwest::Method;
use serde_json::Value;

use super::{
    Done, Failure,
    print::{self, Output},
    reach::Reach,
};

const PACE: Duration = Duration::from_millis(300);

/// Whether to wait, and how long.
#[derive(Debug, Clone, Args)]
pub struct Waiting {
    /// Wait for the end; the exit code tells how it ended
    #[arg(long)]
    wait: bool,
    /// How long to wait, in seconds
    #[arg(long, default_value_t = 900, value_name = "SECONDS")]
    timeout: u64,
}

/// Shows what was accepted, and waits for its end if that was wanted.
pub async fn finish(reach: &Reach, waiting: &Waiting, asked: Value) -> Done {
    if !waiting.wait {
        return print::application(&asked, reach.output);
    }
    let limit = Duration::from_secs(waiting.timeout);
    let ended = tokio::time::timeout(limit, watch(reach, &asked)).await;
    let late =
        || Failure { code: 4, told: format!("it is not over after {} s; it goes on", waiting.timeout) };
    let ended = ended.map_err(|_| late())??;
    let kind = print::text(ended.get("kind"));
    match ended["progress"]["state"].as_str() {
        Some("succeeded") => {
            eprintln!("{} successful!", capitalised(&kind));
            if reach.output == Output::Table { Ok(()) } else { print::document(&ended, reach.output) }
        }
        Some("failed") => {
            let cause = &ended["progress"]["cause"];
            let word = |key: &str| cause[key].as_str().unwrap_or_default();
            let told = format!("{kind} failed: {} {} ({})", word("reason"), word("action"), word("code"));
            Err(Failure::refused(told))
        }
        _ => Err(Failure::refused(format!("{kind} was cancelled"))),
    }
}

/// Until the operation that was asked for is over.
async fn watch(reach: &Reach, asked: &Value) -> Result<Value, Failure> {
    let name = print::text(asked.get("name"));
    let id = &asked["operation"]["id"];
    let path = format!("applications/{}/operations", slipway_app::ways::escape(&name));
    let mut told = String::new();
    loop {
        let found = reach.ask(Method::GET, &path, None).await?;
        let operation = found["operations"].as_array().into_iter().flatten().find(|one| one["id"] == *id);
        let gone = || Failure::refused("the operation is not known any more");
        let operation = operation.ok_or_else(gone)?;
        if operation["progress"]["state"] != "open" {
            return Ok(operation.clone());
        }
        let phase = phase(operation);
        if phase != told {
            eprintln!("{phase}");
            told = phase;
        }
        tokio::time::sleep(PACE).await;
    }
}

/// What it is at, in the words of S2.18.
fn phase(operation: &Value) -> String {
    let note = operation["note"].as_str().unwrap_or_default();
    match operation["progress"]["step"].as_str().unwrap_or_default() {
        "accepted" => "Initializing…".to_owned(),
        "build" => "Planning… building images".to_owned(),
        "push" => "Planning… pushing images".to_owned(),
        "apply" => match note.strip_suffix(" objects").and_then(|note| note.split_once(" of ")) {
            Some((done, all)) => format!("Applying… ({done}/{all})"),
            None => "Applying…".to_owned(),
        },
        "settle" => "Applying… starting workloads".to_owned(),
        _ if note.is_empty() => "Removing…".to_owned(),
        _ => format!("Removing… {note}"),
    }
}

fn capitalised(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn s2_18_each_step_is_told_in_a_phase_and_objects_are_counted() {
        let told = |step: &str, note: Value| {
            phase(&json!({"progress": {"state": "open", "step": step}, "note": note}))
        };
        assert_eq!(told("accepted", Value::Null), "Initializing…");
        assert_eq!(told("build", Value::Null), "Planning… building images");
        assert_eq!(told("apply", json!("17 of 28 objects")), "Applying… (17/28)");
        assert_eq!(told("settle", json!("waits for web")), "Applying… starting workloads");
        assert_eq!(told("remove", json!("Pod web-1 is left.")), "Removing… Pod web-1 is left.");
    }
}
