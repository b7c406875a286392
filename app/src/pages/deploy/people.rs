//! Who administers an application, and who uses it: chips, and a field for one more.

use leptos::prelude::*;
use slipway_domain::order::{FieldError, OrderForm, people};

use super::fields::{FORM, control};
use crate::{
    desk::Offer,
    ui::{
        field::{Field, described_by, error_of},
        icon::{Glyph, Icon},
    },
};

/// Which access is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    /// To administer it; at least one (S1.10).
    Admins,
    /// To use it; may stay empty (S1.11).
    Users,
}

#[component]
pub(super) fn People(
    /// Which access is given.
    access: Access,
    /// What was chosen.
    form: OrderForm,
    /// What can be chosen.
    offer: Offer,
    /// What is wrong with it.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let (place, label, given, help) = match access {
        Access::Admins => (
            "admins",
            "Administrator access",
            form.admins,
            "Names of users and groups, several separated by commas. At least one is needed.",
        ),
        Access::Users => (
            "users",
            "User access",
            form.users,
            "Names of users and groups, several separated by commas. May stay empty.",
        ),
    };
    let named = if access == Access::Users { named_by_tasks(&offer) } else { Vec::new() };
    let chosen: Vec<_> = people(&given).into_iter().filter(|name| !named.contains(name)).collect();
    let is_nobody = chosen.is_empty() && named.is_empty();
    let fixed = named.into_iter().map(|name| {
        view! {
            <li class="chip border-line bg-raised" title="A user task of the project names them, so they have access whatever is chosen">
                <Icon glyph=Glyph::Lock class="size-3 shrink-0 text-muted"/>{name}<span class="sr-only">", named by a task"</span>
            </li>
        }
    });
    let fixed = fixed.collect_view();
    let chips = chosen.into_iter().map(|name| {
        view! {
            <li class="chip border-line bg-surface">
                {name.clone()}
                <button class="-mr-1.5 grid size-6 place-items-center rounded-full text-muted hover:bg-raised hover:text-ink" form=FORM type="submit" name="remove" value=name.clone() aria-label=format!("Remove {name}")>
                    <Icon glyph=Glyph::Cross class="size-3 shrink-0"/>
                </button>
            </li>
        }
    });
    let chips = chips.collect_view();
    let error = error_of(&errors, place);
    let wrong = error.is_some();
    view! {
        <Field name=place label help error optional=access == Access::Users>
            <div class="flex gap-2">
                <input class="input" form=FORM id=place name=control(place) autocomplete="off" autocapitalize="none" spellcheck="false"
                    aria-invalid=wrong.then_some("true") aria-describedby=described_by(place, wrong)/>
                <button class="button h-9 border-line bg-surface text-ink shadow-card hover:border-edge" form=FORM type="submit" name="go" value="add">
                    <Icon glyph=Glyph::Plus class="size-3.5 shrink-0"/>"Add"
                </button>
            </div>
        </Field>
        {if is_nobody {
            view! { <p class="text-sm text-muted">"Nobody has been chosen."</p> }.into_any()
        } else {
            view! { <ul class="flex flex-wrap gap-2" aria-label="Chosen">{fixed}{chips}</ul> }.into_any()
        }}
    }
}

/// Whoever has tasks in the processes (S1.L07).
pub(super) fn named_by_tasks(offer: &Offer) -> Vec<String> {
    let contents = offer.release().map(|release| &release.contents);
    contents
        .into_iter()
        .flat_map(|contents| contents.task_users.iter().chain(&contents.task_groups))
        .cloned()
        .collect()
}
