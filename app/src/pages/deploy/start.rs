//! The first step: how the application is called, and which version it is made from.

use crate::t;
use leptos::prelude::*;
use slipway_domain::{
    order::{FieldError, OrderForm},
    release::Project,
};

use super::fields::{FORM, Text};
use crate::{
    desk::Offer,
    islands::name::NameCheck,
    ui::field::{Field, described_by, error_of},
};

#[component]
pub(super) fn Start(
    /// What was typed.
    form: OrderForm,
    /// What can be chosen.
    offer: Offer,
    /// What is wrong with it.
    errors: Vec<FieldError>,
    /// Is it an update? Then the name stays as it is.
    is_update: bool,
) -> impl IntoView {
    let versions = versions(&offer.project, &form.version);
    let wrong = error_of(&errors, "version");
    view! {
        {if is_update {
            view! { <input type="hidden" form=FORM name="form[name]" value=form.name/> }.into_any()
        } else {
            view! {
                <div class="space-y-1.5">
                    <Text name="name" label=t!("application-name") value=form.name error=error_of(&errors, "name")
                        help=t!("name-help")/>
                    <p class="min-h-5 text-sm" aria-live="polite"><span id="name-told" data-free=t!("name-free")></span></p>
                    <NameCheck/>
                </div>
            }.into_any()
        }}
        <Field name="version" label=t!("version") help=t!("newest-first") error=wrong.clone()>
            <select class="input" form=FORM id="version" name="form[version]" aria-invalid=wrong.is_some().then_some("true")
                aria-describedby=described_by("version", wrong.is_some())>
                {versions}
            </select>
        </Field>
    }
}

fn versions(project: &Project, chosen: &str) -> impl IntoView + use<> {
    let options = project.releases.iter().map(|release| {
        let number = release.version.to_string();
        let selected = number == chosen;
        let about = match release.description.as_str() {
            "" => number.clone(),
            description => format!("{number} – {description}"),
        };
        view! { <option value=number selected=selected>{about}</option> }
    });
    options.collect_view()
}
