//! The secrets of an application: how old each is, who set it, what uses it. What they are is shown to nobody.

use crate::{key, t};
use leptos::prelude::*;
use slipway_domain::secret::{OLD_AFTER_DAYS, Secret};

use crate::{
    desk::SharedDesk,
    ui::{
        callout::{Callout, Weight},
        table::{Room, Section, Table},
        time::Ago,
    },
    words,
};

const SECRETS: &[(&str, Room)] = &[
    (key!("secret-title"), Room::Any),
    (key!("set-at"), Room::Any),
    (key!("set-by"), Room::Medium),
    (key!("generation"), Room::Medium),
    (key!("used-by"), Room::Any),
];

/// All of them; nothing for an application that has none.
#[component]
pub fn Secrets(
    /// What is told of them.
    secrets: Vec<Secret>,
) -> impl IntoView {
    if secrets.is_empty() {
        return ().into_any();
    }
    let now = expect_context::<SharedDesk>().surroundings().now;
    let count = secrets.len();
    let old = advice(&secrets);
    let rows = secrets.into_iter().map(move |secret| {
        let Secret { name, used_by, generation, set_by, set_at, .. } = secret;
        let mut users: Vec<_> = used_by.into_iter().map(|used| used.component.to_string()).collect();
        users.dedup();
        let users = if users.is_empty() { t!("nothing-uses-it") } else { users.join(", ") };
        view! {
            <tr>
                <th scope="row" class="font-normal"><code class="text-sm wrap-anywhere">{name}</code></th>
                <td><Ago at=set_at now/></td>
                <td class=Room::Medium.classes()>{set_by}</td>
                <td class=Room::Medium.classes()>{generation}</td>
                <td class="wrap-anywhere">{users}</td>
            </tr>
        }
    });
    view! {
        <Section title=t!("secrets") count>
            {(!old.is_empty()).then(|| view! {
                <Callout weight=Weight::Note title=t!("secrets-old", days = OLD_AFTER_DAYS)>
                    <ul class="space-y-1 text-muted">{old.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul>
                </Callout>
            })}
            <Table caption=t!("secrets") columns=SECRETS>{rows.collect_view()}</Table>
        </Section>
    }
    .into_any()
}

/// How to change those that are old; what is to be done alike is said once.
fn advice(secrets: &[Secret]) -> Vec<String> {
    let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
    for secret in secrets {
        let Some(advice) = &secret.advice else { continue };
        match told.iter_mut().find(|(known, _)| known == advice) {
            Some((_, names)) => names.push(&secret.name),
            None => told.push((advice, vec![&secret.name])),
        }
    }
    let told = told.into_iter();
    told.map(|(advice, names)| t!("and-more", first = names.join(", "), second = words::told(advice)))
        .collect()
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use slipway_domain::secret::Origin;

    use super::*;

    #[test]
    fn d18_what_is_to_be_done_about_several_old_secrets_is_said_once() {
        let secret = |name: &str, origin: Origin, days: i64| Secret {
            name: name.to_owned(),
            origin,
            used_by: Vec::new(),
            generation: 1,
            set_by: "ana".to_owned(),
            set_at: Timestamp::UNIX_EPOCH,
            days,
            advice: (days > OLD_AFTER_DAYS).then(|| origin.advice().to_owned()),
        };
        let all = [
            secret("ONE", Origin::Entered, 91),
            secret("TWO", Origin::Entered, 200),
            secret("THREE", Origin::MadeUp, 91),
            secret("YOUNG", Origin::Entered, 90),
        ];
        let told = advice(&all);
        assert!(told.len() == 2 && told[0].starts_with("ONE, TWO: Update the application"), "{told:?}");
    }
}
