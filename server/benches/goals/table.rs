//! What was measured, as a table for people and as JSON: `target/bench.json` keeps the last figure of every goal,
//! whichever program has measured it, and `target/bench.md` shows it as docs/performance.md does.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

/// A goal, and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The goal's name, for example `G5b`.
    pub id: String,
    /// What was measured.
    pub what: String,
    /// Of goal and figure.
    #[serde(default)]
    pub unit: String,
    /// At most this much; none if the figure is only worth knowing.
    pub goal: Option<f64>,
    /// None if it was not measured.
    pub figure: Option<f64>,
    /// None without a goal or a figure.
    pub met: Option<bool>,
    /// What else must be known, or why it was not measured.
    #[serde(default)]
    pub note: String,
}

impl Row {
    /// A figure that should not be larger than the goal.
    pub fn measured(id: &str, what: impl Into<String>, unit: &str, goal: f64, figure: f64) -> Self {
        let (goal, figure) = (Some(goal), Some(rounded(figure)));
        let met = Some(figure <= goal);
        Self {
            id: id.to_owned(),
            what: what.into(),
            unit: unit.to_owned(),
            goal,
            figure,
            met,
            note: String::new(),
        }
    }

    /// A figure that is worth knowing.
    pub fn known(id: &str, what: impl Into<String>, unit: &str, figure: f64) -> Self {
        Self { goal: None, met: None, ..Self::measured(id, what, unit, figure, figure) }
    }

    fn verdict(&self) -> &'static str {
        match (self.met, self.figure) {
            (Some(true), _) => "met",
            (Some(false), _) => "MISSED",
            (None, Some(_)) => "",
            (None, None) => "not measured",
        }
    }
}

/// Prints the rows, and puts them into the file in place of older ones of the same goals.
pub fn report(rows: &[Row]) -> io::Result<()> {
    println!("{:<5} {:<74} {:>10} {:>10} {:<8} verdict", "id", "what", "goal", "figure", "unit");
    for row in rows {
        let number = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
        let (goal, figure) = (number(row.goal), number(row.figure));
        let Row { id, what, unit, note, .. } = row;
        let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
        println!("{id:<5} {what:<74} {goal:>10} {figure:>10} {unit:<8} {}{note}", row.verdict());
    }
    let file = target().join("bench.json");
    let kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Vec<Row>>(&bytes).ok());
    let mut all = kept.unwrap_or_default();
    all.retain(|kept| rows.iter().all(|row| row.id != kept.id));
    all.extend_from_slice(rows);
    all.sort_by_key(|row| place(&row.id));
    fs::write(file.with_extension("md"), page(&all))?;
    fs::write(file, serde_json::to_string_pretty(&all)? + "\n")
}

/// The same as docs/performance.md has it.
fn page(rows: &[Row]) -> String {
    let number = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
    let lines = rows.iter().map(|row| {
        let (goal, figure) = (number(row.goal), number(row.figure));
        let Row { id, what, unit, note, .. } = row;
        let verdict =
            [row.verdict(), note.as_str()].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        format!("| {id} | {what} | {goal} | {figure} | {unit} | {} |\n", verdict.join(": "))
    });
    let head = "| goal | what | at most | figure | unit | |\n|---|---|---|---|---|---|\n";
    head.to_owned() + &lines.collect::<String>()
}

/// Where everything is that was built.
pub fn target() -> PathBuf {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target");
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(beside, PathBuf::from)
}

/// G9 comes before G9b, and both before G10.
fn place(id: &str) -> (u32, String) {
    let digits: String = id.chars().filter(char::is_ascii_digit).collect();
    (digits.parse().unwrap_or_default(), id.to_owned())
}

/// Three digits say more than enough of what no two runs agree on.
fn rounded(figure: f64) -> f64 {
    if figure.abs() >= 1000.0 { figure.round() } else { (figure * 1000.0).round() / 1000.0 }
}
