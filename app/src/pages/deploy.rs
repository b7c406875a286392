//! The Deploy form: a name, a version, who may administer and use it. Posts plainly; what was typed comes back in
//! the address when something is wrong, and is checked anew here.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use slipway_domain::{
    names::ProjectName,
    order::{FieldError, OrderForm},
    release::Project,
};

use crate::{
    actions::Deploy,
    desk::{DeskError, SharedDesk},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        field::{ErrorSummary, Field, described_by, error_of},
        frame::PageHead,
        icon::{Glyph, Icon},
        load::load,
        time::Ago,
    },
};

struct Asked {
    project: Project,
    form: OrderForm,
    errors: Vec<FieldError>,
}

/// The Deploy form of a project.
#[component]
pub fn DeployPage() -> impl IntoView {
    let project = use_params_map().with_untracked(|params| params.get("project").unwrap_or_default());
    let query = use_query_map().get_untracked();
    let typed = |name: &str| query.get(name).unwrap_or_default();
    let form = OrderForm {
        name: typed("name"),
        project: project.clone(),
        version: typed("version"),
        admins: typed("admins"),
        users: typed("users"),
        idempotency_key: String::new(),
    };
    let (check, problem) = (query.get("check").is_some(), query.get("problem"));
    let ask = move |desk: SharedDesk| {
        let form = form.clone();
        async move { ask(&*desk, form, check).await }
    };
    load(format!("Deploy {project}"), ask, move |asked| content(asked, problem.clone()))
}

async fn ask(desk: &dyn crate::desk::Desk, mut form: OrderForm, check: bool) -> Result<Asked, DeskError> {
    let unknown =
        || DeskError::NotFound { what: format!("No project {:?} has been released.", form.project) };
    let name = ProjectName::parse(&form.project).map_err(|_| unknown())?;
    let project = desk.project(&name).await?;
    if form.version.is_empty() {
        form.version = project.latest().map(|release| release.version.to_string()).unwrap_or_default();
    }
    let errors = match desk.check(&form).await {
        Err(DeskError::Invalid { fields }) if check => fields,
        _ => Vec::new(),
    };
    Ok(Asked { project, form, errors })
}

fn content(asked: Asked, problem: Option<String>) -> impl IntoView {
    let Asked { project, form, errors } = asked;
    let name = project.name.to_string();
    view! {
        <PageHead title=format!("Deploy {name}") subtitle="It gets a namespace of its own, named after it."
            above=vec![("/devops/releases".to_owned(), "Application releases".to_owned())]/>
        <div class="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
            <div class="space-y-6">
                {problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
                <ErrorSummary errors=errors.clone()/>
                <Questions project=project.clone() form errors/>
            </div>
            <Releases project/>
        </div>
    }
}

#[component]
fn Questions(
    /// What is deployed.
    project: Project,
    /// What was typed.
    form: OrderForm,
    /// What is wrong with it.
    errors: Vec<FieldError>,
) -> impl IntoView {
    let key = expect_context::<SharedDesk>().surroundings().form_key;
    let versions = versions(&project, &form.version);
    let [wrong_name, wrong_version, wrong_admins] =
        ["name", "version", "admins"].map(|field| error_of(&errors, field));
    let invalid = |wrong: &Option<String>| wrong.is_some().then_some("true");
    view! {
        <form class="card" method="post" action=Deploy::PATH novalidate>
            <input type="hidden" name="project" value=project.name.to_string()/>
            <input type="hidden" name="idempotency_key" value=key/>
            <div class="space-y-6 px-4 py-5 sm:px-6">
                <Field name="name" label="Application name" error=wrong_name.clone()
                    help="1 to 26 lowercase letters, digits and hyphens, beginning with a letter. It is part of every address.">
                    <input class="input" id="name" name="name" value=form.name maxlength="26" autocomplete="off"
                        autocapitalize="none" spellcheck="false" required autofocus aria-invalid=invalid(&wrong_name)
                        aria-describedby=described_by("name", wrong_name.is_some())/>
                </Field>
                <Field name="version" label="Version" help="Newest first." error=wrong_version.clone()>
                    <select class="input" id="version" name="version" aria-invalid=invalid(&wrong_version)
                        aria-describedby=described_by("version", wrong_version.is_some())>
                        {versions}
                    </select>
                </Field>
                <Field name="admins" label="Administrator access" error=wrong_admins.clone()
                    help="Users and groups, separated by commas. At least one.">
                    <input class="input" id="admins" name="admins" value=form.admins autocomplete="off"
                        autocapitalize="none" spellcheck="false" required aria-invalid=invalid(&wrong_admins)
                        aria-describedby=described_by("admins", wrong_admins.is_some())/>
                </Field>
                <Field name="users" label="User access" optional=true error=None
                    help="Users and groups, separated by commas.">
                    <input class="input" id="users" name="users" value=form.users autocomplete="off"
                        autocapitalize="none" spellcheck="false" aria-describedby=described_by("users", false)/>
                </Field>
            </div>
            <div class="flex items-center justify-end gap-2 border-t border-line px-4 py-3.5 sm:px-6">
                <a class=Variant::Quiet.classes() href="/devops/releases">"Cancel"</a>
                <button class=Variant::Primary.classes() type="submit">"Deploy"</button>
            </div>
        </form>
    }
}

fn versions(project: &Project, chosen: &str) -> impl IntoView + use<> {
    let options = project.releases.iter().map(|release| {
        let number = release.version.to_string();
        let selected = number == chosen;
        let about = match release.description.as_str() {
            "" => number.clone(),
            description => format!("{number} – {description}"),
        };
        view! { <option value=number selected=selected>{about}</option> }
    });
    options.collect_view()
}

/// What each version consists of, so that the choice is an informed one.
#[component]
fn Releases(
    /// The project.
    project: Project,
) -> impl IntoView {
    let now = expect_context::<SharedDesk>().surroundings().now;
    let versions = project.releases.into_iter().enumerate().map(|(index, release)| {
        let components = release.components.into_iter().map(|component| {
            let copies = match component.replicas {
                1 => "one copy".to_owned(),
                copies => format!("{copies} copies"),
            };
            view! {
                <li class="min-w-0">
                    <span class="font-medium">{component.name.to_string()}</span><span class="text-muted">" · "{copies}</span>
                    <code class="block text-xs text-muted wrap-anywhere">{component.image.to_string()}</code>
                </li>
            }
        });
        view! {
            <details class="group" open=index == 0>
                <summary class="flex items-center gap-2 px-4 py-3 text-sm hover:bg-raised/40">
                    <span class="text-muted transition-transform group-open:rotate-90"><Icon glyph=Glyph::Angle class="size-3.5 shrink-0"/></span>
                    <span class="font-medium">"Version "{release.version.number()}</span>
                    <span class="ml-auto text-xs text-muted">{release.released_at.map(|at| view! { <Ago at now/> })}</span>
                </summary>
                <ul class="space-y-2.5 px-4 pt-0.5 pb-4 pl-9.5 text-sm">{components.collect_view()}</ul>
            </details>
        }
    });
    view! {
        <section class="space-y-3">
            <h2 class="sr-only">"Versions"</h2>
            <div class="card divide-y divide-line overflow-hidden">{versions.collect_view()}</div>
        </section>
    }
}
