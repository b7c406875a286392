//! What stands in the place of a button that the person may not press: it says which permission is missing (D21).
//! Pages only show it; the desk decides.

use leptos::prelude::*;
use slipway_domain::{people::People, permission::Action};

use crate::{
    desk::SharedDesk,
    ui::button::{NotNow, Variant},
};

/// Why whoever looks may not do that to the application of these people; none if they may.
pub(super) fn refusal(action: Action, people: &People) -> Option<String> {
    let around = expect_context::<SharedDesk>().surroundings();
    around.actor.may(action, people).err().map(|forbidden| forbidden.told(&around.reader_role))
}

/// A link for those who may do that to the application of these people, and the reason for everybody else.
pub(super) fn way(
    action: Action,
    people: &People,
    variant: Variant,
    label: String,
    to: (String, Option<String>),
) -> AnyView {
    let (href, aria) = to;
    match refusal(action, people) {
        None => view! { <a class=variant.classes() href=href aria-label=aria>{label}</a> }.into_any(),
        Some(why) => view! { <NotNow label why in_row=variant == Variant::Small/> }.into_any(),
    }
}
