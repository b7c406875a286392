//! Single operations on fixed inputs, each a function of its own that a tool which counts instructions can name:
//! `goals do-operations <applications> [<times>]`.

use std::{hint::black_box, sync::Arc};

use anyhow::{Context, bail};
use jiff::Timestamp;
use slipway_domain::{
    application::Application,
    ids::ApplicationId,
    listing::{Page, Wish},
    names::{ApplicationName, ProjectName},
    people::People,
    release::ReleaseVersion,
    status::{Standing, Status},
};
use slipway_kubernetes::manifest::Manifest;
use slipway_server::{Change, Sheet};
use ulid::Ulid;

use crate::{order::Ordered, render, seed};

/// What the program is called with to do them; no test is called so.
pub const WORD: &str = "do-operations";
/// What can be counted, by the names of the functions below.
pub const ALL: [&str; 5] = ["page", "filter", "encode", "apply", "plan"];
const PROJECTS: [&str; 7] = ["shop", "surveys", "helpdesk", "holiday", "invoices", "onboarding", "welcome"];

/// Does each of them so often among so many applications; or opens the list of these.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    match arguments {
        [rows, times] => all(rows.parse()?, times.parse()?),
        [rows] => render::run(rows.parse()?),
        _ => bail!("goals {WORD} <applications> [<times>]"),
    }
}

fn all(rows: usize, times: usize) -> anyhow::Result<()> {
    let (mut sheet, ordered) = (sheet(rows)?, Ordered::read()?);
    for time in 0..times {
        let changed = application(rows / 2, rows + time)?;
        black_box(page(&sheet));
        black_box(filter(&sheet));
        black_box(encode(&changed)?);
        apply(&mut sheet, changed);
        black_box(plan(&ordered)?);
    }
    Ok(())
}

#[inline(never)]
fn page(sheet: &Sheet) -> Page {
    sheet.page(&Wish { page: 1, ..Wish::default() })
}

#[inline(never)]
fn filter(sheet: &Sheet) -> Page {
    sheet.page(&search())
}

#[inline(never)]
fn encode(changed: &Application) -> anyhow::Result<Change> {
    Ok(Change::of(changed)?)
}

#[inline(never)]
fn apply(sheet: &mut Sheet, changed: Arc<Application>) {
    sheet.take(changed);
}

#[inline(never)]
fn plan(ordered: &Ordered) -> anyhow::Result<Vec<Manifest>> {
    ordered.manifests()
}

/// A text that one row of ten thousand has not, and others have: nothing is found early.
pub fn search() -> Wish {
    Wish { search: "instance-077".to_owned(), page: 1, ..Wish::default() }
}

/// So many applications.
pub fn sheet(rows: usize) -> anyhow::Result<Sheet> {
    let mut sheet = Sheet::default();
    for number in 0..rows {
        sheet.take(application(number, number)?);
    }
    Ok(sheet)
}

fn application(number: usize, revision: usize) -> anyhow::Result<Arc<Application>> {
    let made = u64::try_from(number)?;
    let project = PROJECTS.get(number % PROJECTS.len()).context("no project")?;
    let statuses = [Status::Running, Status::Pending, Status::Unknown, Status::ImageBuildFailed];
    let status = *statuses.get(revision % statuses.len()).context("no status")?;
    let name = seed::name(number);
    Ok(Arc::new(Application {
        id: ApplicationId(Ulid::from_parts(made, u128::from(made))),
        project: ProjectName::parse(project)?,
        version: ReleaseVersion::new(1).context("no version")?,
        generation: 1,
        standing: Standing { status, reason: None, cause: None },
        status_since: Timestamp::UNIX_EPOCH,
        revision: i64::try_from(revision)? + 1,
        gateway_path: Some(format!("/{name}/web")),
        name: ApplicationName::parse(&name)?,
        people: Arc::new(People { admins: vec!["ana".into()], users: vec!["ben".into()] }),
        created_by: "admin".to_owned(),
        created_at: Timestamp::UNIX_EPOCH,
        updated_at: Timestamp::from_second(i64::try_from(revision)?)?,
    }))
}
