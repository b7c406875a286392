//! Tables that scroll within themselves on a narrow screen.

use leptos::prelude::*;

/// A table with a caption for those who cannot see what is around it.
#[component]
pub fn Table(
    /// What the table lists.
    caption: &'static str,
    /// The heads of its columns.
    columns: &'static [&'static str],
    /// Its rows.
    children: Children,
) -> impl IntoView {
    let heads = columns.iter().map(|head| view! { <th scope="col">{*head}</th> });
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
