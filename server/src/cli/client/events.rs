//! Server-sent events as they come.

use reqwest::Response;
use slipway_domain::ports::chain;

use super::Failure;

/// The events of an answer that does not end.
pub struct Events {
    answer: Response,
    /// What has come of the event after the last one.
    rest: String,
}

impl Events {
    /// Those of that answer.
    pub fn of(answer: Response) -> Self {
        Self { answer, rest: String::new() }
    }

    /// The next one's name and data; none when no more will come. Comments only keep the connection alive.
    pub async fn next(&mut self) -> Result<Option<(String, String)>, Failure> {
        loop {
            while let Some(end) = self.rest.find("\n\n") {
                let block: String = self.rest.drain(..end + 2).collect();
                match parsed(&block) {
                    Some((name, _)) if name == "end" => return Ok(None),
                    Some(found) => return Ok(Some(found)),
                    None => {}
                }
            }
            let more = self.answer.chunk().await.map_err(|error| Failure {
                code: 3,
                told: format!("the connection broke: {}", chain(&error.without_url())),
            })?;
            match more {
                Some(more) => self.rest.push_str(&String::from_utf8_lossy(&more)),
                None => return Ok(None),
            }
        }
    }
}

fn parsed(block: &str) -> Option<(String, String)> {
    let (mut name, mut data) = (String::new(), Vec::new());
    for line in block.lines() {
        match line.split_once(':') {
            Some(("event", value)) => value.trim_start().clone_into(&mut name),
            Some(("data", value)) => data.push(value.strip_prefix(' ').unwrap_or(value)),
            _ => {}
        }
    }
    (!name.is_empty()).then(|| (name, data.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_has_a_name_and_lines_of_data_and_a_comment_is_none() {
        let event = parsed("event: line\ndata: one: 1\ndata: two").unwrap();
        assert_eq!(event, ("line".to_owned(), "one: 1\ntwo".to_owned()));
        assert_eq!(parsed(":"), None);
    }
}
