//! One life of the program: started again whenever it was killed, and used as a browser or a program would.

use std::{
    net::TcpListener,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::{process::Command, task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::{
    registry::BUILT,
    witness::Witness,
    world::{World, write_kubeconfig},
};

/// How long anything may take until the test gives up.
pub const PATIENCE: Duration = Duration::from_mins(3);
/// Loops that keep the machine busy take turns: a lease of one second is lost where nobody gets to work.
pub static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
const PASSWORD: &str = "correct-horse-battery";
/// Programs that share a database share what seals its secrets.
pub const KEY: &str = "c2xpcHdheS1zZWNyZXQtb2YtdGhpcnR5LXR3by1ieXQ=";

/// How a program is started.
pub struct Setup<'a> {
    pub database: &'a str,
    /// What the witness calls it.
    pub who: &'a str,
    /// Host and port of the cluster.
    pub cluster: &'a str,
    /// Host and port of the registry.
    pub registry: &'a str,
    pub lease: u64,
}

/// The program, kept alive.
pub struct Life {
    pub url: String,
    who: String,
    cookie: String,
    browser: reqwest::Client,
    stop: CancellationToken,
    keeper: JoinHandle<()>,
    killed: Arc<AtomicUsize>,
    /// Does nobody start it again?
    is_left: Arc<AtomicBool>,
}

impl Life {
    /// Starts the program and signs in.
    pub async fn begin(world: &World, database: &str) -> Self {
        Self::leasing(world, database, 1).await
    }

    /// The same with a lease of so many seconds.
    pub async fn leasing(world: &World, database: &str, lease: u64) -> Self {
        let (cluster, registry) = (&world.cluster, &world.registry);
        Self::of(world, &Setup { database, who: "console", cluster, registry, lease }).await
    }

    /// Starts a program of a certain kind and signs in.
    pub async fn of(world: &World, setup: &Setup<'_>) -> Self {
        // Refused the second time: another test of this process has done it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let addr = free_address();
        let (killed, is_left) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let stop = CancellationToken::new();
        let who = setup.who.to_owned();
        let life = Keeper {
            command: command(world, setup, &addr),
            witness: Arc::clone(&world.witness),
            who: who.clone(),
            stop: stop.clone(),
            killed: Arc::clone(&killed),
            is_left: Arc::clone(&is_left),
            log: world.folder.path().join(setup.who).join("log"),
        };
        let keeper = tokio::spawn(life.keep());
        let redirects = reqwest::redirect::Policy::none();
        let browser = reqwest::Client::builder().redirect(redirects).timeout(PATIENCE).build().unwrap();
        let (url, cookie) = (format!("http://{addr}"), String::new());
        let mut life = Self { url, who, cookie, browser, stop, keeper, killed, is_left };
        life.cookie = life.sign_in().await;
        life
    }

    async fn sign_in(&self) -> String {
        eventually("a session", || async {
            let answer = self.post("/auth/sign-in", &[("name", "admin"), ("password", PASSWORD)]).await;
            let cookie = answer.headers().get("set-cookie")?.to_str().unwrap().to_owned();
            cookie.split(';').next().map(str::to_owned)
        })
        .await
    }

    /// Posts a form as often as it takes to get an answer, as a person does who presses the button again.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> reqwest::Response {
        let body = form.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let ask = || async {
            let request = self.browser.post(format!("{}{path}", self.url)).header("cookie", &self.cookie);
            let request = request.header("content-type", "application/x-www-form-urlencoded");
            let answer = request.header("accept", "text/html").body(body.clone()).send().await.ok()?;
            answer.status().is_redirection().then_some(answer)
        };
        eventually(path, ask).await
    }

    /// What a page says.
    pub async fn page(&self, path: &str) -> String {
        self.try_page(path).await.unwrap().1
    }

    /// Opens a page; its status and text. None if nobody answers.
    pub async fn try_page(&self, path: &str) -> Option<(u16, String)> {
        let request = self.browser.get(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        let answer = request.header("accept", "text/html").send().await.ok()?;
        Some((answer.status().as_u16(), answer.text().await.ok()?))
    }

    /// Follows live events, from that revision on. None if nobody answers.
    pub async fn events(&self, since: Option<i64>) -> Option<reqwest::Response> {
        // Without the limit of time of other requests: it does not end.
        let request =
            reqwest::Client::new().get(format!("{}/api/v1/events", self.url)).header("cookie", &self.cookie);
        let last = since.map(|since| since.to_string());
        let request = last.into_iter().fold(request, |request, last| request.header("last-event-id", last));
        let answer = request.send().await.ok()?;
        answer.status().is_success().then_some(answer)
    }

    /// The head of a request for whoever has a connection of their own.
    pub fn stream(&self, path: &str) -> http::request::Builder {
        let place = self.url.trim_start_matches("http://");
        http::Request::get(path).header("host", place).header("cookie", &self.cookie)
    }

    /// Asks the interface for programs; the answer's status and document.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        self.try_ask(method, path, body, "").await.unwrap()
    }

    /// Asks once, under a key that makes asking again the same request. None if nobody answers.
    pub async fn try_ask(&self, method: Method, path: &str, body: Value, key: &str) -> Option<(u16, Value)> {
        let request = self.browser.request(method, format!("{}/api/v1/{path}", self.url));
        let mut request = request.header("cookie", &self.cookie);
        if !key.is_empty() {
            request = request.header("idempotency-key", key);
        }
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.ok()?;
        Some((answer.status().as_u16(), answer.json().await.unwrap_or_default()))
    }

    /// Asks for a change until somebody answers, as programs do that want it done. What was taken on before its
    /// answer was lost is said to be under way then.
    pub async fn insist(&self, method: Method, path: &str, body: Value, key: &str) {
        let tries = AtomicUsize::new(0);
        let ask = || async {
            let is_first = tries.fetch_add(1, Ordering::SeqCst) == 0;
            let (status, told) = self.try_ask(method.clone(), path, body.clone(), key).await?;
            match status {
                502..=504 => None,
                409 if told["code"] == "SLW_UNDER_WAY" => None,
                409 if !is_first && told["code"] == "SLW_NOT_NOW" => Some(()),
                404 if !is_first && method == Method::DELETE => Some(()),
                _ => {
                    assert_eq!(status, 202, "{method} {path}: {told}");
                    Some(())
                }
            }
        };
        eventually(path, ask).await;
    }

    /// Deploys the project `welcome` under each of these names, and waits until all of them run.
    pub async fn run_all(&self, names: &[String]) {
        for name in names {
            let order = json!({"name": name, "project": "welcome", "version": 1, "admins": ["ana"]});
            assert_eq!(self.ask(Method::POST, "applications", order).await.0, 202);
        }
        for name in names {
            self.until(name, "Running").await;
        }
    }

    /// Waits until the application stands so; the answer is the whole of it.
    pub async fn until(&self, name: &str, status: &str) -> Value {
        self.until_so(name, status, |application| {
            application["standing"]["status"] == status
                && (status != "Running" || application["phase"] == "Succeeded")
        })
        .await
    }

    /// Waits until that is true of the application; the answer is the whole of it.
    pub async fn until_so(&self, name: &str, what: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                let path = format!("applications/{name}");
                if let Some((_, application)) = self.try_ask(Method::GET, &path, Value::Null, "").await {
                    if is_so(&application) {
                        return application;
                    }
                    last = application;
                }
                sleep(Duration::from_millis(40)).await;
            }
        });
        let found = waited.await;
        found.unwrap_or_else(|_| unreachable!("{name} is not {what} but {last}"))
    }

    /// Kills the program, for good.
    pub async fn kill_for_good(&self, witness: &Witness) {
        self.is_left.store(true, Ordering::SeqCst);
        witness.kill(&self.who);
        eventually("its end", || async { self.keeper.is_finished().then_some(()) }).await;
    }

    /// Tells the program to end, as whoever runs it does, and waits until it is gone.
    pub async fn ask_to_end(&self, witness: &Witness) {
        self.is_left.store(true, Ordering::SeqCst);
        witness.signal(&self.who, "-TERM");
        eventually("its end", || async { self.keeper.is_finished().then_some(()) }).await;
    }

    /// Ends the program; says how often it was killed.
    pub async fn end(self) -> usize {
        self.stop.cancel();
        self.keeper.await.unwrap();
        self.killed.load(Ordering::SeqCst)
    }
}

