//! Ways to a real cluster. Only one that was named: the current context of some kubeconfig is not a setting.

use std::path::{Path, PathBuf};

use kube::{
    Client, Config,
    config::{InClusterError, KubeConfigOptions, Kubeconfig, KubeconfigError},
};

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

/// A client for the cluster of a kubeconfig file: of the named context, or of the file's own choice.
pub async fn from_kubeconfig(path: &Path, context: Option<&str>) -> Result<Client, ConnectError> {
    let error = |source| ConnectError::Kubeconfig { path: path.to_owned(), source };
    let file = Kubeconfig::read_from(path).map_err(error)?;
    let options = KubeConfigOptions { context: context.map(str::to_owned), ..Default::default() };
    let config = Config::from_custom_kubeconfig(file, &options).await.map_err(error)?;
    Client::try_from(config).map_err(ConnectError::Client)
}

/// A client for the cluster that this pod runs in.
pub fn in_cluster() -> Result<Client, ConnectError> {
    let config = Config::incluster().map_err(ConnectError::InCluster)?;
    Client::try_from(config).map_err(ConnectError::Client)
}
