//! Single operations on fixed inputs, for a tool that counts instructions: `goals ops <operation> <rows> <times>`.

use std::{hint::black_box, sync::Arc};

use anyhow::{Context, bail};
use jiff::Timestamp;
use slipway_domain::{
    application::Application,
    ids::ApplicationId,
    listing::Wish,
    names::{ApplicationName, ProjectName},
    people::People,
    release::ReleaseVersion,
    status::{Standing, Status},
};
use slipway_server::{Change, Sheet};
use ulid::Ulid;

use crate::{render, seed};

/// What can be counted.
pub const ALL: [&str; 5] = ["page", "filter", "encode", "apply", RENDER];
/// Not the same with ten thousand rows: what is counted takes too long.
pub const RENDER: &str = "render";
const PROJECTS: [&str; 7] = ["shop", "surveys", "helpdesk", "holiday", "invoices", "onboarding", "welcome"];

/// Does the operation so often.
pub fn run(arguments: &[String]) -> anyhow::Result<()> {
    let [operation, rows, times] = arguments else { bail!("goals ops <operation> <rows> <times>") };
    let (rows, times): (usize, usize) = (rows.parse()?, times.parse()?);
    if operation == RENDER {
        return render::run(rows, times);
    }
    let mut sheet = sheet(rows)?;
    // Read before, so that every time is the same work.
    let (wish, search) = (Wish { page: 1, ..Wish::default() }, search());
    let changed: Vec<_> =
        (0..times).map(|time| application(rows / 2, rows + time)).collect::<Result<_, _>>()?;
    for changed in changed {
        match operation.as_str() {
            "page" => _ = black_box(sheet.page(&wish)),
            "filter" => _ = black_box(sheet.page(&search)),
            "encode" => _ = black_box(Change::of(&changed)?),
            "apply" => sheet.take(changed),
            other => bail!("{other} is not one of {}", ALL.join(", ")),
        }
    }
    Ok(())
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
