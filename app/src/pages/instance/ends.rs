//! The black box: how containers ended, and what they said before. It is there when pod and namespace are gone.

use crate::t;
use jiff::Timestamp;
use leptos::prelude::*;
use slipway_domain::black_box::Ended;

use crate::ui::{
    icon::{Glyph, Icon},
    table::Section,
    time::Ago,
};

/// The ends, last one first.
#[component]
pub(super) fn Ends(
    /// The ends.
    ends: Vec<(Timestamp, Ended)>,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let count = ends.len();
    let items = ends.into_iter().map(|(at, ended)| item(at, ended, now)).collect_view();
    (count > 0).then(|| {
        view! { <Section title=t!("ended-tasks") count><div class="card divide-y divide-line overflow-hidden">{items}</div></Section> }
    })
}

fn item(at: Timestamp, ended: Ended, now: Timestamp) -> impl IntoView {
    let id = format!("end-{}-{}", ended.task, at.as_millisecond());
    let end = ended.end;
    let how = match end.signal {
        Some(signal) => t!("signal", reason = end.reason, signal = signal.to_string()),
        None => t!("exit-code", reason = end.reason, code = end.exit_code.to_string()),
    };
    let remarks = ended
        .remarks
        .into_iter()
        .map(|line| view! { <li class="wrap-anywhere" lang="en">{line}</li> })
        .collect_view();
    let log = match ended.log.filter(|log| !log.is_empty()) {
        Some(log) => view! { <pre class="code max-h-96 overflow-auto" lang="">{log}</pre> }.into_any(),
        None => view! { <p class="text-muted">{t!("said-nothing")}</p> }.into_any(),
    };
    view! {
        <details class="group" id=id>
            <summary class="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-3 text-sm hover:bg-raised/40">
                <span class="text-muted transition-transform group-open:rotate-90"><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/></span>
                <code class="wrap-anywhere">{ended.task}</code>
                <span class="text-muted">{how}</span>
                <span class="ml-auto text-muted"><Ago at now/></span>
            </summary>
            <div class="space-y-3 px-4 pb-4 text-sm">
                <ul class="space-y-1 text-muted empty:hidden">{remarks}</ul>
                {log}
            </div>
        </details>
    }
}
