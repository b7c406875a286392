//! What containers said before they ended, for the rules that judge why: the cluster itself keeps the very last
//! lines only, and of a long stack trace those say nothing.

use slipway_domain::{black_box::last_words, ids::ApplicationId, observed::Observed};

use crate::Ports;

/// What was observed, with the last words that the black box has of those that are in trouble.
pub(crate) async fn recall(ports: &Ports, id: ApplicationId, mut observed: Observed) -> Observed {
    for task in observed.components.iter_mut().flat_map(|component| &mut component.tasks) {
        let (Some(trouble), Some(end)) = (&mut task.trouble, &mut task.last_end) else { continue };
        let Some(at) = end.at else { continue };
        // Not to know more is no reason not to judge by what is known.
        let Ok(Some(log)) = ports.journal.log_of_end(id, &task.id, at).await else { continue };
        let words = last_words(&log);
        // What it wrote for the cluster alone is not in its log; it stays, and stays last.
        let said = match end.message.lines().next_back() {
            Some(last) if !log.contains(last) => format!("{words}\n{}", end.message),
            _ => words,
        };
        // Of one that has just ended both are the same, the trouble's in full.
        if !end.message.is_empty() && trouble.message.ends_with(&end.message) {
            trouble.message.clone_from(&said);
        }
        end.message = said;
    }
    observed
}
