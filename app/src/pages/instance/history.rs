//! What was done to an application, the configurations that it had, and how they differ.

use crate::{key, t};
use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use slipway_domain::{
    changes::changes,
    operation::{Operation, Progress},
    permission::Action,
    spec::ApplicationSpec,
    status::Tone,
};

use super::{head::Tab, tab};
use crate::{
    actions::RollBack,
    desk::{ApplicationView, Generation, SharedDesk},
    pages::may::refusal,
    ui::{
        badge::Outcome,
        button::{NotNow, Variant},
        compare::PairForm,
        diff::Diff,
        table::{Room, Section, Table},
        time::{Ago, took},
    },
    words::{Word, told},
};

const HISTORY: &[(&str, Room)] = &[
    (key!("time"), Room::Any),
    (key!("operation"), Room::Any),
    (key!("generation"), Room::Wide),
    (key!("who-user"), Room::Medium),
    (key!("outcome"), Room::Any),
    (key!("took"), Room::Medium),
];
const GENERATIONS: &[(&str, Room)] = &[
    (key!("generation"), Room::Any),
    (key!("version"), Room::Any),
    (key!("made"), Room::Medium),
    (key!("action"), Room::Any),
];

/// The page of the history.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let number = |name: &str| query.get(name).and_then(|text| text.parse::<u32>().ok());
    let asked = (number("from"), number("to"));
    tab(
        Tab::History,
        |_, _, view| async move { Ok((view, ())) },
        move |view, ()| content(view, asked).into_any(),
    )
}

fn content(view: ApplicationView, asked: (Option<u32>, Option<u32>)) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let name = view.application.name.to_string();
    let specs = view.generations.iter().map(|generation| generation.spec.clone()).collect::<Vec<_>>();
    view! {
        <div class="space-y-8" id="state" data-live="">
            <Generations view=view.clone() now/>
            <Compare specs asked/>
            <History name operations=view.operations now/>
        </div>
    }
}

/// How two generations differ; the newest two, unless others are asked for.
#[component]
fn Compare(
    /// All configurations, newest first.
    specs: Vec<ApplicationSpec>,
    /// Which two.
    asked: (Option<u32>, Option<u32>),
) -> impl IntoView {
    let newest = specs.first().map(|spec| spec.generation).unwrap_or_default();
    let (from, to) = (asked.0.unwrap_or(newest.saturating_sub(1)), asked.1.unwrap_or(newest));
    let find = |number| specs.iter().find(|spec| spec.generation == number);
    let differences = find(from).zip(find(to)).map(|(before, after)| changes(before, after));
    let numbers: Vec<_> = specs.iter().map(|spec| spec.generation).collect();
    (specs.len() > 1).then(|| {
        view! {
            <Section title=t!("differences")>
                <PairForm noun=t!("generation") numbers from to/>
                {differences.map(|differences| if differences.is_empty() {
                    view! { <p class="text-muted">{t!("generations-same", from = from.to_string(), to = to.to_string())}</p> }.into_any()
                } else {
                    view! { <Diff changes=differences/> }.into_any()
                })}
            </Section>
        }
    })
}

/// The configurations that the application had, each a way back (D10).
#[component]
fn Generations(
    /// The application.
    view: ApplicationView,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let present = view.application.generation;
    let may_change = view.operations.first().is_some_and(|newest| newest.may_update().is_ok());
    let refused = refusal(Action::Change, &view.application.people);
    let count = view.generations.len();
    let quarantined = view.quarantined;
    let rows = view.generations.into_iter().map(|generation| {
        let is_quarantined = quarantined.contains(&generation.spec.version.number());
        let may_return = may_change && generation.spec.generation < present;
        let way_back = match &refused {
            _ if !may_return => WayBack::None,
            Some(why) => WayBack::Refused(why.clone()),
            None => WayBack::Open,
        };
        row(generation, present, is_quarantined, way_back, now)
    });
    let rows = rows.collect_view();
    (count > 1).then(|| {
        view! { <Section title=t!("generations") count><Table caption=t!("generations") columns=GENERATIONS>{rows}</Table></Section> }
    })
}

