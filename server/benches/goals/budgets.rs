//! What single operations may cost, in instructions: the same whatever else the machine does. This is what `cargo test`
//! does with this program. The counts are those of a debug build, because that is what tests are made of.
//!
//! Whoever needs more raises the budget, and says why in the commit.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};
use tokio::runtime::Runtime;

use crate::instructions::{is_there, of_all, of_render};

const FEW: usize = 100;
const MANY: usize = 1_000;

/// What each may cost among a hundred applications, about a tenth more than it does; and as often as that among ten
/// times as many. An order of rows is a tree, which is a little deeper then.
const BUDGETS: [(&str, f64, f64); 5] = [
    ("page", 140_000.0, 1.2),
    ("filter", 240_000.0, 14.0),
    ("encode", 115_000.0, 1.01),
    ("apply", 28_000.0, 1.35),
    ("plan", 4_900_000.0, 1.01),
];
/// A page of the list, once it is known who asks.
const RENDER: f64 = 6_200_000.0;

pub fn check() -> ExitCode {
    // What cargo hands over. They write the same files, so they are not run beside each other.
    let arguments = Arguments { test_threads: Some(1), ..Arguments::from_args() };
    let trials = vec![
        Trial::test("g13_every_operation_keeps_to_its_budget_however_many_there_are", || counted(operations)),
        Trial::test("g13_a_page_keeps_to_its_budget", || counted(page)),
    ];
    let conclusion: Conclusion = libtest_mimic::run(&arguments, trials);
    conclusion.exit_code()
}

fn counted(test: impl AsyncFnOnce() -> anyhow::Result<Vec<String>>) -> Result<(), Failed> {
    let too_much = Runtime::new()?.block_on(async {
        is_there().await?;
        test().await
    });
    let too_much = too_much.map_err(|error| format!("{error:#}"))?;
    if too_much.is_empty() { Ok(()) } else { Err(too_much.join("\n").into()) }
}

async fn operations() -> anyhow::Result<Vec<String>> {
    let (few, many) = (of_all(FEW).await?, of_all(MANY).await?);
    let costs = BUDGETS.iter().filter_map(|(name, budget, _)| above(name, few[name], *budget));
    let grown = BUDGETS.iter().filter_map(|(name, _, growth)| {
        above(&format!("{name} among {MANY}, of that among {FEW},"), many[name] / few[name], *growth)
    });
    Ok(costs.chain(grown).collect())
}

async fn page() -> anyhow::Result<Vec<String>> {
    Ok(above("a page", of_render().await?, RENDER).into_iter().collect())
}

fn above(what: &str, cost: f64, budget: f64) -> Option<String> {
    println!("{what}: {cost:.2} of {budget}");
    (cost > budget).then(|| format!("{what} costs {cost:.2}, and may cost {budget}"))
}
