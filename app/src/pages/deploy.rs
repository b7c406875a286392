//! Deploying a project, and updating an application: the same steps, empty or filled in.

mod components;
mod fields;
mod people;
pub(super) mod planned;
mod review;
mod rows;
mod start;
mod stepper;
mod versions;

pub(super) use self::people::named_by_tasks;

use crate::t;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::{use_params_map, use_query_map};
use slipway_domain::{
    names::ProjectName,
    order::{FieldError, people},
    people::Shown,
    plan::Plan,
    wizard::{Draft, WizardStep},
};

use self::{
    components::{Connectors, Infrastructure, Look},
    people::{Access, People},
    review::Review,
    start::Start,
    stepper::Stepper,
    versions::Versions,
};
use crate::{
    actions,
    desk::{Desk, DeskError, Offer},
    ui::{
        button::Variant,
        callout::{Callout, Weight},
        field::ErrorSummary,
        frame::PageHead,
        load::load,
    },
    wizard::{Place, begun, problems},
};

/// What was in the address when the page was asked for.
#[derive(Debug, Clone, Default)]
struct Wish {
    place: Place,
    step: WizardStep,
    version: String,
    check: bool,
    look: Look,
    code: String,
    problem: Option<String>,
}

impl Wish {
    fn of_address() -> Self {
        let (params, query) = (use_params_map().get_untracked(), use_query_map().get_untracked());
        let param = |name: &str| params.get(name).unwrap_or_default();
        let text = |name: &str| query.get(name).unwrap_or_default();
        Self {
            place: Place { project: param("project"), application: param("name"), draft: text("draft") },
            step: WizardStep::parse(&param("step")).unwrap_or_default(),
            version: text("version"),
            check: query.get("check").is_some(),
            look: Look { as_json: text("view") == "json", more: query.get("more").is_some() },
            code: text("code"),
            problem: query.get("problem"),
        }
    }
}

/// Everything that a step shows.
struct Asked {
    place: Place,
    draft: Draft,
    offer: Offer,
    errors: Vec<FieldError>,
    plan: Option<Result<Plan, DeskError>>,
    chosen: Vec<Shown>,
    wish: Wish,
}

/// A step of deploying a project.
#[component]
pub fn DeployPage() -> impl IntoView {
    let wish = Wish::of_address();
    page(t!("deploy-what", name = &wish.place.project), wish)
}

/// A step of updating an application.
#[component]
pub fn UpdatePage() -> impl IntoView {
    let wish = Wish::of_address();
    page(t!("update-what", name = &wish.place.application), wish)
}

fn page(title: String, wish: Wish) -> AnyView {
    load(title, |desk| async move { ask(&*desk, wish).await }, |asked| content(asked).into_any())
}

async fn ask(desk: &dyn Desk, wish: Wish) -> Result<Asked, DeskError> {
    let mut draft = begun(desk, &wish.place).await?;
    if !wish.version.is_empty() {
        draft.form.version.clone_from(&wish.version);
    }
    let unknown =
        || DeskError::NotFound { what: format!("No project {:?} has been released.", draft.form.project) };
    let project = ProjectName::parse(&draft.form.project).map_err(|_| unknown())?;
    let offer = desk.offer(&project, &draft.form.version).await?;
    draft.form.version = offer.version.to_string();
    let connectors = offer.connector_names();
    let is_review = wish.step == WizardStep::Review;
    let all = if wish.check || is_review { problems(desk, &draft, wish.step).await } else { Vec::new() };
    let errors = if is_review { all } else { wish.step.errors(&all, &connectors) };
    let plan = if is_review && errors.is_empty() {
        Some(desk.plan(&draft.form, draft.is_update).await)
    } else {
        None
    };
    if is_review && draft.id.is_empty() {
        // The answers are not sent with the last form, so they must be at hand when it is.
        draft.id = desk.keep_draft(&draft).await?;
    }
    let chosen = match wish.step {
        WizardStep::Admins => desk.recognise(&people(&draft.form.admins)).await?,
        WizardStep::Users => desk.recognise(&people(&draft.form.users)).await?,
        _ => Vec::new(),
    };
    let place = Place {
        project: draft.form.project.clone(),
        application: wish.place.application.clone(),
        draft: draft.id.clone(),
    };
    Ok(Asked { place, draft, offer, errors, plan, chosen, wish })
}

