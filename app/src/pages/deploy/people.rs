//! Who administers an application, and who uses it: chips, and a field for one more.

use crate::t;
use leptos::prelude::*;
use slipway_domain::{
    order::FieldError,
    people::{Shown, Trace},
};

use super::fields::{FORM, control};
use crate::{
    desk::Offer,
    islands::people::PeoplePicker,
    ui::{
        field::{Field, described_by, error_of},
        icon::{Glyph, Icon},
        people::remarks,
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
    /// Who was chosen.
    chosen: Vec<Shown>,
    /// What can be chosen.
    offer: Offer,
    /// What is wrong with it.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let (place, label, help) = match access {
        Access::Admins => ("admins", t!("admin-access"), t!("admin-help")),
        Access::Users => ("users", t!("user-access"), t!("user-help")),
    };
    let named = if access == Access::Users { named_by_tasks(&offer) } else { Vec::new() };
    let chosen: Vec<_> = chosen.into_iter().filter(|shown| !named.contains(&shown.member.name)).collect();
    let is_nobody = chosen.is_empty() && named.is_empty();
    let fixed = named.into_iter().map(|name| {
        view! {
            <li class="chip border-line bg-raised" title=t!("named-by-task-why")>
                <Icon glyph=Glyph::Lock class="size-3 shrink-0 text-muted"/>{name}<span class="sr-only">", "{t!("named-by-task")}</span>
            </li>
        }
    });
    let fixed = fixed.collect_view();
    let chips = chosen.into_iter().map(|shown| {
        let (name, typed, remarks) = (shown.member.name.clone(), shown.typed.clone(), remarks(&shown));
        let class = match shown.trace {
            Trace::Verified => "chip border-line bg-surface",
            Trace::Unverified => "chip border-dashed border-edge bg-surface",
            Trace::Unknown | Trace::Gone => "chip border-bad-fill bg-surface",
        };
        view! {
            <li class=class>
                <span>{name.clone()}</span><span class="text-muted">{remarks}</span>
                <button class="-mr-1.5 grid size-6 place-items-center rounded-full text-muted hover:bg-raised hover:text-ink" form=FORM type="submit" name="remove" value=typed aria-label=t!("take-out", name = &name)>
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
                <button class="button h-9 border-line bg-surface text-ink shadow-card hover:border-edge" id=format!("{place}-add") form=FORM type="submit" name="go" value="add">
                    <Icon glyph=Glyph::Plus class="size-3.5 shrink-0"/>{t!("add")}
                </button>
            </div>
            <div class="contents" data-people=place data-group=t!("group") data-lost=t!("people-lost") data-nobody=t!("people-nobody")>
                <ul class="max-h-64 overflow-y-auto rounded-control border border-line bg-surface py-1 shadow-card" id="people-list" role="listbox" aria-label=t!("people") hidden></ul>
                <p class="text-sm text-muted empty:hidden" id="people-told" aria-live="polite"></p>
                <PeoplePicker/>
            </div>
        </Field>
        {if is_nobody {
            view! { <p class="text-sm text-muted">{t!("nobody-chosen")}</p> }.into_any()
        } else {
            view! { <ul class="flex flex-wrap gap-2" aria-label=t!("chosen")>{fixed}{chips}</ul> }.into_any()
        }}
    }
}

/// Whoever has tasks in the processes (S1.L07).
pub(in crate::pages) fn named_by_tasks(offer: &Offer) -> Vec<String> {
    let contents = offer.release().map(|release| &release.contents);
    contents
        .into_iter()
        .flat_map(|contents| contents.task_users.iter().chain(&contents.task_groups))
        .cloned()
        .collect()
}
