//! Who administers an application and who uses it, said anew without a restart (S1.L03). What was chosen and not saved
//! stands in the address of the page.

use crate::{key, t};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_query_map;
use slipway_domain::{
    operation::{Kind, Operation, Progress},
    order::listed,
    people::{Kind as Sort, People, Shown, Trace},
    permission::Action,
    status::{Status, Tone},
};

use super::{head::Tab, tab};
use crate::{
    access::{ADMINS, USERS, of_address},
    actions::access::Access,
    desk::{ApplicationView, Desk, DeskError, SharedDesk},
    examples::Deed,
    islands::people::PeoplePicker,
    language::Language,
    pages::{deploy::named_by_tasks, may::refusal},
    ui::{
        badge::Outcome,
        button::Variant,
        callout::{Callout, CauseCallout, Weight},
        examples::Examples,
        icon::{Glyph, Icon},
        table::{Room, Section, Table},
        time::Ago,
    },
    words::{Word, language, told},
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("name"), Room::Any),
    (key!("access"), Room::Any),
    (key!("known"), Room::Medium),
    (key!("action"), Room::Any),
];
/// The form that everything on the page belongs to.
const FORM: &str = "access";

/// Who is on the page.
struct Chosen {
    /// Administrators and users, as they would be typed.
    lists: [Vec<Shown>; 2],
    /// The generation that they were chosen by.
    seen: String,
    /// Whoever has tasks, who has access in any case.
    fixed: Vec<String>,
}

/// The page of access.
#[component]
pub fn AccessPage() -> impl IntoView {
    let address = use_query_map().get_untracked();
    tab(
        Tab::Access,
        move |desk, _, view| async move {
            let chosen = chosen(&*desk, &view, of_address(&address)).await?;
            Ok((view, chosen))
        },
        |view, chosen| content(view, chosen).into_any(),
    )
}

/// Whoever has access, or those whom the address names.
async fn chosen(
    desk: &dyn Desk,
    view: &ApplicationView,
    wanted: Option<(String, [Vec<String>; 2])>,
) -> Result<Chosen, DeskError> {
    let present = view.application.generation.to_string();
    let has = [view.people.0.clone(), view.people.1.clone()];
    let may = desk.surroundings().actor.may(Action::Change, &view.application.people).is_ok();
    if !may {
        return Ok(Chosen { lists: has, seen: present, fixed: Vec::new() });
    }
    let offer = desk.offer(&view.spec.project, &view.spec.version.to_string()).await.ok();
    let fixed = offer.map(|offer| named_by_tasks(&offer)).unwrap_or_default();
    let Some((seen, [admins, users])) = wanted else {
        return Ok(Chosen { lists: has, seen: present, fixed });
    };
    // Whoever has access is shown as who they are, not as who has that name now.
    let known = |typed: &String| has.iter().flatten().find(|shown| shown.typed == *typed).cloned();
    let mut lists = [Vec::new(), Vec::new()];
    for (list, typed) in lists.iter_mut().zip([admins, users]) {
        let new: Vec<String> = typed.iter().filter(|typed| known(typed).is_none()).cloned().collect();
        let new = if new.is_empty() { Vec::new() } else { desk.recognise(&new).await? };
        let found =
            |typed: &String| known(typed).or_else(|| new.iter().find(|one| one.typed == *typed).cloned());
        *list = typed.iter().filter_map(found).collect();
    }
    Ok(Chosen { lists, seen, fixed })
}

/// One line of the table.
struct Line {
    shown: Shown,
    list: &'static str,
    change: Change,
    /// Named by a task, and not to be taken out.
    fixed: bool,
}

/// What saving would do to somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    None,
    Added,
    Removed,
}

