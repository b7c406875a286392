//! A person's own page: where they are signed in, and how to end that.

use crate::{key, t};
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
    words::told,
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("browser"), Room::Any),
    (key!("since"), Room::Medium),
    (key!("last-seen"), Room::Any),
    (key!("action"), Room::Any),
];

/// The page of whoever is signed in.
#[component]
pub fn AccountPage() -> impl IntoView {
    load(t!("account"), |desk| async move { desk.visits().await }, account)
}

fn account(visits: Vec<VisitRow>) -> impl IntoView {
    let around = expect_context::<SharedDesk>().surroundings();
    let (name, roles, groups) =
        (around.actor.name, around.actor.roles.join(", "), around.actor.groups.join(", "));
    let roles = if roles.is_empty() { t!("without-role") } else { t!("roles", roles = roles) };
    let groups = if groups.is_empty() { groups } else { format!(" · {}", t!("groups", groups = groups)) };
    let subtitle = format!("{roles}{groups}");
    let has_others = visits.iter().any(|visit| !visit.is_this);
    let rows = visits.into_iter().map(|visit| row(visit, around.now)).collect_view();
    view! {
        <PageHead title=name subtitle/>
        <Section title=t!("where-signed-in")>
            <Table caption=t!("browsers") columns=COLUMNS>{rows}</Table>
            {has_others.then(|| view! {
                <form method="post" action="/auth/visits/end">
                    <input type="hidden" name="visit" value=""/>
                    <button class=Variant::Quiet.classes() type="submit">{t!("sign-out-elsewhere")}</button>
                </form>
            })}
        </Section>
    }
}

fn row(visit: VisitRow, now: Timestamp) -> impl IntoView {
    let browser = browser(&visit.agent);
    let end = if visit.is_this {
        view! { <span class="text-sm text-muted">{t!("this-one")}</span> }.into_any()
    } else {
        let label = t!("sign-out-what", browser = &browser);
        view! {
            <form method="post" action="/auth/visits/end">
                <input type="hidden" name="visit" value=visit.id/>
                <button class=Variant::Quiet.classes() type="submit" aria-label=label>{t!("sign-out")}</button>
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
        (Some(program), Some(system)) => t!("browser-on", program = program, system = system),
        (Some(one), None) => one,
        _ => told(agent.split('/').next().unwrap_or(agent)),
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
