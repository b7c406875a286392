//! What the tasks of an application say: now, in the run before, and, of those that have ended, at last.

use crate::{key, t};
use jiff::Timestamp;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use slipway_domain::{
    log::{LogLine, LogWish},
    observed::ObservedTask,
    permission::Action,
};

use super::{ends::Ends, head::Tab, tab};
use crate::{
    desk::{ApplicationView, DeskError, SharedDesk},
    islands::log::FollowLog,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        empty::Empty,
        icon::Glyph,
    },
    ways::query,
    words::text,
};

/// How many lines can be asked for.
const TAILS: &[(&str, &str)] =
    &[("200", key!("last-200")), ("1000", key!("last-1000")), ("5000", key!("last-5000"))];
/// How far back, in seconds.
const SINCE: &[(&str, &str)] = &[
    ("", key!("any-time")),
    ("300", key!("five-minutes")),
    ("3600", key!("last-hour")),
    ("86400", key!("last-day")),
];

/// What was asked for in the address.
#[derive(Debug, Clone, Default)]
struct Asked {
    component: String,
    task: String,
    previous: bool,
    tail: String,
    since: String,
    search: String,
    follow: bool,
}

impl Asked {
    fn of_query() -> Self {
        let query = use_query_map().get_untracked();
        let text = |name: &str| query.get(name).unwrap_or_default();
        let known = |name: &str, all: &[(&str, &str)]| {
            let given = text(name);
            all.iter().find(|(value, _)| *value == given).unwrap_or(&all[0]).0.to_owned()
        };
        Self {
            component: text("component"),
            task: text("task"),
            previous: query.get("previous").is_some(),
            tail: known("tail", TAILS),
            since: known("since", SINCE),
            search: text("q"),
            follow: query.get("follow").is_some(),
        }
    }

    /// The task that is meant: the one that was named, else the first of the component, else the first of all.
    fn choose(&self, view: &ApplicationView) -> Option<(String, ObservedTask)> {
        let all = || {
            view.components.iter().flat_map(|component| {
                component.tasks.iter().map(move |task| (component.name.to_string(), task.clone()))
            })
        };
        let named = all().find(|(_, task)| task.id == self.task);
        named.or_else(|| all().find(|(component, _)| *component == self.component)).or_else(|| {
            let is_asked = self.task.is_empty() && self.component.is_empty();
            is_asked.then(|| all().next()).flatten()
        })
    }

    fn wish(&self, component: &str, task: &str) -> LogWish {
        LogWish {
            task: task.to_owned(),
            container: component.to_owned(),
            previous: self.previous,
            tail: self.tail.parse().ok(),
            since_seconds: self.since.parse().ok(),
            follow: false,
        }
    }

    /// Where programs find the same lines.
    fn address(&self, application: &str, component: &str, task: &str, more: (&str, &str)) -> String {
        let previous = if self.previous { "true" } else { "" };
        let pairs = [
            ("container", component),
            ("task", task),
            ("previous", previous),
            ("tail", &self.tail),
            ("since", &self.since),
            ("q", &self.search),
            more,
        ];
        format!("/api/v1/applications/{application}/logs?{}", query(&pairs))
    }
}

/// A task and what it says; no lines if it does not say anything that can be read.
type Shown = Option<(String, ObservedTask, Result<Option<Vec<LogLine>>, DeskError>)>;

/// The page of the logs.
#[component]
pub fn LogsPage() -> impl IntoView {
    let asked = Asked::of_query();
    let of_page = asked.clone();
    tab(
        Tab::Logs,
        move |desk: SharedDesk, name, view: ApplicationView| {
            let asked = asked.clone();
            async move {
                desk.may(Action::ReadLog, Some(&name)).await?;
                let shown: Shown = match asked.choose(&view) {
                    Some((component, task)) => {
                        let lines = desk.log(&name, &asked.wish(&component, &task.id)).await;
                        Some((component, task, lines))
                    }
                    None => None,
                };
                Ok((view, shown))
            }
        },
        move |view, shown| content(&of_page, view, shown).into_any(),
    )
}

