//! Slipway itself: which program it is, how the parts stand that it needs, and how it is set.

mod settings;

use crate::{key, t};
use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::{
    status::Tone,
    system::{About, Fact as Known, Part, PartState, System, Trouble},
};

use self::settings::Settings;
use crate::{
    desk::SharedDesk,
    ui::{
        badge::Outcome,
        button::Variant,
        callout::{Callout, Weight},
        facts::{Fact, Facts},
        frame::PageHead,
        load::load,
        table::{Room, Section, Table},
        time::Ago,
    },
    words::{Word, told},
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("part"), Room::Any),
    (key!("state"), Room::Any),
    (key!("what-it-is"), Room::Medium),
    (key!("since"), Room::Medium),
];

/// The page System.
#[component]
pub fn SystemPage() -> impl IntoView {
    load(t!("system"), |desk| async move { desk.system().await }, content)
}

fn content(system: System) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let asked = system.parts.iter().filter_map(|part| part.asked_at).max();
    let build = t!("build", profile = &system.profile, platform = &system.platform);
    let (tone, word) = overall(&system.parts);
    let count = system.parts.len();
    let troubles = system.parts.iter().filter_map(trouble).collect_view();
    let rows = system.parts.into_iter().map(|part| view! { <Row part now/> }).collect_view();
    view! {
        <PageHead title=t!("system") subtitle=t!("system-about") beside=move || view! { <Outcome tone label=word/> }>
            <a class=Variant::Quiet.classes() href="/system">{t!("refresh")}</a>
        </PageHead>
        {troubles}
        <div class="card px-4 py-4">
            <Facts>
                <Fact label=t!("version")>{system.version}<span class="text-muted">" "{build}</span></Fact>
                <Fact label=t!("runs-since")><Ago at=system.since now/></Fact>
                {asked.map(|at| view! { <Fact label=t!("parts-asked")><Ago at now/></Fact> })}
                {system.replica.map(|name| view! { <Fact label=t!("replica")>{name}</Fact> })}
            </Facts>
        </div>
        <Section title=t!("parts") count><Table caption=t!("parts") columns=COLUMNS>{rows}</Table></Section>
        <Settings settings=system.settings/>
    }
}

/// The worst of it.
fn overall(parts: &[Part]) -> (Tone, String) {
    let away = || parts.iter().filter(|part| part.state == PartState::Away);
    match away().count() {
        0 => (Tone::Good, t!("all-parts-work")),
        count if away().any(|part| part.name.is_needed()) => (Tone::Bad, t!("parts-away", count = count)),
        count => (Tone::Doubtful, t!("parts-away", count = count)),
    }
}

fn trouble(part: &Part) -> Option<impl IntoView + use<>> {
    let Trouble { happened, why, action } = part.trouble.clone()?;
    let weight = if part.name.is_needed() { Weight::Failure } else { Weight::Warning };
    let title = t!("and-then", first = told(happened), second = told(why));
    Some(view! { <Callout weight title><p class="text-sm text-muted">{told(action)}</p></Callout> })
}

#[component]
fn Row(
    /// The part.
    part: Part,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let tone = match part.state {
        PartState::Works => Tone::Good,
        PartState::Away => Tone::Bad,
        PartState::NotSetUp => Tone::Over,
    };
    let known = part.facts.into_iter().map(fact);
    let what = known.chain(part.note.map(told)).collect::<Vec<_>>();
    let since = part.asked_at.map(|_| view! { <Ago at=part.since now/> });
    view! {
        <tr>
            <th scope="row" class="font-normal">
                <span class="font-medium">{part.name.word()}</span>
                <span class="block text-muted wrap-anywhere md:hidden">{what.join(" · ")}</span>
            </th>
            <td><Outcome tone label=part.state.word()/></td>
            <td class="hidden text-muted wrap-anywhere md:table-cell">{what.join(" · ")}</td>
            <td class=Room::Medium.classes()>{since}</td>
        </tr>
    }
}

/// Most facts speak for themselves; a number does not.
fn fact(known: Known) -> String {
    let Known { about, value } = known;
    let count = value.parse::<i64>().unwrap_or_default();
    match about {
        About::Kind | About::Version | About::Place => told(value),
        About::Schema => t!("fact-schema", step = value),
        About::Releases => t!("fact-releases", count = count),
        About::Broken => t!("fact-broken", count = count),
        About::Arriving => t!("fact-arriving", count = count),
    }
}
