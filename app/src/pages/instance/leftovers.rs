//! The end of an application: what still holds its namespace, object by object, and the proof when nothing is left.

use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::removal::{DeadApi, Finalizer, Held, Leftover, Proof, Unlisted};

use crate::{
    actions::Strip,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        table::Section,
        time::Ago,
    },
};

/// What holds the namespace. Stripping a finalizer is offered only where nobody is known to see to it.
#[component]
pub(super) fn Leftovers(
    /// The application.
    name: String,
    /// What was found.
    held: Held,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let leftovers = held.look.as_ref().map(|look| look.leftovers.clone()).unwrap_or_default();
    let rest: Vec<_> = match &held.look {
        Some(look) => {
            let dead = look.dead_apis.iter().map(DeadApi::sentence);
            dead.chain(look.unlisted.iter().map(Unlisted::sentence)).collect()
        }
        None => Vec::new(),
    };
    let count = leftovers.len();
    let items = leftovers.into_iter().map(|leftover| item(&name, leftover, now)).collect_view();
    let rest = (!rest.is_empty()).then(|| {
        let lines = rest.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
        view! { <Callout weight=Weight::Warning title="Something may be left that could not be looked at.">{lines}</Callout> }
    });
    (count > 0 || rest.is_some()).then(|| {
        view! {
            <Section title="What holds the namespace" count>
                {rest}
                <ul class="card divide-y divide-line">{items}</ul>
            </Section>
        }
    })
}

fn item(application: &str, leftover: Leftover, now: Timestamp) -> impl IntoView + use<> {
    let finalizers = leftover.finalizers.clone().into_iter().map(|finalizer| {
        strip_form(application.to_owned(), leftover.uid.clone(), leftover.name.clone(), finalizer)
    });
    let finalizers = finalizers.collect_view();
    view! {
        <li class="space-y-3 px-4 py-3.5">
            <p>
                <span class="font-medium">{leftover.kind}" "{leftover.name}</span>
                {leftover.deleting_since.map(|at| view! { <span class="pl-2 text-sm text-muted">"being deleted since "<Ago at now/></span> })}
            </p>
            {finalizers}
        </li>
    }
}

fn strip_form(application: String, uid: String, object: String, finalizer: Finalizer) -> impl IntoView {
    let label = format!("Type {object} to strip {}", finalizer.name);
    view! {
        <details class="group text-sm">
            <summary class="cursor-pointer">
                <code class="wrap-anywhere">{finalizer.name.clone()}</code>
                <span class="block text-muted">{finalizer.controller.phrase()}</span>
            </summary>
            <form class="group flex flex-wrap items-end gap-3 pt-3" method="post" action=Strip::PATH>
                <input type="hidden" name="name" value=application/>
                <input type="hidden" name="uid" value=uid/>
                <input type="hidden" name="finalizer" value=finalizer.name/>
                <label class="space-y-1.5">
                    <span class="block">{label}</span>
                    <input class="input" name="confirmation" pattern=object required autocomplete="off" spellcheck="false"/>
                </label>
                <button class=Variant::Armed.classes() type="submit">"Strip finalizer"</button>
                <p class="basis-full text-muted">"What its controller would still have done, for example freeing something outside the cluster, is not done then."</p>
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
    let title = if proof.is_clean() { "Nothing is left" } else { "Almost nothing is left" };
    let lines = proof.sentences().into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <Section title>
            <ul class="card list-disc space-y-1 py-4 pr-4 pl-9 text-sm marker:text-edge">{lines}</ul>
        </Section>
    }
}
