//! Application releases: the released projects that wait to be deployed (S1.03).

use crate::{key, t};
use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::{
    people::People,
    permission::Action,
    release::{BrokenRelease, Release},
    wizard::Draft,
};

use super::may::way;
use crate::{
    actions::Discard,
    desk::{ProjectRow, ReleasesView, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        empty::Empty,
        frame::PageHead,
        icon::Glyph,
        load::load,
        said::Said,
        table::{Room, Section, Table},
        time::Ago,
    },
    wizard::Place,
    words::{Word, number},
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("project"), Room::Any),
    (key!("latest-version"), Room::Any),
    (key!("released"), Room::Medium),
    (key!("contents"), Room::Wide),
    (key!("applications"), Room::Medium),
    (key!("action"), Room::Any),
];

/// The page Application releases.
#[component]
pub fn ReleasesPage() -> impl IntoView {
    let ask = |desk: SharedDesk| async move {
        let view = desk.releases().await?;
        // Orders that were begun are nothing without which the list could not be shown.
        let prepares = desk.surroundings().actor.may(Action::KeepDrafts, &People::NOBODY).is_ok();
        let drafts = if prepares { desk.drafts().await.unwrap_or_default() } else { Vec::new() };
        Ok((view, drafts))
    };
    load(t!("releases"), ask, content)
}

fn content((view, drafts): (ReleasesView, Vec<Draft>)) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let list = if view.projects.is_empty() {
        view! {
            <Empty glyph=Glyph::Releases title=t!("no-projects")>
                <p>{t!("no-projects-more")}</p>
                <p><code class="rounded-control border border-line bg-surface px-2 py-1 text-ink wrap-anywhere">{view.directory}</code></p>
            </Empty>
        }
        .into_any()
    } else {
        let rows = view.projects.into_iter().map(|row| view! { <Row row now/> }).collect_view();
        view! { <Table caption=t!("released-projects") columns=COLUMNS>{rows}</Table> }.into_any()
    };
    view! {
        <PageHead title=t!("releases") subtitle=t!("releases-about")/>
        {(!view.broken.is_empty()).then(|| broken(view.broken))}
        {(!view.arriving.is_empty()).then(|| arriving(&view.arriving))}
        {list}
        {(!drafts.is_empty()).then(|| begun(drafts, now))}
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
    let contents = latest.as_ref().map(contents_of).unwrap_or_default();
    let applications = match row.applications {
        0 => view! { <span class="text-muted">"–"</span> }.into_any(),
        count => {
            let label = t!("running-of", count = count, name = &name);
            view! { <a class="link" href=format!("/devops/instances?q={name}") aria-label=label>{number(count)}</a> }
                .into_any()
        }
    };
    let to = (format!("/devops/releases/{name}/deploy"), Some(t!("deploy-what", name = &name)));
    let deploy = way(Action::Deploy, &People::NOBODY, Variant::Small, t!("deploy"), to);
    view! {
        <tr>
            <th scope="row" class="font-normal">
                <a class="link font-medium" href=format!("/devops/releases/{name}")>{name.clone()}</a>
                {(!about.is_empty()).then(|| view! { <span class="block max-w-sm text-muted">{about}</span> })}
            </th>
            <td>{version}</td>
            <td class=Room::Medium.classes()>
                {at.map(|at| view! { <Ago at now/> })}
                {(!by.is_empty()).then(|| view! { <span class="block text-muted">{t!("by", person = by)}</span> })}
            </td>
            <td class="hidden max-w-3xs text-muted xl:table-cell">{contents}</td>
            <td class=Room::Medium.classes()>{applications}</td>
            <td class="w-px text-right">{deploy}</td>
        </tr>
    }
}

/// What a release consists of, in a line.
pub(super) fn contents_of(release: &Release) -> String {
    let modelled = &release.contents;
    let (components, processes) = (release.components.len(), modelled.processes.len());
    let (connectors, uis) = (modelled.connectors.len(), modelled.uis.len());
    let counts = [
        (components > 0).then(|| t!("count-components", count = components)),
        (processes > 0).then(|| t!("count-processes", count = processes)),
        (connectors > 0).then(|| t!("count-connectors", count = connectors)),
        (uis > 0).then(|| t!("count-uis", count = uis)),
    ];
    counts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Orders that were begun and not placed, each with the way back to it.
fn begun(drafts: Vec<Draft>, now: Timestamp) -> impl IntoView {
    let count = drafts.len();
    let items = drafts.into_iter().map(move |draft| {
        let href = Place::of(&draft).href(draft.reached, &[]);
        let what = match (draft.is_update, draft.form.name.as_str()) {
            (true, name) => t!("update-what", name = name),
            (false, "") => t!("deploy-what", name = &draft.form.project),
            (false, name) => t!("deploy-as", project = &draft.form.project, name = name),
        };
        let which = if draft.form.name.is_empty() { draft.form.project.clone() } else { draft.form.name.clone() };
        let discard = t!("discard-what", name = &which);
        view! {
            <li class="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
                <span class="min-w-0 flex-1 wrap-anywhere"><span class="font-medium">{what}</span><span class="block text-muted">{draft.reached.word()}", "<Ago at=draft.at now/></span></span>
                <form method="post" action=Discard::PATH>
                    <input type="hidden" name="draft" value=draft.id/>
                    <button class=Variant::Small.classes() type="submit" aria-label=discard>{t!("discard")}</button>
                </form>
                <a class=Variant::Small.classes() href=href aria-label=t!("resume-what", name = which)>{t!("resume")}</a>
            </li>
        }
    });
    view! { <Section title=t!("begun") count><ul class="card divide-y divide-line">{items.collect_view()}</ul></Section> }
}

/// Releases that are not listed yet.
pub(super) fn arriving(releases: &[String]) -> impl IntoView + use<> {
    let title = t!("arriving", count = releases.len(), names = releases.join(", "));
    let more = t!("arriving-more", count = releases.len());
    view! { <Callout weight=Weight::Note title><p class="text-sm text-muted">{more}</p></Callout> }
}

/// Releases that cannot be read, each with the reason.
pub(super) fn broken(releases: Vec<BrokenRelease>) -> impl IntoView {
    let title = t!("broken", count = releases.len());
    let items = releases.into_iter().map(|release| {
        view! {
            <li class="wrap-anywhere"><code>{release.path}</code><span class="block text-muted"><Said what=release.reason/></span></li>
        }
    });
    view! {
        <Callout weight=Weight::Warning title>
            <ul class="space-y-1.5 text-sm">{items.collect_view()}</ul>
        </Callout>
    }
}
