//! The ports: what the engine and the server need from the world, in the words of the domain. An adapter's own
//! errors do not pass through them; what went wrong is either a domain answer or an opaque [`PortError`].

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use jiff::Timestamp;

use crate::{
    actor::Actor,
    application::Application,
    black_box::Ended,
    cause::Cause,
    ids::{ApplicationId, OperationId},
    image::{ImageRef, Resolved},
    log::{LogStream, LogWish},
    names::{ApplicationName, ComponentName, ProjectName},
    observed::{Observed, Remark},
    operation::{Operation, Progress},
    people::{Found, Kind, Person},
    plan::{Care, Plan},
    release::{Listing, ReleaseFile, ReleaseVersion},
    removal::{Held, Leftover, Proof, Stripped},
    sealed::Sealed,
    spec::ApplicationSpec,
    status::Standing,
    told::Told,
};

/// Something outside did not work. Trying again later may help.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct PortError {
    /// What was attempted, in a few words.
    pub what: String,
    /// Why it failed.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl PortError {
    /// Wraps an adapter's error.
    pub fn new(what: impl Into<String>, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self { what: what.into(), source: source.into() }
    }

    /// The error and its sources in one line.
    pub fn chain(&self) -> String {
        chain(self)
    }
}

/// An error and its sources in one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let text = inner.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        source = inner.source();
    }
    line
}

/// Released projects.
#[async_trait]
pub trait Releases: Send + Sync {
    /// All that can be deployed now, and what could not be read.
    async fn listing(&self) -> Result<Listing, PortError>;

    /// All files of a release, sorted by path; none if there is no such release, or it is broken, at this moment.
    async fn files(
        &self,
        project: &ProjectName,
        version: ReleaseVersion,
    ) -> Result<Option<Vec<ReleaseFile>>, PortError>;
}

/// Why an image cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ImageProblem {
    /// It will not succeed without somebody's help.
    #[error("{}", .0.reason)]
    Hopeless(Cause),
    /// It may succeed later.
    #[error("the registry did not answer")]
    Passing(#[source] PortError),
}

/// An image to be made: a base with the files of a release as one more layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageOrder {
    /// The base, resolved.
    pub base: Resolved,
    /// The files, sorted by path.
    pub files: Arc<[ReleaseFile]>,
    /// The folder of the image that they are put into, absolute, for example `/release`.
    pub folder: String,
    /// The repository below the configured registry and prefix, for example `web-shop/runtime-bundle`.
    pub repository: String,
    /// The tag under which people find it; pods run the digest.
    pub tag: String,
}

/// Container images.
#[async_trait]
pub trait Images: Send + Sync {
    /// Where the image is, what its tag means now, and what it runs on.
    async fn resolve(&self, image: &ImageRef) -> Result<Resolved, ImageProblem>;

    /// Makes the image and keeps it at hand; nothing is written to the registry. The same order gives the same
    /// digest anywhere and any time, and what has been made already is not made again.
    async fn build(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem>;

    /// Makes sure that the registry holds what [`Self::build`] makes of the order. What is there already is not
    /// sent again. Builds it first if that was done by another process.
    async fn push(&self, order: &ImageOrder) -> Result<Resolved, ImageProblem>;
}

/// Why an application could not be applied.
#[derive(Debug, thiserror::Error)]
pub enum ApplyProblem {
    /// The cluster refuses; it will refuse again.
    #[error("{}", .0.reason)]
    Hopeless(Cause),
    /// The cluster cannot be reached or is busy.
    #[error("the cluster did not take it")]
    Passing(#[source] PortError),
    /// The cluster is not any more as the plan says: a sentence about what changed.
    #[error("{0}")]
    Stale(String),
}

/// Why the cluster did not tell what somebody asked for.
#[derive(Debug, thiserror::Error)]
pub enum AskProblem {
    /// It was asked in the name of a person, and does not let them: a sentence that names what is missing (D21).
    #[error("{0}")]
    Forbidden(String),
    /// It could not be asked.
    #[error(transparent)]
    Failed(#[from] PortError),
}

/// Opened secrets, by component and variable. They live as long as a step and are written to the cluster alone.
pub type Secrets = BTreeMap<ComponentName, BTreeMap<String, String>>;

/// The vault cannot open something: it was sealed with another key, or it is damaged.
#[derive(Debug, thiserror::Error)]
#[error("a secret was sealed with another key; restore the file or the value of SLIPWAY_SECRET_KEY")]
pub struct VaultError;

/// Keeps secrets unreadable where they are stored (D18).
pub trait Vault: Send + Sync {
    /// Seals a secret. The same secret sealed twice looks different.
    fn seal(&self, plain: &str) -> Sealed;

