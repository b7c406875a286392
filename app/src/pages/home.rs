//! The start page: what runs, what needs attention.

use leptos::prelude::*;
use slipway_domain::{
    application::Application,
    status::{Status, Tone},
};

use crate::{
    desk::InstancesView,
    islands::live::LiveBadge,
    ui::{frame::PageHead, load::load},
};

/// The start page.
#[component]
pub fn HomePage() -> impl IntoView {
    load("Overview", |desk| async move { desk.instances().await }, overview)
}

fn overview(view: InstancesView) -> impl IntoView {
    let count = |tones: &[Tone]| {
        view.live.iter().filter(|application| tones.contains(&application.standing.status.tone())).count()
    };
    let running = view.live.iter().filter(|a| a.standing.status == Status::Running).count();
    let moving = count(&[Tone::Moving]);
    let unwell: Vec<Application> = view
        .live
        .iter()
        .filter(|a| {
            matches!(a.standing.status.tone(), Tone::Bad | Tone::Doubtful) || a.standing.cause.is_some()
        })
        .cloned()
        .collect();
    view! {
        <PageHead title="Overview" subtitle="What runs, and what needs you."/>
        <dl class="grid gap-3 sm:grid-cols-3">
            <Figure label="Running" number=running/>
            <Figure label="On the way" number=moving/>
            <Figure label="Needs attention" number=unwell.len()/>
        </dl>
        <section class="space-y-3">
            <h2 class="text-base font-semibold">"Needs attention"</h2>
            {if unwell.is_empty() {
                view! { <p class="text-muted">"Nothing. Every application is running or on its way."</p> }.into_any()
            } else {
                unwell.into_iter().map(row).collect_view().into_any()
            }}
        </section>
        <p class="flex flex-wrap gap-4">
            <a class="link" href="/devops/releases">"Deploy a released project"</a>
            <a class="link" href="/devops/instances">"See all applications"</a>
        </p>
    }
}

#[component]
fn Figure(
    /// What is counted.
    label: &'static str,
    /// How many.
    number: usize,
) -> impl IntoView {
    view! {
        <div class="card px-4 py-3">
            <dt class="text-muted">{label}</dt>
            <dd class="text-2xl font-semibold tabular-nums">{number}</dd>
        </div>
    }
}

fn row(application: Application) -> impl IntoView {
    let name = application.name.to_string();
    let href = format!("/devops/instances/{name}");
    let why = application.standing.cause.map(|cause| cause.reason).unwrap_or_default();
    view! {
        <div class="card flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3">
            <a class="link font-medium" href=href>{name}</a>
            <LiveBadge id=application.id.to_string() status=application.standing.status.label().to_owned()
                revision=application.revision reason=String::new() with_reason=false/>
            <span class="text-muted">{why}</span>
        </div>
    }
}
