//! What can be done to the application now, for programs (D16).

use crate::t;
use leptos::prelude::*;

use crate::{
    desk::ApplicationView,
    examples::Deed,
    ui::{examples::Examples, table::Section},
};

/// Each deed that would be taken now, as curl and as a command.
#[component]
pub(super) fn Programs(
    /// The application.
    view: ApplicationView,
) -> impl IntoView {
    let items = deeds(&view)
        .into_iter()
        .map(|(title, deed)| view! { <li class="px-4 py-2"><Examples title deed/></li> })
        .collect::<Vec<_>>();
    (!items.is_empty()).then(|| {
        view! { <Section title=t!("from-program")><ul class="card divide-y divide-line">{items}</ul></Section> }
    })
}

fn deeds(view: &ApplicationView) -> Vec<(String, Deed)> {
    let application = &view.application;
    let (status, name) = (application.standing.status, || application.name.to_string());
    let newest = view.operations.first();
    let may_update = newest.is_some_and(|newest| newest.may_update().is_ok());
    let first = view.spec.components.first();
    let update = Deed::Move { name: name(), version: application.version.number() };
    let scale = first.map(|component| Deed::Scale {
        name: name(),
        component: component.name.to_string(),
        replicas: component.replicas,
    });
    let back = application.generation.checked_sub(1).filter(|earlier| *earlier > 0);
    let back = back.map(|generation| Deed::RollBack { name: name(), generation });
    let deeds = [
        (t!("update-to-release"), Some(update).filter(|_| may_update)),
        (t!("change-copies"), scale.filter(|_| may_update)),
        (t!("roll-back"), back.filter(|_| may_update)),
        (
            t!("retry"),
            newest.filter(|newest| newest.may_retry().is_ok()).map(|_| Deed::Retry { name: name() }),
        ),
        (
            t!("cancel-operation"),
            newest.filter(|newest| newest.may_cancel().is_ok()).map(|_| Deed::Cancel { name: name() }),
        ),
        (
            t!("undeploy"),
            status.may_undeploy().is_ok().then(|| Deed::Undeploy { name: name(), force: false }),
        ),
        (
            t!("force-undeploy"),
            status.may_force_undeploy().is_ok().then(|| Deed::Undeploy { name: name(), force: true }),
        ),
    ];
    deeds.into_iter().filter_map(|(title, deed)| Some((title, deed?))).collect()
}
