//! Who has access, line by line, with what saving would do to each.

use leptos::prelude::*;
use slipway_domain::{
    people::{Kind as Sort, Shown, Trace},
    status::Tone,
};

use super::{Chosen, FORM};
use crate::{
    access::{ADMINS, USERS},
    language::Language,
    t,
    ui::{
        badge::Outcome,
        button::Variant,
        icon::{Glyph, Icon},
        table::Room,
    },
    words::{Word, language},
};

/// One line of the table.
pub(super) struct Line {
    shown: Shown,
    list: &'static str,
    pub(super) change: Change,
    /// Named by a task, and not to be taken out.
    fixed: bool,
}

/// What saving would do to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Change {
    None,
    Added,
    Removed,
}

/// Those who are on the page, then those who were taken out; administrators first.
pub(super) fn lines(has: &[Vec<Shown>; 2], chosen: &Chosen) -> Vec<Line> {
    let is_in = |list: &[Shown], shown: &Shown| list.iter().any(|other| other.typed == shown.typed);
    let mut lines = Vec::new();
    for ((had, now), list) in has.iter().zip(&chosen.lists).zip([ADMINS, USERS]) {
        let is_fixed = |shown: &Shown| list == USERS && chosen.fixed.contains(&shown.member.name);
        let stay = now.iter().map(|shown| {
            let change = if is_in(had, shown) { Change::None } else { Change::Added };
            Line { shown: shown.clone(), list, change, fixed: is_fixed(shown) }
        });
        let gone = had.iter().filter(|shown| !is_in(now, shown));
        let gone = gone.map(|shown| Line {
            shown: shown.clone(),
            list,
            change: Change::Removed,
            fixed: is_fixed(shown),
        });
        lines.extend(stay.chain(gone));
    }
    lines
}

pub(super) fn row(line: Line, may: bool) -> impl IntoView {
    let Line { shown, list, change, fixed } = line;
    let name = shown.member.name.clone();
    let what = if list == ADMINS { t!("administrator") } else { t!("user-of") };
    let kind = (shown.member.kind == Some(Sort::Group)).then(|| format!(" {}", t!("group")));
    let about = Some(shown.about.clone()).filter(|about| !about.is_empty());
    let (tone, known) = match shown.trace {
        Trace::Verified => (Tone::Good, t!("trace-verified")),
        Trace::Unverified => (Tone::Doubtful, shown.trace.word()),
        Trace::Unknown | Trace::Gone => (Tone::Bad, shown.trace.word()),
    };
    let remark = Some(shown.trace.word()).filter(|remark| !remark.is_empty());
    let (class, news) = match change {
        Change::None => ("font-medium wrap-anywhere", None),
        Change::Added => ("font-medium wrap-anywhere", Some(t!("to-be-added"))),
        Change::Removed => ("text-muted line-through wrap-anywhere", Some(t!("to-be-removed"))),
    };
    let value = format!("{list}:{}", shown.typed);
    let button = |field: &'static str, label: String| {
        let role = if language() == Language::English { what.to_lowercase() } else { what.clone() };
        let aria = t!("button-for", what = &label, name = &name, role = role);
        view! { <button class=Variant::Small.classes() form=FORM type="submit" name=field value=value aria-label=aria>{label}</button> }
    };
    let action = match change {
        _ if !may => ().into_any(),
        Change::Removed if fixed => ().into_any(),
        Change::Removed => button("form[back]", t!("put-back")).into_any(),
        _ if fixed => view! {
            <span class="inline-flex items-center gap-1.5 text-sm whitespace-nowrap text-muted" title=t!("named-by-task-why")>
                <Icon glyph=Glyph::Lock class="size-3 shrink-0"/>{t!("named-by-task-title")}
            </span>
        }
        .into_any(),
        _ => button("form[remove]", t!("take-out-short")).into_any(),
    };
    view! {
        <tr>
            <th scope="row" class="font-normal">
                <span class=class>{name.clone()}</span><span class="text-muted">{kind}</span>
                {about.map(|about| view! { <span class="block text-sm text-muted">{about}</span> })}
                {remark.map(|remark| view! { <span class="block text-sm text-muted md:hidden">{remark}</span> })}
            </th>
            <td>{what}{news.map(|news| view! { <span class="block text-sm text-muted">{news}</span> })}</td>
            <td class=Room::Medium.classes()><Outcome tone label=known/></td>
            {may.then(|| view! { <td class="w-px text-right">{action}</td> })}
        </tr>
    }
}
