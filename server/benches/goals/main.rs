//! `make bench`: what the console costs, against the goals of docs/performance.md. It starts the program as a process
//! of its own, on data of three sizes and simulated clusters, and uses it as browsers do.
//!
//! `goals` measures everything, `goals G9 G12` only that. A goal that is missed is no failure; something that is wrong,
//! an event that was lost or a page that is not right, is one. Without `--bench`, which cargo adds when it benchmarks, it is
//! a test: what is exact is held to its budget.

mod browser;
mod budgets;
mod churn;
mod cluster;
mod commits;
mod copies;
mod crowd;
mod instructions;
mod live;
mod memory;
mod notes;
mod numbers;
mod ops;
mod order;
mod pages;
mod painted;
mod paper;
mod program;
mod real;
mod render;
mod search;
mod seed;
mod size;
mod stage;
mod start;
mod table;
mod tls;
mod viewers;
mod wal;
mod watched;
mod whole;

use std::process::ExitCode;

use self::{stage::Stage, table::Row};

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.split_first() {
        Some((first, operation)) if first == ops::WORD => ops::run(operation)?,
        // What cargo adds if it does not test.
        _ if arguments.iter().any(|argument| argument == "--bench") => bench(arguments)?,
        _ => return Ok(budgets::check()),
    }
    Ok(ExitCode::SUCCESS)
}

fn bench(mut arguments: Vec<String>) -> anyhow::Result<()> {
    arguments.retain(|argument| argument != "--bench");
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut measured = Measured { wanted: arguments, ..Measured::default() };
    tokio::runtime::Runtime::new()?.block_on(all(&mut measured))?;
    table::report(&measured.rows)?;
    anyhow::ensure!(measured.wrong.is_empty(), "wrong: {}", measured.wrong.join(", "));
    Ok(())
}

async fn all(measured: &mut Measured) -> anyhow::Result<()> {
    let stage = Stage::set().await?;
    measured.take(&["G1", "G1b", "G2", "G2b"], pages::measure(&stage)).await;
    measured.take(&["G3", "G3b"], painted::loads(&stage)).await;
    measured.take(&["G8", "G8b"], memory::measure(&stage)).await;
    measured.take(&["G9"], start::measure(&stage)).await;
    let watching = watched::start(&stage).await?;
    measured.take(&["G7", "G11"], commits::measure(&stage, &watching)).await;
    measured.take(&["G4", "G4b"], live::measure(&stage, &watching)).await;
    measured.take(&["G5", "G5b", "G5c"], crowd::measure(&stage, &watching)).await;
    measured.take(&["G3b", "G12b"], painted::keys(&stage, &watching)).await;
    watching.stop().await?;
    measured.take(&["G5c", "G7", "G8", "G9"], real::measure(&stage)).await;
    measured.take(&["G7", "G8"], whole::measure(&stage)).await;
    measured.take(&["G10"], async { size::measure() }).await;
    measured.take(&["G12"], search::measure(&stage)).await;
    measured.take(&["G13"], instructions::measure()).await;
    Ok(())
}

/// What has been found out so far.
#[derive(Default)]
struct Measured {
    /// The goals that were asked for; none are all.
    wanted: Vec<String>,
    rows: Vec<Row>,
    wrong: Vec<String>,
}

impl Measured {
    /// Measures these goals, if one of them is wanted.
    async fn take(&mut self, goals: &[&str], measure: impl Future<Output = anyhow::Result<Vec<Row>>>) {
        if !self.wanted.is_empty() && !self.wanted.iter().any(|wanted| goals.contains(&wanted.as_str())) {
            return;
        }
        println!("measuring {}", goals.join(", "));
        match measure.await {
            Ok(rows) => self.rows.extend(rows),
            Err(error) => {
                println!("{}: {error:#}", goals.join(", "));
                self.wrong.push(goals.join(", "));
            }
        }
    }
}
