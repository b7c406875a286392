//! What was found, on a page of its own. The command palette shows the same and takes it from here.

use crate::t;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use slipway_domain::{people::People, permission::Action};

use crate::{
    desk::SharedDesk,
    search::{Hit, Kind, Recent, Shelf},
    ui::{button::Variant, frame::PageHead, icon::Icon, load::load},
};

/// The page Search.
#[component]
pub fn SearchPage() -> impl IntoView {
    let query = use_query_map().with_untracked(|query| query.get("q").unwrap_or_default());
    let recent = use_context::<Recent>().unwrap_or_default();
    let typed = query.clone();
    let ask = |desk: SharedDesk| async move {
        let actor = desk.surroundings().actor;
        let may = |action| actor.may(action, &People::NOBODY).is_ok();
        let live = desk.applications().await?.live;
        let projects = if may(Action::ReadReleases) { desk.releases().await?.projects } else { Vec::new() };
        let projects: Vec<_> = projects.into_iter().map(|row| row.project).collect();
        let mut found = Shelf { live: &live, projects: &projects, recent: &recent.0 }.find(&typed);
        let closed = [
            ("/devops/releases", Action::ReadReleases),
            ("/audit", Action::ReadAudit),
            ("/system", Action::ReadSystem),
        ];
        for (href, _) in closed.iter().filter(|(_, action)| !may(*action)) {
            for (_, hits) in &mut found {
                hits.retain(|hit| hit.href != *href);
            }
        }
        Ok(found)
    };
    load(t!("search-page"), ask, move |found| content(query, found))
}

fn content(query: String, found: Vec<(Kind, Vec<Hit>)>) -> impl IntoView {
    let told = told(found.iter().map(|(_, hits)| hits.len()).sum());
    let groups = found.into_iter().map(|(kind, hits)| view! { <Group kind hits/> }).collect_view();
    view! {
        <PageHead title=t!("search-page")/>
        <form class="flex max-w-xl items-center gap-2" method="get" action="/devops/search">
            <input class="input" type="search" name="q" value=query aria-label=t!("find") placeholder=t!("what-to-find") spellcheck="false" autocomplete="off" autofocus/>
            <button class=format!("{} h-9", Variant::Quiet.classes()) type="submit">{t!("search")}</button>
        </form>
        <p class="text-sm text-muted" role="status" id="found-told">{told}</p>
        <div class="max-w-3xl space-y-4" id="found">{groups}</div>
    }
}

fn told(count: usize) -> String {
    if count == 0 { t!("nothing-found") } else { t!("results-count", count = count) }
}

fn title(kind: Kind) -> String {
    match kind {
        Kind::Recent => t!("kind-recent"),
        Kind::Applications => t!("kind-applications"),
        Kind::Projects => t!("kind-projects"),
        Kind::Actions => t!("kind-actions"),
        Kind::Pages => t!("kind-pages"),
    }
}

#[component]
fn Group(
    /// What kind of things they are.
    kind: Kind,
    /// What was found of it.
    hits: Vec<Hit>,
) -> impl IntoView {
    let id = format!("found-{kind:?}").to_lowercase();
    let items = hits.into_iter().map(|hit| {
        view! {
            <li>
                <a class="hit" href=hit.href>
                    <span class="text-muted"><Icon glyph=hit.glyph/></span>
                    <span class="font-medium wrap-anywhere">{hit.label}</span>
                    <span class="min-w-0 flex-1 truncate text-muted empty:hidden">{hit.detail}</span>
                </a>
            </li>
        }
    });
    view! {
        <section class="hits" aria-labelledby=id.clone()>
            <h2 class="px-2.5 pb-1 text-xs font-medium text-muted" id=id.clone()>{title(kind)}</h2>
            <ul>{items.collect_view()}</ul>
        </section>
    }
}
