//! Variables, seen as rows or as the JSON that they stand for: two views of the same (S1.24).

use crate::t;
use leptos::prelude::*;
use slipway_domain::{
    order::FieldError,
    wizard::{Row, rows},
};

use super::{
    components::Look,
    fields::{FORM, control},
};
use crate::ui::{
    field::{Field, described_by, error_of},
    icon::{Glyph, Icon},
};

/// How many empty rows there are when more are asked for.
const MORE: usize = 4;

/// A variable that is known before it is set.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) name: String,
    pub(super) about: String,
    pub(super) required: bool,
}

#[component]
pub(super) fn Variables(
    /// Whose variables they are.
    component: String,
    /// The object as it was typed.
    text: String,
    /// Those that are known.
    known: Vec<Known>,
    /// What is wrong.
    errors: Vec<FieldError>,
    /// How they are shown.
    look: Look,
) -> impl IntoView {
    let place = format!("components.{component}.variables");
    let error = error_of(&errors, &place);
    match rows(&text).filter(|_| !look.as_json) {
        Some(rows) => in_rows(component, place, rows, known, error, look.more).into_any(),
        // What is not an object yet has to be put right as it was typed.
        None => as_json(component, place, text, &known, error).into_any(),
    }
}

fn as_json(
    component: String,
    place: String,
    text: String,
    known: &[Known],
    error: Option<String>,
) -> impl IntoView {
    let required: Vec<_> =
        known.iter().filter(|known| known.required).map(|known| known.name.clone()).collect();
    let help = match required.as_slice() {
        [] => t!("json-help"),
        names => t!("json-must-have", names = names.join(", ")),
    };
    let wrong = error.is_some();
    view! {
        <Field name=place.clone() label=t!("variables-of", component = &component) help error>
            <textarea class="input h-auto min-h-28 py-2 font-mono text-sm" rows="5" form=FORM id=place.clone() name=control(&place)
                spellcheck="false" aria-invalid=wrong.then_some("true") aria-describedby=described_by(&place, wrong)>
                {text}
            </textarea>
        </Field>
        <Switch go="rows" label=t!("show-rows")/>
    }
}

fn in_rows(
    component: String,
    place: String,
    mut rows: Vec<Row>,
    known: Vec<Known>,
    error: Option<String>,
    more: bool,
) -> impl IntoView {
    // What is known has a row, whether it has a value or not; what is not known yet has an empty one.
    for known in &known {
        if !rows.iter().any(|row| row.name == known.name) {
            rows.push(Row { name: known.name.clone(), value: String::new() });
        }
    }
    let empty = if more { MORE } else { 1 };
    rows.extend(std::iter::repeat_n(Row::default(), empty));
    let items = rows.into_iter().enumerate().map(|(index, row)| {
        let number = index + 1;
        let name = |part: &str| format!("rows[{component}][r{index}][{part}]");
        let known = known.iter().find(|known| known.name == row.name);
        let about = known.map(|known| {
            let about = match (known.required, known.about.is_empty()) {
                (true, true) => t!("required"),
                (true, false) => format!("{}. {}", t!("required"), known.about),
                (false, _) => known.about.clone(),
            };
            view! { <p class="text-xs text-muted empty:hidden sm:col-span-2">{about}</p> }
        });
        view! {
            <li class="grid gap-x-2 gap-y-1 sm:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
                <input class="input font-mono text-sm" form=FORM name=name("name") value=row.name placeholder=t!("name-placeholder") spellcheck="false" autocomplete="off" autocapitalize="none" aria-label=t!("variable-name", number = number, component = &component)/>
                <input class="input font-mono text-sm" form=FORM name=name("value") value=row.value placeholder=t!("value") spellcheck="false" autocomplete="off" autocapitalize="none" aria-label=t!("variable-value", number = number, component = &component)/>
                {about}
            </li>
        }
    });
    let wrong = error.is_some();
    view! {
        <fieldset class="space-y-2.5" id=place.clone() tabindex="-1" aria-describedby=described_by(&place, wrong)>
            <legend class="mb-1.5 font-medium">{t!("variables")}</legend>
            <ul class="space-y-2">{items.collect_view()}</ul>
            {error.map(|error| view! {
                <p class="flex gap-1.5 text-sm font-medium text-bad-ink" id=format!("{place}-error")>
                    <Icon glyph=Glyph::Warning class="mt-[3px] size-3.5 shrink-0"/>{error}
                </p>
            })}
            <p class="text-sm text-muted" id=format!("{place}-help")>{t!("rows-help")}</p>
            <div class="flex flex-wrap gap-2"><Switch go="more" label=t!("more-rows")/><Switch go="json" label=t!("show-json")/></div>
        </fieldset>
    }
}

/// Another view of the same step; what was typed goes along.
#[component]
fn Switch(
    /// What it asks for.
    go: &'static str,
    /// What it says.
    label: String,
) -> impl IntoView {
    view! { <button class="button button-small border-line bg-surface text-ink hover:border-edge" form=FORM type="submit" name="go" value=go>{label}</button> }
}
