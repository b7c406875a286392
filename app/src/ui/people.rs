//! People by name, with what is to be known about each.

use leptos::prelude::*;
use slipway_domain::people::{Kind, Shown};

use crate::{t, words::Word};

/// What stands beside a name, in brackets; empty for a user who is well known.
pub fn remarks(shown: &Shown) -> String {
    let group = (shown.member.kind == Some(Kind::Group)).then(|| t!("group"));
    let all = [group.unwrap_or_default(), shown.about.clone(), shown.trace.word()];
    let all: Vec<_> = all.into_iter().filter(|remark| !remark.is_empty()).collect();
    if all.is_empty() { String::new() } else { format!(" ({})", all.join(", ")) }
}

/// Whoever has access; nobody in the words given.
pub fn names(people: Vec<Shown>, nobody: String) -> AnyView {
    if people.is_empty() {
        return nobody.into_any();
    }
    let count = people.len();
    let each = people.into_iter().enumerate().map(|(index, shown)| {
        let remarks = remarks(&shown);
        let comma = if index + 1 < count { ", " } else { "" };
        view! { <span>{shown.member.name}<span class="text-muted">{remarks}</span>{comma}</span> }
    });
    each.collect_view().into_any()
}
