//! What was done to an application, and the configurations that it had.

use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::{
    operation::{Operation, Progress},
    status::Tone,
};

use crate::{
    actions::RollBack,
    desk::{ApplicationView, Generation},
    ui::{
        badge::Outcome,
        button::Variant,
        table::{Room, Section, Table},
        time::{Ago, took},
    },
};

const HISTORY: &[(&str, Room)] = &[
    ("Time", Room::Any),
    ("Operation", Room::Any),
    ("Generation", Room::Wide),
    ("User", Room::Medium),
    ("Outcome", Room::Any),
    ("Took", Room::Medium),
];
const GENERATIONS: &[(&str, Room)] =
    &[("Generation", Room::Any), ("Version", Room::Any), ("Made", Room::Medium), ("Action", Room::Any)];

/// The configurations that the application had, each a way back (D10).
#[component]
pub(super) fn Generations(
    /// The application.
    view: ApplicationView,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let present = view.application.generation;
    let may_change = view.operations.first().is_some_and(|newest| newest.may_update().is_ok());
    let count = view.generations.len();
    let quarantined = view.quarantined;
    let rows = view.generations.into_iter().map(|generation| {
        let is_quarantined = quarantined.contains(&generation.spec.version.number());
        let may_return = may_change && generation.spec.generation < present;
        row(generation, present, is_quarantined, may_return, now)
    });
    let rows = rows.collect_view();
    (count > 1).then(|| {
        view! { <Section title="Generations" count><Table caption="Generations" columns=GENERATIONS>{rows}</Table></Section> }
    })
}

fn row(
    generation: Generation,
    present: u32,
    is_quarantined: bool,
    may_return: bool,
    now: Timestamp,
) -> impl IntoView {
    let number = generation.spec.generation;
    let name = generation.spec.name.to_string();
    let label = format!("Roll back to generation {number}");
    view! {
        <tr>
            <th scope="row" class="font-normal">{number}{(number == present).then(|| view! { <span class="pl-1 text-muted">" present"</span> })}</th>
            <td>
                {generation.spec.version.number()}
                {is_quarantined.then(|| view! { <span class="block text-sm text-muted">"Rolled back from"</span> })}
            </td>
            <td class=Room::Medium.classes()><Ago at=generation.created_at now/><span class="block text-muted">"by "{generation.created_by}</span></td>
            <td class="w-px text-right">
                {may_return.then(|| view! {
                    <form method="post" action=RollBack::PATH>
                        {is_quarantined.then(|| view! {
                            <label class="mb-1 flex items-center justify-end gap-1.5 text-sm whitespace-nowrap text-muted">
                                <input type="checkbox" name="even_quarantined" value="yes" required/>"All the same"
                            </label>
                        })}
                        <input type="hidden" name="name" value=name/>
                        <input type="hidden" name="generation" value=number/>
                        <button class=Variant::Small.classes() type="submit" aria-label=label>"Roll back"</button>
                    </form>
                })}
            </td>
        </tr>
    }
}

/// The operations, newest first.
#[component]
pub(super) fn History(
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
            Progress::Open { step } => (Tone::Moving, Some(step.label().to_owned())),
            Progress::Succeeded { .. } => (Tone::Good, None),
            Progress::Failed { step, cause, .. } => (Tone::Bad, Some(format!("{}: {}", step.label(), cause.reason))),
            Progress::Cancelled { step, .. } => (Tone::Over, Some(format!("at {}", step.label()))),
        };
        let plan = operation.kind.makes().then(|| {
            let href = format!("{}/operations/{}", crate::ways::instance(&name), operation.id);
            let label = format!("Plan of {} {}", operation.kind.label(), operation.generation);
            view! { <a class="block link" href=href aria-label=label>"Plan"</a> }
        });
        let time = operation.progress.ended_at().map(|end| took(operation.requested_at, end));
        view! {
            <tr>
                <td><Ago at=operation.requested_at now/></td>
                <td class="md:whitespace-nowrap">{operation.kind.label()}{plan}</td>
                <td class=Room::Wide.classes()>{operation.generation}</td>
                <td class=Room::Medium.classes()>{operation.requested_by}</td>
                <td>
                    <Outcome tone label=operation.progress.label()/>
                    {more.map(|more| view! { <span class="block pl-5 text-muted wrap-anywhere">{more}</span> })}
                </td>
                <td class="hidden whitespace-nowrap md:table-cell">{time}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    view! { <Section title="History" count><Table caption="History" columns=HISTORY>{rows}</Table></Section> }
}
