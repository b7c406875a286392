//! The parts, group by group.

use leptos::prelude::*;
use serde_json::json;
use slipway_domain::{
    cause::Cause,
    operation::{Kind, Operation, Progress, Step},
    order::FieldError,
    plan::FieldChange,
    status::{Status, Tone},
};

use crate::{
    desk::SharedDesk,
    examples::Deed,
    ui::{
        badge::{Badge, Outcome},
        button::{NotNow, Variant},
        callout::{Callout, CauseCallout, Weight},
        copy::Copy,
        diff::Diff,
        empty::Empty,
        examples::Examples,
        facts::{Fact, Facts},
        field::{ErrorSummary, Field, described_by},
        icon::{Glyph, Icon},
        steps::Steps,
        table::{Room, Section, Table},
        tabs::Tabs,
        time::Ago,
    },
};

const TONES: [Tone; 5] = [Tone::Good, Tone::Moving, Tone::Bad, Tone::Doubtful, Tone::Over];

#[component]
pub(super) fn Buttons() -> impl IntoView {
    let variants = [
        (Variant::Primary, "Primary"),
        (Variant::Quiet, "Quiet"),
        (Variant::Small, "Small"),
        (Variant::Danger, "Danger"),
    ];
    let buttons = variants
        .map(|(variant, label)| view! { <button class=variant.classes() type="button">{label}</button> });
    view! {
        <Section title="Buttons">
            <div class="flex flex-wrap items-center gap-3">{buttons.collect_view()}
                <NotNow label="Not now" why="It says why." in_row=false/>
                <NotNow label="Not now, in a row" why="It says why when it is reached." in_row=true/>
                <Copy text="copied" what="an example"/>
            </div>
            <form class="group flex max-w-md items-center gap-3">
                <input class="input" aria-label="Arms the button beside it" pattern="yes" required value="no"/>
                <button class=Variant::Armed.classes() type="button">"Armed by yes"</button>
            </form>
        </Section>
    }
}

#[component]
pub(super) fn States() -> impl IntoView {
    let badges = Status::ALL.map(|status| view! { <Badge status/> });
    let outcomes = TONES.map(|tone| view! { <Outcome tone label=format!("{tone:?}")/> });
    let at = jiff::Timestamp::UNIX_EPOCH;
    let steps = move |progress, waits: Option<&str>| {
        let operation = Operation {
            id: "0".repeat(26).parse().ok()?,
            kind: Kind::Deploy,
            generation: 1,
            progress,
            note: None,
            proof: None,
            requested_by: "ana".to_owned(),
            requested_at: at,
        };
        Some(view! { <Steps operation waits=waits.map(ToOwned::to_owned)/> })
    };
    view! {
        <Section title="States">
            <div class="flex flex-wrap items-center gap-2">{badges.collect_view()}</div>
            <div class="flex flex-wrap items-center gap-x-5 gap-y-2">{outcomes.collect_view()}</div>
            {steps(Progress::Open { step: Step::Settle }, Some("Waiting for web 1 of 2."))}
            {steps(Progress::Failed { step: Step::Push, cause: cause(), at }, None)}
        </Section>
    }
}

fn cause() -> Cause {
    let cause = Cause::new(
        "DEP_E161",
        "The image shop/web:1.0 was not found.",
        "Check its name and tag, then retry.",
    );
    Cause { evidence: vec!["Pod web: ErrImagePull: manifest unknown".to_owned()], ..cause }
}

#[component]
pub(super) fn Boxes() -> impl IntoView {
    view! {
        <Section title="Boxes">
            <Callout weight=Weight::Note title="A note"><p class="text-muted">"Good to know."</p></Callout>
            <Callout weight=Weight::Warning title="A warning"><p class="text-muted">"Needs attention."</p></Callout>
            <Callout weight=Weight::Failure title="A failure"><p class="text-muted">"Something failed."</p></Callout>
            <CauseCallout cause=cause()/>
            <Empty glyph=Glyph::Search title="Nothing is like that"><p>"Look for something else."</p></Empty>
        </Section>
    }
}

#[component]
pub(super) fn Fields() -> impl IntoView {
    let wrong = Some("Use only lowercase letters.".to_owned());
    let errors = vec![FieldError::new("kit-wrong", "Use only lowercase letters.")];
    view! {
        <Section title="Fields">
            <ErrorSummary errors/>
            <div class="card grid max-w-3xl gap-5 p-5 sm:grid-cols-2">
                <Field name="kit-usual" label="Usual" help="It has a help." error=None>
                    <input class="input" id="kit-usual" aria-describedby=described_by("kit-usual", false) placeholder="A placeholder"/>
                </Field>
                <Field name="kit-optional" label="May stay empty" optional=true error=None>
                    <input class="input" id="kit-optional"/>
                </Field>
                <Field name="kit-wrong" label="Wrong" error=wrong>
                    <input class="input" id="kit-wrong" value="My Shop" aria-invalid="true" aria-describedby="kit-wrong-error"/>
                </Field>
                <Field name="kit-list" label="A list" error=None>
                    <select class="input" id="kit-list"><option>"One"</option><option>"Two"</option></select>
                </Field>
            </div>
            <ul class="flex flex-wrap gap-2">
                <li class="chip border-line bg-surface">"A chip"</li>
                <li class="chip border-line bg-raised">"A fixed chip"</li>
            </ul>
        </Section>
    }
}

#[component]
pub(super) fn Data() -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let columns: &[(&str, Room)] = &[("Name", Room::Any), ("Wide", Room::Wide)];
    let changes = vec![
        FieldChange { path: "spec.replicas".to_owned(), before: Some(json!(1)), after: Some(json!(2)) },
        FieldChange { path: "env.QUEUE".to_owned(), before: None, after: Some(json!("orders")) },
    ];
    let tabs = vec![("/ui".to_owned(), "Here".to_owned()), ("/".to_owned(), "Elsewhere".to_owned())];
    let deed = Deed::RollBack { name: "shop".to_owned(), generation: 1 };
    view! {
        <Section title="Data" count=2>
            <Tabs label="Example of tabs".to_owned() tabs here="/ui".to_owned()/>
            <div class="card p-4"><Facts><Fact label="A fact">"Its value"</Fact><Fact label="Since"><Ago at=now now/></Fact></Facts></div>
            <Table caption="An example" columns>
                <tr><th scope="row">"A row"</th><td class=Room::Wide.classes()>"On wide screens"</td></tr>
            </Table>
            <Diff changes/>
            <Examples title="Copy as curl or as a command".to_owned() deed/>
        </Section>
    }
}

#[component]
pub(super) fn Icons() -> impl IntoView {
    let icons = Glyph::ALL.map(|glyph| {
        view! { <li class="grid justify-items-center gap-1 text-xs text-muted"><Icon glyph class="size-5"/>{format!("{glyph:?}")}</li> }
    });
    view! { <Section title="Icons"><ul class="card grid grid-cols-[repeat(auto-fill,minmax(6rem,1fr))] gap-4 p-4">{icons.collect_view()}</ul></Section> }
}
