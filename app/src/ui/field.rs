//! Form fields: label, control, help, error; bound together for those who cannot see them together.

use crate::t;
use leptos::prelude::*;
use slipway_domain::order::FieldError;

use super::{
    callout::Weight,
    icon::{Glyph, Icon},
};
use crate::words::told;

/// A field around one control. The control carries the field's name as its id, and [`described_by`].
#[component]
pub fn Field(
    /// The name of the control; its id is the same.
    #[prop(into)]
    name: String,
    /// What to enter.
    #[prop(into)]
    label: String,
    /// How to enter it.
    #[prop(into, optional)]
    help: String,
    /// May it stay empty?
    #[prop(optional)]
    optional: bool,
    /// What is wrong with what was entered.
    error: Option<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="space-y-1.5">
            <div class="flex items-baseline justify-between gap-3">
                <label class="font-medium" for=name.clone()>{label}</label>
                {optional.then(|| view! { <span class="text-xs text-muted">{t!("optional")}</span> })}
            </div>
            {children()}
            {error.map(|error| view! {
                <p class="flex gap-1.5 text-sm font-medium text-bad-ink" id=format!("{name}-error")>
                    <Icon glyph=Glyph::Warning class="mt-[3px] size-3.5 shrink-0"/>{error}
                </p>
            })}
            {(!help.is_empty()).then(|| view! { <p class="text-sm text-muted" id=format!("{name}-help")>{help}</p> })}
        </div>
    }
}

/// What the help and the error of a field are called, for `aria-describedby`.
pub fn described_by(name: &str, has_error: bool) -> String {
    if has_error { format!("{name}-error {name}-help") } else { format!("{name}-help") }
}

/// The error of that field.
pub fn error_of(errors: &[FieldError], name: &str) -> Option<String> {
    errors.iter().find(|error| error.field == name).map(|error| told(error.message.clone()))
}

/// All errors above a form, each a link to its field.
#[component]
pub fn ErrorSummary(
    /// The errors.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let mistakes =
        errors.into_iter().map(|error| (format!("#{}", error.field), told(error.message))).collect();
    view! { <Mistakes mistakes/> }
}

/// What needs another look, if anything does: each with the way to where it was entered.
#[component]
pub fn Mistakes(
    /// The addresses, and what is wrong there.
    mistakes: Vec<(String, String)>,
) -> impl IntoView {
    (!mistakes.is_empty()).then(|| {
        let items = mistakes.into_iter().map(|(href, told)| {
            view! { <li><a class="underline decoration-bad/40 underline-offset-3 hover:decoration-bad" href=href>{told}</a></li> }
        });
        view! {
            <div class=Weight::Failure.classes() role="alert">
                <Icon glyph=Glyph::Warning class="mt-[3px] size-4 shrink-0 text-bad-ink"/>
                <div class="space-y-1">
                    <p class="font-medium">{t!("needs-another-look")}</p>
                    <ul class="list-disc pl-4 text-sm marker:text-bad">{items.collect_view()}</ul>
                </div>
            </div>
        }
    })
}
