//! A desk that makes everything up: one scene per state that a page can be in.

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use slipway_app::desk::{
    ApplicationView, Desk, DeskError, InstancesView, ProjectRow, ReleasesView, Surroundings, UndeployForm,
};
use slipway_domain::{
    actor::{Actor, DEVOPS},
    application::Application,
    cause::Cause,
    contents::Contents,
    image::{Digest, ImageRef},
    names::{ApplicationName, ComponentName, ProjectName},
    observed::{ObservedComponent, ObservedTask, TaskState, Trouble, Workload},
    operation::{Kind, Operation, Progress, Step},
    order::{FieldError, OrderForm},
    release::{BrokenRelease, Project, ProjectKind, Release, ReleaseComponent, ReleaseVersion},
    spec::{ApplicationSpec, ComponentSpec},
    status::{Standing, Status},
};

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene {
    /// A working day.
    Full,
    /// The first minute after installing.
    Empty,
    /// The cluster does not answer.
    Stale,
    /// The database does not answer.
    Outage,
    /// Somebody without the role.
    Forbidden,
}

impl Scene {
    /// The scene of that name.
    pub fn named(name: &str) -> Self {
        match name {
            "empty" => Self::Empty,
            "stale" => Self::Stale,
            "outage" => Self::Outage,
            "forbidden" => Self::Forbidden,
            _ => Self::Full,
        }
    }
}

/// The desk of a scene.
pub struct Staged {
    /// What is going on.
    pub scene: Scene,
    /// What the application `webshop` has come to.
    pub webshop: Status,
}

fn parsed<T: std::str::FromStr>(text: &str) -> T {
    text.parse().ok().expect("the gallery writes it right")
}

/// The moment of every scene.
pub fn now() -> Timestamp {
    parsed("2026-11-21T09:30:00Z")
}

fn ago(seconds: i64) -> Timestamp {
    now() - SignedDuration::from_secs(seconds)
}

fn version(number: u32) -> ReleaseVersion {
    ReleaseVersion::new(number).expect("the gallery counts from 1")
}

fn component(name: &str, image: &str, route: Option<&str>, replicas: u32) -> ReleaseComponent {
    ReleaseComponent {
        name: parsed::<ComponentName>(name),
        image: ImageRef::parse(image).expect("the gallery names images"),
        port: route.map(|_| 8080),
        health: route.map(|_| "/healthz".to_owned()),
        route: route.map(str::to_owned),
        env: std::collections::BTreeMap::new(),
        replicas,
    }
}

fn release(
    project: &str,
    number: u32,
    about: &str,
    by: &str,
    age: i64,
    components: &[ReleaseComponent],
) -> Release {
    Release {
        project: parsed(project),
        version: version(number),
        kind: ProjectKind::Container,
        description: about.to_owned(),
        released_by: by.to_owned(),
        released_at: Some(ago(age)),
        digest: format!("sha256:{}", "3f".repeat(32)),
        components: components.to_vec(),
        contents: Contents::default(),
    }
}

/// The released projects.
pub fn projects() -> Vec<Project> {
    let shop = [
        component("web", "registry.example.com/shop/web:4.2.0", Some("/"), 2),
        component("orders", "registry.example.com/shop/orders:4.2.0", Some("/api"), 2),
        component("worker", "registry.example.com/shop/worker:4.2.0", None, 1),
    ];
    let one = |name: &str| vec![component(name, &format!("docker.io/example/{name}:1.0"), Some("/"), 1)];
    let project = |name: &str, releases: Vec<Release>| Project { name: parsed(name), releases };
    vec![
        project(
            "expenses",
            vec![
                release("expenses", 3, "Receipts by photo", "modeler", 5_400, &one("runtime")),
                release("expenses", 2, "", "modeler", 900_000, &one("runtime")),
            ],
        ),
        project("onboarding", vec![release("onboarding", 12, "", "Hilde Roth", 90_000, &one("runtime"))]),
        project(
            "web-shop",
            vec![
                release(
                    "web-shop",
                    7,
                    "Shop window, order service and a worker that empties the queue",
                    "Ana de la Cruz",
                    260,
                    &shop,
                ),
                release("web-shop", 6, "Order service speaks JSON", "Ana de la Cruz", 700_000, &shop[..2]),
                release("web-shop", 5, "First release", "Ana de la Cruz", 2_000_000, &shop[..1]),
            ],
        ),
        project(
            "welcome",
            vec![release("welcome", 2, "A page that says hello", "modeler", 8_000_000, &one("web"))],
        ),
    ]
}

