//! Ways to a real cluster. Only one that was named: the current context of some kubeconfig is not a setting.

use std::path::{Path, PathBuf};

use kube::{
    Client, Config,
    client::ClientBuilder,
    config::{InClusterError, KubeConfigOptions, Kubeconfig, KubeconfigError},
};
use slipway_domain::system::without_password;
use tower::layer::layer_fn;

use crate::{measured::Measured, renewed::Renewed};

/// Why there is no way to the cluster. Each is a sentence that names the setting.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The file is missing, unreadable or not a kubeconfig.
    #[error("the kubeconfig {} cannot be used; check SLIPWAY_CLUSTER", path.display())]
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: KubeconfigError,
    },
    /// Not running in a pod with a service account.
    #[error("SLIPWAY_CLUSTER is in-cluster, but this is not a pod with a service account")]
    InCluster(#[source] InClusterError),
    /// The client refuses the settings, for example a certificate that is none.
    #[error("the settings of the cluster cannot be used; check SLIPWAY_CLUSTER")]
    Client(#[source] kube::Error),
}

/// A way to a cluster.
pub struct Connected {
    /// The client.
    pub client: Client,
    /// The address of its API server, without what may be a password.
    pub address: String,
}

/// The cluster of a kubeconfig file: of the named context, or of the file's own choice.
pub async fn from_kubeconfig(path: &Path, context: Option<&str>) -> Result<Connected, ConnectError> {
    let error = |source| ConnectError::Kubeconfig { path: path.to_owned(), source };
    let file = Kubeconfig::read_from(path).map_err(error)?;
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..Default::default() };
    connected(Config::from_custom_kubeconfig(file, &options).await.map_err(error)?)
}

/// The cluster that this pod runs in.
pub fn in_cluster() -> Result<Connected, ConnectError> {
    connected(Config::incluster().map_err(ConnectError::InCluster)?)
}

fn connected(config: Config) -> Result<Connected, ConnectError> {
    let address = without_password(config.cluster_url.to_string().trim_end_matches('/'));
    let namespace = config.default_namespace.clone();
    let way = Renewed::new(config).map_err(ConnectError::Client)?;
    let client = ClientBuilder::new(way, namespace).with_layer(&layer_fn(Measured)).build();
    Ok(Connected { client, address })
}