fn command(world: &World, setup: &Setup<'_>, addr: &str) -> Command {
    let folder = world.folder.path().join(setup.who);
    std::fs::create_dir_all(&folder).unwrap();
    write_kubeconfig(&folder.join("kubeconfig"), setup.cluster);
    let mut command = Command::new(program());
    command.arg("serve").env_clear().current_dir(&folder).kill_on_drop(true);
    let log = std::fs::File::create(folder.join("log")).unwrap();
    command.stdout(Stdio::null()).stderr(log).envs([
        ("SLIPWAY_ADDR", addr),
        ("SLIPWAY_DATABASE_URL", setup.database),
        ("SLIPWAY_ADMIN_PASSWORD", PASSWORD),
        ("SLIPWAY_SECRET_KEY", KEY),
        ("SLIPWAY_RELEASES_DIR", &world.releases),
        ("SLIPWAY_CLUSTER", "kubeconfig:kubeconfig"),
        ("SLIPWAY_IMAGE_MIRROR", &format!("http://{}", setup.registry)),
        ("SLIPWAY_REGISTRY", &format!("http://{}/{BUILT}", setup.registry)),
        ("SLIPWAY_LEASE_SECONDS", &setup.lease.to_string()),
        // Tests write a release and deploy it at once.
        ("SLIPWAY_RELEASES_QUIET_MS", "0"),
        ("NO_COLOR", "1"),
    ]);
    let blueprints = world.folder.path().join("blueprints");
    if blueprints.exists() {
        command.env("SLIPWAY_BLUEPRINTS_DIR", blueprints);
    }
    command
}