fn pull_error() -> Cause {
    Cause::new(
        "DEP_E161",
        "The image registry.example.com/intranet/portal:9 was not found.",
        "Check that the image exists in the registry under this name, then deploy again.",
    )
    .with("GET https://registry.example.com/v2/intranet/portal/manifests/9: 404 Not Found: manifest unknown")
}

fn crash() -> Cause {
    Cause::new(
        "DEP_E163",
        "runtime stops unexpectedly and crashes again and again.",
        "Read its log: the last lines before the end usually say why.",
    )
    .with("runtime-6c9d7b5f4-x8v2p: CrashLoopBackOff, exit code 3, 7 restarts: back-off 2m40s restarting failed container")
}

fn standing(status: Status, reason: &str, cause: Option<Cause>) -> Standing {
    Standing { status, reason: (!reason.is_empty()).then(|| reason.to_owned()), cause }
}

#[expect(clippy::too_many_arguments, reason = "a row of a table, not an interface")]
fn application(
    number: u32,
    name: &str,
    project: &str,
    release: u32,
    standing: Standing,
    by: &str,
    created: i64,
    updated: i64,
) -> Application {
    Application {
        id: parsed(&format!("01JD000000000000000000{number:04}")),
        name: parsed(name),
        project: parsed(project),
        version: version(release),
        generation: 1,
        standing,
        revision: i64::from(number),
        gateway_path: (name != "ledger-import").then(|| format!("/{name}")),
        created_by: by.to_owned(),
        created_at: ago(created),
        updated_at: ago(updated),
    }
}

impl Staged {
    fn live(&self) -> Vec<Application> {
        if self.scene == Scene::Empty {
            return Vec::new();
        }
        let waiting =
            if self.webshop == Status::Pending { "Waiting for orders 1 of 2, worker 0 of 1." } else { "" };
        vec![
            application(
                9,
                "webshop",
                "web-shop",
                7,
                standing(self.webshop, waiting, None),
                "Ana de la Cruz",
                42,
                6,
            ),
            application(
                8,
                "onboarding-next",
                "onboarding",
                12,
                standing(Status::ImageBuild, "", None),
                "Hilde Roth",
                75,
                20,
            ),
            application(
                7,
                "harbour",
                "welcome",
                2,
                standing(Status::Running, "", None),
                "Hilde Roth",
                10_800,
                10_700,
            ),
            application(
                6,
                "intranet",
                "expenses",
                2,
                standing(
                    Status::ImageBuildFailed,
                    "The image registry.example.com/intranet/portal:9 was not found.",
                    Some(pull_error()),
                ),
                "admin",
                86_000,
                85_900,
            ),
            application(
                5,
                "expenses",
                "expenses",
                3,
                standing(Status::Unknown, "Waiting for runtime 0 of 1.", Some(crash())),
                "Hilde Roth",
                172_000,
                840,
            ),
            application(
                4,
                "ledger-import",
                "welcome",
                2,
                standing(Status::Running, "", None),
                "admin",
                900_000,
                400_000,
            ),
            application(
                3,
                "webshop-staging",
                "web-shop",
                6,
                standing(Status::Undeploying, "pods: 2, services: 1", None),
                "Ana de la Cruz",
                1_300_000,
                11,
            ),
        ]
    }

    fn gone(&self) -> Vec<Application> {
        if self.scene == Scene::Empty {
            return Vec::new();
        }
        vec![
            application(
                2,
                "webshop-trial",
                "web-shop",
                5,
                standing(Status::Undeployed, "", None),
                "Ana de la Cruz",
                3_000_000,
                90_000,
            ),
            application(
                1,
                "hello",
                "welcome",
                2,
                standing(Status::Undeployed, "", None),
                "admin",
                9_000_000,
                8_000_000,
            ),
        ]
    }

