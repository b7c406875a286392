//! The audit trail: one row for each change, refusal, sign-in, use of a secret and automatic action (D7). Rows are
//! never changed; each carries a hash over itself and the hash of the row before it, so that a row that was changed,
//! taken out or put in is found.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Who acts when nobody asked.
pub const AUTOMATIC: &str = "slipway";
/// Who acts when it is not known.
pub const UNKNOWN: &str = "unknown";

/// A row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number: from 1, without gaps.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: String,
    /// What was done, or asked for.
    pub action: String,
    /// To what.
    pub object: String,
    /// What came of it.
    pub outcome: String,
    /// The request; empty for an automatic action.
    pub request: String,
    /// The address that the request came from.
    pub address: String,
    /// The way in: `browser`, or `token` and the name of the token.
    pub via: String,
    /// Over this row and the hash of the row before it.
    pub hash: String,
}

impl Entry {
    /// The row as it is hashed: a JSON array of its fields in this order, the time in milliseconds since 1970.
    pub fn canonical(&self) -> String {
        let Self { seq, actor, action, object, outcome, request, address, via, .. } = self;
        let fields = (seq, self.at.as_millisecond(), actor, action, object, outcome, request, address, via);
        // Numbers and texts always can be written.
        serde_json::to_string(&fields).unwrap_or_default()
    }

    /// The hash that the row must have after one with that hash; the first row comes after nothing.
    pub fn hash_after(&self, before: &str) -> String {
        hex::encode(Sha256::digest(format!("{before}\n{}", self.canonical())))
    }
}

/// Which rows are looked for; what is empty does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    /// A part of any text of the row.
    pub q: String,
    /// Who, exactly.
    pub actor: String,
    /// What, exactly.
    pub action: String,
    /// To what, exactly.
    pub object: String,
    /// `accepted`, `refused` or `failed`: how the outcome begins.
    pub outcome: String,
    /// Not before this moment.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// What is wrong with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// It is not what was written, or what stands before it is not.
    Altered,
    /// There is none of that number.
    Missing,
}

impl Flaw {
    /// What a person reads after the number of the row.
    pub fn label(self) -> &'static str {
        match self {
            Self::Altered => "is not what was written: it or the row before it was changed",
            Self::Missing => "is missing: it was taken out, or the trail was cut off there",
        }
    }
}

/// What a look at the whole trail found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How many rows were checked.
    pub rows: i64,
    /// The first number that the chain covers; what is older was written by a version without it.
    pub since: i64,
    /// The number and the hash of the last good row. Kept elsewhere, they show later that the trail up to there is
    /// still the same.
    pub head: Option<(i64, String)>,
    /// The first row that is not as it should be.
    pub broken: Option<(i64, Flaw)>,
}

/// Walks along the chain.
#[derive(Debug)]
pub struct Walk {
    next: i64,
    verdict: Verdict,
}

impl Walk {
    /// From the first number that the chain covers.
    pub fn from(since: i64) -> Self {
        Self { next: since, verdict: Verdict { rows: 0, since, head: None, broken: None } }
    }

    /// The next row that there is. False if there is no need to go on.
    pub fn step(&mut self, entry: &Entry) -> bool {
        let before = self.verdict.head.as_ref().map_or("", |(_, hash)| hash);
        if entry.seq != self.next {
            self.verdict.broken = Some((self.next, Flaw::Missing));
        } else if entry.hash != entry.hash_after(before) {
            self.verdict.broken = Some((entry.seq, Flaw::Altered));
        } else {
            self.next += 1;
            self.verdict.rows += 1;
            self.verdict.head = Some((entry.seq, entry.hash.clone()));
        }
        self.verdict.broken.is_none()
    }

    /// There are no more rows, and there should be this many.
    pub fn end(mut self, count: i64) -> Verdict {
        if self.verdict.broken.is_none() && self.next <= count {
            self.verdict.broken = Some((self.next, Flaw::Missing));
        }
        self.verdict
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trail(length: i64) -> Vec<Entry> {
        let mut rows: Vec<Entry> = Vec::new();
        for seq in 1..=length {
            let text = |text: &str| text.to_owned();
            let mut entry = Entry {
                seq,
                at: Timestamp::UNIX_EPOCH,
                actor: text("ana"),
                action: text("deploy"),
                object: text("shop"),
                outcome: text("accepted"),
                request: text("r"),
                address: text("::1"),
                via: text("browser"),
                hash: String::new(),
            };
            entry.hash = entry.hash_after(rows.last().map_or("", |row| &row.hash));
            rows.push(entry);
        }
        rows
    }

    fn verdict(rows: &[Entry], count: i64) -> Verdict {
        let mut walk = Walk::from(1);
        let _ = rows.iter().all(|row| walk.step(row));
        walk.end(count)
    }

    #[test]
    fn d7_a_whole_trail_is_whole_and_its_head_is_the_last_row() {
        let rows = trail(5);
        let found = verdict(&rows, 5);
        assert_eq!((found.rows, found.broken), (5, None));
        assert_eq!(found.head, Some((5, rows[4].hash.clone())));
    }

    #[test]
    fn d7_a_changed_row_is_named_whatever_was_changed() {
        let changes: [fn(&mut Entry); 9] = [
            |row| row.at = Timestamp::UNIX_EPOCH + jiff::SignedDuration::from_millis(1),
            |row| row.actor.push('x'),
            |row| row.action.push('x'),
            |row| row.object.push('x'),
            |row| row.outcome.push('x'),
            |row| row.request.push('x'),
            |row| row.address.push('x'),
            |row| row.via.push('x'),
            |row| row.hash = row.hash.replace(['0', '1', '2'], "3"),
        ];
        for (number, change) in changes.into_iter().enumerate() {
            let mut rows = trail(5);
            change(&mut rows[2]);
            assert_eq!(verdict(&rows, 5).broken, Some((3, Flaw::Altered)), "change {number}");
        }
    }

    #[test]
    fn d7_a_text_moved_from_one_field_to_the_next_is_a_change() {
        let mut rows = trail(2);
        (rows[1].action, rows[1].object) = ("deploysh".into(), "op".into());
        assert_eq!(verdict(&rows, 2).broken, Some((2, Flaw::Altered)));
    }

    #[test]
    fn d7_a_changed_row_with_a_hash_that_fits_it_breaks_the_next_one() {
        let mut rows = trail(5);
        rows[2].actor = "eve".into();
        rows[2].hash = rows[2].hash_after(&rows[1].hash.clone());
        assert_eq!(verdict(&rows, 5).broken, Some((4, Flaw::Altered)));
    }

    #[test]
    fn d7_a_row_that_was_taken_out_is_missing_also_at_the_end() {
        for gone in 1..=5 {
            let mut rows = trail(5);
            rows.retain(|row| row.seq != gone);
            assert_eq!(verdict(&rows, 5).broken, Some((gone, Flaw::Missing)));
        }
        assert_eq!(verdict(&trail(5)[..3], 5).broken, Some((4, Flaw::Missing)));
        assert_eq!(verdict(&[], 0).broken, None);
    }
}