/// Those who are on the page, then those who were taken out; administrators first.
fn lines(has: &[Vec<Shown>; 2], chosen: &Chosen) -> Vec<Line> {
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

fn content(view: ApplicationView, chosen: Chosen) -> impl IntoView {
    let refused = refusal(Action::Change, &view.application.people);
    let is_over = matches!(view.application.standing.status, Status::Undeploying | Status::Undeployed);
    let may = refused.is_none() && !is_over;
    let all = lines(&[view.people.0.clone(), view.people.1.clone()], &chosen);
    let changed = all.iter().filter(|line| line.change != Change::None).count();
    let why = if is_over { Some(t!("access-over")) } else { refused };
    let (count, nobody) = (all.iter().filter(|line| line.change != Change::Removed).count(), all.is_empty());
    let rows = all.into_iter().map(|line| row(line, may)).collect_view();
    let deed = deed(&view, &chosen);
    let save = may.then(|| save(&view, &chosen, changed));
    let name = view.application.name.to_string();
    view! {
        <div class="space-y-4 empty:hidden" id="state" data-live=""><Last operation=view.operations.first().cloned() is_over/></div>
        {why.map(|why| view! { <p class="text-muted">{told(why)}</p> })}
        {may.then(|| view! { <Form name chosen/> })}
        <Section title=t!("who-has-access") count>
            {if nobody {
                view! { <p class="text-muted">{t!("nobody-but")}</p> }.into_any()
            } else {
                view! { <Table caption=t!("who-has-access") columns=COLUMNS>{rows}</Table> }.into_any()
            }}
        </Section>
        {save}
        {may.then(|| view! { <Examples deed title=t!("copy-deed")/> })}
    }
}

/// What became of the newest change of access, or why nothing can be changed at this moment.
#[component]
fn Last(
    /// The newest operation.
    operation: Option<Operation>,
    /// Has the application come to its end?
    is_over: bool,
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let operation = operation.filter(|_| !is_over)?;
    if operation.kind != Kind::Access {
        let why = operation.may_set_access().err()?;
        return Some(view! { <Callout weight=Weight::Note title=t!("access-not-now")><p class="text-sm text-muted">{told(why)}</p></Callout> }.into_any());
    }
    let (tone, cause) = match &operation.progress {
        Progress::Open { .. } => (Tone::Moving, None),
        Progress::Succeeded { .. } => (Tone::Good, None),
        Progress::Failed { cause, .. } => (Tone::Bad, Some(cause.clone())),
        Progress::Cancelled { .. } => (Tone::Over, None),
    };
    Some(
        view! {
            <p class="text-sm" role="status">
                <Outcome tone label=operation.progress.word()/>
                <span class="text-muted">" "{t!("access-changed-by", person = operation.requested_by)}", "<Ago at=operation.requested_at now/>". "{t!("nothing-anew")}</span>
            </p>
            {cause.map(|cause| view! { <CauseCallout cause/> })}
        }
        .into_any(),
    )
}

/// The form itself, with the field for one more; it stands first, so that Enter in the field adds.
#[component]
fn Form(
    /// The application.
    name: String,
    /// Who is on the page.
    chosen: Chosen,
) -> impl IntoView {
    let key = expect_context::<SharedDesk>().surroundings().form_key;
    let [admins, users] =
        chosen.lists.map(|list| listed(&list.iter().map(|shown| shown.typed.as_str()).collect::<Vec<_>>()));
    view! {
        <form class="card space-y-2 px-4 py-4" id=FORM method="post" action=Access::PATH>
            <input type="hidden" name="form[name]" value=name/>
            <input type="hidden" name="form[seen]" value=chosen.seen/>
            <input type="hidden" name="form[admins]" value=admins/>
            <input type="hidden" name="form[users]" value=users/>
            <input type="hidden" name="form[idempotency_key]" value=key/>
            <div class="flex flex-wrap items-end gap-3">
                <div class="w-full space-y-1.5 sm:w-52">
                    <label class="block font-medium" for="role">{t!("give")}</label>
                    <select class="input" id="role" name="form[role]">
                        <option value=USERS>{t!("user-access")}</option>
                        <option value=ADMINS>{t!("admin-access")}</option>
                    </select>
                </div>
                <div class="min-w-52 flex-1 space-y-1.5">
                    <label class="block font-medium" for="who">{t!("to-whom")}</label>
                    <input class="input" id="who" name="form[who]" autocomplete="off" autocapitalize="none" spellcheck="false" aria-describedby="who-help"/>
                </div>
                <button class="button h-9 border-line bg-surface text-ink shadow-card hover:border-edge" id="who-add" type="submit" name="form[go]" value="add">
                    <Icon glyph=Glyph::Plus class="size-3.5 shrink-0"/>{t!("add")}
                </button>
            </div>
            <div class="contents" data-people="who" data-group=t!("group") data-lost=t!("people-lost") data-nobody=t!("people-nobody")>
                <ul class="max-h-64 overflow-y-auto rounded-control border border-line bg-surface py-1 shadow-card" id="people-list" role="listbox" aria-label=t!("people") hidden></ul>
                <p class="text-sm text-muted empty:hidden" id="people-told" aria-live="polite"></p>
                <PeoplePicker/>
            </div>
            <p class="text-sm text-muted" id="who-help">{t!("who-help")}</p>
        </form>
    }
}

fn row(line: Line, may: bool) -> impl IntoView {
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
            <td class="w-px text-right">{action}</td>
        </tr>
    }
}

/// What is not saved yet, and the button.
fn save(view: &ApplicationView, chosen: &Chosen, changed: usize) -> impl IntoView + use<> {
    let members = |list: &[Shown]| list.iter().map(|shown| shown.member.clone()).collect();
    let people = People { admins: members(&chosen.lists[0]), users: members(&chosen.lists[1]) };
    let nobody = people.admins.is_empty();
    let shuts_out = !nobody && refusal(Action::Change, &people).is_some();
    let discard = Tab::Access.href(view.application.name.as_str());
    let title = t!("not-saved", count = changed);
    (changed > 0).then(|| {
        view! {
            <Callout weight=Weight::Warning title>
                {nobody.then(|| view! { <p class="text-sm">{t!("nobody-would")}</p> })}
                {shuts_out.then(|| view! { <p class="text-sm">{t!("shuts-out")}</p> })}
                <div class="flex flex-wrap items-center gap-3 pt-2">
                    <button class=Variant::Primary.classes() form=FORM type="submit" name="form[go]" value="save">{t!("save-access")}</button>
                    <a class="link" href=discard>{t!("discard")}</a>
                </div>
            </Callout>
        }
    })
}

/// The same for a program.
fn deed(view: &ApplicationView, chosen: &Chosen) -> Deed {
    let [admins, users] = [&chosen.lists[0], &chosen.lists[1]]
        .map(|list| list.iter().map(|shown| shown.typed.clone()).collect());
    Deed::Access { name: view.application.name.to_string(), admins, users }
}
