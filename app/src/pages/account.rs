//! A person's own page: where they are signed in, and how to end that.

use jiff::Timestamp;
use leptos::prelude::*;

use crate::{
    desk::{SharedDesk, VisitRow},
    ui::{
        button::Variant,
        frame::PageHead,
        load::load,
        table::{Room, Section, Table},
        time::Ago,
    },
};

const COLUMNS: &[(&str, Room)] =
    &[("Browser", Room::Any), ("Since", Room::Medium), ("Last seen", Room::Any), ("", Room::Any)];

/// The page of whoever is signed in.
#[component]
pub fn AccountPage() -> impl IntoView {
    load("Account", |desk| async move { desk.visits().await }, account)
}

fn account(visits: Vec<VisitRow>) -> impl IntoView {
    let around = expect_context::<SharedDesk>().surroundings();
    let (name, roles) = (around.actor.name.clone(), around.actor.roles.join(", "));
    let subtitle = if roles.is_empty() { "Without a role.".to_owned() } else { format!("Roles: {roles}") };
    let has_others = visits.iter().any(|visit| !visit.is_this);
    let rows = visits.into_iter().map(|visit| row(visit, around.now)).collect_view();
    view! {
        <PageHead title=name subtitle/>
        <Section title="Where you are signed in">
            <Table caption="Browsers" columns=COLUMNS>{rows}</Table>
            {has_others.then(|| view! {
                <form method="post" action="/auth/visits/end">
                    <input type="hidden" name="visit" value=""/>
                    <button class=Variant::Quiet.classes() type="submit">"Sign out everywhere else"</button>
                </form>
            })}
        </Section>
    }
}

fn row(visit: VisitRow, now: Timestamp) -> impl IntoView {
    let browser = browser(&visit.agent);
    let end = if visit.is_this {
        view! { <span class="text-sm text-muted">"This one"</span> }.into_any()
    } else {
        let label = format!("Sign out {browser}");
        view! {
            <form method="post" action="/auth/visits/end">
                <input type="hidden" name="visit" value=visit.id/>
                <button class=Variant::Quiet.classes() type="submit" aria-label=label>"Sign out"</button>
            </form>
        }
        .into_any()
    };
    view! {
        <tr>
            <td title=visit.agent>{browser}</td>
            <td class=Room::Medium.classes()><Ago at=visit.since now/></td>
            <td><Ago at=visit.seen now/></td>
            <td class="text-right">{end}</td>
        </tr>
    }
}

/// What a browser calls itself, as people call it. The order matters, because most claim to be several.
fn browser(agent: &str) -> String {
    let first = |names: &[(&str, &str)]| {
        names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| (*name).to_owned())
    };
    let program =
        first(&[("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari")]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) => one,
        _ => agent.split('/').next().unwrap_or(agent).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_called_by_the_name_that_people_know() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36";
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18 Safari/604.1";
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser(safari), "Safari on iPhone");
        assert_eq!(browser(edge), "Edge on Windows");
        assert_eq!(browser("curl/8.5.0"), "curl");
    }
}
