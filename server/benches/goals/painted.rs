//! G3, G12b: what somebody feels at a slow browser, the real one. It is led by end2end/bench/paint.mjs.

use std::path::Path;

use anyhow::{Context, ensure};
use serde::{Deserialize, de::DeserializeOwned};
use tokio::process::Command;

use crate::{
    churn,
    program::Program,
    stage::{Size, Stage},
    table::Row,
};

const LIST: &str = "/devops/instances";
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Milliseconds until the largest thing was painted, and for how long nothing could be done.
#[derive(Deserialize)]
struct Loads {
    painted: f64,
    still: f64,
    blocked: f64,
}

/// Milliseconds from a key until it is painted, and until what it finds is.
#[derive(Deserialize)]
struct Keys {
    felt: f64,
    found: Option<f64>,
}

/// While nothing happens: a page of ten thousand.
pub async fn loads(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let what = "largest paint of 50 rows of 10000, processor slowed down four times";
    if !can_paint() {
        return Ok(vec![left_out("G3", what)]);
    }
    let program = stage.start(Size::L).await?;
    let loads: Loads = paint(stage, &program, "load").await?;
    program.stop().await?;
    Ok(vec![
        Row::measured(
            "G3",
            format!("{what}, of that of the same bytes without a console"),
            "",
            1.25,
            loads.painted / loads.still,
        ),
        Row::known("G3", what, "ms", loads.painted),
        Row::measured("G3b", "time in which nothing can be done while it loads", "ms", 150.0, loads.blocked),
    ])
}

/// While a hundred events a second come: keys in the field that finds.
pub async fn keys(stage: &Stage, program: &Program) -> anyhow::Result<Vec<Row>> {
    let what = "a key until it is painted while 100 events a second come, slowed down four times, p75";
    if !can_paint() {
        return Ok(vec![left_out("G3b", what)]);
    }
    let names = churn::names(700, churn::RESTARTS);
    let churn = async {
        loop {
            churn::restart_all(&stage.client, &names, churn::OVER).await?;
        }
    };
    let keys: Keys = tokio::select! {
        keys = paint(stage, program, "keys") => keys?,
        broken = churn => return broken,
    };
    let found = keys.found.context("nothing was found")?;
    program.rest().await?;
    Ok(vec![
        Row::measured("G3b", what, "ms", 100.0, keys.felt),
        Row::measured("G12b", "the same until what it finds is painted", "ms", 100.0, found),
    ])
}

fn can_paint() -> bool {
    Path::new(FOLDER).join("node_modules/@playwright").exists()
}

fn left_out(id: &str, what: &str) -> Row {
    Row::left_out(id, what, "the browser tests are not installed: run make test once")
}

async fn paint<T: DeserializeOwned>(stage: &Stage, program: &Program, mode: &str) -> anyhow::Result<T> {
    let address = format!("{}{LIST}", program.url);
    let mut node = Command::new("node");
    node.current_dir(FOLDER).args(["end2end/bench/paint.mjs", mode, &address, &stage.browser.cookie]);
    let output = node.kill_on_drop(true).output().await?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).context("the browser says nothing")
}
