//! Everything around what is measured: consoles of three sizes, in which the same person is signed in, and their
//! clusters.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use reqwest::Method;
use serde_json::{Value, json};
use slipway_domain::names::ApplicationName;
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};
use slipway_store::Store;
use tempfile::TempDir;

use crate::{
    browser::Browser,
    cluster::Door,
    copies::Original,
    program::Program,
    seed::{self, Pattern},
};

/// Each phase of a pod's start takes this long, so that an application that lost one is seen without it.
const PACE: Duration = Duration::from_millis(300);
/// Names of objects are as long as those of the copies.
const PATTERN: &str = "original-00001";

/// How many applications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Size {
    None,
    S,
    M,
    L,
}

impl Size {
    pub fn count(self) -> usize {
        match self {
            Self::None => 0,
            Self::S => 100,
            Self::M => 1000,
            Self::L => 10_000,
        }
    }
}

/// What is around the programs that are measured.
pub struct Stage {
    folder: TempDir,
    pub browser: Browser,
    /// Never says what it has.
    pub silent: Door,
    /// Has what the applications of size M consist of.
    pub full: Door,
    /// Has nothing.
    pub empty: Door,
    /// The one behind `full`.
    pub client: kube::Client,
    original: Original,
    pattern: Pattern,
    _sandboxes: [Arc<Sandbox>; 2],
}

impl Stage {
    /// Puts it all up.
    pub async fn set() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let first = folder.path().join("first");
        let program = Program::start(&first, "sandbox").await?;
        let browser = Browser::sign_in(&program.url).await?;
        program.stop().await?;
        copy(&first, &data(&folder, Size::None))?;
        let program = Program::start(&first, "sandbox").await?;
        deploy(&program, &browser).await?;
        program.stop().await?;
        let store = Store::open(&format!("sqlite:{}", first.join("slipway.db").display())).await?;
        let pattern = pattern(&store).await?;
        store.close().await;
        let document: Value = serde_json::from_slice(&fs::read(first.join("sandbox.json"))?)?;
        let original = Original::find(document, &pattern.spec)?;
        sizes(&folder, &first, &pattern).await?;

        let options = SandboxOptions { pace: PACE, ..SandboxOptions::fast() };
        let nothing = Arc::new(Sandbox::start(options));
        let full = simulated(&original, &pattern, Size::M)?;
        let client = full.client();
        Ok(Self {
            silent: Door::silent(folder.path()).await?,
            full: Door::open(client.clone(), &made(folder.path().join("full"))?).await?,
            empty: Door::open(nothing.client(), &made(folder.path().join("nothing"))?).await?,
            original,
            pattern,
            _sandboxes: [nothing, full],
            client,
            browser,
            folder,
        })
    }

    /// A cluster that has what the applications of size L consist of, for as long as it is kept, and the way to it.
    pub async fn whole(&self) -> anyhow::Result<(Arc<Sandbox>, Door)> {
        let sandbox = simulated(&self.original, &self.pattern, Size::L)?;
        let door = Door::open(sandbox.client(), &made(self.folder.path().join("whole"))?).await?;
        Ok((sandbox, door))
    }

    /// As many objects as each has.
    pub fn objects_each(&self) -> usize {
        self.original.objects()
    }

    /// What the application of that number consists of in a cluster, each with the plural of its kind.
    pub fn objects(&self, number: usize) -> anyhow::Result<Vec<Value>> {
        let copy = self.original.copy(number, &self.pattern.spec(number)?)?;
        Ok(copy["objects"].as_array().context("no objects")?.clone())
    }

    /// The data of a console of that size.
    pub fn data(&self, size: Size) -> PathBuf {
        data(&self.folder, size)
    }

    /// The console of that size, which does not know what its cluster has.
    pub async fn start(&self, size: Size) -> anyhow::Result<Program> {
        Program::start(&self.data(size), &self.silent.setting).await
    }
}

/// A cluster in which everything runs that was made for applications up to that size.
fn simulated(original: &Original, pattern: &Pattern, size: Size) -> anyhow::Result<Arc<Sandbox>> {
    let sandbox = Sandbox::start(SandboxOptions { pace: PACE, ..SandboxOptions::fast() });
    let numbers = seed::made(1..size.count());
    let specs: Vec<_> = numbers.map(|number| pattern.spec(number)).collect::<Result<_, _>>()?;
    anyhow::ensure!(sandbox.import(&original.with(&specs)?), "the simulated cluster refuses its copies");
    Ok(Arc::new(sandbox))
}

fn data(folder: &TempDir, size: Size) -> PathBuf {
    folder.path().join(format!("{size:?}").to_lowercase())
}

fn made(folder: PathBuf) -> std::io::Result<PathBuf> {
    fs::create_dir_all(&folder).map(|()| folder)
}

async fn deploy(program: &Program, browser: &Browser) -> anyhow::Result<()> {
    let order = json!({"name": PATTERN, "project": "welcome", "version": 1, "admins": ["ana"]});
    browser.ask(&program.url, Method::POST, "applications", &order).await?;
    for _ in 0..600 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let told =
            browser.ask(&program.url, Method::GET, &format!("applications/{PATTERN}"), &Value::Null).await?;
        if told["standing"]["status"] == "Running" && told["operation"]["progress"]["state"] == "succeeded" {
            // The simulated cluster writes itself down only now and then.
            tokio::time::sleep(Duration::from_secs(2)).await;
            return Ok(());
        }
    }
    bail!("{PATTERN} does not run")
}

async fn pattern(store: &Store) -> anyhow::Result<Pattern> {
    let name = ApplicationName::parse(PATTERN)?;
    let application = store.application(&name).await?.context("it was not kept")?;
    let spec = store.generation(application.id, 1).await?.context("its configuration was not kept")?;
    Ok(Pattern { spec, made: application.created_at })
}

/// Fills one after the other; the one that was deployed is the first of each.
async fn sizes(folder: &TempDir, first: &Path, pattern: &Pattern) -> anyhow::Result<()> {
    let (mut before, mut from) = (first.to_owned(), 1);
    for size in [Size::S, Size::M, Size::L] {
        let place = data(folder, size);
        copy(&before, &place)?;
        let store = Store::open(&format!("sqlite:{}", place.join("slipway.db").display())).await?;
        seed::fill(&store, pattern, from..size.count()).await?;
        store.close().await;
        (before, from) = (place, size.count());
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
    }
    Ok(())
}
