//! G13: instructions of single operations, as callgrind counts them. A difference between two runs leaves out what
//! happens before and after.

use std::path::Path;

use anyhow::{Context, ensure};
use tokio::process::Command;

use crate::{
    numbers::number,
    ops,
    stage::Size,
    table::{Row, target},
};

const FEW: usize = 10;
const MANY: usize = 30;
/// What was counted in hundred rows may grow so much until there are a hundred times as many.
const GROWTH: f64 = 1.2;

pub async fn measure() -> anyhow::Result<Vec<Row>> {
    let what = "instructions of single operations";
    let found = Command::new("valgrind").arg("--version").output().await;
    if !found.is_ok_and(|answer| answer.status.success()) {
        return Ok(vec![Row::left_out(
            "G13",
            what,
            "valgrind is not installed (Debian: apt-get install valgrind)",
        )]);
    }
    let mut rows = Vec::new();
    for operation in ops::ALL {
        let few = of(operation, Size::S).await?;
        rows.push(count(operation, Size::S, few));
        if operation == ops::RENDER {
            continue;
        }
        let many = of(operation, Size::L).await?;
        rows.push(count(operation, Size::L, many));
        let what = format!("growth of {operation} from 100 to 10000 instances");
        // A search looks at every row; it must not do more than that.
        let goal = if operation == "filter" { number(Size::L.count() / Size::S.count()) } else { GROWTH };
        rows.push(Row::measured("G13", what, "", goal, many / few));
    }
    Ok(rows)
}

fn count(operation: &str, size: Size, instructions: f64) -> Row {
    let what = format!("instructions of {operation}, {} instances", size.count());
    Row::known("G13", what, "", instructions)
}

/// Instructions of one.
async fn of(operation: &str, size: Size) -> anyhow::Result<f64> {
    let (few, many) = (counted(operation, size, FEW).await?, counted(operation, size, MANY).await?);
    ensure!(many > few, "{operation} costs nothing");
    Ok(number(many - few) / number(MANY - FEW))
}

async fn counted(operation: &str, size: Size, times: usize) -> anyhow::Result<usize> {
    let out = target().join("callgrind.out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--callgrind-out-file={}", out.display())])
        .arg(std::env::current_exe()?)
        .args(["ops", operation, &size.count().to_string(), &times.to_string()])
        .output()
        .await?;
    let told = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "valgrind: {told}");
    read(&out)?.parse().context("callgrind says nothing")
}

/// The sum is in the last lines of the file.
fn read(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file)?;
    let sum =
        text.lines().rev().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    Ok(sum.context("callgrind says nothing")?.trim().to_owned())
}
