//! G13: instructions of single operations, as callgrind counts them.

use std::collections::BTreeMap;

use anyhow::{Context, bail, ensure};
use tokio::process::Command;

use crate::{
    numbers::number,
    ops, render,
    stage::Size,
    table::{Row, target},
};

const TIMES: usize = 10;
/// What was counted in hundred rows may grow so much until there are a hundred times as many.
const GROWTH: f64 = 1.2;

pub async fn measure() -> anyhow::Result<Vec<Row>> {
    let what = "instructions of single operations";
    if let Err(error) = is_there().await {
        return Ok(vec![Row::left_out("G13", what, &error.to_string())]);
    }
    let (few, many) = (of_all(Size::S.count()).await?, of_all(Size::L.count()).await?);
    let mut rows = vec![count("render", Size::S, of_render().await?)];
    for operation in ops::ALL {
        let (few, many) = (few[operation], many[operation]);
        rows.extend([count(operation, Size::S, few), count(operation, Size::L, many)]);
        let what = format!("growth of {operation} from 100 to 10000 instances");
        // A search looks at every row; it must not do more than that.
        let goal = if operation == "filter" { number(Size::L.count() / Size::S.count()) } else { GROWTH };
        rows.push(Row::measured("G13", what, "", goal, many / few));
    }
    Ok(rows)
}

/// Is what counts them installed?
pub async fn is_there() -> anyhow::Result<()> {
    let found = Command::new("valgrind").arg("--version").output().await;
    let is_there = found.is_ok_and(|answer| answer.status.success());
    ensure!(is_there, "valgrind is not installed (Debian: apt-get install valgrind)");
    Ok(())
}

fn count(operation: &str, size: Size, instructions: f64) -> Row {
    let what = format!("instructions of {operation}, {} instances", size.count());
    Row::known("G13", what, "", instructions)
}

/// Instructions of one of each operation among so many applications.
pub async fn of_all(rows: usize) -> anyhow::Result<BTreeMap<&'static str, f64>> {
    let counted = Counted::run(&[&rows.to_string(), &TIMES.to_string()]).await?;
    let each = ops::ALL.iter().map(|operation| {
        let all = counted.function(&format!("::ops::{operation}"))?;
        Ok((*operation, all / number(TIMES)))
    });
    each.collect()
}

/// Instructions of a page of the list of a hundred applications.
pub async fn of_render() -> anyhow::Result<f64> {
    let counted = Counted::run(&[&Size::S.count().to_string()]).await?;
    Ok(counted.function(render::FUNCTION)? / number(render::TIMES))
}

/// What callgrind has counted: functions, with all that they call.
struct Counted(String);

impl Counted {
    async fn run(operation: &[&str]) -> anyhow::Result<Self> {
        let file = target().join(format!("callgrind.{}.out", operation.join("-")));
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--tool=callgrind", &format!("--callgrind-out-file={}", file.display())]);
        valgrind.arg(std::env::current_exe()?).arg(ops::WORD).args(operation);
        said(&mut valgrind).await?;
        let mut annotate = Command::new("callgrind_annotate");
        annotate.args(["--inclusive=yes", "--threshold=100", "--show-percs=no", "--auto=no"]).arg(&file);
        Ok(Self(said(&mut annotate).await?))
    }

    /// The first line that names it is about all of it.
    fn function(&self, name: &str) -> anyhow::Result<f64> {
        let named =
            |line: &&str| line.split_once(name).is_some_and(|(_, rest)| !rest.starts_with([':', '_']));
        let line = self.0.lines().find(named).with_context(|| format!("{name} was not counted"))?;
        let all = line.split_whitespace().next().context("no figure")?.replace(',', "");
        Ok(all.parse()?)
    }
}

async fn said(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().await?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(String::from_utf8(output.stdout)?)
}
