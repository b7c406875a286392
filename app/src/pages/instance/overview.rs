//! The first tab: how the application stands and why, how far it is, where it answers, what its badge has said.

use crate::{key, t};
use std::sync::Arc;

use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{
    cause::Cause,
    observed::{Health, ObservedComponent},
    phase::Phase,
    removal::Held,
    spec::ComponentSpec,
    status::{Status, Tone},
};

use super::{
    components::{Readiness, readiness},
    head::Tab,
    leftovers::{Leftovers, Proven},
    programs::Programs,
    tab,
    timeline::Timeline,
};
use crate::{
    desk::{ApplicationView, SharedDesk},
    pages::instances::gateway_link,
    ui::{
        badge::Outcome,
        callout::CauseCallout,
        copy::Copy,
        facts::{Fact, Facts},
        icon::{Glyph, Icon},
        people::names,
        said::Said,
        steps::{Steps, is_on_its_way},
        table::{Room, Section, Table},
        time::Ago,
    },
    words::Word,
};

const COMPONENTS: &[(&str, Room)] = &[
    (key!("component"), Room::Any),
    (key!("ready"), Room::Any),
    (key!("health"), Room::Any),
    (key!("restarts"), Room::Medium),
    (key!("log"), Room::Medium),
];

/// The page of one application.
#[component]
pub fn InstancePage() -> impl IntoView {
    tab(
        Tab::Overview,
        |desk, name, view| async move {
            // Not knowing what holds a namespace is no reason not to show the rest.
            let held = desk.held(&name).await.unwrap_or_default();
            Ok((view, held))
        },
        |view, held| content(view, held).into_any(),
    )
}

fn content(view: ApplicationView, held: Option<Held>) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let standing = view.application.standing.clone();
    // A cause says more than the line that it explains.
    let reason =
        standing.reason.filter(|reason| standing.cause.as_ref().is_none_or(|cause| cause.reason != *reason));
    let name = view.application.name.to_string();
    // The steps say what is waited for; told twice, it would look like two things.
    let (waits, reason) = match view.operations.first() {
        Some(newest) if is_on_its_way(newest) => (reason, None),
        _ => (None, reason),
    };
    let people = Arc::clone(&view.application.people);
    let proof = view.operations.first().and_then(|newest| newest.proof.clone());
    view! {
        <div class="space-y-4 empty:hidden" id="news" data-live="">
            {reason.map(|reason| view! { <p class="text-muted wrap-anywhere"><Said what=reason/></p> })}
            {standing.cause.map(|cause| view! { <Why cause name=name.clone()/> })}
            {view.operations.first().cloned().map(|operation| view! { <Steps operation waits=waits.clone()/> })}
        </div>
        <div class="space-y-8" id="state" data-live="">
            {held.map(|held| view! { <Leftovers name=name.clone() held people=Arc::clone(&people) now/> })}
            {proof.map(|proof| view! { <Proven proof/> })}
            <Details view=view.clone() now/>
            <Summary view=view.clone()/>
            <Timeline standings=view.standings.clone() now/>
            <Programs view/>
        </div>
    }
}

/// The cause, and the component that it waits for, if it does.
#[component]
fn Why(
    /// The cause.
    cause: Cause,
    /// The application.
    name: String,
) -> impl IntoView {
    let blocked_by = cause.blocked_by.clone().map(|component| {
        let href = format!("{}#component-{component}", Tab::Components.href(&name));
        view! { <p class="text-sm"><span class="text-muted">{t!("blocked-by")}" "</span><a class="link" href=href>{component.to_string()}</a></p> }
    });
    view! {
        <CauseCallout cause/>
        {blocked_by}
    }
}

#[component]
fn Details(
    /// The application.
    view: ApplicationView,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let application = view.application.clone();
    let status = application.standing.status;
    let phase = view.operations.first().map(|newest| Phase::of(newest).word());
    let (admins, users) = view.people.clone();
    let addresses = view.clone();
    view! {
        <div class="card">
            <div class="px-4 py-4">
                <Facts>
                    <Fact label=t!("gateway")>{gateway_link(view.gateway_url.clone(), status)}</Fact>
                    <Fact label=t!("namespace")>{application.name.to_string()}</Fact>
                    <Fact label=t!("admin-access")>{names(admins, t!("nobody"))}</Fact>
                    <Fact label=t!("user-access")>{names(users, t!("nobody-else"))}</Fact>
                    <Fact label=t!("deployed")><Ago at=application.created_at now/>" "{t!("by", person = application.created_by)}</Fact>
                    <Fact label=t!("last-change")><Ago at=application.updated_at now/></Fact>
                    <Fact label=t!("generation")>{application.generation}</Fact>
                    <Fact label=t!("phase")>{phase}</Fact>
                    <Fact label=t!("id")><code class="text-sm">{application.id.to_string()}</code></Fact>
                </Facts>
            </div>
            <Addresses view=addresses/>
        </div>
    }
}

