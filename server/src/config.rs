//! Settings: flags and environment variables of the same name, with their defaults. What is not known is refused,
//! because a setting that is silently ignored is found out in production.

mod listed;
mod retention;
mod telling;

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand};
use jiff::SignedDuration;
use slipway_domain::blueprint::Surroundings;
use slipway_kubernetes::manifest::Access;

use self::listed::{APPLICATIONS, CLUSTER, DATA, IMAGES, RELEASES, ROUTES, SERVER, SIGN_IN};
pub use self::{
    listed::Listed,
    retention::Retention,
    telling::{LogFormat, Telling},
};
use crate::{accounts::AccountsCommand, auth::Limits};

use crate::{
    cli::{Administration, ClientCommand},
    people::PeopleChoice,
    web::Proxies,
};

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "slipway",
    version,
    about = "Deploys released projects into Kubernetes and looks after what runs",
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// What to do; serving is the default.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Settings of the default.
    #[command(flatten)]
    pub settings: Settings,
}

/// What the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the console
    Serve(Box<Settings>),
    /// Manage the local accounts, for consoles without an identity provider
    Accounts {
        /// What to do with them.
        #[command(subcommand)]
        command: AccountsCommand,
    },
    /// Everything that is done to the database itself, beside the server.
    #[command(flatten)]
    Administration(Administration),
    /// What is done through a server.
    #[command(flatten)]
    Client(ClientCommand),
}

/// Everything that can be set.
#[derive(Debug, Clone, Args)]
pub struct Settings {
    /// Themselves, for people. They come first: whatever is read of the command line is gone for those that follow.
    #[command(flatten)]
    pub listed: Listed,

    /// Where to listen
    #[arg(long, env = "SLIPWAY_ADDR", default_value = "127.0.0.1:3000", help_heading = SERVER)]
    pub addr: String,

    /// Where Prometheus reads metrics, at /metrics of a listener of its own [default: nowhere]
    #[arg(long, env = "SLIPWAY_METRICS_ADDR", value_name = "ADDR", help_heading = SERVER)]
    pub metrics_addr: Option<String>,

    /// The address that browsers use, if a proxy is in front [default: that of the request, over http]
    #[arg(long, env = "SLIPWAY_PUBLIC_URL", value_name = "URL", help_heading = SERVER)]
    pub public_url: Option<String>,

