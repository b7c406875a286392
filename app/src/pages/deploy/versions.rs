//! What each version consists of, so that the choice is an informed one.

use crate::t;
use leptos::prelude::*;
use slipway_domain::release::{Project, Release};

use crate::{
    desk::SharedDesk,
    ui::{
        icon::{Glyph, Icon},
        time::Ago,
    },
};

/// The versions of a project, newest first.
#[component]
pub(super) fn Versions(
    /// The project.
    project: Project,
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let versions = project.releases.into_iter().enumerate().map(|(index, release)| {
        let at = release.released_at;
        let number = release.version.number();
        let parts = parts(release);
        view! {
            <details class="group" open=index == 0>
                <summary class="flex items-center gap-2 px-4 py-3 text-sm hover:bg-raised/40">
                    <span class="text-muted transition-transform group-open:rotate-90"><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/></span>
                    <span class="font-medium">{t!("version-number", version = number.to_string())}</span>
                    <span class="ml-auto text-xs text-muted">{at.map(|at| view! { <Ago at now/> })}</span>
                </summary>
                <ul class="space-y-2.5 px-4 pt-0.5 pb-4 pl-9.5 text-sm">{parts}</ul>
            </details>
        }
    });
    view! {
        <section class="space-y-3">
            <h2 class="sr-only">{t!("versions")}</h2>
            <div class="card divide-y divide-line overflow-hidden">{versions.collect_view()}</div>
        </section>
    }
}

/// The components that a release names, or what was modelled.
fn parts(release: Release) -> impl IntoView {
    let components = release.components.into_iter().map(|component| {
        let copies = t!("copies", count = component.replicas);
        part(component.name.to_string(), copies, Some(component.image.to_string()))
    });
    let contents = release.contents;
    let names = |names: Vec<String>| Some(names.join(", ")).filter(|names| !names.is_empty());
    let connectors = contents.connectors.into_iter().map(|connector| connector.name.to_string()).collect();
    let uis = contents.uis.into_iter().map(|ui| ui.name.to_string()).collect();
    let modelled = [
        (t!("processes"), names(contents.processes)),
        (t!("connectors"), names(connectors)),
        (t!("uis"), names(uis)),
        (t!("forms"), names(contents.forms)),
        (t!("decision-tables"), names(contents.decision_tables)),
        (t!("scripts"), names(contents.scripts)),
        (t!("files"), names(contents.files)),
        (t!("triggers"), names(contents.triggers)),
    ];
    let modelled = modelled.into_iter().filter_map(|(kind, names)| {
        let names = names?;
        Some(view! { <li class="min-w-0"><span class="text-muted">{kind}</span><span class="block wrap-anywhere">{names}</span></li> })
    });
    (components.collect_view(), modelled.collect_view())
}

fn part(name: String, about: String, detail: Option<String>) -> impl IntoView {
    view! {
        <li class="min-w-0">
            <span class="font-medium">{name}</span><span class="text-muted">" · "{about}</span>
            {detail.map(|detail| view! { <code class="block text-xs text-muted wrap-anywhere">{detail}</code> })}
        </li>
    }
}
