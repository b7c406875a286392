//! Application releases: the released projects that wait to be deployed (S1.03).

use leptos::prelude::*;
use slipway_domain::release::BrokenRelease;

use crate::{
    desk::{ProjectRow, ReleasesView, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        empty::Empty,
        frame::PageHead,
        icon::Glyph,
        load::load,
        table::Table,
        time::Ago,
    },
};

const COLUMNS: &[&str] =
    &["Project", "Latest version", "Released by", "Released", "Components", "Applications", "Action"];

/// The page Application releases.
#[component]
pub fn ReleasesPage() -> impl IntoView {
    load("Application releases", |desk| async move { desk.releases().await }, content)
}

fn content(view: ReleasesView) -> impl IntoView {
    let nothing = view.projects.is_empty();
    let directory = view.directory;
    view! {
        <PageHead title="Application releases" subtitle="Released projects, ready to be deployed."/>
        {(!view.broken.is_empty()).then(|| broken(view.broken))}
        {if nothing {
            view! {
                <Empty glyph=Glyph::Releases title="No released projects yet">
                    <p>"A project appears here as soon as a release of it is written to"</p>
                    <p class="mt-1"><code>{directory}</code></p>
                </Empty>
            }.into_any()
        } else {
            view! {
                <Table caption="Released projects" columns=COLUMNS>
                    {view.projects.into_iter().map(row).collect_view()}
                </Table>
            }.into_any()
        }}
    }
}

fn row(row: ProjectRow) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let name = row.project.name.to_string();
    let latest = row.project.releases.into_iter().next();
    let components = latest
        .as_ref()
        .map(|r| r.components.iter().map(|c| c.name.to_string()).collect::<Vec<_>>().join(", "));
    let version = latest.as_ref().map(|release| release.version.number());
    let about = latest.as_ref().map(|release| release.description.clone()).unwrap_or_default();
    let by = latest.as_ref().map(|release| release.released_by.clone()).unwrap_or_default();
    let at = latest.and_then(|release| release.released_at);
    let deploy = format!("/devops/releases/{name}/deploy");
    view! {
        <tr>
            <th scope="row">
                <span class="font-medium">{name.clone()}</span>
                {(!about.is_empty()).then(|| view! { <span class="block max-w-xs font-normal text-muted">{about}</span> })}
            </th>
            <td class="tabular-nums">{version}</td>
            <td>{by}</td>
            <td>{at.map(|at| view! { <Ago at now/> })}</td>
            <td class="text-muted">{components}</td>
            <td class="tabular-nums">{row.applications}</td>
            <td><a class=Variant::Quiet.classes() href=deploy aria-label=format!("Deploy {name}")>"Deploy"</a></td>
        </tr>
    }
}

fn broken(releases: Vec<BrokenRelease>) -> impl IntoView {
    let title = match releases.len() {
        1 => "One release cannot be read".to_owned(),
        number => format!("{number} releases cannot be read"),
    };
    let items = releases.into_iter().map(|release| {
        view! { <li><code>{release.path}</code>": "{release.reason}</li> }
    });
    view! { <Callout weight=Weight::Warning title><ul class="space-y-1">{items.collect_view()}</ul></Callout> }
}
