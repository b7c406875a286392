//! What an operation did to the cluster: the plan that it applied, and those before it that did not hold.

use crate::t;
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use slipway_domain::{
    names::ApplicationName,
    operation::{Operation, Progress},
    plan::KeptPlan,
};

use super::deploy::planned::{Planned, Tense};
use crate::{
    desk::{DeskError, SharedDesk},
    ui::{
        callout::{Callout, CauseCallout, Weight},
        frame::PageHead,
        load::load,
        table::Section,
        time::Ago,
    },
    words::{Word, told},
};

/// The page of one operation.
#[component]
pub fn OperationPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let text = |name: &str| params.get(name).unwrap_or_default();
    let (name, id) = (text("name"), text("id"));
    let ask = |desk: SharedDesk| async move {
        let missing = || DeskError::NotFound { what: format!("{name} has no operation {id:?}.") };
        let parsed = ApplicationName::parse(&name).map_err(|_| missing())?;
        let view = desk.application(&parsed).await?;
        let operation = view.operations.into_iter().find(|operation| operation.id.to_string() == id);
        let operation = operation.ok_or_else(missing)?;
        let plans = desk.plans(&parsed, operation.id).await?;
        Ok((parsed, operation, plans))
    };
    load(t!("operation"), ask, content)
}

fn content((name, operation, plans): (ApplicationName, Operation, Vec<KeptPlan>)) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let cause = match &operation.progress {
        Progress::Failed { cause, .. } => Some(cause.clone()),
        _ => None,
    };
    let title =
        t!("kind-of-generation", kind = operation.kind.word(), generation = operation.generation.to_string());
    let about = t!("progress-by", progress = operation.progress.word(), person = operation.requested_by);
    let above = vec![
        ("/devops/instances".to_owned(), t!("instances").to_owned()),
        (crate::ways::instance(name.as_str()), name.to_string()),
    ];
    let none = plans.is_empty();
    view! {
        <PageHead title subtitle=about above/>
        <div class="space-y-8">
            {cause.map(|cause| view! { <CauseCallout cause/> })}
            {plans.into_iter().map(|kept| plan(kept, now)).collect_view()}
            {none.then(|| view! { <p class="text-muted">{t!("nothing-planned")}</p> })}
        </div>
    }
}

fn plan(kept: KeptPlan, now: Timestamp) -> impl IntoView {
    let because = kept.because.map(|why| {
        view! { <Callout weight=Weight::Note title=t!("planned-again", why = told(why))/> }
    });
    view! {
        <Section title=t!("plan") count=usize::try_from(kept.number).unwrap_or_default()>
            <p class="text-sm text-muted">{t!("made")}" "<Ago at=kept.at now/></p>
            {because}
            <Planned plan=kept.plan tense=Tense::Was/>
        </Section>
    }
}
