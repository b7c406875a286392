//! What containers say, line by line.

use futures_core::stream::BoxStream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ports::PortError;

/// Which lines are wished for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogWish {
    /// The task.
    pub task: String,
    /// Its container; called like the component.
    pub container: String,
    /// Of the run before the present one?
    pub previous: bool,
    /// Only so many of the last lines.
    pub tail: Option<u32>,
    /// Only what was said since so many seconds.
    pub since_seconds: Option<u32>,
    /// Also what will be said from now on?
    pub follow: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// When it was said.
    pub at: Option<Timestamp>,
    /// What was said.
    pub text: String,
}

/// Lines as they come.
pub type LogStream = BoxStream<'static, Result<LogLine, PortError>>;

impl LogLine {
    /// A line as the cluster writes it: its time, a space, what was said.
    pub fn parse(line: &str) -> Self {
        match line.split_once(' ').map(|(time, text)| (time.parse::<Timestamp>(), text)) {
            Some((Ok(at), text)) => Self { at: Some(at), text: text.to_owned() },
            _ => match line.parse::<Timestamp>() {
                // Nothing was said, at that time.
                Ok(at) => Self { at: Some(at), text: String::new() },
                Err(_) => Self { at: None, text: line.to_owned() },
            },
        }
    }

    /// The same line without anything that is secret (D18). Very short secrets would blacken everything.
    #[must_use]
    pub fn without(mut self, secrets: &[String]) -> Self {
        for secret in secrets.iter().filter(|secret| secret.len() >= SHORTEST_SECRET) {
            if self.text.contains(secret.as_str()) {
                self.text = self.text.replace(secret.as_str(), MASK);
            }
        }
        self
    }
}

/// What stands in the place of a secret.
const MASK: &str = "••••••";
/// Shorter secrets are words that stand in logs for other reasons.
const SHORTEST_SECRET: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_begins_with_its_time() {
        let line = LogLine::parse("2026-05-04T10:00:00.5Z listening on 8080");
        assert_eq!(line.at, Some("2026-05-04T10:00:00.5Z".parse().unwrap()));
        assert_eq!(line.text, "listening on 8080");
        assert_eq!(LogLine::parse("no time here").text, "no time here");
        assert_eq!(LogLine::parse("2026-05-04T10:00:00Z").text, "");
    }

    #[test]
    fn d18_a_line_never_shows_a_secret() {
        let line = LogLine { at: None, text: "login with hunter22 as on".to_owned() };
        let masked = line.without(&["hunter22".to_owned(), "on".to_owned()]);
        assert_eq!(masked.text, "login with •••••• as on");
    }
}