/// Can that generation be made real again?
enum WayBack {
    /// Not now, or it is what is there.
    None,
    /// Not by this person, and why.
    Refused(String),
    /// Yes.
    Open,
}

fn row(
    generation: Generation,
    present: u32,
    is_quarantined: bool,
    way_back: WayBack,
    now: Timestamp,
) -> impl IntoView {
    let number = generation.spec.generation;
    let name = generation.spec.name.to_string();
    let label = t!("roll-back-to", generation = number.to_string());
    let key = format!("{}-{number}", expect_context::<SharedDesk>().surroundings().form_key);
    view! {
        <tr>
            <th scope="row" class="font-normal">{number}{(number == present).then(|| view! { <span class="pl-1 text-muted">" "{t!("present")}</span> })}</th>
            <td>
                {generation.spec.version.number()}
                {is_quarantined.then(|| view! { <span class="block text-sm text-muted">{t!("rolled-back-from")}</span> })}
            </td>
            <td class=Room::Medium.classes()><Ago at=generation.created_at now/><span class="block text-muted">{t!("by", person = generation.created_by)}</span></td>
            <td class="w-px text-right">
                {match way_back {
                    WayBack::None => ().into_any(),
                    WayBack::Refused(why) => view! { <NotNow label=t!("roll-back") why in_row=true/> }.into_any(),
                    WayBack::Open => view! {
                    <form method="post" action=RollBack::PATH>
                        {is_quarantined.then(|| view! {
                            <label class="mb-1 flex items-center justify-end gap-1.5 text-sm whitespace-nowrap text-muted">
                                <input type="checkbox" name="even_quarantined" value="yes" required/>{t!("all-the-same")}
                            </label>
                        })}
                        <input type="hidden" name="name" value=name/>
                        <input type="hidden" name="generation" value=number/>
                        <input type="hidden" name="idempotency_key" value=key/>
                        <button class=Variant::Small.classes() type="submit" aria-label=label>{t!("roll-back")}</button>
                    </form>
                    }.into_any(),
                }}
            </td>
        </tr>
    }
}

/// The operations, newest first.
#[component]
fn History(
    /// The application.
    name: String,
    /// What was done, newest first.
    operations: Vec<Operation>,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let count = operations.len();
    let rows = operations.into_iter().map(|operation| {
        let (tone, more) = match &operation.progress {
            Progress::Open { step } => (Tone::Moving, Some(step.word())),
            Progress::Succeeded { .. } => (Tone::Good, None),
            Progress::Failed { step, cause, .. } => (Tone::Bad, Some(t!("and-more", first = step.word(), second = told(&*cause.reason)))),
            Progress::Cancelled { step, .. } => (Tone::Over, Some(t!("at-step", step = step.word()))),
        };
        let plan = operation.kind.makes().then(|| {
            let href = format!("{}/operations/{}", crate::ways::instance(&name), operation.id);
            let label =
                t!("plan-of", kind = operation.kind.word(), generation = operation.generation.to_string());
            view! { <a class="block link" href=href aria-label=label>{t!("plan")}</a> }
        });
        let time = operation.progress.ended_at().map(|end| took(operation.requested_at, end));
        view! {
            <tr>
                <td><Ago at=operation.requested_at now/></td>
                <td class="md:whitespace-nowrap">{operation.kind.word()}{plan}</td>
                <td class=Room::Wide.classes()>{operation.generation}</td>
                <td class=Room::Medium.classes()>{operation.requested_by}</td>
                <td>
                    <Outcome tone label=operation.progress.word()/>
                    {more.map(|more| view! { <span class="block pl-5 text-muted wrap-anywhere">{more}</span> })}
                </td>
                <td class="hidden whitespace-nowrap md:table-cell">{time}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Section title=t!("history") count><Table caption=t!("history") columns=HISTORY>{rows}</Table></Section> }
}
