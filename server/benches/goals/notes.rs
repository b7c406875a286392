//! What must be known about a figure, or why there is none.

use crate::table::Row;

impl Row {
    /// A goal that was not measured, and why.
    pub fn left_out(id: &str, what: &str, why: &str) -> Self {
        let figure = Self::measured(id, what, "", 0.0, 0.0);
        Self { goal: None, figure: None, met: None, note: why.to_owned(), ..figure }
    }

    /// The same with something that must be known about it.
    pub fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}
