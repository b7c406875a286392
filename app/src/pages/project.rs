//! One released project: its versions, what is in each, how two of them differ, and where each runs.

mod difference;

use std::sync::Arc;

use crate::{key, t};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use slipway_domain::{
    application::Application,
    names::ProjectName,
    people::People,
    permission::Action,
    release::{Project, Release},
};

use self::difference::{Difference, Sign, differences};
use super::{
    may::way,
    releases::{arriving, broken, contents_of},
};
use crate::{
    desk::{DeskError, ReleasesView, SharedDesk},
    ui::{
        badge::Badge,
        button::Variant,
        compare::PairForm,
        copy::Copy,
        frame::PageHead,
        load::load,
        table::{Room, Section, Table},
        time::Ago,
    },
};

const VERSIONS: &[(&str, Room)] = &[
    (key!("version"), Room::Any),
    (key!("contents"), Room::Medium),
    (key!("released"), Room::Medium),
    (key!("digest"), Room::Wide),
    (key!("runs-as"), Room::Any),
    (key!("action"), Room::Any),
];

/// The page of a project.
#[component]
pub fn ProjectPage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("project").unwrap_or_default());
    let query = use_query_map().get_untracked();
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u32>().ok());
    let asked = (number("from"), number("to"));
    let title = name.clone();
    let ask = |desk: SharedDesk| async move {
        let missing = || DeskError::NotFound { what: format!("No project {name:?} has been released.") };
        let name = ProjectName::parse(&name).map_err(|_| missing())?;
        let project = desk.project(&name).await?;
        let live = desk.applications().await?.live;
        let live = live.into_iter().filter(|live| live.project == name).collect::<Vec<_>>();
        Ok((project, live, desk.releases().await?))
    };
    load(title, ask, move |(project, live, all)| content(project, live, all, asked).into_any())
}

fn content(
    project: Project,
    live: Vec<Arc<Application>>,
    all: ReleasesView,
    asked: (Option<u32>, Option<u32>),
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let name = project.name.to_string();
    let about = project.latest().map(|latest| latest.description.clone()).unwrap_or_default();
    let count = project.releases.len();
    let rows = project.releases.iter().map(|release| {
        let runs = live.iter().filter(|live| live.version == release.version).cloned().collect();
        row(release.clone(), runs, now)
    });
    let rows = rows.collect::<Vec<_>>();
    let unlisted = unlisted(all, &name);
    view! {
        <PageHead title=name.clone() subtitle=about above=vec![("/devops/releases".to_owned(), t!("releases").to_owned())]>
            {way(Action::Deploy, &People::NOBODY, Variant::Primary, t!("deploy"), (format!("/devops/releases/{name}/deploy"), None))}
        </PageHead>
        {unlisted}
        <div class="space-y-8">
            <Section title=t!("versions") count><Table caption=t!("versions") columns=VERSIONS>{rows}</Table></Section>
            <Compare project asked/>
        </div>
    }
}

/// What of this project is not among its versions: what is being written, and what cannot be read.
fn unlisted(all: ReleasesView, project: &str) -> impl IntoView + use<> {
    let of_project = |place: &str| place.split('/').next() == Some(project);
    let new: Vec<_> = all.arriving.into_iter().filter(|place| of_project(place)).collect();
    let wrong: Vec<_> = all.broken.into_iter().filter(|release| of_project(&release.path)).collect();
    view! {
        {(!wrong.is_empty()).then(|| broken(wrong))}
        {(!new.is_empty()).then(|| arriving(&new))}
    }
}

fn row(release: Release, runs: Vec<Arc<Application>>, now: Timestamp) -> impl IntoView {
    let number = release.version.number();
    let href = format!("/devops/releases/{}/deploy?version={number}", release.project);
    let to = (href, Some(t!("deploy-version", version = number.to_string())));
    let deploy = way(Action::Deploy, &People::NOBODY, Variant::Small, t!("deploy"), to);
    let contents = contents_of(&release);
    let short: String = release.digest.trim_start_matches("sha256:").chars().take(12).collect();
    let by = release.released_by;
    let runs = runs.into_iter().map(|application| {
        let name = application.name.to_string();
        view! { <li class="flex flex-wrap items-center gap-2"><a class="link" href=format!("/devops/instances/{name}")>{name.clone()}</a><Badge status=application.standing.status/></li> }
    });
    let runs = runs.collect::<Vec<_>>();
    let is_nowhere = runs.is_empty();
    view! {
        <tr>
            <th scope="row" class="font-medium">{number}{(!release.description.is_empty()).then(|| view! { <span class="block max-w-sm font-normal text-muted">{release.description}</span> })}</th>
            <td class=Room::Medium.classes()>{contents}</td>
            <td class=Room::Medium.classes()>
                {release.released_at.map(|at| view! { <Ago at now/> })}
                {(!by.is_empty()).then(|| view! { <span class="block text-muted">{t!("by", person = by)}</span> })}
            </td>
            <td class=Room::Wide.classes()><span class="flex items-center gap-1"><code class="text-muted" title=release.digest.clone()>{short}</code><Copy text=release.digest.clone() what=t!("digest-of-version", version = number.to_string())/></span></td>
            <td>{if is_nowhere { view! { <span class="text-muted">{t!("nowhere")}</span> }.into_any() } else { view! { <ul class="space-y-1">{runs}</ul> }.into_any() }}</td>
            <td class="w-px text-right">{deploy}</td>
        </tr>
    }
}

/// How two versions differ; the newest two, unless others are asked for.
#[component]
fn Compare(
    /// The project.
    project: Project,
    /// Which two.
    asked: (Option<u32>, Option<u32>),
) -> impl IntoView {
    let numbers: Vec<u32> = project.releases.iter().map(|release| release.version.number()).collect();
    let newest = numbers.first().copied().unwrap_or_default();
    let before = numbers.get(1).copied().unwrap_or(newest);
    let (from, to) = (asked.0.unwrap_or(before), asked.1.unwrap_or(newest));
    let find = |number| project.releases.iter().find(|release| release.version.number() == number);
    let found = find(from).zip(find(to)).map(|(before, after)| differences(before, after));
    (numbers.len() > 1).then(|| {
        view! {
            <Section title=t!("differences")>
                <PairForm noun=t!("version") numbers from to/>
                {found.map(|found| if found.is_empty() {
                    view! { <p class="text-muted">{t!("same-parts")}</p> }.into_any()
                } else {
                    let items = found.into_iter().map(|difference| view! { <Line difference/> });
                    view! { <ul class="card divide-y divide-line">{items.collect_view()}</ul> }.into_any()
                })}
            </Section>
        }
    })
}

#[component]
fn Line(
    /// What differs.
    difference: Difference,
) -> impl IntoView {
    let Difference { sign, kind, name, detail } = difference;
    let (class, word) = match sign {
        Sign::Added => ("w-20 shrink-0 font-medium text-good-ink", t!("added")),
        Sign::Removed => ("w-20 shrink-0 font-medium text-bad-ink", t!("change-removed")),
        Sign::Changed => ("w-20 shrink-0 font-medium text-moving-ink", t!("changed")),
    };
    view! {
        <li class="flex flex-wrap gap-x-4 gap-y-0.5 px-4 py-2.5 text-sm">
            <span class=class>{word}</span>
            <span class="text-muted sm:w-36">{kind}</span>
            <span class="min-w-0 flex-1 wrap-anywhere">{name}<span class="block text-muted empty:hidden">{detail}</span></span>
        </li>
    }
}
