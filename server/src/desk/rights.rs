//! Whether somebody may: every method of the desk asks here first, once, and nothing else decides.

use slipway_app::desk::DeskError;
use slipway_domain::{
    actor::Actor,
    names::{ApplicationName, ProjectName},
    order::OrderForm,
    people::People,
    permission::{Action, Forbidden},
};

use super::{Office, SignedIn, unavailable};

impl Office {
    /// Somebody as the rule knows them: which role may see everything is a setting.
    pub fn recognised(&self, actor: Actor) -> Actor {
        let is_reader = actor.roles.contains(&self.reader_role);
        Actor { is_reader, ..actor }
    }

    /// May they see anything at all?
    pub fn sees_any(&self, actor: &Actor) -> Result<(), DeskError> {
        self.anywhere(actor, Action::See)
    }

    /// Is it allowed to them everywhere, or to any application that runs?
    fn anywhere(&self, actor: &Actor, action: Action) -> Result<(), DeskError> {
        let everywhere = actor.may(action, &People::NOBODY);
        let somewhere = || self.board.any(|application| actor.may(action, &application.people).is_ok());
        everywhere.or_else(|error| if somewhere() { Ok(()) } else { Err(self.forbidden(error)) })
    }

    fn forbidden(&self, forbidden: Forbidden) -> DeskError {
        DeskError::Forbidden { message: forbidden.told(&self.reader_role) }
    }
}

impl SignedIn {
    /// May they do what belongs to no application?
    pub(super) fn allowed(&self, action: Action) -> Result<(), DeskError> {
        self.actor.may(action, &People::NOBODY).map_err(|error| self.office.forbidden(error))
    }

    /// May they do what is open to whoever may do it to any application?
    pub(super) fn allowed_anywhere(&self, action: Action) -> Result<(), DeskError> {
        self.office.anywhere(&self.actor, action)
    }

    /// May they do that to this application? One that is not there is nobody's, so that whoever may not look does not
    /// learn which names there are.
    pub(super) async fn allowed_to(&self, action: Action, name: &ApplicationName) -> Result<(), DeskError> {
        let Err(forbidden) = self.allowed(action) else { return Ok(()) };
        let application = self.office.store.application(name).await.map_err(|error| unavailable(&error))?;
        let people = application.map(|application| application.people).unwrap_or_default();
        self.actor.may(action, &people).map_err(|_| forbidden)
    }

    /// The same of an application whose name was typed.
    pub(super) async fn allowed_to_named(
        &self,
        action: Action,
        typed: &str,
    ) -> Result<ApplicationName, DeskError> {
        let Ok(name) = ApplicationName::parse(typed) else {
            self.allowed(action)?;
            return Err(DeskError::NotFound { what: format!("No application is called {typed:?}.") });
        };
        self.allowed_to(action, &name).await.map(|()| name)
    }

    /// May they place that order?
    pub(super) async fn allowed_order(&self, form: &OrderForm, is_update: bool) -> Result<(), DeskError> {
        if is_update {
            self.allowed_to_named(Action::Change, &form.name).await.map(drop)
        } else {
            self.allowed(Action::Deploy)
        }
    }

    /// May they see the releases of that project? Whoever administers an application of it may.
    pub(super) fn allowed_project(&self, project: &ProjectName) -> Result<(), DeskError> {
        let Err(forbidden) = self.allowed(Action::ReadReleases) else { return Ok(()) };
        let theirs = self.office.board.any(|application| {
            application.project == *project
                && self.actor.may(Action::ReadReleases, &application.people).is_ok()
        });
        if theirs { Ok(()) } else { Err(forbidden) }
    }
}