    /// Opens what was sealed.
    fn open(&self, sealed: &Sealed) -> Result<String, VaultError>;

    /// Makes up a secret that nobody can guess.
    fn make_up(&self) -> String;
}

/// How far a removal has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// The namespace is gone; here is what else was looked for.
    Gone(Proof),
    /// So it is, but the cluster has not deleted these volumes of its claims yet, as it does by itself.
    Going(Proof, Vec<String>),
    /// The namespace is being deleted; here is what holds it.
    Held(Held),
    /// A namespace of that name exists and belongs to somebody else; it was not touched.
    NotOurs,
}

/// The cluster.
#[async_trait]
pub trait Cluster: Send + Sync {
    /// What an apply would do, and what stands in its way; nothing is written.
    async fn plan(&self, spec: &ApplicationSpec, secrets: &Secrets, care: Care) -> Result<Plan, PortError>;

    /// The same about who may look after the application in the cluster, and about nothing else of it.
    async fn plan_access(&self, spec: &ApplicationSpec) -> Result<Plan, PortError>;

    /// Does what the plan says and nothing else. What is not any more as the plan has found it is not written.
    /// `progress` is told how many objects of how many are done (S1.38).
    async fn apply(
        &self,
        spec: &ApplicationSpec,
        secrets: &Secrets,
        plan: &Plan,
        progress: &(dyn Fn(usize, usize) + Send + Sync),
    ) -> Result<(), ApplyProblem>;

    /// What is there of the application, as far as the watches know. An error as long as they have not caught up
    /// with the cluster: not knowing is not the same as nothing being there.
    async fn observe(&self, name: &ApplicationName, id: ApplicationId) -> Result<Observed, PortError>;

    /// Begins or continues to remove everything of the application.
    async fn remove(&self, name: &ApplicationName, id: ApplicationId) -> Result<Removal, PortError>;

    /// Takes one finalizer off one object that holds the namespace of an application that is being removed, and
    /// changes nothing else. Only if the object is still as it was looked at.
    async fn strip_finalizer(
        &self,
        name: &ApplicationName,
        id: ApplicationId,
        leftover: &Leftover,
        finalizer: &str,
    ) -> Result<Stripped, PortError>;

    /// The last lines of a container of a task: of the run before, if it was started again, else of the run that has
    /// ended. None if the cluster has them no more.
    async fn last_words(
        &self,
        name: &ApplicationName,
        task: &str,
        container: &str,
        lines: u32,
    ) -> Result<Option<String>, PortError>;

    /// What a task says, line by line; none if there is no such task, container or run. The cluster may be asked in
    /// the name of whoever wants to know.
    async fn logs(
        &self,
        name: &ApplicationName,
        wish: &LogWish,
        asker: &Actor,
    ) -> Result<Option<LogStream>, AskProblem>;

    /// The events of the application's namespace, newest first, as far as the cluster remembers them; asked for in
    /// the same way.
    async fn events(&self, name: &ApplicationName, asker: &Actor) -> Result<Vec<Told>, AskProblem>;

    /// Does a namespace of that name exist that is not the application's?
    async fn is_taken(&self, name: &ApplicationName) -> Result<bool, PortError>;

    /// Names of applications whose objects changed. May repeat, may be late, may miss some while the cluster is
    /// out of reach: whoever listens also looks by itself from time to time.
    fn touched(&self) -> BoxStream<'static, ApplicationName>;

    /// Asks the cluster which version it is.
    async fn version(&self) -> Result<String, PortError>;

    /// Whether the watches are in step with the cluster; none, or since when they are not.
    fn out_of_reach_since(&self) -> Option<Timestamp>;

    /// Has the cluster been read since this process began? Until then what is known is what was known before.
    fn has_been_read(&self) -> bool;
}

/// Who can be given access to an application.
#[async_trait]
pub trait Directory: Send + Sync {
    /// Does it know everybody who could be? Then a name that it does not know is a mistake.
    fn knows_everybody(&self) -> bool;

    /// Users and groups with that text in their names, a page at a time; an empty cursor begins.
    async fn search(&self, text: &str, cursor: &str) -> Result<Found, PortError>;

    /// Whoever is called exactly so: a user, a group, or both.
    async fn named(&self, name: &str) -> Result<Vec<Person>, PortError>;

