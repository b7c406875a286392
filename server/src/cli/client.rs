//! The command line as a client of the REST interface: it can do what the pages can do, and nothing else.

mod access;
mod audit;
mod events;
mod logs;
mod order;
mod print;
mod reach;
mod secrets;
mod system;
mod wait;

use clap::{Args, CommandFactory, Subcommand};
use clap_complete::Shell;
use reqwest::Method;
use serde_json::{Value, json};

pub use self::{access::AccessArgs, audit::AuditArgs};
use self::{
    logs::LogsArgs,
    order::{DeployArgs, UpdateArgs},
    print::{Output, Table},
    reach::{Profile, Reach},
    system::SystemArgs,
    wait::Waiting,
};
use crate::config::Cli;

/// Why a command did not do what it should, with the code that the program ends with.
#[derive(Debug, thiserror::Error)]
#[error("{told}")]
pub struct Failure {
    /// 1: refused or failed. 3: the server cannot be reached. 4: it took longer than one wanted to wait.
    pub code: u8,
    /// What happened, in a sentence.
    pub told: String,
}

impl Failure {
    fn refused(told: impl Into<String>) -> Self {
        Self { code: 1, told: told.into() }
    }
}

type Done = Result<(), Failure>;

/// The commands.
#[derive(Debug, Subcommand)]
pub enum ClientCommand {
    /// Keep a server's address and a token, which is read from standard input
    Login(LoginArgs),
    /// List released projects, or the releases of one
    Releases(ReleasesArgs),
    /// Deploy a release as a new application
    Deploy(DeployArgs),
    /// List applications, or export one as a file for deploy -f
    Apps(AppsArgs),
    /// Show the workloads and tasks of an application
    Ps(AppArgs),
    /// Show what containers say, or said before they ended
    Logs(LogsArgs),
    /// Update an application in place
    Update(UpdateArgs),
    /// Make an earlier generation real again
    Rollback(RollbackArgs),
    /// Show who has access to an application, or say it anew without a restart
    Access(AccessArgs),
    /// Remove an application with everything in it
    Undeploy(UndeployArgs),
    /// Run the operation that failed or was cancelled once more
    Retry(ChangeArgs),
    /// End the operation that is under way where it is
    Cancel(AppArgs),
    /// Show what was done to an application
    History(AppArgs),
    /// Look up users and groups who can be given access
    People(PeopleArgs),
    /// List, make and revoke your tokens
    Tokens(TokensArgs),
    /// Show what the server is, how its parts stand, and how it is set
    System(SystemArgs),
    /// Print a script that completes commands in a shell
    Completion {
        /// The shell
        shell: Shell,
    },
}

/// `login`.
#[derive(Debug, Args)]
pub struct LoginArgs {
    /// The server
    #[arg(long, env = "SLIPWAY_URL", default_value = "http://127.0.0.1:3000")]
    url: String,
    /// What to call it
    #[arg(long, env = "SLIPWAY_PROFILE", default_value = "default")]
    profile: String,
}

/// `releases`.
#[derive(Debug, Args)]
pub struct ReleasesArgs {
    #[command(flatten)]
    reach: Reach,
    /// Only this project, with all its releases
    #[arg(short, long)]
    project: Option<String>,
}

/// `apps`.
#[derive(Debug, Args)]
pub struct AppsArgs {
    #[command(flatten)]
    reach: Reach,
    /// Only those of this project
    #[arg(short, long)]
    project: Option<String>,
    /// Only those with this status
    #[arg(long)]
    status: Option<String>,
    #[command(subcommand)]
    command: Option<AppsCommand>,
}

/// Below `apps`.
#[derive(Debug, Subcommand)]
pub enum AppsCommand {
    /// Write down how an application was ordered, without its secrets
    Export(AppArgs),
}

/// One application.
#[derive(Debug, Args)]
pub struct AppArgs {
    #[command(flatten)]
    reach: Reach,
    /// The application
    #[arg(value_name = "APP", required_unless_present = "app")]
    name: Option<String>,
    /// The application, as scope
    #[arg(long, value_name = "APP", conflicts_with = "name")]
    app: Option<String>,
}

impl AppArgs {
    fn path(&self, rest: &str) -> String {
        let name = self.name.as_deref().or(self.app.as_deref()).unwrap_or_default();
        format!("applications/{}{rest}", slipway_app::ways::escape(name))
    }
}

/// A change of one application.
#[derive(Debug, Args)]
pub struct ChangeArgs {
    #[command(flatten)]
    app: AppArgs,
    #[command(flatten)]
    waiting: Waiting,
}

