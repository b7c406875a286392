//! Deploying a project, and updating an application: the same form, empty or filled in.

mod form;
pub(super) mod planned;
mod versions;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use slipway_domain::{
    names::{ApplicationName, ProjectName},
    order::{FieldError, OrderForm},
    plan::Plan,
};

use self::{
    form::Questions,
    planned::{Planned, Tense},
    versions::Versions,
};
use crate::{
    desk::{Desk, DeskError, Offer, SharedDesk},
    ui::{
        callout::{Callout, Weight},
        field::ErrorSummary,
        frame::PageHead,
        load::load,
        table::Section,
    },
};

/// What the form is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A new application.
    Deploy,
    /// Another generation of one.
    Update,
}

/// What was in the address when the page was asked for.
#[derive(Debug, Clone, Default)]
struct Wish {
    draft: String,
    version: String,
    check: bool,
    plan: bool,
    code: String,
    problem: Option<String>,
}

impl Wish {
    fn of_query() -> Self {
        let query = use_query_map().get_untracked();
        let text = |name: &str| query.get(name).unwrap_or_default();
        Self {
            draft: text("draft"),
            version: text("version"),
            check: query.get("check").is_some(),
            plan: query.get("plan").is_some(),
            code: text("code"),
            problem: query.get("problem"),
        }
    }
}

/// Everything that the page shows.
struct Asked {
    purpose: Purpose,
    offer: Offer,
    form: OrderForm,
    errors: Vec<FieldError>,
    plan: Option<Result<Plan, DeskError>>,
    wish: Wish,
}

/// The Deploy form of a project.
#[component]
pub fn DeployPage() -> impl IntoView {
    let project = use_params_map().with_untracked(|params| params.get("project").unwrap_or_default());
    let wish = Wish::of_query();
    let title = format!("Deploy {project}");
    let ask = move |desk: SharedDesk| {
        let form = OrderForm { project: project.clone(), ..OrderForm::default() };
        let wish = wish.clone();
        async move { ask(&*desk, Purpose::Deploy, form, wish).await }
    };
    load(title, ask, content)
}

/// The Update form of an application.
#[component]
pub fn UpdatePage() -> impl IntoView {
    let name = use_params_map().with_untracked(|params| params.get("name").unwrap_or_default());
    let wish = Wish::of_query();
    let title = format!("Update {name}");
    let ask = move |desk: SharedDesk| {
        let (name, wish) = (name.clone(), wish.clone());
        async move {
            let missing = || DeskError::NotFound { what: format!("No application is called {name:?}.") };
            let form = desk.order_of(&ApplicationName::parse(&name).map_err(|_| missing())?).await?;
            ask(&*desk, Purpose::Update, form, wish).await
        }
    };
    load(title, ask, content)
}

async fn ask(desk: &dyn Desk, purpose: Purpose, form: OrderForm, wish: Wish) -> Result<Asked, DeskError> {
    let draft = if wish.draft.is_empty() { None } else { desk.draft(&wish.draft).await? };
    // A draft of another project is none of this one.
    let mut form = draft.filter(|draft| draft.project == form.project).unwrap_or(form);
    if !wish.version.is_empty() {
        form.version.clone_from(&wish.version);
    }
    let unknown =
        || DeskError::NotFound { what: format!("No project {:?} has been released.", form.project) };
    let project = ProjectName::parse(&form.project).map_err(|_| unknown())?;
    let offer = desk.offer(&project, &form.version).await?;
    form.version = offer.version.to_string();
    let errors = match desk.check(&form, purpose == Purpose::Update).await {
        Err(DeskError::Invalid { fields }) if wish.check => fields,
        _ => Vec::new(),
    };
    let plan = if wish.plan && errors.is_empty() {
        Some(desk.plan(&form, purpose == Purpose::Update).await)
    } else {
        None
    };
    Ok(Asked { purpose, offer, form, errors, plan, wish })
}

fn content(asked: Asked) -> impl IntoView {
    let Asked { purpose, offer, form, errors, plan, wish } = asked;
    let (title, subtitle, above) = match purpose {
        Purpose::Deploy => (
            format!("Deploy {}", form.project),
            "It gets a namespace of its own, named after it.",
            vec![("/devops/releases".to_owned(), "Application releases".to_owned())],
        ),
        Purpose::Update => (
            format!("Update {}", form.name),
            "A new generation in place: same name, addresses and data. What runs now serves until the new one is ready.",
            vec![
                ("/devops/instances".to_owned(), "Application instances".to_owned()),
                (format!("/devops/instances/{}", form.name), form.name.clone()),
            ],
        ),
    };
    let project = offer.project.clone();
    let hash = plan.as_ref().and_then(|plan| Some(plan.as_ref().ok()?.hash()));
    view! {
        <PageHead title=title subtitle=subtitle above/>
        <div class="grid items-start gap-6 xl:grid-cols-[minmax(0,1fr)_20rem]">
            <div class="space-y-6">
                {wish.problem.map(|problem| view! { <Callout weight=Weight::Failure title=problem/> })}
                <ErrorSummary errors=errors.clone()/>
                {plan.map(|plan| match plan {
                    Ok(plan) => view! { <Section title="Plan"><Planned plan tense=Tense::Would/></Section> }.into_any(),
                    Err(error) => view! { <Callout weight=Weight::Failure title=error.to_string()/> }.into_any(),
                })}
                <Questions purpose offer form errors plan=hash is_quarantined=wish.code == "SLW_QUARANTINED" is_stale=wish.code == "SLW_PLAN_STALE"/>
            </div>
            <Versions project/>
        </div>
    }
}
