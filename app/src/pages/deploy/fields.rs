//! Fields of an order. Every control carries the name of its place in the order, and belongs to the form of the wizard
//! wherever on the page it stands.

use leptos::prelude::*;

use crate::ui::field::{Field, described_by};

/// The form that all steps post.
pub(super) const FORM: &str = "wizard";

/// One line of text.
#[component]
pub(super) fn Text(
    /// The place in the order, also the control's id: `components.email.image`.
    #[prop(into)]
    name: String,
    /// What to enter.
    #[prop(into)]
    label: String,
    /// What was entered.
    value: String,
    /// How to enter it.
    #[prop(into, optional)]
    help: String,
    /// May it stay empty?
    #[prop(optional)]
    optional: bool,
    /// What is wrong.
    error: Option<String>,
    /// Shown while nothing is entered.
    #[prop(into, optional)]
    placeholder: String,
    /// Is it a secret?
    #[prop(optional)]
    secret: bool,
) -> impl IntoView {
    let wrong = error.is_some();
    let described = described_by(&name, wrong);
    view! {
        <Field name=name.clone() label help error optional>
            <input class="input" form=FORM id=name.clone() name=control(&name) value=value autocomplete=if secret { "new-password" } else { "off" }
                autocapitalize="none" type=if secret { "password" } else { "text" } spellcheck="false" placeholder=placeholder
                aria-invalid=wrong.then_some("true") aria-describedby=described/>
        </Field>
    }
}

/// The name of a place in the order as forms send it: `form[components][email][image]`.
pub(super) fn control(place: &str) -> String {
    place.split('.').fold("form".to_owned(), |name, part| format!("{name}[{part}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_order_is_sent_as_forms_do() {
        assert_eq!(control("name"), "form[name]");
        assert_eq!(control("components.email.image"), "form[components][email][image]");
    }
}
