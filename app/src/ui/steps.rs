//! The way of a deployment, step by step, and where on it an operation is.

use leptos::prelude::*;
use slipway_domain::operation::{Operation, Progress, Step};

use super::{
    icon::{Glyph, Icon},
    said::Said,
};
use crate::{t, words::Word};

/// Where an operation is, seen from one step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Done,
    Here,
    Failed,
    Ahead,
}

impl Stand {
    fn word(self) -> String {
        match self {
            Self::Done => t!("done"),
            Self::Here => t!("under-way"),
            Self::Failed => t!("failed"),
            Self::Ahead => t!("to-come"),
        }
    }

    fn mark(self) -> (&'static str, Option<Glyph>) {
        match self {
            Self::Done => (
                "grid size-5 shrink-0 place-items-center rounded-full bg-good/14 text-good-ink",
                Some(Glyph::Check),
            ),
            Self::Here => (
                "grid size-5 shrink-0 place-items-center rounded-full bg-moving/14 text-moving-ink",
                Some(Glyph::Moving),
            ),
            Self::Failed => (
                "grid size-5 shrink-0 place-items-center rounded-full bg-bad/14 text-bad-ink",
                Some(Glyph::Cross),
            ),
            Self::Ahead => (
                "grid size-5 shrink-0 place-items-center rounded-full border border-dashed border-edge",
                None,
            ),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Here | Self::Failed => "font-medium",
            Self::Done => "",
            Self::Ahead => "text-muted",
        }
    }
}

/// Do its steps tell what is waited for?
pub fn is_on_its_way(operation: &Operation) -> bool {
    matches!(operation.progress, Progress::Open { .. }) && operation.kind.makes()
}

/// The steps of the newest operation, while they tell something: it is on its way, or stuck.
#[component]
pub fn Steps(
    /// The newest operation.
    operation: Operation,
    /// What its application waits for, if that is known; it is newer than what the operation noted.
    waits: Option<String>,
) -> impl IntoView {
    let waits = waits.filter(|_| is_on_its_way(&operation));
    let stuck = |at: Step| {
        if matches!(operation.progress, Progress::Failed { .. }) { (at, true) } else { (at, false) }
    };
    let place = match operation.progress {
        Progress::Open { step } | Progress::Failed { step, .. } if operation.kind.makes() => {
            Some(stuck(step))
        }
        _ => None,
    };
    place.map(|(at, failed)| {
        let steps = operation.kind.steps();
        let last = steps.last().copied();
        let number = steps.iter().position(|step| *step == at).unwrap_or_default() + 1;
        let told = t!("step-of", kind = operation.kind.word(), number = number, count = steps.len());
        let note = waits.or(operation.note.clone()).filter(|_| !failed).map(|what| view! { <Said what/> });
        let items = steps.into_iter().map(|step| {
            let stand = match step.cmp(&at) {
                std::cmp::Ordering::Less => Stand::Done,
                std::cmp::Ordering::Equal if failed => Stand::Failed,
                std::cmp::Ordering::Equal => Stand::Here,
                std::cmp::Ordering::Greater => Stand::Ahead,
            };
            let (class, glyph) = stand.mark();
            let line = if Some(step) == last { "hidden" } else { "ml-1 hidden h-px min-w-3 flex-1 bg-line lg:block" };
            view! {
                <li class="flex items-center gap-2 text-sm lg:flex-1 lg:last:flex-none" aria-current=(stand == Stand::Here).then_some("step")>
                    <span class=class>{glyph.map(|glyph| view! { <Icon glyph class="size-3"/> })}</span>
                    <span class=stand.name()>{step.word()}<span class="sr-only">": "{stand.word()}</span></span>
                    <span class=line></span>
                </li>
            }
        });
        view! {
            <div class="card">
            <p class="flex flex-wrap gap-x-3 border-b border-line px-4 py-2 text-xs text-muted"><span>{told}</span><span class="wrap-anywhere empty:hidden">{note}</span></p>
            <ol class="flex flex-col gap-x-6 gap-y-2.5 px-4 py-3.5 sm:flex-row sm:flex-wrap lg:flex-nowrap lg:gap-x-3" aria-label=t!("deployment-steps")>
                {items.collect_view()}
            </ol>
            </div>
        }
    })
}
