//! Answers for people, as tables, and for programs, as they are.

use clap::ValueEnum;
use serde_json::Value;

use super::{Done, Failure};

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// For people
    Table,
    /// For programs
    Json,
    /// For files
    Yaml,
}

/// Columns of the same width all the way down.
pub struct Table(Vec<Vec<String>>);

impl Table {
    pub fn new(heads: &[&str]) -> Self {
        Self(vec![heads.iter().map(|head| (*head).to_owned()).collect()])
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.0.push(cells);
    }

    pub fn print(&self) {
        print!("{}", self.text());
    }

    fn text(&self) -> String {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or_default();
        let width = |column: usize| {
            self.0
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or_default()
        };
        let widths: Vec<_> = (0..columns).map(width).collect();
        let mut text = String::new();
        for row in &self.0 {
            let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
            text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
            text.push('\n');
        }
        text
    }
}

/// A value in a cell. Control characters of whoever wrote it stay out of the terminal.
pub fn text(value: Option<&Value>) -> String {
    let told = match value {
        None | Some(Value::Null) => "-".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().map(|part| text(Some(part))).collect::<Vec<_>>().join(","),
        Some(value) => value.to_string(),
    };
    told.chars().filter(|c| !c.is_control() || *c == '\n').collect()
}

/// A list at a place of a document.
pub fn list(document: &Value, place: &str, columns: &[(&str, &str)], output: Output) -> Done {
    if output != Output::Table {
        return self::document(document, output);
    }
    let mut table = Table::new(&columns.iter().map(|(head, _)| *head).collect::<Vec<_>>());
    for entry in document.pointer(place).and_then(Value::as_array).into_iter().flatten() {
        table.row(columns.iter().map(|(_, path)| text(entry.pointer(path)).replace('\n', " ")).collect());
    }
    table.print();
    Ok(())
}

/// A whole document.
pub fn document(document: &Value, output: Output) -> Done {
    let written = match output {
        Output::Yaml => serde_saphyr::to_string(document).map_err(|error| error.to_string()),
        _ => serde_json::to_string_pretty(document).map_err(|error| error.to_string()),
    };
    let written = written.map_err(Failure::refused)?;
    println!("{}", written.trim_end());
    Ok(())
}

/// An application in a few words.
pub fn application(application: &Value, output: Output) -> Done {
    if output != Output::Table {
        return document(application, output);
    }
    let word = |path: &str| text(application.pointer(path));
    println!("{}  {}  generation {}", word("/name"), word("/standing/status"), word("/generation"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_has_columns_and_no_blanks_at_the_ends_of_lines() {
        let mut table = Table::new(&["NAME", "STATUS"]);
        table.row(vec!["shop".into(), "Running".into()]);
        table.row(vec!["bücher-laden".into(), "-".into()]);
        assert_eq!(table.text(), "NAME          STATUS\nshop          Running\nbücher-laden  -\n");
    }

    #[test]
    fn what_somebody_wrote_cannot_command_the_terminal() {
        assert_eq!(text(Some(&json!("a\u{1b}[31mb\r"))), "a[31mb");
        assert_eq!(text(Some(&json!(["read", "change"]))), "read,change");
        assert_eq!(text(None), "-");
    }
}