    /// Proxies whose X-Forwarded-For is believed: addresses or networks with commas [default: none]
    #[arg(
        long,
        env = "SLIPWAY_TRUSTED_PROXIES",
        default_value = "",
        hide_default_value = true,
        value_name = "NETWORKS",
        help_heading = SERVER
    )]
    pub trusted_proxies: Proxies,

    /// Serve what helps to work on the console itself: every part of its pages at /ui
    #[arg(long, env = "SLIPWAY_DEVELOPMENT", value_parser = clap::builder::BoolishValueParser::new(), help_heading = SERVER)]
    pub development: bool,

    /// Where the database file and the sandbox are kept
    #[arg(long, env = "SLIPWAY_DATA_DIR", default_value = "./var", help_heading = DATA)]
    pub data_dir: PathBuf,

    /// sqlite:<file>, or postgres://… for several replicas [default: a file in the data directory]
    #[arg(long, env = "SLIPWAY_DATABASE_URL", value_name = "URL", hide_env_values = true, help_heading = DATA)]
    pub database_url: Option<String>,

    /// The directory that released projects are written to
    #[arg(long, env = "SLIPWAY_RELEASES_DIR", default_value = "./examples/releases", help_heading = RELEASES)]
    pub releases_dir: PathBuf,

    /// How long nothing must have changed in a release until it counts as written completely, in milliseconds
    #[arg(long, env = "SLIPWAY_RELEASES_QUIET_MS", default_value_t = 1000, value_name = "MS", help_heading = RELEASES)]
    pub releases_quiet_ms: u64,

    /// A directory with blueprints that add to or override the built-in ones, and with a connectors.toml
    #[arg(long, env = "SLIPWAY_BLUEPRINTS_DIR", value_name = "DIR", help_heading = RELEASES)]
    pub blueprints_dir: Option<PathBuf>,

    /// sandbox, in-cluster, or kubeconfig:PATH[#CONTEXT] [default: in-cluster in a pod, otherwise sandbox]
    #[arg(long, env = "SLIPWAY_CLUSTER", help_heading = CLUSTER)]
    pub cluster: Option<String>,

    /// Where images that are built are pushed to: [http://]host[:port][/prefix] [default: kept in the data directory]
    #[arg(long, env = "SLIPWAY_REGISTRY", value_name = "REGISTRY", help_heading = IMAGES)]
    pub registry: Option<String>,

    /// A file with credentials for registries, in the format of docker's config.json
    #[arg(long, env = "SLIPWAY_REGISTRY_CREDENTIALS", value_name = "FILE", help_heading = IMAGES)]
    pub registry_credentials: Option<PathBuf>,

    /// A registry that holds copies of all images: [http://]host[:port][/prefix] [default: each image's own]
    #[arg(long, env = "SLIPWAY_IMAGE_MIRROR", value_name = "REGISTRY", help_heading = IMAGES)]
    pub image_mirror: Option<String>,

    /// Applications answer at http://gateway.<domain>/<application>; a port may follow the domain
    #[arg(long, env = "SLIPWAY_GATEWAY_DOMAIN", default_value = "localhost", value_name = "DOMAIN", help_heading = ROUTES)]
    pub gateway_domain: String,

    /// The class of the Ingress controller [default: the cluster's own choice]
    #[arg(long, env = "SLIPWAY_INGRESS_CLASS", value_name = "CLASS", help_heading = ROUTES)]
    pub ingress_class: Option<String>,

    /// Bind the people of an application to roles in its namespace; what the API server puts before the name of a
    /// user (its --oidc-username-prefix), or - for nothing. A name of which no directory says whether it is a user's or a
    /// group's is bound as both [default: nobody is bound]
    #[arg(long, env = "SLIPWAY_CLUSTER_USER_PREFIX", value_name = "PREFIX", help_heading = CLUSTER)]
    pub cluster_user_prefix: Option<String>,

    /// What the API server puts before the name of a group (its --oidc-groups-prefix), or - for nothing
    #[arg(
        long,
        env = "SLIPWAY_CLUSTER_GROUP_PREFIX",
        default_value = "-",
        value_name = "PREFIX",
        requires = "cluster_user_prefix",
        help_heading = CLUSTER
    )]
    pub cluster_group_prefix: String,

    /// The ClusterRole of an application's administrators in its namespace [default: a role of Slipway's own, which
    /// allows there what they may do here]
    #[arg(long, env = "SLIPWAY_CLUSTER_ADMIN_ROLE", value_name = "ROLE", help_heading = CLUSTER)]
    pub cluster_admin_role: Option<String>,

    /// The ClusterRole of its users [default: the same]
    #[arg(long, env = "SLIPWAY_CLUSTER_USER_ROLE", value_name = "ROLE", help_heading = CLUSTER)]
    pub cluster_user_role: Option<String>,

    /// Ask the cluster for logs and events in the name of whoever wants to see them, so that it decides, too
    #[arg(
        long,
        env = "SLIPWAY_IMPERSONATE",
        requires = "cluster_user_prefix",
        value_parser = clap::builder::BoolishValueParser::new(),
        help_heading = CLUSTER
    )]
    pub impersonate: bool,

    /// The OIDC provider to sign in with [default: local accounts]
    #[arg(long, env = "SLIPWAY_OIDC_ISSUER", value_name = "URL", requires = "oidc_client_id", help_heading = SIGN_IN)]
    pub oidc_issuer: Option<String>,

    /// Slipway's client at the provider
    #[arg(long, env = "SLIPWAY_OIDC_CLIENT_ID", value_name = "ID", help_heading = SIGN_IN)]
    pub oidc_client_id: Option<String>,

    /// The client's secret
    #[arg(long, env = "SLIPWAY_OIDC_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true, help_heading = SIGN_IN)]
    pub oidc_client_secret: Option<String>,

    /// Where in the ID token a person's roles are; several places with commas
    #[arg(long, env = "SLIPWAY_OIDC_ROLES_CLAIM", default_value = "realm_access.roles", value_name = "PATH", help_heading = SIGN_IN)]
    pub oidc_roles_claim: String,

    /// Where in it the groups are that they belong to; several places with commas
    #[arg(long, env = "SLIPWAY_OIDC_GROUPS_CLAIM", default_value = "groups", value_name = "PATH", help_heading = SIGN_IN)]
    pub oidc_groups_claim: String,

    /// What an access token that programs bring from the provider must be meant for [default: Slipway's client]
    #[arg(long, env = "SLIPWAY_OIDC_AUDIENCE", value_name = "AUDIENCE", help_heading = SIGN_IN)]
    pub oidc_audience: Option<String>,

    /// Where users and groups are looked up who get access to applications: keycloak asks the provider's admin API as
    /// Slipway's client [default: accounts without a provider; keycloak if the provider is one and the client has a
    /// secret; else none]
    #[arg(long, env = "SLIPWAY_PEOPLE", value_enum, value_name = "DIRECTORY", help_heading = SIGN_IN)]
    pub people: Option<PeopleChoice>,

    /// The role that may see everything under Devops and change nothing
    #[arg(long, env = "SLIPWAY_READER_ROLE", default_value = "APS_READER", value_name = "ROLE", help_heading = SIGN_IN)]
    pub reader_role: String,

    /// How long somebody stays signed in at most, in hours
    #[arg(
        long, env = "SLIPWAY_SESSION_HOURS", default_value_t = 12, value_name = "HOURS",
        value_parser = clap::value_parser!(i64).range(1..=720),
        help_heading = SIGN_IN
    )]
    pub session_hours: i64,

    /// How long somebody stays signed in without doing anything, in minutes
    #[arg(
        long, env = "SLIPWAY_SESSION_IDLE_MINUTES", default_value_t = 120, value_name = "MINUTES",
        value_parser = clap::value_parser!(i64).range(1..=43_200),
        help_heading = SIGN_IN
    )]
    pub session_idle_minutes: i64,

    /// How soon somebody whose role was withdrawn is shown out, in seconds
    #[arg(
        long, env = "SLIPWAY_SESSION_CHECK_SECONDS", default_value_t = 60, value_name = "SECONDS",
        value_parser = clap::value_parser!(i64).range(1..=86_400),
        help_heading = SIGN_IN
    )]
    pub session_check_seconds: i64,

    /// The identity provider as applications reach it, up to the realm [default: that of SLIPWAY_OIDC_ISSUER]
    #[arg(long, env = "SLIPWAY_APP_IDENTITY_URL", value_name = "URL", help_heading = APPLICATIONS)]
    pub app_identity_url: Option<String>,

    /// The client by which people use applications at the identity provider
    #[arg(long, env = "SLIPWAY_APP_IDENTITY_CLIENT", default_value = "activiti", value_name = "ID", help_heading = APPLICATIONS)]
    pub app_identity_client: String,

    /// The confidential client by which applications themselves ask it who people are [default: the same]
    #[arg(long, env = "SLIPWAY_APP_IDENTITY_SERVICE_CLIENT", value_name = "ID", help_heading = APPLICATIONS)]
    pub app_identity_service_client: Option<String>,

    /// The secret of that confidential client
    #[arg(long, env = "SLIPWAY_APP_IDENTITY_SECRET", value_name = "SECRET", hide_env_values = true, help_heading = APPLICATIONS)]
    pub app_identity_secret: Option<String>,

    /// Seals secrets in the database: 32 bytes in base64; several with commas while one replaces another, the new one
    /// first [default: generated in the data directory]
    #[arg(long, env = "SLIPWAY_SECRET_KEY", value_name = "KEY", hide_env_values = true, help_heading = DATA)]
    pub secret_key: Option<String>,

    /// Password of the local account admin at first start [default: generated and printed once]
    #[arg(long, env = "SLIPWAY_ADMIN_PASSWORD", value_name = "PASSWORD", hide_env_values = true, help_heading = SIGN_IN)]
    pub admin_password: Option<String>,

    /// How long an operation stays with a process that has vanished, until another one goes on with it, in seconds
    #[arg(
        long, env = "SLIPWAY_LEASE_SECONDS", default_value_t = 15, value_name = "SECONDS",
        value_parser = clap::value_parser!(u64).range(1..=600),
        help_heading = DATA
    )]
    pub lease_seconds: u64,

    /// What is forgotten, and when
    #[command(flatten)]
    pub retention: Retention,

    /// What it tells of itself.
    #[command(flatten)]
    pub telling: Telling,

    /// How long each phase of a pod's start takes in the sandbox, in milliseconds
    #[arg(long, env = "SLIPWAY_SANDBOX_PACE_MS", default_value_t = 700, value_name = "MS", help_heading = CLUSTER)]
    pub sandbox_pace_ms: u64,
}

