//! The start page: what runs, what is on its way, what needs attention.

use std::sync::Arc;

use crate::t;
use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{
    application::Application,
    names::ApplicationName,
    operation::{Operation, Progress},
    people::People,
    permission::Action,
    status::{Status, Tone},
};

use super::may::way;
use crate::{
    desk::{Applications, SharedDesk},
    islands::live::LivePage,
    ui::{
        badge::{Badge, Outcome, glyph, ink},
        button::Variant,
        callout::{Callout, Weight},
        frame::PageHead,
        icon::Icon,
        load::load,
        said::Said,
        table::Section,
        time::Ago,
    },
    words::{self, Word},
};

/// So many of a kind are shown here; all are in the list.
const FEW: usize = 10;

/// The start page.
#[component]
pub fn HomePage() -> impl IntoView {
    let ask = |desk: SharedDesk| async move {
        let all = desk.applications().await?;
        let recent = desk.recent().await.unwrap_or_default();
        Ok((all, recent))
    };
    load(t!("overview"), ask, overview)
}

fn needs_attention(application: &Application) -> bool {
    matches!(application.standing.status.tone(), Tone::Bad | Tone::Doubtful)
        || application.standing.cause.is_some()
}

fn overview((all, recent): (Applications, Vec<(ApplicationName, Operation)>)) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let Applications { live, revision } = all;
    let is_first = live.is_empty() && recent.is_empty();
    let running = live.iter().filter(|a| a.standing.status == Status::Running).count();
    let (unwell, others): (Vec<_>, Vec<_>) =
        live.into_iter().partition(|application| needs_attention(application));
    let moving: Vec<_> = others.into_iter().filter(|a| a.standing.status.tone() == Tone::Moving).collect();
    view! {
        <PageHead title=t!("overview") subtitle=t!("overview-about")>
            {way(Action::Deploy, &People::NOBODY, Variant::Primary, t!("deploy-a-project"), ("/devops/releases".to_owned(), None))}
        </PageHead>
        <LivePage of="list=".to_owned() revision/>
        <div class="space-y-8" id="overview" data-live="">
            <dl class="card grid divide-y divide-line sm:grid-cols-3 sm:divide-x sm:divide-y-0">
                <Figure label=t!("count-running") tone=Tone::Good number=running href="/devops/instances?status=Running"/>
                <Figure label=t!("on-the-way") tone=Tone::Moving number=moving.len() href="/devops/instances?sort=status"/>
                <Figure label=t!("needs-attention") tone=Tone::Bad number=unwell.len() href="/devops/instances?sort=status"/>
            </dl>
            {is_first.then(|| view! {
                <Callout weight=Weight::Note title=t!("nothing-yet")>
                    <p class="text-muted">{t!("nothing-yet-more")}</p>
                </Callout>
            })}
            {(!unwell.is_empty()).then(|| list(t!("needs-attention"), unwell, now))}
            {(!moving.is_empty()).then(|| list(t!("on-the-way"), moving, now))}
            {(!recent.is_empty()).then(|| lately(recent, now))}
        </div>
    }
}

#[component]
fn Figure(
    /// What is counted.
    label: String,
    /// What kind of news it is, if there is any.
    tone: Tone,
    /// How many.
    number: usize,
    /// Where they are listed.
    href: &'static str,
) -> impl IntoView {
    let tone = if number == 0 { Tone::Over } else { tone };
    view! {
        <div class="flex items-center justify-between gap-4 px-5 py-4 sm:block">
            <dt class="flex items-center gap-2 text-sm text-muted">
                <span class=ink(tone)><Icon glyph=glyph(tone) class="size-3.5 shrink-0"/></span>{label}
            </dt>
            <dd class="text-xl font-semibold tracking-tight tabular-nums sm:mt-1"><a class="hover:text-accent" href=href aria-label=t!("show-them", number = number)>{words::number(number)}</a></dd>
        </div>
    }
}

/// The first of them, and the way to all.
fn list(title: String, applications: Vec<Arc<Application>>, now: Timestamp) -> impl IntoView {
    let count = applications.len();
    let more = (count > FEW).then(|| {
        view! { <p class="text-sm"><a class="link" href="/devops/instances?sort=status">{t!("show-them", number = count)}</a></p> }
    });
    let first = applications.into_iter().take(FEW).map(Arc::unwrap_or_clone);
    view! {
        <Section title count>
            <ul class="card divide-y divide-line">
                {first.map(|application| view! { <Row application now/> }).collect_view()}
            </ul>
            {more}
        </Section>
    }
}

/// What was done, by whom, and how it ended.
fn lately(recent: Vec<(ApplicationName, Operation)>, now: Timestamp) -> impl IntoView {
    let items = recent.into_iter().map(move |(name, operation)| {
        let tone = match operation.progress {
            Progress::Open { .. } => Tone::Moving,
            Progress::Succeeded { .. } => Tone::Good,
            Progress::Failed { .. } => Tone::Bad,
            Progress::Cancelled { .. } => Tone::Over,
        };
        let href = format!("/devops/instances/{name}");
        view! {
            <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-sm md:grid md:grid-cols-[12rem_10rem_minmax(0,1fr)_auto]">
                <a class="link min-w-0 font-medium wrap-anywhere" href=href>{name.to_string()}</a>
                <Outcome tone label=operation.progress.word()/>
                <span class="min-w-0 text-muted">{t!("kind-by", kind = operation.kind.word(), person = operation.requested_by)}</span>
                <span class="ml-auto text-muted"><Ago at=operation.requested_at now/></span>
            </li>
        }
    });
    view! { <Section title=t!("recent-operations")><ul class="card divide-y divide-line">{items.collect_view()}</ul></Section> }
}

#[component]
fn Row(
    /// The application.
    application: Application,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let standing = application.standing;
    let why = standing.cause.map(|cause| cause.reason).or(standing.reason);
    let name = application.name.to_string();
    let href = format!("/devops/instances/{name}");
    view! {
        <li class="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-sm md:grid md:grid-cols-[12rem_10rem_minmax(0,1fr)_auto]">
            <a class="link min-w-0 font-medium wrap-anywhere" href=href>{name}</a>
            <span><Badge status=standing.status/></span>
            <span class="order-last min-w-0 basis-full text-muted wrap-anywhere md:order-none">{why.map(|what| view! { <Said what/> })}</span>
            <span class="ml-auto text-muted"><Ago at=application.updated_at now/></span>
        </li>
    }
}
