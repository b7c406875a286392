//! Tables: dense, with columns that leave when there is no room, and that scroll within themselves at the worst.

use leptos::prelude::*;

use crate::words::{number, text};

/// When a column is shown. Its cells say the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Room {
    /// Always.
    Any,
    /// From a tablet on.
    Medium,
    /// On a wide screen.
    Wide,
    /// On a very wide one.
    Widest,
}

impl Room {
    /// The class of the column's cells.
    pub fn classes(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::Medium => "hidden md:table-cell",
            Self::Wide => "hidden xl:table-cell",
            Self::Widest => "hidden 2xl:table-cell",
        }
    }
}

/// A table with a caption for those who cannot see what is around it.
#[component]
pub fn Table(
    /// What the table lists.
    #[prop(into)]
    caption: String,
    /// The keys of the heads of its columns, and when they are shown.
    columns: &'static [(&'static str, Room)],
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heads = columns
        .iter()
        .map(|(head, room)| view! { <th scope="col" class=room.classes()>{text(head, &[])}</th> });
    view! {
        <div class="card overflow-x-auto">
            <table class="table">
                <caption class="sr-only">{caption}</caption>
                <thead><tr>{heads.collect_view()}</tr></thead>
                <tbody>{children()}</tbody>
            </table>
        </div>
    }
}

/// A part of a page with a heading and, beside it, how many there are.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: String,
    /// How many there are, if that helps.
    #[prop(optional)]
    count: Option<usize>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="space-y-3">
            <h2 class="flex items-center gap-2 font-semibold">
                {title}
                {count.map(|count| view! { <span class="text-sm font-normal text-muted tabular-nums">{number(count)}</span> })}
            </h2>
            {children()}
        </section>
    }
}