/// Which cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterChoice {
    /// The simulated one.
    Sandbox,
    /// The one that this pod runs in.
    InCluster,
    /// The one of a kubeconfig file.
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// The context in it, if not the file's own choice.
        context: Option<String>,
    },
}

/// What is wrong with a setting.
#[derive(Debug, thiserror::Error)]
pub enum SettingError {
    /// A variable that looks like a setting and is none.
    #[error("{0} is not a setting; run slipway serve --help for those that are")]
    Unknown(String),
    /// There is no Keycloak to ask.
    #[error(
        "SLIPWAY_PEOPLE is keycloak; that needs SLIPWAY_OIDC_ISSUER to be one of its realms, and a client with a secret"
    )]
    People,
    /// Not a choice of cluster.
    #[error("SLIPWAY_CLUSTER is {0:?}; write sandbox, in-cluster or kubeconfig:PATH[#CONTEXT]")]
    Cluster(String),
}

impl Settings {
    /// Which cluster was chosen. A kubeconfig that happens to lie around is never a choice.
    pub fn cluster_choice(&self, in_pod: bool) -> Result<ClusterChoice, SettingError> {
        match self.cluster.as_deref() {
            None if in_pod => Ok(ClusterChoice::InCluster),
            None | Some("sandbox") => Ok(ClusterChoice::Sandbox),
            Some("in-cluster") => Ok(ClusterChoice::InCluster),
            Some(text) => {
                let named = text.strip_prefix("kubeconfig:").filter(|path| !path.is_empty());
                let named = named.ok_or_else(|| SettingError::Cluster(text.to_owned()))?;
                let (path, context) = match named.split_once('#') {
                    Some((path, context)) => (path, Some(context.to_owned())),
                    None => (named, None),
                };
                Ok(ClusterChoice::Kubeconfig { path: path.into(), context })
            }
        }
    }

