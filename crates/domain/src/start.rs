//! The order in which components start: one that needs others gets its first copy when those are ready. What has
//! copies keeps them, whatever becomes of what it needs: to take it down would only make things worse.

use crate::{
    names::ComponentName,
    observed::Observed,
    spec::{ApplicationSpec, ComponentSpec},
};

impl ApplicationSpec {
    /// As much of it as may be made real now: what has to wait for others has no copy yet.
    #[must_use]
    pub fn startable(&self, observed: &Observed) -> Self {
        let mut now = self.clone();
        for component in &mut now.components {
            if is_held(component, observed) && !self.waits_for(component, observed).is_empty() {
                component.replicas = 0;
            }
        }
        now
    }

    /// Is there a component that has waited long enough?
    pub fn may_start_more(&self, observed: &Observed) -> bool {
        let mut held = self.components.iter().filter(|component| is_held(component, observed));
        held.any(|component| self.waits_for(component, observed).is_empty())
    }

    /// Those that a component needs and that are not ready. What is to run no copy is not waited for.
    pub fn waits_for<'a>(&self, component: &'a ComponentSpec, observed: &Observed) -> Vec<&'a ComponentName> {
        let is_ready = |name: &ComponentName| {
            let found = observed.components.iter().find(|found| found.name == *name);
            found.is_some_and(|found| found.is_ready() && found.ready > 0)
        };
        let is_wanted = |name: &ComponentName| self.component(name).is_some_and(|found| found.replicas > 0);
        component.needs.iter().filter(|name| is_wanted(name) && !is_ready(name)).collect()
    }
}

/// Is it one that waits for others, and has it no copy so far?
pub(crate) fn is_held(component: &ComponentSpec, observed: &Observed) -> bool {
    let found = observed.components.iter().find(|found| found.name == component.name);
    component.replicas > 0 && !component.needs.is_empty() && found.is_none_or(|found| found.desired == 0)
}

#[cfg(test)]
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::{
        ids::ApplicationId,
        image::ImageRef,
        names::{ApplicationName, ProjectName},
        observed::{ObservedComponent, Workload},
        release::ReleaseVersion,
    };

    fn name(text: &str) -> ComponentName {
        ComponentName::parse(text).unwrap()
    }

    /// `web` needs `db`.
    fn shop() -> ApplicationSpec {
        let image = || ImageRef::parse("example.com/x:1").unwrap();
        let web = ComponentSpec {
            needs: vec![name("db")],
            replicas: 2,
            ..ComponentSpec::new(name("web"), image())
        };
        ApplicationSpec {
            id: ApplicationId(Ulid::nil()),
            name: ApplicationName::parse("shop").unwrap(),
            generation: 1,
            project: ProjectName::parse("shop").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            release: String::new(),
            admins: vec![],
            users: vec![],
            wishes: std::collections::BTreeMap::new(),
            database: None,
            database_password: None,
            components: vec![ComponentSpec::new(name("db"), image()), web],
        }
    }

    fn there(components: &[(&str, u32, u32)]) -> Observed {
        let component = |(of, desired, ready): &(&str, u32, u32)| ObservedComponent {
            desired: *desired,
            updated: *ready,
            ready: *ready,
            ..ObservedComponent::new(name(of), Workload::Deployment)
        };
        Observed { components: components.iter().map(component).collect(), ..Observed::default() }
    }

    fn copies(spec: &ApplicationSpec) -> Vec<u32> {
        spec.components.iter().map(|component| component.replicas).collect()
    }

    #[test]
    fn s1_40_what_needs_another_gets_its_first_copy_when_that_is_ready() {
        let spec = shop();
        for nothing_yet in [there(&[]), there(&[("db", 1, 0), ("web", 0, 0)])] {
            assert_eq!(copies(&spec.startable(&nothing_yet)), [1, 0]);
            assert!(!spec.may_start_more(&nothing_yet));
        }
        let ready = there(&[("db", 1, 1), ("web", 0, 0)]);
        assert!(spec.may_start_more(&ready));
        assert_eq!(copies(&spec.startable(&ready)), [1, 2]);
        assert!(!spec.may_start_more(&there(&[("db", 1, 1), ("web", 2, 0)])), "it is started once");
    }

    #[test]
    fn s2_25_what_has_copies_keeps_them_although_what_it_needs_is_away() {
        let spec = shop();
        assert_eq!(copies(&spec.startable(&there(&[("db", 1, 0), ("web", 2, 2)]))), [1, 2]);
        assert_eq!(copies(&spec.startable(&there(&[("db", 1, 0), ("web", 1, 0)]))), [1, 2]);
    }

    #[test]
    fn what_is_to_run_no_copy_is_not_waited_for() {
        let mut spec = shop();
        spec.components[0].replicas = 0;
        let observed = there(&[("db", 0, 0), ("web", 0, 0)]);
        assert!(spec.may_start_more(&observed));
        assert_eq!(copies(&spec.startable(&observed)), [0, 2]);
    }
}
