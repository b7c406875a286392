//! Several applications undeployed with one confirmation: what goes, what cannot and why, and then what came of it.

use std::sync::Arc;

use crate::{key, t};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use slipway_domain::{
    application::Application, listing::Wish, order::listed, permission::Action, status::Status,
};

use super::choice::Choice;
use crate::{
    actions::together::UndeployTogether,
    pages::may::refusal,
    together::{PAGE, asked},
    ui::{
        badge::Badge,
        button::Variant,
        callout::{Callout, Weight},
        empty::Empty,
        field::Field,
        frame::PageHead,
        icon::Glyph,
        load::load,
        table::{Room, Section, Table},
    },
    ways::instance,
    words,
};

const GO: &[(&str, Room)] =
    &[(key!("name"), Room::Any), (key!("status"), Room::Medium), (key!("what-is-done"), Room::Any)];
const STAY: &[(&str, Room)] =
    &[(key!("name"), Room::Any), (key!("status"), Room::Medium), (key!("why-not"), Room::Any)];

/// The form with the boxes of the list.
pub(super) const FORM: &str = "together";

/// The page.
#[component]
pub fn TogetherPage() -> impl IntoView {
    let address = use_query_map().get_untracked();
    load(
        t!("undeploy-applications"),
        |desk| async move { desk.applications().await },
        move |view| content(view.live, &address),
    )
}

/// Below a list: the way to undeploy what was ticked, or all that is listed. It stands alone, and only asks.
pub(super) fn way(choice: &Choice, total: usize) -> impl IntoView + use<> {
    let all = choice.together();
    view! {
        <form class="flex flex-wrap items-center justify-end gap-3 text-sm" id=FORM method="get" action=PAGE>
            <a class="link" href=all>{t!("undeploy-all", count = total)}</a>
            <button class=Variant::Small.classes() type="submit">{t!("undeploy-chosen")}</button>
        </form>
    }
}

/// The box of a row; nothing for whoever may not remove it.
pub(super) fn tick(application: &Application) -> Option<impl IntoView + use<>> {
    let may = refusal(Action::Remove, &application.people).is_none();
    let name = application.name.to_string();
    may.then(|| {
        view! {
            <label class="-ml-1 grid size-6 shrink-0 place-items-center"><input type="checkbox" name="app" value=name.clone() form=FORM aria-label=t!("choose-what", name = &name)/></label>
        }
    })
}

/// Those that were chosen and exist, and the names of those that do not.
fn chosen(live: Vec<Arc<Application>>, address: &ParamsMap) -> (Vec<Arc<Application>>, Vec<String>) {
    if address.get("all").is_some() {
        let wish = Wish::parse(|name| address.get(name));
        return (live.into_iter().filter(|application| wish.wants(application)).collect(), Vec::new());
    }
    let mut missing = address.get_all("app").unwrap_or_default();
    missing.sort_unstable();
    missing.dedup();
    let mut found = Vec::new();
    for application in live {
        if let Some(at) = missing.iter().position(|name| *name == application.name.as_str()) {
            missing.remove(at);
            found.push(application);
        }
    }
    (found, missing)
}

/// What would be done to one.
enum Fate {
    Plain,
    Forced,
    /// Nothing, and why; by force it could go if that is said.
    Stays(String, bool),
}

fn fate(application: &Application, force: bool) -> Fate {
    if let Some(why) = refusal(Action::Remove, &application.people) {
        return Fate::Stays(why, false);
    }
    let status = application.standing.status;
    match (status.may_undeploy(), status.may_force_undeploy()) {
        (Ok(()), _) => Fate::Plain,
        (Err(_), Ok(())) if force => Fate::Forced,
        (Err(why), forced) => Fate::Stays(why.to_owned(), forced.is_ok()),
    }
}

