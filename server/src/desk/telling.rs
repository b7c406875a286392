//! What an application's tasks and the cluster tell about it.

use std::collections::BTreeMap;

use futures::StreamExt;
use jiff::SignedDuration;
use slipway_app::desk::{DeskError, EventsView};
use slipway_domain::{
    application::Application,
    contents::UiTemplate,
    log::{LogLine, LogStream, LogWish},
    names::ApplicationName,
    observed::Namespace,
    ports::AskProblem,
    release::Release,
    spec::ApplicationSpec,
    told::HOURS,
    workload::Role,
};

use super::{SignedIn, unavailable};

/// More warnings of a day are not read.
const WARNINGS: u32 = 5_000;
/// More lines of a log are not read for a page or a download.
const LINES: usize = 50_000;

impl SignedIn {
    /// All lines that there are now.
    pub(super) async fn lines(
        &self,
        name: &ApplicationName,
        wish: &LogWish,
    ) -> Result<Option<Vec<LogLine>>, DeskError> {
        let wish = LogWish { follow: false, ..wish.clone() };
        let Some(stream) = self.stream(name, &wish).await? else { return Ok(None) };
        let lines: Vec<_> = stream.take(LINES).collect().await;
        let lines = lines.into_iter().collect::<Result<_, _>>().map_err(|error| unavailable(&error))?;
        Ok(Some(lines))
    }

    /// The lines as they come. Only of tasks that are known to be the application's: a namespace of its name may
    /// be somebody else's.
    pub(super) async fn stream(
        &self,
        name: &ApplicationName,
        wish: &LogWish,
    ) -> Result<Option<LogStream>, DeskError> {
        let (application, spec) = self.known(name).await?;
        let observed = self.office.cluster.observe(name, application.id).await;
        let components = observed.map_err(|error| unavailable(&error))?.components;
        let is_ours = components.iter().any(|component| {
            component.name.as_str() == wish.container
                && component.tasks.iter().any(|task| task.id == wish.task)
        });
        if !is_ours {
            return Ok(None);
        }
        let secrets = self.secrets_of(&spec);
        let stream = self.office.cluster.logs(name, wish, &self.actor).await.map_err(not_told)?;
        Ok(stream.map(|stream| stream.map(move |line| line.map(|line| line.without(&secrets))).boxed()))
    }

    /// What the cluster tells; what it warned of is known without it.
    pub(super) async fn told(&self, name: &ApplicationName) -> Result<EventsView, DeskError> {
        let (application, _) = self.known(name).await?;
        let hours = i64::try_from(HOURS).unwrap_or_default();
        let since = self.office.clock.now() - SignedDuration::from_hours(hours);
        let warnings = self.office.store.warnings(application.id, since, WARNINGS).await;
        let warnings = warnings.map_err(|error| unavailable(&error))?;
        let cluster = &self.office.cluster;
        let told = match cluster.observe(name, application.id).await {
            Ok(observed) if observed.namespace == Namespace::Absent => Ok(Vec::new()),
            Ok(_) => cluster.events(name, &self.actor).await,
            Err(error) => Err(error.into()),
        };
        Ok(match told {
            Ok(told) => EventsView { told: Some(told), refusal: None, warnings },
            Err(AskProblem::Forbidden(why)) => EventsView { told: None, refusal: Some(why), warnings },
            Err(AskProblem::Failed(_)) => EventsView { told: None, refusal: None, warnings },
        })
    }

    /// What a person can open of an application: its user interfaces by what they are, other routes by component.
    pub(super) async fn links(&self, spec: &ApplicationSpec) -> Vec<(String, String)> {
        let listing = self.office.releases.listing().await.unwrap_or_default();
        let release = listing.project(&spec.project).and_then(|project| project.release(spec.version));
        let templates = release.map(templates).unwrap_or_default();
        let routed =
            spec.components.iter().filter_map(|component| Some((component, component.route.as_ref()?)));
        let links = routed.map(|(component, route)| {
            let label = match templates.get(component.name.as_str()) {
                Some(UiTemplate::Process) if component.role == Role::Ui => "Process Workspace".to_owned(),
                Some(UiTemplate::Content) if component.role == Role::Ui => "Content App".to_owned(),
                _ => component.name.to_string(),
            };
            (label, format!("{}/{}{}", self.office.gateway, spec.name, route.trim_end_matches('/')))
        });
        links.collect()
    }

    async fn known(&self, name: &ApplicationName) -> Result<(Application, ApplicationSpec), DeskError> {
        let missing = || DeskError::NotFound { what: format!("No application is called {name}.") };
        let store = &self.office.store;
        let application = store.application(name).await.map_err(|error| unavailable(&error))?;
        let application = application.ok_or_else(missing)?;
        let spec = store.generation(application.id, application.generation).await;
        let spec = spec.map_err(|error| unavailable(&error))?.ok_or_else(missing)?;
        Ok((application, spec))
    }

    fn secrets_of(&self, spec: &ApplicationSpec) -> Vec<String> {
        let sealed = spec.components.iter().flat_map(|component| component.secrets.values());
        let sealed = sealed.chain(&spec.database_password);
        sealed.filter_map(|sealed| self.office.vault.open(sealed).ok()).collect()
    }
}

/// What the cluster refuses to a person is refused like anything else.
fn not_told(problem: AskProblem) -> DeskError {
    match problem {
        AskProblem::Forbidden(message) => DeskError::Forbidden { message },
        AskProblem::Failed(error) => unavailable(&error),
    }
}

fn templates(release: &Release) -> BTreeMap<&str, UiTemplate> {
    release.contents.uis.iter().map(|ui| (ui.name.as_str(), ui.template)).collect()
}
