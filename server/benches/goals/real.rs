//! G5c, G7, G8, G9 with a real API server: what ten thousand instances consist of is in it, and nobody else works with it.

use std::time::Duration;

use anyhow::{Context, ensure};
use futures::{StreamExt, TryStreamExt, stream};
use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use reqwest::Method;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::{
    numbers::{millis, number},
    paper,
    program::{Memory, Program},
    seed,
    stage::{Size, Stage},
    table::Row,
    viewers::Viewers,
    watched::LIST,
};

/// The kubeconfig of one that has nothing, and is thrown away.
const SERVER: &str = "SLIPWAY_TEST_EMPTY_SERVER";
const AT_ONCE: usize = 24;
const PATIENCE: Duration = Duration::from_mins(5);
/// A watch is begun anew every five minutes or so; nine of them, in this time.
const CALM: Duration = Duration::from_mins(1);
const FEW: f64 = 3.0;
const VIEWERS: usize = 1000;
const KIB_OF_MIB: f64 = 1024.0;

pub async fn measure(stage: &Stage) -> anyhow::Result<Vec<Row>> {
    let Ok(file) = std::env::var(SERVER) else {
        let why = "no API server: make bench starts one";
        return Ok(vec![Row::left_out("G7", "10000 instances on a real API server", why)]);
    };
    let (kubeconfig, options) = (Kubeconfig::read_from(&file)?, KubeConfigOptions::default());
    let client = Client::try_from(Config::from_custom_kubeconfig(kubeconfig, &options).await?)?;
    let objects = fill(stage, &client).await?;
    let without = Asked::in_calm(&client).await?;

    let running = seed::made(0..Size::L.count()).count();
    let Reader { program, read, memory } =
        Reader::start(stage, &format!("kubeconfig:{file}"), running).await?;
    let with = Asked::in_calm(&client).await?;

    let viewer = Viewers::come(&program, &stage.browser, LIST, 1).await?;
    let one = watches(&client).await?;
    let viewers = Viewers::come(&program, &stage.browser, LIST, VIEWERS).await?;
    let many = watches(&client).await?;
    drop((viewer, viewers));
    program.stop().await?;
    let calmly =
        format!("in {} s in which nothing happens, 10000 instances on a real API server", CALM.as_secs());
    let mut rows = vec![
        Row::measured(
            "G5c",
            format!("watches on a real API server for {} viewers, more than for one", number(VIEWERS)),
            "",
            0.0,
            many - one,
        ),
        Row::measured("G7", format!("requests {calmly}"), "", FEW, with.all - without.all),
        Row::measured("G7", format!("lists {calmly}"), "", 0.0, with.lists - without.lists),
    ];
    let what = format!("10000 instances, {objects} objects on a real API server");
    rows.extend(cost(&what, read, memory));
    Ok(rows)
}

/// Makes what the instances consist of; how many objects there are.
async fn fill(stage: &Stage, client: &Client) -> anyhow::Result<usize> {
    let each = stream::iter(seed::made(0..Size::L.count())).map(|number| async move {
        let objects = stage.objects(number)?;
        paper::make(client, &objects).await
    });
    each.buffer_unordered(AT_ONCE).try_fold(0, |sum, made| async move { Ok(sum + made) }).await
}

/// A program that has read everything there is of ten thousand instances.
pub struct Reader {
    pub program: Program,
    /// Milliseconds from its start until it knew of each that runs that it runs.
    pub read: f64,
    pub memory: Memory,
}

impl Reader {
    /// Once it knows of that many that they run.
    pub async fn start(stage: &Stage, cluster: &str, running: usize) -> anyhow::Result<Self> {
        let began = Instant::now();
        let program = Program::start(&stage.data(Size::L), cluster).await?;
        while count_running(stage, &program).await? != running {
            ensure!(began.elapsed() < PATIENCE, "not all that run are known to run");
            sleep(Duration::from_millis(100)).await;
        }
        let read = millis(began.elapsed());
        program.rest().await?;
        let memory = program.memory()?;
        Ok(Self { program, read, memory })
    }
}

/// G8 and G9 of what was read.
pub fn cost(what: &str, read: f64, memory: Memory) -> [Row; 3] {
    let (most, now) = (number(memory.peak), number(memory.now));
    [
        Row::measured("G8", format!("resident for {what}"), "MiB", 80.0, now / KIB_OF_MIB),
        Row::measured("G8", "the most while these were read, of what stayed", "", 1.5, most / now),
        Row::known("G9", format!("exec until {what} are read and judged"), "ms", read),
    ]
}

async fn count_running(stage: &Stage, program: &Program) -> anyhow::Result<usize> {
    let (mut count, mut cursor) = (0, String::new());
    loop {
        let path = format!("applications?status=Running&sort=name&limit=1000{cursor}");
        let page = stage.browser.ask(&program.url, Method::GET, &path, &Value::Null).await?;
        count += page["applications"].as_array().context("no applications")?.len();
        match page["next"].as_str() {
            Some(next) => {
                let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
                cursor = format!("&cursor={next}");
            }
            None => return Ok(count),
        }
    }
}

/// What an API server was asked for.
struct Asked {
    all: f64,
    lists: f64,
}

impl Asked {
    /// While nothing happens.
    async fn in_calm(client: &Client) -> anyhow::Result<Self> {
        let before = Self::so_far(client).await?;
        sleep(CALM).await;
        let after = Self::so_far(client).await?;
        Ok(Self { all: after.all - before.all, lists: after.lists - before.lists })
    }

    async fn so_far(client: &Client) -> anyhow::Result<Self> {
        let told = told(client).await?;
        let of = |verb: &str| sum(&told, "apiserver_request_total{", verb);
        Ok(Self { all: of(""), lists: of("verb=\"LIST\"") })
    }
}

/// Watches that there are at this moment.
async fn watches(client: &Client) -> anyhow::Result<f64> {
    Ok(sum(&told(client).await?, "apiserver_longrunning_requests{", "verb=\"WATCH\""))
}

async fn told(client: &Client) -> anyhow::Result<String> {
    Ok(client.request_text(http::Request::get("/metrics").body(Vec::new())?).await?)
}

fn sum(metrics: &str, metric: &str, label: &str) -> f64 {
    let lines = metrics.lines().filter(|line| line.starts_with(metric) && line.contains(label));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
}