    /// Whom that identity is of; none if they are there no more.
    async fn by_id(&self, kind: Kind, id: &str) -> Result<Option<Person>, PortError>;
}

/// An operation with all that is needed to run it.
#[derive(Debug, Clone)]
pub struct Job {
    /// The operation.
    pub operation: Operation,
    /// What it is to make real.
    pub spec: ApplicationSpec,
    /// When the step that is open began.
    pub step_since: Timestamp,
}

/// An application with what is needed to judge it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// The application as recorded.
    pub application: Application,
    /// Its newest configuration.
    pub spec: ApplicationSpec,
    /// Its newest operation.
    pub operation: Operation,
}

/// How an application was found to stand.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// The application by which it was judged.
    pub application: &'a Application,
    /// How it stands.
    pub standing: &'a Standing,
}

/// What became of a standing that was to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// It is what was recorded already; nothing was written.
    Unchanged,
    /// It was written.
    Written,
    /// Something else was recorded meanwhile: look again.
    Stale,
}

/// Where the engine records what it does. One lease holds one operation; whoever holds it may record.
#[async_trait]
pub trait Journal: Send + Sync {
    /// The next operation that is due and that nobody holds, now held by `owner` until `lease`. An operation is
    /// not due as long as another one of its application is held: what a cancelled step still does must have
    /// ended before a removal begins, or it would make again what was just removed.
    async fn claim(&self, owner: &str, now: Timestamp, lease: Timestamp) -> Result<Option<Job>, PortError>;

    /// Holds it longer. False if the lease was lost or the operation is over.
    async fn extend(&self, id: OperationId, owner: &str, lease: Timestamp) -> Result<bool, PortError>;

    /// Lets go of an operation that the owner holds and will not record, because it was cancelled meanwhile.
    async fn release(&self, id: OperationId, owner: &str) -> Result<(), PortError>;

    /// Records the configuration as completed by a step (digests).
    async fn save_spec(&self, spec: &ApplicationSpec) -> Result<(), PortError>;

    /// Says what the open step is about at this moment.
    async fn note(&self, id: OperationId, owner: &str, note: &str) -> Result<(), PortError>;

    /// Keeps a plan that is about to be applied, with why the one before it did not do. The same plan again is not
    /// kept twice in a row.
    async fn keep_plan(
        &self,
        id: OperationId,
        owner: &str,
        plan: &Plan,
        because: Option<&str>,
        now: Timestamp,
    ) -> Result<(), PortError>;

    /// Keeps the proof that a removal has ended with.
    async fn prove(&self, id: OperationId, owner: &str, proof: &Proof) -> Result<(), PortError>;

    /// Records how far the operation has come and lets go of it until `due`. False if the lease was lost or the
    /// operation was cancelled meanwhile: then nothing is recorded.
    async fn advance(
        &self,
        id: OperationId,
        owner: &str,
        progress: &Progress,
        note: Option<&str>,
        due: Timestamp,
        now: Timestamp,
    ) -> Result<bool, PortError>;

    /// Records how applications stand, all at once: each if that changed and if nothing else was recorded since its
    /// subject was read, because what was judged by an older state must never overwrite what is known by now. The
    /// answer says of each what became of it.
    async fn record(&self, judged: &[Judged<'_>], now: Timestamp) -> Result<Vec<Recorded>, PortError>;

    /// Keeps the end of a container; each end once.
    async fn keep_end(&self, id: ApplicationId, ended: &Ended, at: Timestamp) -> Result<(), PortError>;

    /// What a container said before that end; none if it was not kept.
    async fn log_of_end(
        &self,
        id: ApplicationId,
        task: &str,
        at: Timestamp,
    ) -> Result<Option<String>, PortError>;

    /// Keeps what the cluster warned of; each time that it did once. Forgets what was said before `oldest`.
    async fn keep_warnings(
        &self,
        id: ApplicationId,
        warnings: &[Remark],
        oldest: Timestamp,
    ) -> Result<(), PortError>;

    /// The live applications of those names, each with its newest configuration and operation.
    async fn subjects(&self, names: &[ApplicationName]) -> Result<Vec<Subject>, PortError>;

    /// The names of all live applications.
    async fn live(&self) -> Result<Vec<ApplicationName>, PortError>;

    /// The open operations of those applications become due now.
    async fn hurry(&self, names: &[ApplicationName], now: Timestamp) -> Result<(), PortError>;

    /// Speaks whenever an operation may have become due.
    fn woken(&self) -> BoxStream<'static, ()>;
}
