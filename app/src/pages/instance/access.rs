//! Who administers an application and who uses it, said anew without a restart (S1.L03). What was chosen and not saved
//! stands in the address of the page.

mod form;
mod lines;
mod stand;

use crate::{key, t};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use slipway_domain::{people::Shown, permission::Action};

use self::{
    form::{Form, save},
    lines::{Change, lines, row},
    stand::{Closed, Last, closed},
};
use super::{head::Tab, tab};
use crate::{
    access::of_address,
    desk::{ApplicationView, Desk, DeskError},
    examples::Deed,
    pages::deploy::named_by_tasks,
    ui::{
        examples::Examples,
        table::{Room, Section, Table},
    },
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("name"), Room::Any),
    (key!("access"), Room::Any),
    (key!("known"), Room::Medium),
    (key!("action"), Room::Any),
];
/// The form that everything on the page belongs to.
const FORM: &str = "access";
/// What is on the page only while nothing can be changed. It changes by itself, and when it goes, the page is loaded
/// anew: with the form, which must be brought to life.
const CLOSED: &str = "closed";

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

fn content(view: ApplicationView, chosen: Chosen) -> impl IntoView {
    let closed = closed(&view);
    let may = closed.is_none();
    let all = lines(&[view.people.0.clone(), view.people.1.clone()], &chosen);
    let changed = all.iter().filter(|line| line.change != Change::None).count();
    let (count, nobody) = (all.iter().filter(|line| line.change != Change::Removed).count(), all.is_empty());
    let columns = if may { COLUMNS } else { COLUMNS.split_last().map_or(COLUMNS, |(_, rest)| rest) };
    let rows = all.into_iter().map(|line| row(line, may)).collect_view();
    let deed = deed(&view, &chosen);
    let save = may.then(|| save(&view, &chosen, changed));
    let name = view.application.name.to_string();
    view! {
        <div class="space-y-4 empty:hidden" id="state" data-live="">
            <Last view/>
            {closed.map(|told| view! { <Closed told/> })}
        </div>
        {may.then(|| view! { <Form name chosen/> })}
        <div id=(!may).then_some(CLOSED) data-live=(!may).then_some("")>
            <Section title=t!("who-has-access") count>
                {if nobody {
                    view! { <p class="text-muted">{t!("nobody-but")}</p> }.into_any()
                } else {
                    view! { <Table caption=t!("who-has-access") columns>{rows}</Table> }.into_any()
                }}
            </Section>
        </div>
        {save}
        {may.then(|| view! { <Examples deed title=t!("copy-deed")/> })}
    }
}

/// The same for a program.
fn deed(view: &ApplicationView, chosen: &Chosen) -> Deed {
    let [admins, users] = [&chosen.lists[0], &chosen.lists[1]]
        .map(|list| list.iter().map(|shown| shown.typed.clone()).collect());
    Deed::Access { name: view.application.name.to_string(), admins, users }
}