/// Where it answers, and how a program asks it. On a simulated cluster nothing does.
#[component]
fn Addresses(
    /// The application.
    view: ApplicationView,
) -> impl IntoView {
    let sandbox = expect_context::<SharedDesk>().surroundings().sandbox;
    let status = view.application.standing.status;
    let is_there = status != Status::Undeployed;
    let is_open = status == Status::Running && !sandbox;
    let links = view.links.into_iter().filter(|_| is_there).map(|(label, url)| {
        let shown = if is_open {
            view! { <a class="link inline-flex items-center gap-1 wrap-anywhere" href=url.clone() rel="external">{url.clone()}<Icon glyph=Glyph::External class="size-3.5 shrink-0"/></a> }.into_any()
        } else {
            view! { <code class="text-sm text-muted wrap-anywhere">{url.clone()}</code> }.into_any()
        };
        line(label.clone(), shown, url, t!("address-of", name = &label))
    });
    let links = links.collect_view();
    let command = view.gateway_url.filter(|_| is_there).map(|url| format!("curl {url}")).map(|command| {
        let shown =
            view! { <code class="text-sm wrap-anywhere select-all">{command.clone()}</code> }.into_any();
        line(t!("api-example"), shown, command, t!("the-example"))
    });
    view! { <dl class="divide-y divide-line border-t border-line empty:hidden">{links}{command}</dl> }
}

fn line(label: String, shown: AnyView, text: String, what: String) -> impl IntoView {
    view! {
        <div class="flex min-h-11 flex-wrap items-center gap-x-3 px-4 py-1.5">
            <dt class="basis-full text-xs text-muted sm:basis-36">{label}</dt>
            <dd class="flex min-w-0 flex-1 items-center gap-2"><span class="min-w-0">{shown}</span><Copy text what/></dd>
        </div>
    }
}

/// Each component in a line.
#[component]
fn Summary(
    /// The application.
    view: ApplicationView,
) -> impl IntoView {
    let count = view.spec.components.len();
    let is_gone = view.application.standing.status == Status::Undeployed;
    let rows = view.spec.components.iter().map(|component| {
        let found = view.components.iter().find(|observed| observed.name == component.name);
        row(&view, component, found)
    });
    let rows = rows.collect_view();
    (!is_gone).then(|| view! { <Section title=t!("components") count><Table caption=t!("components") columns=COMPONENTS>{rows}</Table></Section> })
}

fn row(
    view: &ApplicationView,
    component: &ComponentSpec,
    found: Option<&ObservedComponent>,
) -> impl IntoView + use<> {
    let (application, name) = (view.application.name.to_string(), component.name.to_string());
    let Readiness { tone, label } = readiness(component, found, view.application.standing.status);
    let (healthy, health) = health(found);
    let restarts: u32 = found.into_iter().flat_map(|found| &found.tasks).map(|task| task.restarts).sum();
    let href = format!("{}#component-{name}", Tab::Components.href(&application));
    let log = format!("{}?component={name}", Tab::Logs.href(&application));
    view! {
        <tr>
            <th scope="row" class="font-medium"><a class="link" href=href>{name.clone()}</a></th>
            <td><Outcome tone label/></td>
            <td><Outcome tone=healthy label=health/></td>
            <td class=Room::Medium.classes()>{restarts}</td>
            <td class="hidden w-px md:table-cell"><a class="link" href=log aria-label=t!("component-of", name = &name)>{t!("log")}</a></td>
        </tr>
    }
}

/// The worst that is known of the tasks.
fn health(found: Option<&ObservedComponent>) -> (Tone, String) {
    let tasks = || found.into_iter().flat_map(|found| &found.tasks);
    if tasks().any(|task| task.health == Health::Unhealthy) {
        (Tone::Bad, Health::Unhealthy.word())
    } else if tasks().count() == 0 || tasks().any(|task| task.health == Health::Unknown) {
        (Tone::Over, Health::Unknown.word())
    } else {
        (Tone::Good, Health::Healthy.word())
    }
}
