//! The end of an application: what still holds its namespace, object by object, and the proof when nothing is left.

use crate::t;
use std::sync::Arc;

use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::{
    people::People,
    permission::Action,
    removal::{DeadApi, Finalizer, Held, Leftover, Proof, Unlisted},
};

use crate::{
    actions::Strip,
    pages::may::refusal,
    ui::{
        button::{NotNow, Variant},
        callout::{Callout, Weight},
        said::Said,
        table::Section,
        time::Ago,
    },
    words::told,
};

/// What holds the namespace. Stripping a finalizer is offered only where nobody is known to see to it.
#[component]
pub(super) fn Leftovers(
    /// The application.
    name: String,
    /// What was found.
    held: Held,
    /// Who has access to it.
    people: Arc<People>,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let refused = refusal(Action::Remove, &people);
    let leftovers = held.look.as_ref().map(|look| look.leftovers.clone()).unwrap_or_default();
    let rest: Vec<_> = match &held.look {
        Some(look) => {
            let dead = look.dead_apis.iter().map(DeadApi::sentence);
            dead.chain(look.unlisted.iter().map(Unlisted::sentence)).collect()
        }
        None => Vec::new(),
    };
    let count = leftovers.len();
    let items =
        leftovers.into_iter().map(|leftover| item(&name, leftover, refused.as_deref(), now)).collect_view();
    let rest = (!rest.is_empty()).then(|| {
        let lines = rest.into_iter().map(|line| view! { <p><Said what=line/></p> }).collect_view();
        view! { <Callout weight=Weight::Warning title=t!("may-be-left")>{lines}</Callout> }
    });
    (count > 0 || rest.is_some()).then(|| {
        view! {
            <Section title=t!("what-holds") count>
                {rest}
                <ul class="card divide-y divide-line">{items}</ul>
            </Section>
        }
    })
}

fn item(
    application: &str,
    leftover: Leftover,
    refused: Option<&str>,
    now: Timestamp,
) -> impl IntoView + use<> {
    let finalizers = leftover.finalizers.clone().into_iter().map(|finalizer| {
        strip_form(application.to_owned(), leftover.uid.clone(), leftover.name.clone(), finalizer, refused)
    });
    let finalizers = finalizers.collect_view();
    view! {
        <li class="space-y-3 px-4 py-3.5">
            <p>
                <span class="font-medium">{leftover.kind}" "{leftover.name}</span>
                {leftover.deleting_since.map(|at| view! { <span class="pl-2 text-sm text-muted">{t!("deleted-since")}" "<Ago at now/></span> })}
            </p>
            {finalizers}
        </li>
    }
}

fn strip_form(
    application: String,
    uid: String,
    object: String,
    finalizer: Finalizer,
    refused: Option<&str>,
) -> impl IntoView + use<> {
    let refused = refused.map(str::to_owned);
    let label = t!("type-to-strip", object = &object, finalizer = &finalizer.name);
    view! {
        <details class="group text-sm">
            <summary class="cursor-pointer">
                <code class="wrap-anywhere">{finalizer.name.clone()}</code>
                <span class="block text-muted">{told(finalizer.controller.phrase())}</span>
            </summary>
            <form class="group flex flex-wrap items-end gap-3 pt-3" method="post" action=Strip::PATH>
                <input type="hidden" name="name" value=application/>
                <input type="hidden" name="uid" value=uid/>
                <input type="hidden" name="finalizer" value=finalizer.name/>
                <label class="space-y-1.5">
                    <span class="block">{label}</span>
                    <input class="input" name="confirmation" pattern=object required autocomplete="off" spellcheck="false"/>
                </label>
                {match refused {
                    None => view! { <button class=Variant::Armed.classes() type="submit">{t!("strip")}</button> }.into_any(),
                    Some(why) => view! { <NotNow label=t!("strip") why in_row=false/> }.into_any(),
                }}
                <p class="basis-full text-muted">{t!("strip-more")}</p>
            </form>
        </details>
    }
}

/// What a removal looked for and did not find any more.
#[component]
pub(super) fn Proven(
    /// The proof.
    proof: Proof,
) -> impl IntoView {
    let title = if proof.is_clean() { t!("nothing-left") } else { t!("almost-nothing-left") };
    let lines = proof.sentences().into_iter().map(|line| view! { <li><Said what=line/></li> }).collect_view();
    view! {
        <Section title>
            <ul class="card list-disc space-y-1 py-4 pr-4 pl-9 text-sm marker:text-edge">{lines}</ul>
        </Section>
    }
}
