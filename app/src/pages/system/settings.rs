//! The settings, group by group: each with its value and where that comes from.

use crate::{key, t};
use leptos::prelude::*;
use slipway_domain::system::{Group, Setting, Source};

use crate::{
    ui::table::{Room, Section, Table},
    words::Word,
};

const COLUMNS: &[(&str, Room)] =
    &[(key!("setting"), Room::Any), (key!("value"), Room::Medium), (key!("from-where"), Room::Medium)];

/// All of them; they come in the order of their groups.
#[component]
pub fn Settings(
    /// The settings.
    settings: Vec<Setting>,
) -> impl IntoView {
    let count = settings.len();
    let of = |group: Group| settings.iter().filter(move |setting| setting.group == group);
    let rows = Group::ALL.map(|group| {
        let rows = of(group).cloned().map(|setting| view! { <Row setting/> }).collect_view();
        view! {
            <tr><th class="bg-raised text-sm font-medium" colspan="3" scope="colgroup">{group.word()}</th></tr>
            {rows}
        }
    });
    view! {
        <Section title=t!("settings") count>
            <p class="text-sm text-muted">{t!("settings-about")}</p>
            <Table caption=t!("settings") columns=COLUMNS>{rows.into_iter().collect_view()}</Table>
        </Section>
    }
}

#[component]
fn Row(
    /// The setting.
    setting: Setting,
) -> impl IntoView {
    let Setting { name, flag, value, is_set, source, .. } = setting;
    let shown = move || match &value {
        Some(value) => view! { <code class="text-sm wrap-anywhere">{value.clone()}</code> }.into_any(),
        None if is_set => view! { <span>{t!("is-set")}</span> }.into_any(),
        None => view! { <span class="text-muted">{t!("is-not-set")}</span> }.into_any(),
    };
    let class = if source == Source::Default {
        "hidden text-muted md:table-cell"
    } else {
        "hidden font-medium md:table-cell"
    };
    view! {
        <tr>
            <th scope="row" class="font-normal md:w-2/5" title=flag>
                <code class="text-sm wrap-anywhere">{name}</code>
                <span class="block text-muted md:hidden">{shown()}</span>
            </th>
            <td class=Room::Medium.classes()>{shown()}</td>
            <td class=class>{source.word()}</td>
        </tr>
    }
}
