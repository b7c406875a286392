//! How it stands with access: what became of its newest change, and why nothing can be changed at this moment.

use leptos::prelude::*;
use slipway_domain::{
    operation::{Kind, Progress},
    permission::Action,
    status::{Status, Tone},
};

use crate::{
    desk::{ApplicationView, SharedDesk},
    pages::may::refusal,
    t,
    ui::{
        badge::Outcome,
        callout::{Callout, CauseCallout, Weight},
        time::Ago,
    },
    words::{Word, told},
};

/// That nothing can be changed, and why and what to do about it; none if something can.
pub(super) fn closed(view: &ApplicationView) -> Option<(String, String)> {
    let standing = &view.application.standing;
    if matches!(standing.status, Status::Undeploying | Status::Undeployed) {
        return Some((t!("access-not-now"), t!("access-over")));
    }
    if let Some(missing) = refusal(Action::Change, &view.application.people) {
        return Some((t!("access-not-you"), told(missing)));
    }
    let why = view.operations.first()?.may_set_access(standing).err()?;
    Some((t!("access-not-now"), told(why)))
}

/// The same on the page.
#[component]
pub(super) fn Closed(
    /// That nothing can be changed, and why.
    told: (String, String),
) -> impl IntoView {
    let (title, why) = told;
    view! { <Callout weight=Weight::Note title><p class="text-sm text-muted">{why}</p></Callout> }
}

/// What became of the newest change of access, as long as nothing else was done since.
#[component]
pub(super) fn Last(
    /// The application.
    view: ApplicationView,
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let operation = view.operations.into_iter().next().filter(|newest| newest.kind == Kind::Access)?;
    let (tone, cause) = match &operation.progress {
        Progress::Open { .. } => (Tone::Moving, None),
        Progress::Succeeded { .. } => (Tone::Good, None),
        Progress::Failed { cause, .. } => (Tone::Bad, Some(cause.clone())),
        Progress::Cancelled { .. } => (Tone::Over, None),
    };
    Some(view! {
        <p class="text-sm" role="status">
            <Outcome tone label=operation.progress.word()/>
            <span class="text-muted">" "{t!("access-changed-by", person = operation.requested_by)}", "<Ago at=operation.requested_at now/>". "{t!("nothing-anew")}</span>
        </p>
        {cause.map(|cause| view! { <CauseCallout cause/> })}
    })
}
