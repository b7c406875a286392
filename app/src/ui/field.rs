//! Form fields: label, control, help, error; bound together for those who cannot see them together.

use leptos::prelude::*;
use slipway_domain::order::FieldError;

/// A field around one control. The control gets the attributes that [`control`] makes.
#[component]
pub fn Field(
    /// The name of the control; its id is the same.
    name: &'static str,
    /// What to enter.
    label: &'static str,
    /// How to enter it.
    #[prop(optional)]
    help: &'static str,
    /// What is wrong with what was entered.
    error: Option<String>,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="space-y-1.5">
            <label class="block font-medium" for=name>{label}</label>
            {children()}
            {(!help.is_empty()).then(|| view! { <p class="text-muted" id=format!("{name}-help")>{help}</p> })}
            {error.map(|error| view! { <p class="font-medium text-bad-ink" id=format!("{name}-error")>{error}</p> })}
        </div>
    }
}

/// What the help and the error of a field are called, for `aria-describedby`.
pub fn described_by(name: &str, has_error: bool) -> String {
    if has_error { format!("{name}-error {name}-help") } else { format!("{name}-help") }
}

/// The error of that field.
pub fn error_of(errors: &[FieldError], name: &str) -> Option<String> {
    errors.iter().find(|error| error.field == name).map(|error| error.message.clone())
}

/// All errors above a form, each a link to its field.
#[component]
pub fn ErrorSummary(
    /// The errors.
    errors: Vec<FieldError>,
) -> impl IntoView {
    (!errors.is_empty()).then(|| {
        let items = errors.into_iter().map(|error| {
            view! { <li><a class="link" href=format!("#{}", error.field)>{error.message}</a></li> }
        });
        view! {
            <div class="callout border-bad/40 bg-bad/8" role="alert">
                <div>
                    <p class="font-medium">"Some answers need another look"</p>
                    <ul class="mt-1 list-disc pl-5">{items.collect_view()}</ul>
                </div>
            </div>
        }
    })
}