fn content(asked: Asked) -> impl IntoView {
    let Asked { place, draft, offer, errors, plan, chosen, wish } = asked;
    let (title, subtitle, above) = if draft.is_update {
        (
            t!("update-what", name = &draft.form.name),
            t!("update-about"),
            vec![
                ("/devops/instances".to_owned(), t!("instances").to_owned()),
                (format!("/devops/instances/{}", draft.form.name), draft.form.name.clone()),
            ],
        )
    } else {
        (
            t!("deploy-what", name = &draft.form.project),
            t!("deploy-about"),
            vec![("/devops/releases".to_owned(), t!("releases").to_owned())],
        )
    };
    let steps = WizardStep::of(!offer.connectors.is_empty());
    // Somebody who comes to a step that is not there, or has skipped one, sees where it is all gathered.
    let step = if steps.contains(&wish.step) { wish.step } else { WizardStep::Review };
    let (reached, is_update) = (draft.reached.max(step), draft.is_update);
    let form = draft.form.clone();
    let problem = wish.problem.clone();
    let body = match step {
        WizardStep::Review => {
            let (is_quarantined, is_stale) = (wish.code == "SLW_QUARANTINED", wish.code == "SLW_PLAN_STALE");
            view! { <Review place=place.clone() draft offer errors plan is_quarantined is_stale/> }.into_any()
        }
        step => {
            let project = offer.project.clone();
            let fields = match step {
                WizardStep::Admins => {
                    view! { <People access=Access::Admins chosen offer errors=errors.clone()/> }.into_any()
                }
                WizardStep::Users => {
                    view! { <People access=Access::Users chosen offer errors=errors.clone()/> }.into_any()
                }
                WizardStep::Connectors => {
                    view! { <Connectors form offer errors=errors.clone() look=wish.look keeps=is_update/> }
                        .into_any()
                }
                WizardStep::Infrastructure => {
                    view! { <Infrastructure form offer errors=errors.clone() look=wish.look/> }.into_any()
                }
                _ => view! { <Start form offer errors=errors.clone() is_update/> }.into_any(),
            };
            let beside = (step == WizardStep::Name).then(|| view! { <Versions project/> });
            let class = if beside.is_some() {
                "grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]"
            } else {
                ""
            };
            view! {
                <div class=class>
                    <div class="space-y-6">
                        <ErrorSummary errors/>
                        <div class="card">
                            <div class="space-y-6 px-4 py-5 sm:px-6">{fields}</div>
                            <Buttons step place=place.clone()/>
                        </div>
                    </div>
                    {beside}
                </div>
            }
            .into_any()
        }
    };
    let as_json = wish.look.as_json;
    view! {
        <PageHead title=title subtitle=subtitle above/>
        <form class="space-y-6" id="wizard" method="post" action=actions::Draft::PATH novalidate>
            <Hidden place=place.clone() step as_json/>
        </form>
        <Stepper place steps step reached/>
        {problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
        {body}
    }
}

/// What every step posts, and the button that Enter presses: it must be the first of the form.
#[component]
fn Hidden(
    /// Where the order is being made.
    place: Place,
    /// The step.
    step: WizardStep,
    /// Are variables shown as JSON?
    as_json: bool,
) -> impl IntoView {
    // A name that was typed becomes one of the chosen; anything else leads on.
    let enter = if matches!(step, WizardStep::Admins | WizardStep::Users) { "add" } else { "next" };
    view! {
        <input type="hidden" name="place[draft]" value=place.draft/>
        <input type="hidden" name="place[project]" value=place.project/>
        <input type="hidden" name="place[application]" value=place.application/>
        <input type="hidden" name="step" value=step.slug()/>
        <input type="hidden" name="view" value=if as_json { "json" } else { "" }/>
        <button class="sr-only" type="submit" name="go" value=enter tabindex="-1" aria-hidden="true">{t!("enter")}</button>
    }
}

#[component]
fn Buttons(
    /// The step.
    step: WizardStep,
    /// Where the order is being made.
    place: Place,
) -> impl IntoView {
    view! {
        <div class="flex flex-wrap items-center gap-2 border-t border-line px-4 py-3.5 sm:px-6">
            <a class=Variant::Quiet.classes() href=place.exit()>{t!("cancel")}</a>
            <span class="ml-auto flex items-center gap-2">
                {(step != WizardStep::Name).then(|| view! { <button class=Variant::Quiet.classes() form="wizard" type="submit" name="go" value="previous">{t!("previous")}</button> })}
                <button class=Variant::Primary.classes() form="wizard" type="submit" name="go" value="next">{t!("next")}</button>
            </span>
        </div>
    }
}
