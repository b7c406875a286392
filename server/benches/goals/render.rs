//! The list as a page, asked for by a browser, in this process and on one thread: for a tool that counts instructions.

use anyhow::{Context, ensure};
use clap::Parser;
use jiff::Timestamp;
use slipway_domain::{
    ids::ApplicationId,
    image::ImageRef,
    listing::ROWS,
    names::{ApplicationName, ComponentName, ProjectName},
    release::ReleaseVersion,
    spec::{ApplicationSpec, ComponentSpec},
};
use slipway_server::{
    Portal,
    config::{Cli, Command},
};
use slipway_store::Store;

use crate::{
    browser::Browser,
    cluster::Door,
    program::PASSWORD,
    seed::{self, Pattern},
};

const MADE: i64 = 1_790_000_000;

/// The function that makes it.
pub const FUNCTION: &str = "pages::instances::__component_instances_page";
/// As many lists of a hundred rows are different ones, so that each is made.
pub const TIMES: usize = 4;

/// Opens the list of so many rows in its different orders.
pub fn run(rows: usize) -> anyhow::Result<()> {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(pages(rows))
}

async fn pages(rows: usize) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let data = folder.path().display().to_string();
    let store = Store::open(&format!("sqlite:{data}/slipway.db")).await?;
    seed::fill(&store, &pattern()?, 0..rows).await?;
    store.close().await;
    let cluster = Door::silent(folder.path()).await?.setting;
    let releases = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/releases");
    let arguments = [
        "slipway",
        "serve",
        "--addr",
        "127.0.0.1:0",
        "--data-dir",
        &data,
        "--cluster",
        &cluster,
        "--admin-password",
        PASSWORD,
        "--releases-dir",
        releases,
    ];
    let Some(Command::Serve(settings)) = Cli::try_parse_from(arguments)?.command else {
        anyhow::bail!("serve was asked for")
    };
    let portal = Portal::start(&settings).await?;
    let browser = Browser::sign_in(&portal.url()).await?;
    for sort in ["", "name", "updated", "status"].into_iter().take(TIMES) {
        let page = browser.page(&portal.url(), &format!("/devops/instances?sort={sort}")).await?;
        ensure!(page.matches("id=\"row-").count() == rows.min(ROWS), "the list is not whole");
    }
    portal.stop().await;
    Ok(())
}

fn pattern() -> anyhow::Result<Pattern> {
    let web = ComponentSpec {
        port: Some(8080),
        route: Some("/".to_owned()),
        ..ComponentSpec::new(ComponentName::parse("web")?, ImageRef::parse("example.com/web:1")?)
    };
    let spec = ApplicationSpec {
        id: ApplicationId(ulid::Ulid::nil()),
        name: ApplicationName::parse("pattern")?,
        generation: 1,
        project: ProjectName::parse("welcome")?,
        version: ReleaseVersion::new(1).context("no version")?,
        release: String::new(),
        admins: vec!["ana".into()],
        users: vec![],
        wishes: std::collections::BTreeMap::new(),
        database: None,
        database_password: None,
        components: vec![web],
    };
    Ok(Pattern { spec, made: Timestamp::from_second(MADE)? })
}
