//! How a person goes through the steps of an order. Every step is an address and a plain form; what was typed is kept
//! on the server at each turn, because passwords may be among it and addresses are written into logs.

use serde::{Deserialize, Serialize};
use slipway_domain::{
    names::ProjectName,
    order::{FieldError, OrderForm},
    permission::Action,
    wizard::{Draft, Rows, WizardStep},
};

use crate::{
    desk::{Desk, DeskError},
    ways::{escape, instance, parsed, query},
};

/// Where an order is being made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Place {
    /// The project.
    pub project: String,
    /// The application that is updated; empty for a new one.
    pub application: String,
    /// The draft; empty as long as nothing was kept.
    pub draft: String,
}

impl Place {
    /// The place of a draft.
    pub fn of(draft: &Draft) -> Self {
        let application = if draft.is_update { draft.form.name.clone() } else { String::new() };
        Self { project: draft.form.project.clone(), application, draft: draft.id.clone() }
    }

    /// The address of a step.
    pub fn href(&self, step: WizardStep, more: &[(&str, &str)]) -> String {
        let base = if self.application.is_empty() {
            format!("/devops/releases/{}/deploy", escape(&self.project))
        } else {
            format!("{}/update", instance(&self.application))
        };
        let path = if step == WizardStep::Name { base } else { format!("{base}/{}", step.slug()) };
        let pairs: Vec<_> =
            std::iter::once(("draft", self.draft.as_str())).chain(more.iter().copied()).collect();
        let query = query(&pairs);
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }

    /// Where to go without finishing.
    pub fn exit(&self) -> String {
        if self.application.is_empty() { "/devops/releases".to_owned() } else { instance(&self.application) }
    }
}

/// What a step posted.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    /// Where it was posted.
    pub place: Place,
    /// Which step it was.
    pub step: String,
    /// Which button was pressed.
    pub go: String,
    /// Who was taken out.
    pub remove: String,
    /// How variables are seen.
    pub view: String,
    /// Variables in rows.
    pub rows: Rows,
    /// Everything else.
    pub form: OrderForm,
}

/// Takes in what a step posted; the answer is where to go.
pub async fn take(desk: &dyn Desk, posted: Posted) -> Result<String, DeskError> {
    let step = WizardStep::parse(&posted.step).unwrap_or_default();
    let mut draft = begun(desk, &posted.place).await?;
    draft.form.take(step, posted.form, posted.rows, &posted.remove);
    let connectors = connectors(desk, &draft.form).await?;
    let steps = WizardStep::of(!connectors.is_empty());
    let problems = problems(desk, &draft, step).await;
    let is_wrong = !step.errors(&problems, &connectors).is_empty();
    let at = steps.iter().position(|known| *known == step).unwrap_or_default();
    let beside = |index: Option<usize>| index.and_then(|index| steps.get(index)).copied().unwrap_or(step);
    let (target, check) = match posted.go.as_str() {
        "next" if is_wrong => (step, true),
        "next" => (beside(Some(at + 1)), false),
        "previous" => (beside(at.checked_sub(1)), false),
        go => (WizardStep::parse(go).filter(|wanted| *wanted <= draft.reached).unwrap_or(step), false),
    };
    draft.reached = draft.reached.max(target);
    let place = Place { draft: desk.keep_draft(&draft).await?, ..Place::of(&draft) };
    let view = match posted.go.as_str() {
        "json" => "json",
        "rows" => "",
        _ => posted.view.as_str(),
    };
    let more = if posted.go == "more" { "1" } else { "" };
    let check = if check { "1" } else { "" };
    let pairs = [("check", check), ("view", if target == step { view } else { "" }), ("more", more)];
    Ok(place.href(target, &pairs))
}

/// The first step, with why what was posted could not be taken in.
pub fn lost(place: &Place, error: &DeskError) -> String {
    place.href(WizardStep::Name, &[("problem", &error.to_string())])
}