    /// The database's address.
    pub fn database(&self) -> String {
        let default = || format!("sqlite:{}", self.data_dir.join("slipway.db").display());
        self.database_url.clone().unwrap_or_else(default)
    }

    /// How long somebody stays signed in.
    pub fn limits(&self) -> Limits {
        Limits {
            whole: SignedDuration::from_hours(self.session_hours),
            idle: SignedDuration::from_mins(self.session_idle_minutes),
            check: SignedDuration::from_secs(self.session_check_seconds),
        }
    }

    /// What applications find around them.
    pub fn surroundings(&self) -> Surroundings {
        let issuer = self.oidc_issuer.as_deref().unwrap_or_default();
        let (url, realm) = issuer.split_once("/realms/").unwrap_or((issuer, ""));
        Surroundings {
            gateway: format!("http://gateway.{}", self.gateway_domain),
            identity_url: self.app_identity_url.clone().unwrap_or_else(|| url.to_owned()),
            identity_realm: realm.trim_end_matches('/').to_owned(),
            identity_client: self.app_identity_client.clone(),
            identity_service_client: self
                .app_identity_service_client
                .clone()
                .unwrap_or_else(|| self.app_identity_client.clone()),
            identity_secret: self.app_identity_secret.clone().unwrap_or_default(),
        }
    }

    /// How the cluster knows the people of applications; none if it does not.
    pub fn access(&self) -> Option<Access> {
        let prefix = |text: &str| if text == "-" { String::new() } else { text.to_owned() };
        Some(Access {
            user_prefix: prefix(self.cluster_user_prefix.as_deref()?),
            group_prefix: prefix(&self.cluster_group_prefix),
            admin_role: self.cluster_admin_role.clone(),
            user_role: self.cluster_user_role.clone(),
        })
    }

    /// The host of all routes, without the port at which it is reached.
    pub fn gateway_host(&self) -> String {
        let domain = self.gateway_domain.split(':').next().unwrap_or_default();
        format!("gateway.{domain}")
    }
}

/// Refuses variables that look like settings and are none. Those of tests begin with `SLIPWAY_TEST_`.
pub fn refuse_unknown_settings(names: impl Iterator<Item = String>) -> Result<(), SettingError> {
    let command = Cli::command();
    let mut all = vec![&command];
    let mut known = Vec::new();
    while let Some(command) = all.pop() {
        known.extend(command.get_arguments().filter_map(|argument| argument.get_env()));
        all.extend(command.get_subcommands());
    }
    for name in names.filter(|name| name.starts_with("SLIPWAY_") && !name.starts_with("SLIPWAY_TEST_")) {
        if !known.iter().any(|known| *known == name.as_str()) {
            return Err(SettingError::Unknown(name));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
