//! Whether the tags of an application's images still mean what runs (D11). Registries are asked when somebody wants to
//! know, and not by themselves.

use crate::{key, t};
use jiff::Timestamp;
use leptos::{prelude::*, server_fn::ServerFn};
use slipway_domain::{
    image::Digest,
    moved::{CheckedImage, Tag},
    permission::Action,
    status::{Status, Tone},
};

use crate::{
    actions::images::{CheckImages, TakeNewImages},
    desk::{ApplicationView, SharedDesk},
    pages::may::refusal,
    ui::{
        badge::Outcome,
        button::{NotNow, Variant},
        said::Said,
        table::{Room, Section, Table},
        time::Ago,
    },
};

const COLUMNS: &[(&str, Room)] = &[
    (key!("component"), Room::Any),
    (key!("image"), Room::Medium),
    (key!("tag"), Room::Any),
    (key!("action"), Room::Any),
];

#[component]
pub(super) fn Images(
    /// The application.
    view: ApplicationView,
    /// This moment.
    now: Timestamp,
) -> impl IntoView {
    let name = view.application.name.to_string();
    let is_gone = view.application.standing.status == Status::Undeployed;
    let may_update = view.operations.first().is_some_and(|newest| newest.may_update().is_ok());
    let refused = refusal(Action::Change, &view.application.people);
    let may_update = may_update && refused.is_none();
    let said = view.images.map(|check| {
        let noteworthy =
            check.images.into_iter().filter(|image| !matches!(image.tag, Tag::Same { .. } | Tag::Pinned));
        let rows: Vec<_> = noteworthy.map(|image| row(image, &name, may_update).into_any()).collect();
        (check.at, rows)
    });
    (!is_gone).then(|| {
        view! {
            <Section title=t!("image-tags")>
                <form class="flex flex-wrap items-center gap-3" method="post" action=CheckImages::PATH>
                    <input type="hidden" name="name" value=name.clone()/>
                    {match refused.clone() {
                        None => view! { <button class=Variant::Quiet.classes() type="submit">{t!("check-images")}</button> }.into_any(),
                        Some(why) => view! { <NotNow label=t!("check-images") why in_row=false/> }.into_any(),
                    }}
                    <span class="text-muted">{match &said {
                        None => t!("asks-registries").into_any(),
                        Some((at, rows)) if rows.is_empty() => {
                            view! { {t!("tags-same")}" ("<Ago at=*at now/>")" }.into_any()
                        }
                        Some((at, _)) => view! { {t!("as-of")}" "<Ago at=*at now/>":" }.into_any(),
                    }}</span>
                </form>
                {said.filter(|(_, rows)| !rows.is_empty()).map(|(_, rows)| view! {
                    <Table caption=t!("image-tags") columns=COLUMNS>{rows}</Table>
                })}
            </Section>
        }
    })
}

fn row(checked: CheckedImage, application: &str, may_update: bool) -> impl IntoView + use<> {
    let component = checked.component.to_string();
    let (tag, quarantined) = match checked.tag {
        Tag::Moved { runs, now, quarantined } => (moved(&runs, &now, quarantined), Some(quarantined)),
        Tag::NotKnown { why } => {
            let told = view! {
                <Outcome tone=Tone::Over label=t!("not-known")/><span class="block pl-5 text-muted wrap-anywhere"><Said what=why/></span>
            };
            (told.into_any(), None)
        }
        Tag::Same { .. } | Tag::Pinned => (().into_any(), None),
    };
    let update = quarantined.filter(|_| may_update);
    let update = update.map(|quarantined| update_form(application, &component, quarantined));
    view! {
        <tr>
            <th scope="row" class="font-medium">{component}</th>
            <td class="hidden wrap-anywhere md:table-cell">{checked.image.to_string()}</td>
            <td>{tag}</td>
            <td class="w-px text-right">{update}</td>
        </tr>
    }
}

/// The badge, with both digests.
fn moved(runs: &Digest, now: &Digest, quarantined: bool) -> AnyView {
    view! {
        <Outcome tone=Tone::Doubtful label=t!("tag-moved")/>
        <span class="block pl-5 text-muted">
            {t!("tag-runs")}" "<code title=runs.to_string()>{runs.short().to_owned()}</code>
            ", "{t!("tag-means")}" "<code title=now.to_string()>{now.short().to_owned()}</code>
        </span>
        {quarantined.then(|| view! { <span class="block pl-5 text-sm text-muted">{t!("rolled-back-from")}</span> })}
    }
    .into_any()
}

fn update_form(application: &str, component: &str, quarantined: bool) -> impl IntoView + use<> {
    let key = expect_context::<SharedDesk>().surroundings().form_key;
    let label = t!("update-to-new", component = component);
    view! {
        <form method="post" action=TakeNewImages::PATH>
            {quarantined.then(|| view! {
                <label class="mb-1 flex items-center justify-end gap-1.5 text-sm whitespace-nowrap text-muted">
                    <input type="checkbox" name="form[even_quarantined]" value="true" required/>{t!("all-the-same")}
                </label>
            })}
            <input type="hidden" name="form[name]" value=application.to_owned()/>
            <input type="hidden" name="form[components][0]" value=component.to_owned()/>
            <input type="hidden" name="form[idempotency_key]" value=format!("{key}-{component}")/>
            <button class=Variant::Small.classes() type="submit" aria-label=label>{t!("to-new-image")}</button>
        </form>
    }
}