    fn allowed(&self) -> Result<(), DeskError> {
        match self.scene {
            Scene::Outage => Err(DeskError::Unavailable {
                message: "Reading applications did not work. Try again in a moment.".to_owned(),
            }),
            Scene::Forbidden => self
                .surroundings()
                .actor
                .may_devops()
                .map_err(|e| DeskError::Forbidden { message: e.to_string() }),
            _ => Ok(()),
        }
    }
}

fn operations(application: &Application) -> Vec<Operation> {
    let operation = |number: u32, kind, progress, by: &str, age| Operation {
        id: parsed(&format!("01JD00000000000000001{number:05}")),
        kind,
        generation: 1,
        progress,
        requested_by: by.to_owned(),
        requested_at: ago(age),
    };
    let start = now().duration_since(application.created_at).as_secs();
    let deploy = |progress| operation(1, Kind::Deploy, progress, &application.created_by, start);
    let open = |step| deploy(Progress::Open { step });
    let well = deploy(Progress::Succeeded { at: ago(start - 38) });
    match application.standing.status {
        Status::CreateApp => vec![open(Step::Accepted)],
        Status::ImageBuild => vec![open(Step::Build)],
        Status::ImagePush => vec![open(Step::Push)],
        Status::DeployStarted => vec![open(Step::Apply)],
        Status::Pending => vec![open(Step::Settle)],
        Status::ImageBuildFailed => {
            vec![deploy(Progress::Failed { step: Step::Build, cause: pull_error(), at: ago(start - 4) })]
        }
        Status::Unknown => {
            vec![deploy(Progress::Failed { step: Step::Settle, cause: crash(), at: ago(start - 600) })]
        }
        Status::Undeploying => {
            vec![operation(2, Kind::Undeploy, Progress::Open { step: Step::Remove }, "Hilde Roth", 11), well]
        }
        Status::Undeployed => vec![
            operation(3, Kind::ForceUndeploy, Progress::Succeeded { at: ago(90_000) }, "Hilde Roth", 90_012),
            deploy(Progress::Cancelled { step: Step::Settle, at: ago(90_012) }),
        ],
        _ => vec![well],
    }
}

fn observed(spec: &ComponentSpec, index: usize, application: &Application) -> ObservedComponent {
    let (ready, state, trouble) = match application.standing.status {
        Status::Running => (spec.replicas, TaskState::Running, None),
        Status::Pending if index == 0 => (spec.replicas, TaskState::Running, None),
        Status::Pending => (spec.replicas / 2, TaskState::Activating, None),
        Status::Undeploying => (0, TaskState::Deactivating, None),
        _ => {
            let reason = "CrashLoopBackOff".to_owned();
            (
                0,
                TaskState::Pending,
                Some(Trouble {
                    reason,
                    message: "back-off".to_owned(),
                    exit_code: Some(3),
                    ..Trouble::default()
                }),
            )
        }
    };
    let restarts = if trouble.is_some() { 7 } else { 0 };
    let tasks = (0..spec.replicas).map(|copy| ObservedTask {
        id: format!("{}-6c9d7b5f4-x8v{copy}{index}", spec.name),
        release: application.version.to_string(),
        state: if copy < ready { TaskState::Running } else { state },
        restarts,
        started_at: Some(application.created_at),
        trouble: trouble.clone(),
        ..ObservedTask::default()
    });
    ObservedComponent {
        name: spec.name.clone(),
        desired: spec.replicas,
        updated: spec.replicas,
        ready,
        tasks: tasks.collect(),
        ..ObservedComponent::new(spec.name.clone(), Workload::Deployment)
    }
}

#[async_trait]
impl Desk for Staged {
    fn surroundings(&self) -> Surroundings {
        let role = if self.scene == Scene::Forbidden { "APS_USER" } else { DEVOPS };
        Surroundings {
            actor: Actor { id: "1".to_owned(), name: "Hilde Roth".to_owned(), roles: vec![role.to_owned()] },
            sandbox: matches!(self.scene, Scene::Full | Scene::Empty),
            stale_since: (self.scene == Scene::Stale).then(|| ago(260)),
            now: now(),
            form_key: "01JD0000000000000000009999".to_owned(),
        }
    }

