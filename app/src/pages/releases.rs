//! Application releases: the released projects that wait to be deployed (S1.03).

use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::release::{BrokenRelease, Release};

use crate::{
    desk::{ProjectRow, ReleasesView, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        empty::Empty,
        frame::PageHead,
        icon::Glyph,
        load::load,
        table::{Room, Table},
        time::Ago,
    },
};

const COLUMNS: &[(&str, Room)] = &[
    ("Project", Room::Any),
    ("Latest version", Room::Any),
    ("Released", Room::Medium),
    ("Contents", Room::Wide),
    ("Applications", Room::Medium),
    ("Action", Room::Any),
];

/// The page Application releases.
#[component]
pub fn ReleasesPage() -> impl IntoView {
    load("Application releases", |desk| async move { desk.releases().await }, content)
}

fn content(view: ReleasesView) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let list = if view.projects.is_empty() {
        view! {
            <Empty glyph=Glyph::Releases title="No released projects yet">
                <p>"A project appears here as soon as a release of it is written to"</p>
                <p><code class="rounded-control border border-line bg-surface px-2 py-1 text-ink wrap-anywhere">{view.directory}</code></p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = view.projects.into_iter().map(|row| view! { <Row row now/> }).collect_view();
        view! { <Table caption="Released projects" columns=COLUMNS>{rows}</Table> }.into_any()
    };
    view! {
        <PageHead title="Application releases" subtitle="Released projects, ready to be deployed."/>
        {(!view.broken.is_empty()).then(|| broken(view.broken))}
        {(!view.arriving.is_empty()).then(|| arriving(&view.arriving))}
        {list}
    }
}

#[component]
fn Row(
    /// The project.
    row: ProjectRow,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let name = row.project.name.to_string();
    let latest = row.project.latest().cloned();
    let about = latest.as_ref().map(|release| release.description.clone()).unwrap_or_default();
    let version = latest.as_ref().map(|release| release.version.number());
    let by = latest.as_ref().map(|release| release.released_by.clone()).unwrap_or_default();
    let at = latest.as_ref().and_then(|release| release.released_at);
    let contents = latest.as_ref().map(contents).unwrap_or_default();
    let applications = if row.applications == 0 { "–".to_owned() } else { row.applications.to_string() };
    let deploy = format!("/devops/releases/{name}/deploy");
    view! {
        <tr>
            <th scope="row" class="font-normal">
                <span class="font-medium">{name.clone()}</span>
                {(!about.is_empty()).then(|| view! { <span class="block max-w-sm text-muted">{about}</span> })}
            </th>
            <td>{version}</td>
            <td class=Room::Medium.classes()>
                {at.map(|at| view! { <Ago at now/> })}
                {(!by.is_empty()).then(|| view! { <span class="block text-muted">"by "{by}</span> })}
            </td>
            <td class="hidden max-w-3xs text-muted xl:table-cell">{contents}</td>
            <td class=Room::Medium.classes()>{applications}</td>
            <td class="w-px text-right"><a class=Variant::Small.classes() href=deploy aria-label=format!("Deploy {name}")>"Deploy"</a></td>
        </tr>
    }
}

/// What a release consists of, in a line.
fn contents(release: &Release) -> String {
    let count = |number: usize, one: &str, many: &str| match number {
        0 => None,
        1 => Some(format!("1 {one}")),
        number => Some(format!("{number} {many}")),
    };
    let modelled = &release.contents;
    let counts = [
        count(release.components.len(), "component", "components"),
        count(modelled.processes.len(), "process", "processes"),
        count(modelled.connectors.len(), "connector", "connectors"),
        count(modelled.uis.len(), "user interface", "user interfaces"),
    ];
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn arriving(releases: &[String]) -> impl IntoView + use<> {
    let (verb, them) = if releases.len() == 1 { ("is", "it") } else { ("are", "them") };
    let title = format!("{} {verb} being written", releases.join(", "));
    let more = format!(
        "Look again in a moment: a release is listed when nothing in {them} has changed for a while."
    );
    view! { <Callout weight=Weight::Note title><p class="text-sm text-muted">{more}</p></Callout> }
}

fn broken(releases: Vec<BrokenRelease>) -> impl IntoView {
    let title = match releases.len() {
        1 => "One release cannot be read".to_owned(),
        number => format!("{number} releases cannot be read"),
    };
    let items = releases.into_iter().map(|release| {
        view! {
            <li class="wrap-anywhere"><code>{release.path}</code><span class="block text-muted">{release.reason}</span></li>
        }
    });
    view! {
        <Callout weight=Weight::Warning title>
            <ul class="space-y-1.5 text-sm">{items.collect_view()}</ul>
        </Callout>
    }
}