fn content(live: Vec<Arc<Application>>, address: &ParamsMap) -> AnyView {
    let above = vec![("/devops/instances".to_owned(), t!("instances").to_owned())];
    if address.get("done").is_some() {
        return view! { <PageHead title=t!("undeploy-applications") above/>{told(&live, address)} }
            .into_any();
    }
    let force = address.get("force").is_some_and(|force| force == "true");
    let (found, missing) = chosen(live, address);
    let names: Vec<_> = found.iter().map(|application| application.name.to_string()).collect();
    if found.is_empty() && missing.is_empty() {
        return view! {
            <PageHead title=t!("undeploy-applications") above/>
            <Empty glyph=Glyph::Instances title=t!("nothing-chosen")>
                <p>{t!("tick-before")}" "<a class="link" href="/devops/instances">{t!("tick-list")}</a>{t!("tick-after")}</p>
            </Empty>
        }
        .into_any();
    }
    let (mut plain, mut forced, mut may_by_force) = (Vec::new(), Vec::new(), 0);
    let (mut go, mut stay) = (Vec::new(), Vec::new());
    for application in found {
        let name = application.name.to_string();
        let what = match fate(&application, force) {
            Fate::Plain => {
                plain.push(name.clone());
                t!("undeploy")
            }
            Fate::Forced => {
                forced.push(name.clone());
                t!("force-undeploy")
            }
            Fate::Stays(why, by_force) => {
                may_by_force += usize::from(by_force);
                stay.push(row(&name, Some(application.standing.status), why));
                continue;
            }
        };
        go.push(row(&name, Some(application.standing.status), what));
    }
    stay.extend(missing.iter().map(|name| row(name, None, t!("no-more"))));
    let (going, staying) = (go.len(), stay.len());
    let by_force = (may_by_force > 0).then(|| asked(&names, "true", ""));
    let problem = address.get("problem");
    view! {
        <PageHead title=t!("undeploy-applications") subtitle=t!("cannot-be-undone") above/>
        <div class="max-w-3xl space-y-8">
            {problem.map(|title| view! { <Callout weight=Weight::Failure title/> })}
            {(going > 0).then(|| view! {
                <Section title=t!("these-go") count=going>
                    <p class="text-muted">{t!("these-go-more")}</p>
                    <Table caption=t!("these-go-caption") columns=GO>{go}</Table>
                </Section>
            })}
            {(staying > 0).then(|| view! {
                <Section title=t!("these-stay") count=staying>
                    <Table caption=t!("these-stay-caption") columns=STAY>{stay}</Table>
                    {by_force.map(|href| view! { <p class="text-sm"><a class="link" href=href>{t!("those-by-force")}</a></p> })}
                </Section>
            })}
            {(going > 0).then(|| view! { <Confirm plain forced/> })}
        </div>
    }
    .into_any()
}

fn row(name: &str, status: Option<Status>, told: String) -> AnyView {
    let href = status.map(|_| instance(name));
    let badge = status.map(|status| view! { <Badge status/> });
    let name = name.to_owned();
    view! {
        <tr>
            <th scope="row" class="min-w-28 font-medium wrap-anywhere">{match href {
                Some(href) => view! { <a class="link" href=href>{name}</a> }.into_any(),
                None => name.into_any(),
            }}</th>
            <td class=Room::Medium.classes()>{badge}</td>
            <td>{words::told(told)}</td>
        </tr>
    }
    .into_any()
}

/// How many they are, typed, and the button that it arms.
#[component]
fn Confirm(
    /// Those that run.
    plain: Vec<String>,
    /// Those that go by force.
    forced: Vec<String>,
) -> impl IntoView {
    let count = plain.len() + forced.len();
    let label = t!("undeploy-count", count = count);
    view! {
        <form class="group card space-y-5 px-4 py-4 sm:px-6 sm:py-5" method="post" action=UndeployTogether::PATH>
            <input type="hidden" name="form[plain]" value=listed(&plain)/>
            <input type="hidden" name="form[forced]" value=listed(&forced)/>
            <Field name="confirmation" label=t!("type-how-many") error=None>
                <input class="input" id="confirmation" name="form[confirmation]" pattern=count.to_string() required inputmode="numeric"
                    autocomplete="off" title=t!("type-it", name = count.to_string())/>
            </Field>
            <div class="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
                <a class=Variant::Quiet.classes() href="/devops/instances">{t!("cancel")}</a>
                <button class=Variant::Armed.classes() type="submit">{label}</button>
            </div>
        </form>
    }
}

/// Which removals were begun, and which were refused.
fn told(live: &[Arc<Application>], address: &ParamsMap) -> impl IntoView + use<> {
    let started = slipway_domain::order::people(&address.get("started").unwrap_or_default());
    let refused = address.get_all("refused").unwrap_or_default();
    let status = |name: &str| {
        let found = live.iter().find(|application| application.name.as_str() == name);
        found.map_or(Status::Undeployed, |application| application.standing.status)
    };
    let (begun, not) = (started.len(), refused.len());
    let rows = started.iter().map(|name| row(name, Some(status(name)), t!("removal-begun")));
    let rows = rows.collect::<Vec<_>>();
    let refused = refused.into_iter().map(|told| {
        let (name, why) = told.split_once(": ").unwrap_or((&told, ""));
        row(name, Some(status(name)), why.to_owned())
    });
    let refused = refused.collect::<Vec<_>>();
    view! {
        <div class="max-w-3xl space-y-8">
            {(begun > 0).then(|| view! { <Section title=t!("begun-title") count=begun><Table caption=t!("begun-caption") columns=GO>{rows}</Table></Section> })}
            {(not > 0).then(|| view! { <Section title=t!("refused-title") count=not><Table caption=t!("refused-caption") columns=STAY>{refused}</Table></Section> })}
            <p><a class="link" href="/devops/instances">{t!("instances")}</a></p>
        </div>
    }
}