fn content(asked: &Asked, view: ApplicationView, shown: Shown) -> impl IntoView + use<> {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let name = view.application.name.to_string();
    let chosen = shown.as_ref().map(|(_, task, _)| task.id.clone()).unwrap_or_default();
    let has_tasks = view.components.iter().any(|component| !component.tasks.is_empty());
    let asks_for_gone = shown.is_none() && !(asked.task.is_empty() && asked.component.is_empty());
    let choices = has_tasks.then(|| view! { <Choices asked=asked.clone() view=view.clone() chosen/> });
    let lines = match shown {
        Some((component, task, lines)) => spoken(asked, &name, &component, &task, lines, now).into_any(),
        None if asks_for_gone && has_tasks => view! {
            <Callout weight=Weight::Note title=t!("task-gone")>
                <p class="text-muted">{t!("task-gone-more")}</p>
            </Callout>
        }
        .into_any(),
        None => view! {
            <Empty glyph=Glyph::Lines title=t!("nothing-speaks")>
                <p>{t!("nothing-speaks-more")}</p>
            </Empty>
        }
        .into_any(),
    };
    view! {
        {choices}
        {lines}
        <div id="ended" data-live=""><Ends ends=view.ends now/></div>
    }
}

#[component]
fn Choices(
    /// What was asked for.
    asked: Asked,
    /// The application.
    view: ApplicationView,
    /// The task that is shown.
    chosen: String,
) -> impl IntoView {
    let groups =
        view.components.into_iter().filter(|component| !component.tasks.is_empty()).map(|component| {
            let tasks = component.tasks.into_iter().map(|task| {
                let (selected, id) = (task.id == chosen, task.id);
                view! { <option value=id.clone() selected=selected>{id.clone()}</option> }
            });
            view! { <optgroup label=component.name.to_string()>{tasks.collect_view()}</optgroup> }
        });
    let options = |all: &'static [(&'static str, &'static str)], chosen: &str| {
        let options = all
            .iter()
            .map(|(value, label)| view! { <option value=*value selected=*value == chosen>{text(label, &[])}</option> });
        options.collect_view()
    };
    view! {
        <form class="card grid items-end gap-3 px-4 py-3.5 sm:grid-cols-2 xl:grid-cols-[minmax(0,2fr)_minmax(0,2fr)_10rem_10rem_auto_auto]" method="get">
            <label class="space-y-1.5"><span class="block text-sm font-medium">{t!("task")}</span>
                <select class="input" name="task">{groups.collect_view()}</select>
            </label>
            <label class="space-y-1.5"><span class="block text-sm font-medium">{t!("search")}</span>
                <input class="input" type="search" name="q" value=asked.search placeholder=t!("only-lines") spellcheck="false"/>
            </label>
            <label class="space-y-1.5"><span class="block text-sm font-medium">{t!("lines")}</span>
                <select class="input" name="tail">{options(TAILS, &asked.tail)}</select>
            </label>
            <label class="space-y-1.5"><span class="block text-sm font-medium">{t!("said")}</span>
                <select class="input" name="since">{options(SINCE, &asked.since)}</select>
            </label>
            <label class="flex h-9 items-center gap-2 text-sm whitespace-nowrap">
                <input type="checkbox" name="previous" value="true" checked=asked.previous/>{t!("previous-run")}
            </label>
            <button class=format!("{} h-9", Variant::Primary.classes()) type="submit">{t!("show")}</button>
        </form>
    }
}