/// `rollback`.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    #[command(flatten)]
    change: ChangeArgs,
    /// Which one
    #[arg(short, long)]
    generation: u32,
}

/// `undeploy`.
#[derive(Debug, Args)]
pub struct UndeployArgs {
    #[command(flatten)]
    change: ChangeArgs,
    /// Also what is being deployed or has failed
    #[arg(long)]
    force: bool,
}

/// `people`.
#[derive(Debug, Args)]
pub struct PeopleArgs {
    #[command(flatten)]
    reach: Reach,
    /// A part of the name
    query: String,
}

/// `tokens`.
#[derive(Debug, Args)]
pub struct TokensArgs {
    #[command(flatten)]
    reach: Reach,
    #[command(subcommand)]
    command: Option<TokensCommand>,
}

/// Below `tokens`.
#[derive(Debug, Subcommand)]
pub enum TokensCommand {
    /// Make a token; it is printed once
    Make {
        /// What it is for
        name: String,
        /// What it may do: read, change, remove, audit, tokens
        #[arg(long, value_delimiter = ',', default_value = "read")]
        scopes: Vec<String>,
        /// How many days it lives
        #[arg(long, default_value_t = 30)]
        days: u32,
    },
    /// End a token at once
    Revoke {
        /// Its identity, as listed
        id: String,
    },
}

/// Runs one.
pub async fn run(command: ClientCommand) -> Done {
    match command {
        ClientCommand::Login(args) => login(&args).await,
        ClientCommand::Releases(args) => releases(&args).await,
        ClientCommand::Deploy(args) => order::deploy(&args).await,
        ClientCommand::Apps(args) => apps(&args).await,
        ClientCommand::Ps(args) => ps(&args).await,
        ClientCommand::Logs(args) => args.run().await,
        ClientCommand::Update(args) => order::update(&args).await,
        ClientCommand::Rollback(args) => {
            let body = json!({"generation": args.generation});
            change(&args.change, Method::POST, "/rollback", Some(body)).await
        }
        ClientCommand::Undeploy(args) => {
            let rest = if args.force { "?force=true" } else { "" };
            change(&args.change, Method::DELETE, rest, None).await
        }
        ClientCommand::Access(args) => args.run().await,
        ClientCommand::Retry(args) => change(&args, Method::POST, "/retry", None).await,
        ClientCommand::Cancel(args) => {
            let done = args.reach.ask(Method::POST, &args.path("/cancel"), None).await?;
            print::application(&done, args.reach.output)
        }
        ClientCommand::History(args) => history(&args).await,
        ClientCommand::People(args) => people(&args).await,
        ClientCommand::Tokens(args) => tokens(&args).await,
        ClientCommand::System(args) => args.run().await,
        ClientCommand::Completion { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "slipway", &mut std::io::stdout());
            Ok(())
        }
    }
}

async fn login(args: &LoginArgs) -> Done {
    let mut token = String::new();
    let read = std::io::stdin().read_line(&mut token);
    read.map_err(|error| Failure::refused(format!("the token cannot be read from standard input: {error}")))?;
    let profile = Profile { url: args.url.trim_end_matches('/').to_owned(), token: token.trim().to_owned() };
    let reach = Reach::with(&profile, Output::Table);
    reach.ask(Method::GET, "releases", None).await?;
    let path = profile.keep(&args.profile)?;
    println!("Signed in to {}. The token is kept in {}.", profile.url, path.display());
    Ok(())
}

async fn releases(args: &ReleasesArgs) -> Done {
    let output = args.reach.output;
    if let Some(project) = &args.project {
        let path = format!("releases/{}", slipway_app::ways::escape(project));
        let found = args.reach.ask(Method::GET, &path, None).await?;
        let columns = &[("VERSION", "/version"), ("RELEASED", "/released_at"), ("BY", "/released_by")];
        return print::list(&found, "/releases", columns, output);
    }
    let found = args.reach.ask(Method::GET, "releases", None).await?;
    let columns = &[
        ("PROJECT", "/project/name"),
        ("VERSION", "/project/releases/0/version"),
        ("APPLICATIONS", "/applications"),
    ];
    print::list(&found, "/projects", columns, output)
}

