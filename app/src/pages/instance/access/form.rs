//! The form: one more person, and the button that gives those on the page access.

use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::{
    order::listed,
    people::{People, Shown},
    permission::Action,
};

use super::{super::head::Tab, Chosen, FORM};
use crate::{
    access::{ADMINS, USERS},
    actions::access::Access,
    desk::{ApplicationView, SharedDesk},
    islands::people::PeoplePicker,
    pages::may::refusal,
    t,
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        icon::{Glyph, Icon},
    },
};

/// The form itself, with the field for one more; it stands first, so that Enter in the field adds.
#[component]
pub(super) fn Form(
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

/// What is not saved yet, and the button.
pub(super) fn save(view: &ApplicationView, chosen: &Chosen, changed: usize) -> impl IntoView + use<> {
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