fn spoken(
    asked: &Asked,
    application: &str,
    component: &str,
    task: &ObservedTask,
    lines: Result<Option<Vec<LogLine>>, DeskError>,
    now: Timestamp,
) -> impl IntoView + use<> {
    let search = asked.search.to_lowercase();
    let wanted = |line: &LogLine| search.is_empty() || line.text.to_lowercase().contains(&search);
    let none = |title: String, more: String| {
        view! { <Callout weight=Weight::Note title=title><p class="text-muted">{more}</p></Callout> }
            .into_any()
    };
    let (list, count) = match lines {
        Err(error) => (view! { <Callout weight=Weight::Failure title=error.to_string()/> }.into_any(), None),
        Ok(None) if asked.previous => (none(t!("no-run-before"), t!("show-present")), None),
        Ok(None) => (none(t!("not-said-yet"), t!("not-said-yet-more")), None),
        Ok(Some(lines)) => {
            let lines: Vec<_> = lines.into_iter().filter(wanted).collect();
            (listed(&lines, &search, now).into_any(), Some(lines.len()))
        }
    };
    let follow = asked.address(application, component, &task.id, ("follow", "true"));
    let download = asked.address(application, component, &task.id, ("download", "true"));
    let told = count.map(|count| match (count, search.is_empty()) {
        (count, true) => t!("count-lines", count = count),
        (count, false) => t!("count-lines-with", count = count),
    });
    let (can_follow, at_once) = (count.is_some() && !asked.previous, asked.follow.then_some(""));
    view! {
        <section class="space-y-3" aria-labelledby="log-title">
            <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
                <h2 class="font-semibold wrap-anywhere" id="log-title">{task.id.clone()}</h2>
                <span class="text-sm text-muted">{told}</span>
                <span class="ml-auto flex flex-wrap items-center gap-3">
                    {can_follow.then(|| view! {
                        <span class="contents" id="follow" data-address=follow data-at-once=at_once data-following=t!("following")
                            data-stopped=t!("stopped") data-end=t!("log-end") data-lost=t!("log-lost")>
                            <button class="button border-line bg-surface text-ink shadow-card hover:border-edge aria-pressed:border-moving aria-pressed:text-moving-ink" id="follow-button" type="button" aria-pressed="false" hidden>{t!("follow")}</button>
                            <span class="text-sm text-muted" aria-live="polite" id="follow-told"></span>
                            <FollowLog/>
                        </span>
                    })}
                    {count.is_some().then(|| view! { <a class=Variant::Quiet.classes() href=download rel="external" download="">{t!("download")}</a> })}
                </span>
            </div>
            {list}
        </section>
    }
}

fn listed(lines: &[LogLine], search: &str, now: Timestamp) -> impl IntoView + use<> {
    let (today, dated) = (now.strftime("%Y-%m-%d").to_string(), t!("time-short"));
    let items = lines.iter().map(|line| {
        let exact = line.at.map(|at| at.to_string());
        let clock = line.at.map(|at| {
            let is_today = at.strftime("%Y-%m-%d").to_string() == today;
            if is_today { at.strftime("%H:%M:%S").to_string() } else { at.strftime(&dated).to_string() }
        });
        view! { <li><time datetime=exact.clone() title=exact>{clock}</time><span>{marked(&line.text, search)}</span></li> }
    });
    view! {
        // Focusable, so that it can be scrolled with the keyboard; in whatever language programs speak.
        <div class="card overflow-hidden"><ol class="log" id="log" lang="" tabindex="0" aria-label=t!("log")>{items.collect_view()}</ol></div>
    }
}

/// The text with what was searched for marked. Only where lower case has the same length, so that places agree.
fn marked(text: &str, search: &str) -> AnyView {
    let lower = text.to_lowercase();
    let found = if search.is_empty() || lower.len() != text.len() { None } else { lower.find(search) };
    let parts = found.and_then(|at| {
        Some((text.get(..at)?, text.get(at..at + search.len())?, text.get(at + search.len()..)?))
    });
    match parts {
        Some((before, found, after)) => {
            view! { {before.to_owned()}<mark>{found.to_owned()}</mark>{after.to_owned()} }.into_any()
        }
        None => text.to_owned().into_any(),
    }
}
