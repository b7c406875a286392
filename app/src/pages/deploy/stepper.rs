//! The steps of an order in a row: those that are done, the present one, those that were not reached.

use crate::t;
use leptos::prelude::*;
use slipway_domain::wizard::WizardStep;

use crate::{
    ui::icon::{Glyph, Icon},
    wizard::Place,
    words::Word,
};

/// The row. To a step that was reached one can go back; what was typed meanwhile goes along.
#[component]
pub(super) fn Stepper(
    /// Where the order is being made.
    place: Place,
    /// The steps.
    steps: Vec<WizardStep>,
    /// The present one.
    step: WizardStep,
    /// The furthest one.
    reached: WizardStep,
) -> impl IntoView {
    let count = steps.len();
    let place_of = steps.iter().position(|known| *known == step).unwrap_or_default() + 1;
    let items = steps.into_iter().enumerate().map(|(index, each)| {
        let is_here = each == step;
        let is_done = each < step || (each <= reached && !is_here);
        let (mark, word) = if is_here {
            ("grid size-5 shrink-0 place-items-center rounded-full bg-accent-fill text-xs font-medium text-on-accent", t!("step-current"))
        } else if is_done {
            ("grid size-5 shrink-0 place-items-center rounded-full bg-good/14 text-good-ink", t!("done"))
        } else {
            ("grid size-5 shrink-0 place-items-center rounded-full border border-dashed border-edge text-xs text-muted", t!("step-not-reached"))
        };
        let inside = view! {
            <span class=mark>
                {if is_done { view! { <Icon glyph=Glyph::Check class="size-3"/> }.into_any() } else { (index + 1).into_any() }}
            </span>
            <span class="whitespace-nowrap">{each.word()}<span class="sr-only">": "{word}</span></span>
        };
        let part = if is_here {
            view! { <span class="flex items-center gap-2 font-medium">{inside}</span> }.into_any()
        } else if is_done && step == WizardStep::Review {
            view! { <a class="flex items-center gap-2 rounded-control hover:text-accent" href=place.href(each, &[])>{inside}</a> }.into_any()
        } else if is_done {
            view! { <button class="flex items-center gap-2 rounded-control text-left hover:text-accent" form="wizard" type="submit" name="go" value=each.slug()>{inside}</button> }.into_any()
        } else {
            view! { <span class="flex items-center gap-2 text-muted">{inside}</span> }.into_any()
        };
        let line = (index + 1 < count).then(|| view! { <span class="hidden h-px min-w-3 flex-1 bg-line lg:block"></span> });
        let class = if is_here { "flex items-center gap-3 text-sm lg:flex-auto lg:last:flex-none" } else { "hidden items-center gap-3 text-sm sm:flex lg:flex-auto lg:last:flex-none" };
        view! { <li class=class aria-current=is_here.then_some("step")>{part}{line}</li> }
    });
    let items = items.collect_view();
    view! {
        <nav class="card flex items-center gap-4 px-4 py-3" aria-label=t!("steps")>
            <ol class="flex min-w-0 flex-1 flex-wrap gap-x-5 gap-y-2 lg:flex-nowrap lg:gap-x-3">{items}</ol>
            <span class="text-xs whitespace-nowrap text-muted sm:hidden">{t!("of", number = place_of, count = count)}</span>
        </nav>
    }
}