async fn apps(args: &AppsArgs) -> Done {
    if let Some(AppsCommand::Export(app)) = &args.command {
        let order = app.reach.ask(Method::GET, &app.path("/order"), None).await?;
        // A file is the point of it.
        return print::document(
            &order,
            if app.reach.output == Output::Json { Output::Json } else { Output::Yaml },
        );
    }
    let given = [("project", &args.project), ("status", &args.status)];
    let given = given.iter().filter_map(|(name, value)| Some((*name, value.as_deref()?)));
    let query: Vec<String> =
        given.map(|(name, value)| format!("&{name}={}", slipway_app::ways::escape(value))).collect();
    let query = query.concat();
    let mut all: Vec<Value> = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("applications?limit=1000&cursor={cursor}{query}");
        let found = args.reach.ask(Method::GET, &path, None).await?;
        all.extend(found["applications"].as_array().cloned().unwrap_or_default());
        match found["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    let columns = &[
        ("NAME", "/name"),
        ("STATUS", "/standing/status"),
        ("PROJECT", "/project"),
        ("VERSION", "/version"),
        ("GENERATION", "/generation"),
        ("UPDATED", "/updated_at"),
    ];
    print::list(&json!({"applications": all}), "/applications", columns, args.reach.output)
}

async fn ps(args: &AppArgs) -> Done {
    let found = args.reach.ask(Method::GET, &args.path("/components"), None).await?;
    if args.reach.output != Output::Table {
        return print::document(&found, args.reach.output);
    }
    let mut table = Table::new(&["COMPONENT", "TASK", "STATE", "HEALTH", "RESTARTS"]);
    for component in found["components"].as_array().into_iter().flatten() {
        for task in component["tasks"].as_array().into_iter().flatten() {
            let cells = ["/id", "/state", "/health", "/restarts"].map(|path| print::text(task.pointer(path)));
            let [task, state, health, restarts] = cells;
            table.row(vec![print::text(component.get("name")), task, state, health, restarts]);
        }
        if component["tasks"].as_array().is_none_or(Vec::is_empty) {
            let none = || "-".to_owned();
            table.row(vec![print::text(component.get("name")), none(), none(), none(), none()]);
        }
    }
    table.print();
    Ok(())
}

async fn change(args: &ChangeArgs, method: Method, rest: &str, body: Option<Value>) -> Done {
    let reach = &args.app.reach;
    let asked = reach.ask(method, &args.app.path(rest), body.as_ref()).await?;
    wait::finish(reach, &args.waiting, asked).await
}

async fn history(args: &AppArgs) -> Done {
    let found = args.reach.ask(Method::GET, &args.path("/operations"), None).await?;
    let columns = &[
        ("TIME", "/requested_at"),
        ("OPERATION", "/kind"),
        ("GENERATION", "/generation"),
        ("USER", "/requested_by"),
        ("OUTCOME", "/progress/state"),
        ("REASON", "/progress/cause/reason"),
    ];
    print::list(&found, "/operations", columns, args.reach.output)
}

/// All pages: whoever names somebody wants to see everybody of the name.
async fn people(args: &PeopleArgs) -> Done {
    let query = slipway_app::ways::escape(&args.query);
    let (mut all, mut cursor) = (Vec::<Value>::new(), String::new());
    loop {
        let found = args.reach.ask(Method::GET, &format!("people?q={query}&cursor={cursor}"), None).await?;
        all.extend(found["people"].as_array().cloned().unwrap_or_default());
        match found["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    let columns = &[("KIND", "/kind"), ("NAME", "/name"), ("ABOUT", "/about"), ("ID", "/id")];
    print::list(&json!({"people": all}), "/people", columns, args.reach.output)
}

async fn tokens(args: &TokensArgs) -> Done {
    match &args.command {
        None => {
            let found = args.reach.ask(Method::GET, "tokens", None).await?;
            let columns = &[
                ("ID", "/id"),
                ("NAME", "/name"),
                ("SCOPES", "/scopes"),
                ("ENDS", "/expires_at"),
                ("LAST USED", "/last_used_at"),
            ];
            print::list(&found, "/tokens", columns, args.reach.output)
        }
        Some(TokensCommand::Make { name, scopes, days }) => {
            let body = json!({"name": name, "scopes": scopes, "days": days});
            let made = args.reach.ask(Method::POST, "tokens", Some(&body)).await?;
            match args.reach.output {
                Output::Table => println!("{}", print::text(made.get("secret"))),
                output => print::document(&made, output)?,
            }
            Ok(())
        }
        Some(TokensCommand::Revoke { id }) => {
            let path = format!("tokens/{}", slipway_app::ways::escape(id));
            args.reach.ask(Method::DELETE, &path, None).await.map(|_| ())
        }
    }
}
