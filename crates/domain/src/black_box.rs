//! The black box: what a container said before it ended, kept when its pod and its namespace are gone (D3).

use serde::{Deserialize, Serialize};

use crate::{names::ComponentName, observed::End};

/// How many of its last lines are kept.
pub const LINES: u32 = 500;

/// One end of one container.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The component.
    pub component: ComponentName,
    /// The task.
    pub task: String,
    /// The release that it ran.
    pub release: String,
    /// How it ended.
    pub end: End,
    /// What the cluster remarked on the task, a line each.
    pub remarks: Vec<String>,
    /// Its last lines; none if the cluster had them no more.
    pub log: Option<String>,
}

/// Of what a log says, no more than this is told.
const LAST_WORDS: usize = 1024;
/// A line that is longer says less than the next one.
const LONGEST: usize = 320;

/// What was said at the end, without the places in the code: of a stack trace only what it names as causes.
pub fn last_words(log: &str) -> String {
    let (mut words, mut length) = (Vec::new(), 0);
    for line in log.lines().rev().map(str::trim_end).filter(|line| !line.is_empty() && !is_place(line)) {
        let end = line.char_indices().nth(LONGEST).map_or(line.len(), |(end, _)| end);
        length += end + 1;
        if length > LAST_WORDS && !words.is_empty() {
            break;
        }
        words.push(&line[..end]);
    }
    words.reverse();
    words.join("\n")
}

/// Is it a line of a stack trace that names a place in the code, as Java and JavaScript write them?
pub fn is_place(line: &str) -> bool {
    let said = line.trim_start();
    (said.len() < line.len() && said.starts_with("at "))
        || said.starts_with("... ") && said.ends_with(" omitted")
        || said.starts_with("... ") && said.ends_with(" more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_stack_trace_the_causes_stay() {
        let frames =
            "\tat org.postgresql.Driver.connect(Driver.java:260) ~[postgresql-42.2.10.jar:42.2.10]\n"
                .repeat(40);
        let log = format!(
            "starting\nCaused by: a.B: outer\n{frames}\t... 88 common frames omitted\nCaused by: c.D: inner\n{frames}\t... 9 more\n\n"
        );
        assert_eq!(last_words(&log), "starting\nCaused by: a.B: outer\nCaused by: c.D: inner");
    }

    #[test]
    fn a_long_log_is_told_from_its_end_and_in_whole_lines() {
        let log = (0..500).map(|number| format!("line {number}")).collect::<Vec<_>>().join("\n");
        let words = last_words(&log);
        assert!(words.len() <= LAST_WORDS && words.ends_with("line 499") && words.starts_with("line "));
        assert_eq!(last_words(&"ä".repeat(5000)).chars().count(), LONGEST);
        assert_eq!(last_words(""), "");
    }

    #[test]
    fn what_only_looks_like_a_place_stays() {
        for line in ["at noon it ended", "  attention", "... and then"] {
            assert!(!is_place(line), "{line}");
        }
        assert!(is_place("    at main (/app/index.js:3:1)"));
    }
}