    async fn releases(&self) -> Result<ReleasesView, DeskError> {
        self.allowed()?;
        let directory = "/srv/releases".to_owned();
        if self.scene == Scene::Empty {
            return Ok(ReleasesView { projects: Vec::new(), broken: Vec::new(), directory });
        }
        let live = self.live();
        let rows = projects().into_iter().map(|project| {
            let applications = live.iter().filter(|application| application.project == project.name).count();
            ProjectRow { project, applications }
        });
        let broken = BrokenRelease {
            path: "payroll/4/payroll.json".to_owned(),
            reason: "The manifest is not complete: expected `}` at line 14 column 1.".to_owned(),
        };
        Ok(ReleasesView { projects: rows.collect(), broken: vec![broken], directory })
    }

    async fn project(&self, name: &ProjectName) -> Result<Project, DeskError> {
        self.allowed()?;
        let found = projects().into_iter().find(|project| project.name == *name);
        found.ok_or_else(|| DeskError::NotFound { what: format!("No project \"{name}\" has been released.") })
    }

    async fn check(&self, form: &OrderForm) -> Result<(), DeskError> {
        self.allowed()?;
        let order = form.check().map_err(|fields| DeskError::Invalid { fields })?;
        if self.live().iter().any(|application| application.name == order.name) {
            let message = "An application of that name exists. Choose another name.";
            return Err(DeskError::Invalid { fields: vec![FieldError::new("name", message)] });
        }
        Ok(())
    }

    async fn deploy(&self, form: &OrderForm) -> Result<ApplicationName, DeskError> {
        self.check(form).await?;
        Err(DeskError::Refused {
            code: "SLW_GALLERY".to_owned(),
            message: "This is the gallery; nothing is deployed.".to_owned(),
        })
    }

    async fn instances(&self) -> Result<InstancesView, DeskError> {
        self.allowed()?;
        Ok(InstancesView {
            live: self.live(),
            gone: self.gone(),
            gateway: "http://gateway.example.com".to_owned(),
        })
    }

    async fn application(&self, name: &ApplicationName) -> Result<ApplicationView, DeskError> {
        self.allowed()?;
        let application =
            self.live().into_iter().chain(self.gone()).find(|application| application.name == *name);
        let application = application
            .ok_or_else(|| DeskError::NotFound { what: format!("No application is called {name}.") })?;
        let project = projects().into_iter().find(|project| project.name == application.project);
        let release = project.and_then(|project| project.release(application.version).cloned());
        let mut components: Vec<ComponentSpec> =
            release.iter().flat_map(|release| &release.components).map(ComponentSpec::from).collect();
        let operations = operations(&application);
        let status = application.standing.status;
        let created = !matches!(status, Status::CreateApp | Status::ImageBuild | Status::ImageBuildFailed);
        if created {
            for component in &mut components {
                component.digest =
                    Digest::parse(&format!("sha256:{}", "9c1e4f70ab52".repeat(6)[..64].to_owned())).ok();
            }
        }
        let there = created && status != Status::Undeployed && self.scene != Scene::Stale;
        let seen = components.iter().enumerate().map(|(index, spec)| observed(spec, index, &application));
        let observed = if there { seen.collect() } else { Vec::new() };
        let gateway_url =
            application.gateway_path.as_ref().map(|path| format!("http://gateway.example.com{path}"));
        let spec = ApplicationSpec {
            id: application.id,
            name: application.name.clone(),
            generation: 1,
            project: application.project.clone(),
            version: application.version,
            admins: vec!["ana".to_owned(), "shop-operators".to_owned()],
            users: vec!["sales".to_owned()],
            components,
        };
        Ok(ApplicationView { application, spec, components: observed, operations, gateway_url })
    }

    async fn undeploy(&self, form: &UndeployForm) -> Result<(), DeskError> {
        self.allowed()?;
        let message = format!("Type {} to confirm.", form.name);
        Err(DeskError::Invalid { fields: vec![FieldError::new("confirmation", message)] })
    }
}
