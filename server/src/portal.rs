//! Puts everything together, in an order in which a failure leaves nothing half done, and takes it apart again.

use std::{
    fs, io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::Router;
use slipway_app::{pages::kit::Development, sign_in::SignInMode};
use slipway_catalog::Directory;
use slipway_domain::{
    ids::{Clock, Ids},
    ports::{Cluster, Images, Releases, Vault},
};
use slipway_engine::{Engine, Options, Ports};
use slipway_kubernetes::{
    ConnectError, Connected, KubernetesCluster,
    manifest::Gateway,
    sandbox::{Sandbox, SandboxOptions},
};
use slipway_registry::Simulated;
use slipway_store::{Presence, Store};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    auth::{Accounts, Keeper, PasswordError, Provider, Sessions},
    board::Board,
    clock::{SystemClock, SystemIds},
    config::{ClusterChoice, SettingError, Settings},
    desk::{Offers, Office},
    metrics, people,
    registries::{self, Registries},
    retention::Cleaner,
    system::{Around, Process},
    vault::{KeyError, KeyVault},
    web,
};

/// How long requests that are under way may take to end.
const DRAIN: Duration = Duration::from_secs(10);

/// Why it does not start. Each is a sentence that names the thing and the fix.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// The address cannot be listened on.
    #[error("cannot listen on {addr}; set {setting} to an address and port that are free")]
    Listen {
        /// What names it.
        setting: &'static str,
        /// The address.
        addr: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The data directory cannot be made.
    #[error(
        "the data directory {path} cannot be made; set SLIPWAY_DATA_DIR to a place that can be written to"
    )]
    DataDir {
        /// The directory.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The releases directory cannot be read.
    #[error(transparent)]
    Releases(#[from] slipway_catalog::OpenError),
    /// A blueprint is wrong.
    #[error(transparent)]
    Blueprint(#[from] slipway_catalog::BlueprintError),
    /// The operator's catalogue of connectors is wrong.
    #[error(transparent)]
    Catalogue(#[from] slipway_catalog::CatalogueError),
    /// A setting does not name a registry.
    #[error("{setting} cannot be used")]
    Registry {
        /// The setting.
        setting: &'static str,
        /// Why.
        #[source]
        source: slipway_registry::MirrorError,
    },
    /// The credentials of registries cannot be used.
    #[error("the file of SLIPWAY_REGISTRY_CREDENTIALS cannot be used")]
    Credentials(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The key that seals secrets cannot be used.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The database cannot be used.
    #[error(transparent)]
    Database(#[from] slipway_store::OpenError),
    /// There is no way to the cluster.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// The cluster does not answer.
    #[error("the cluster does not answer; check SLIPWAY_CLUSTER and that its API server runs")]
    Cluster(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The first account cannot be made.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// A part of the web server cannot be made from the settings.
    #[error("{0}")]
    Web(String),
}

/// The console at work.
pub struct Portal {
    addr: SocketAddr,
    stop: CancellationToken,
    server: JoinHandle<()>,
    follower: JoinHandle<()>,
    cleaner: JoinHandle<()>,
    engine: Engine,
    store: Store,
    _sandbox: Option<Sandbox>,
    _presence: Option<Presence>,
}

impl Portal {
    /// Starts it.
    pub async fn start(settings: &Settings) -> Result<Self, StartError> {
        let (listener, addr) = listen(&settings.addr, "SLIPWAY_ADDR").await?;
        let metrics_listener = open_metrics(settings).await?;
        let choice = settings.cluster_choice(std::env::var_os("KUBERNETES_SERVICE_HOST").is_some())?;
        let releases = open_releases(settings)?;
        let offers = Offers::open(settings)?;
        let registries = Registries::parse(settings)?;
        let http = web::http_client().map_err(|error| StartError::Web(error.to_string()))?;
        let provider = Provider::from_settings(settings, http.clone());
        make_data_dir(settings)?;
        let (client, cluster_address, sandbox) = connect(&choice, settings).await?;
        let vault: Arc<dyn Vault> =
            Arc::new(KeyVault::open(settings.secret_key.as_deref(), &settings.data_dir)?);
        let closed_registries = registries.closed();
        let layout = sandbox.is_none().then(|| registries::layout(&settings.data_dir)).transpose()?;
        let named_registries = registries.named();
        let images: Arc<dyn Images> = match layout.clone() {
            None => Arc::new(Simulated::default()),
            Some(layout) => Arc::new(registries.open(http.clone(), layout)),
        };
        let (store, presence) = open_store(settings).await?;

        let (clock, ids): (Arc<dyn Clock>, Arc<dyn Ids>) =
            (Arc::new(SystemClock), Arc::new(SystemIds::new()));
        if provider.is_none() {
            let accounts = Accounts::new(store.clone());
            accounts.ensure_admin(settings.admin_password.as_deref(), clock.now()).await?;
        }
        let gateway =
            Gateway { host: settings.gateway_host(), ingress_class: settings.ingress_class.clone() };
        let cluster: Arc<dyn Cluster> = Arc::new(
            KubernetesCluster::start(client, gateway, Arc::clone(&clock))
                .with_access(settings.access())
                .impersonating(settings.impersonate),
        );
        let board = filled(Board::new(store.clone())).await;
        let stop = CancellationToken::new();
        let follower = follow(&board, &cluster, &stop);
        let (retention, time) = (settings.retention.clone(), Arc::clone(&clock));
        let cleaner = Cleaner { store: store.clone(), images: layout, retention, clock: time };
        let cleaner = tokio::spawn(cleaner.run(stop.clone()));
        let ports = Ports {
            journal: Arc::new(store.clone()),
            releases: Arc::clone(&releases),
            images: Arc::clone(&images),
            vault: Arc::clone(&vault),
            cluster: Arc::clone(&cluster),
            clock: Arc::clone(&clock),
        };
        let lease = Duration::from_secs(settings.lease_seconds);
        let engine = Engine::start(ports, Options { lease, ..Options::new(ids.next().to_string()) });
        let people = people::directory(settings, http.clone(), store.clone())?;
        let around = Around {
            store: store.clone(),
            cluster: Arc::clone(&cluster),
            cluster_address,
            releases: Arc::clone(&releases),
            registries: named_registries,
            people: (people.choice, people.itself),
            http,
        };
        let process = Process::new(settings, around, Arc::clone(&clock));
        let office = Arc::new(Office {
            store: store.clone(),
            board,
            releases,
            offers,
            images,
            vault,
            releases_dir: settings.releases_dir.clone(),
            cluster,
            clock: Arc::clone(&clock),
            ids,
            attempts: web::Attempts::default(),
            directory: people.directory,
            reader_role: settings.reader_role.clone(),
            sandbox: sandbox.is_some(),
            retention: settings.retention.clone(),
            lease,
            gateway: format!("http://gateway.{}", settings.gateway_domain),
            closed_registries,
            process,
        });
        if let Some(listener) = metrics_listener {
            tokio::spawn(metrics::serve(listener, Arc::clone(&office), stop.clone()));
        }
        let router = router(settings, office, provider, stop.clone())?;
        let server = tokio::spawn(web::serve(listener, router, stop.clone()));
        Ok(Self {
            addr,
            stop,
            server,
            follower,
            cleaner,
            engine,
            store,
            _sandbox: sandbox,
            _presence: presence,
        })
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Takes no new requests, lets those that are under way and running steps end, and closes the database.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(DRAIN, self.server).await.is_err() {
            tracing::warn!("Some requests did not end in time");
        }
        self.engine.stop().await;
        let _ = self.follower.await;
        let _ = self.cleaner.await;
        self.store.close().await;
    }
}

/// Everything that is served, behind the door.
fn router(
    settings: &Settings,
    office: Arc<Office>,
    provider: Option<Provider>,
    stop: CancellationToken,
) -> Result<Router, StartError> {
    let (store, clock) = (office.store.clone(), Arc::clone(&office.clock));
    let keeper = Arc::new(Keeper {
        store: store.clone(),
        accounts: Accounts::new(store.clone()),
        provider: provider.map(Arc::new),
        vault: Arc::clone(&office.vault),
        clock: Arc::clone(&clock),
        ids: Arc::clone(&office.ids),
        limits: settings.limits(),
        looked: Mutex::default(),
    });
    let sign_in = SignInMode { provider: keeper.provider.as_deref().map(Provider::label) };
    web::router(web::Parts {
        office,
        keeper,
        sign_in,
        sessions: Sessions::new(store, clock),
        public_url: settings.public_url.clone(),
        proxies: settings.trusted_proxies.clone(),
        development: Development(settings.development),
        stop,
    })
    .map_err(StartError::Web)
}

/// With everything on it before anybody asks, if the database answers: half a list is a wrong one, and who comes back to
/// half a board is told once more what they know. Nothing else reads the database meanwhile.
async fn filled(board: Board) -> Arc<Board> {
    if let Err(error) = board.catch_up().await {
        tracing::warn!(error = %error.chain(), "The board is not up to date");
    }
    Arc::new(board)
}

fn follow(board: &Arc<Board>, cluster: &Arc<dyn Cluster>, stop: &CancellationToken) -> JoinHandle<()> {
    let (board, cluster, stop) = (Arc::clone(board), Arc::clone(cluster), stop.clone());
    tokio::spawn(async move { board.follow(cluster, stop).await })
}

async fn open_store(settings: &Settings) -> Result<(Store, Option<Presence>), StartError> {
    let store = Store::open(&settings.database()).await?;
    if let Err(error) = store.complete_people().await {
        tracing::error!(error = %error.chain(), "Who has access to older applications is not known");
    }
    let presence = be_present(&store).await;
    Ok((store, presence))
}

/// Before the engine begins: what it claims must not be taken for a dead program's.
async fn be_present(store: &Store) -> Option<Presence> {
    let error = match store.be_present().await {
        Ok(presence) => return Some(presence),
        Err(error) => error,
    };
    tracing::warn!(error = %error.chain(), "What a killed program had taken on goes on when its leases have run out");
    None
}

async fn listen(addr: &str, setting: &'static str) -> Result<(TcpListener, SocketAddr), StartError> {
    let failed = |source| StartError::Listen { setting, addr: addr.to_owned(), source };
    let listener = TcpListener::bind(addr).await.map_err(failed)?;
    let addr = listener.local_addr().map_err(failed)?;
    Ok((listener, addr))
}

fn open_releases(settings: &Settings) -> Result<Arc<dyn Releases>, StartError> {
    let quiet = Duration::from_millis(settings.releases_quiet_ms);
    Ok(Arc::new(Directory::open(&settings.releases_dir)?.with_patience(quiet, Arc::new(SystemClock))))
}

fn make_data_dir(settings: &Settings) -> Result<(), StartError> {
    let path = || settings.data_dir.display().to_string();
    fs::create_dir_all(&settings.data_dir).map_err(|source| StartError::DataDir { path: path(), source })
}

/// Nothing is counted unless somebody may read it.
async fn open_metrics(settings: &Settings) -> Result<Option<TcpListener>, StartError> {
    let Some(addr) = &settings.metrics_addr else { return Ok(None) };
    let (listener, _) = listen(addr, "SLIPWAY_METRICS_ADDR").await?;
    metrics::collect().map_err(|error| StartError::Web(error.to_string()))?;
    Ok(Some(listener))
}

/// A client, the address of a real cluster, and the simulated one.
async fn connect(
    choice: &ClusterChoice,
    settings: &Settings,
) -> Result<(kube::Client, Option<String>, Option<Sandbox>), StartError> {
    let Connected { client, address } = match choice {
        ClusterChoice::Sandbox => {
            let sandbox = Sandbox::start(SandboxOptions {
                pace: Duration::from_millis(settings.sandbox_pace_ms),
                snapshot: Some(settings.data_dir.join("sandbox.json")),
                ..SandboxOptions::default()
            });
            return Ok((sandbox.client(), None, Some(sandbox)));
        }
        ClusterChoice::InCluster => slipway_kubernetes::in_cluster()?,
        ClusterChoice::Kubeconfig { path, context } => {
            slipway_kubernetes::from_kubeconfig(path, context.as_deref()).await?
        }
    };
    let asked = tokio::time::timeout(Duration::from_secs(10), client.apiserver_version()).await;
    asked
        .map_err(|elapsed| StartError::Cluster(elapsed.into()))?
        .map_err(|error| StartError::Cluster(error.into()))?;
    Ok((client, Some(address), None))
}
