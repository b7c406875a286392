//! The choice of two numbered things that are to be compared. It is a plain form, so the choice is in the address.

use crate::t;
use leptos::prelude::*;

use super::button::Variant;

/// Asks which two, with those chosen that are compared now.
#[component]
pub fn PairForm(
    /// What each of them is called before its number.
    noun: String,
    /// All numbers.
    numbers: Vec<u32>,
    /// The one before.
    from: u32,
    /// The one after.
    to: u32,
) -> impl IntoView {
    let options = |chosen: u32| {
        let options = numbers.iter().map(|&number| {
            view! { <option value=number selected=number == chosen>{format!("{noun} {number}")}</option> }
        });
        options.collect_view()
    };
    let (of_from, of_to) = (options(from), options(to));
    view! {
        <form class="flex flex-wrap items-end gap-3" method="get">
            <label class="w-40 space-y-1.5"><span class="block text-sm text-muted">{t!("from")}</span><select class="input" name="from">{of_from}</select></label>
            <label class="w-40 space-y-1.5"><span class="block text-sm text-muted">{t!("to")}</span><select class="input" name="to">{of_to}</select></label>
            <button class=Variant::Quiet.classes() type="submit">{t!("compare")}</button>
        </form>
    }
}