/// Where the program can listen whenever it is started again: below the ports that the system gives to connections, one
/// of which might have it when the program comes back.
fn free_address() -> String {
    static NEXT: AtomicU16 = AtomicU16::new(20_000);
    let next = || format!("127.0.0.1:{}", NEXT.fetch_add(1, Ordering::SeqCst));
    std::iter::repeat_with(next).find(|addr| TcpListener::bind(addr).is_ok()).unwrap()
}

/// The program of this build, or the one that is named.
pub fn program() -> String {
    std::env::var("SLIPWAY_TEST_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_slipway").to_owned())
}

/// Runs the program again whenever it was killed.
struct Keeper {
    command: Command,
    witness: Arc<Witness>,
    who: String,
    stop: CancellationToken,
    killed: Arc<AtomicUsize>,
    is_left: Arc<AtomicBool>,
    log: std::path::PathBuf,
}

impl Keeper {
    async fn keep(mut self) {
        loop {
            let mut program = self.command.spawn().unwrap();
            self.witness.follow(&self.who, program.id().unwrap());
            tokio::select! {
                ended = program.wait() => {
                    let log = std::fs::read_to_string(&self.log).unwrap_or_default();
                    let last = log.lines().last().unwrap_or_default();
                    let (code, is_left) = (ended.unwrap().code(), self.is_left.load(Ordering::SeqCst));
                    assert!(code.is_none() || (is_left && code == Some(0)), "{} ended by itself: {last}", self.who);
                    self.killed.fetch_add(1, Ordering::SeqCst);
                    if is_left {
                        return;
                    }
                }
                () = self.stop.cancelled() => return,
            }
        }
    }
}

/// Asks until the answer is some.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let asked = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            sleep(Duration::from_millis(40)).await;
        }
    });
    asked.await.unwrap_or_else(|_| unreachable!("{what} did not come within {PATIENCE:?}"))
}
