//! Goals that this program does not measure, and rows without a goal.

use crate::table::Row;

impl Row {
    /// A figure that is worth knowing.
    pub fn known(id: &str, what: impl Into<String>, unit: &str, figure: f64) -> Self {
        Self { goal: None, met: None, ..Self::measured(id, what, unit, figure, figure) }
    }

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

/// What needs a whole cluster, or is not compared yet.
pub fn rows() -> Vec<Row> {
    let rows = [
        (
            "G6b",
            "a click until the namespace exists, of a request and a commit",
            "no bare pair of the two is made yet",
        ),
        (
            "G9b",
            "killed amid 100 deployments until all is there, of what a loop needs",
            "time is not compared; tests/process/crash.rs kills the program at every step and finds nothing lost or doubled",
        ),
        ("G14", "100 undeployments at once until the list says so", "needs a namespace controller"),
    ];
    rows.map(|(id, what, why)| Row::left_out(id, what, why)).into()
}