/// The draft that is meant, or a new one: from the release, or from the application as it is.
pub async fn begun(desk: &dyn Desk, place: &Place) -> Result<Draft, DeskError> {
    let is_update = !place.application.is_empty();
    if is_update {
        desk.may(Action::Change, Some(&parsed(&place.application)?)).await?;
    } else {
        desk.may(Action::Deploy, None).await?;
    }
    if !place.draft.is_empty()
        && let Some(draft) = desk.draft(&place.draft).await?
        && draft.is_update == is_update
    {
        let is_same = if is_update {
            draft.form.name == place.application
        } else {
            draft.form.project == place.project
        };
        if is_same {
            return Ok(draft);
        }
    }
    let form = if is_update {
        desk.order_of(&parsed(&place.application)?).await?
    } else {
        OrderForm { project: place.project.clone(), ..OrderForm::default() }
    };
    // What exists was complete once: every step of its update can be gone to at once.
    let reached = if is_update { WizardStep::Review } else { WizardStep::Name };
    Ok(Draft { form, is_update, reached, ..Draft::default() })
}

/// Everything that is wrong with the order, as far as it can be known at that step.
pub async fn problems(desk: &dyn Desk, draft: &Draft, step: WizardStep) -> Vec<FieldError> {
    let mut problems = match desk.check(&draft.form, draft.is_update).await {
        Err(DeskError::Invalid { fields }) => fields,
        _ => Vec::new(),
    };
    // The order as a whole is looked at when each answer is right by itself; the name is looked at before that.
    let is_named = problems.iter().any(|problem| problem.field == "name");
    if step == WizardStep::Name && !draft.is_update && !is_named {
        let problem = desk.name_problem(&draft.form.name).await.unwrap_or_default();
        problems.extend(problem.map(|problem| FieldError::new("name", problem)));
    }
    problems
}

async fn connectors(desk: &dyn Desk, form: &OrderForm) -> Result<Vec<String>, DeskError> {
    let missing =
        || DeskError::NotFound { what: format!("No project {:?} has been released.", form.project) };
    let project = ProjectName::parse(&form.project).map_err(|_| missing())?;
    Ok(desk.offer(&project, &form.version).await?.connector_names())
}

/// The order that a draft has become, with what the last step posted about placing it. Without a draft it is what was
/// posted, as a program does it.
pub async fn ordered(desk: &dyn Desk, draft: &str, posted: OrderForm) -> OrderForm {
    match desk.draft(draft).await {
        Ok(Some(draft)) => {
            OrderForm { idempotency_key: posted.idempotency_key, plan: posted.plan, ..draft.form }
        }
        _ => posted,
    }
}

/// The review again, with what was ordered and why it was not taken.
pub async fn back(
    desk: &dyn Desk,
    draft: &str,
    form: OrderForm,
    is_update: bool,
    error: &DeskError,
) -> String {
    let told = match error {
        DeskError::Invalid { .. } => String::new(),
        error => error.to_string(),
    };
    let code = match error {
        DeskError::Refused { code, .. } => code.as_str(),
        _ => "",
    };
    // The key and the plan belong to the page that was sent; the next one has its own.
    let form = OrderForm { idempotency_key: String::new(), plan: String::new(), ..form };
    let draft =
        Draft { id: draft.to_owned(), form, is_update, reached: WizardStep::Review, ..Draft::default() };
    let id = desk.keep_draft(&draft).await.unwrap_or_default();
    let place = Place { draft: id, ..Place::of(&draft) };
    place.href(WizardStep::Review, &[("check", "1"), ("code", code), ("problem", &told)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_16_every_step_has_an_address() {
        let place = Place { project: "holiday".into(), ..Place::default() };
        assert_eq!(place.href(WizardStep::Name, &[]), "/devops/releases/holiday/deploy");
        let place = Place { draft: "1".into(), application: "leave".into(), ..place };
        let href = place.href(WizardStep::Review, &[("check", "1"), ("view", "")]);
        assert_eq!(href, "/devops/instances/leave/update/review?draft=1&check=1");
    }
}
