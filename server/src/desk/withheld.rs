//! What the page of an application does not show: to anybody, or to those who may see it and not read everything about it.

use std::{collections::HashMap, convert::Infallible};

use slipway_app::desk::ApplicationView;
use slipway_domain::{permission::Action, sealed::Sealed, spec::ApplicationSpec};

use super::SignedIn;

impl SignedIn {
    /// The same application, with what its users are not to read left out.
    pub(super) fn without_withheld(&self, mut view: ApplicationView) -> ApplicationView {
        let may = |action| self.actor.may(action, &view.application.people).is_ok();
        let (may_read_log, may_read_configuration) = (may(Action::ReadLog), may(Action::ReadConfiguration));
        if !may_read_log {
            for (_, ended) in &mut view.ends {
                (ended.log, ended.remarks) = (None, Vec::new());
            }
        }
        if !may_read_configuration {
            view.generations.clear();
            let spec = &mut view.spec;
            spec.wishes.clear();
            spec.database = None;
            for component in &mut spec.components {
                component.args.clear();
                component.env.clear();
                component.secrets.clear();
            }
        }
        numbered(&mut view);
        view
    }
}

/// What is sealed is as long as what it hides, so numbers stand in its place: the same one for the same secret, which is
/// all that whoever compares two generations needs.
fn numbered(view: &mut ApplicationView) {
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut number = |spec: &mut ApplicationSpec| {
        let Ok(()) = spec.reseal(|sealed| {
            let next = numbers.len() + 1;
            let number = numbers.entry(sealed.as_str().to_owned()).or_insert(next);
            Ok::<_, Infallible>(Sealed::new(number.to_string()))
        });
    };
    number(&mut view.spec);
    view.generations.iter_mut().for_each(|generation| number(&mut generation.spec));
}
