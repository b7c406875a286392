//! One life of the program: started again whenever it was killed, and used as a browser would.

use std::{
    net::TcpListener,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use reqwest::Method;
use serde_json::Value;
use slipway_domain::{application::Application, names::ApplicationName, operation::Progress, status::Status};
use slipway_store::Store;
use tokio::{process::Command, task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use crate::world::World;

/// How long anything may take until the test gives up.
const PATIENCE: Duration = Duration::from_mins(1);
const PASSWORD: &str = "correct-horse-battery";

/// The program, kept alive.
pub struct Life {
    url: String,
    cookie: String,
    browser: reqwest::Client,
    stop: CancellationToken,
    keeper: JoinHandle<()>,
    killed: Arc<AtomicUsize>,
}

impl Life {
    /// Starts the program and signs in.
    pub async fn begin(world: &World, database: &str) -> Self {
        // Refused the second time: the other test of this process has done it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
        let killed = Arc::new(AtomicUsize::new(0));
        let stop = CancellationToken::new();
        let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
        command.arg("serve").env_clear().current_dir(&world.folder).kill_on_drop(true);
        command.stdout(Stdio::null()).stderr(Stdio::null()).envs([
            ("SLIPWAY_ADDR", addr.as_str()),
            ("SLIPWAY_DATABASE_URL", database),
            ("SLIPWAY_ADMIN_PASSWORD", PASSWORD),
            ("SLIPWAY_RELEASES_DIR", world.releases.as_str()),
            ("SLIPWAY_CLUSTER", "kubeconfig:kubeconfig"),
            ("SLIPWAY_IMAGE_MIRROR", &format!("http://{}", world.registry)),
            ("SLIPWAY_LEASE_SECONDS", "1"),
            // Tests write a release and deploy it at once.
            ("SLIPWAY_RELEASES_QUIET_MS", "0"),
        ]);
        let keeper =
            tokio::spawn(keep(command, Arc::clone(&world.assassin), stop.clone(), Arc::clone(&killed)));
        let redirects = reqwest::redirect::Policy::none();
        let browser = reqwest::Client::builder().redirect(redirects).build().unwrap();
        let url = format!("http://{addr}");
        let mut life = Self { url, cookie: String::new(), browser, stop, keeper, killed };
        life.cookie = life.sign_in().await;
        life
    }

    async fn sign_in(&self) -> String {
        let answer = self.post("/auth/sign-in", &[("name", "admin"), ("password", PASSWORD)]).await;
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
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
        let request = self.browser.get(format!("{}{path}", self.url)).header("cookie", &self.cookie);
        request.header("accept", "text/html").send().await.unwrap().text().await.unwrap()
    }

    /// Asks the interface for programs; the answer's status and document.
    pub async fn ask(&self, method: Method, path: &str, body: Value) -> (u16, Value) {
        let request = self.browser.request(method, format!("{}/api/v1/{path}", self.url));
        let request = request.header("cookie", &self.cookie);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json().await.unwrap_or_default())
    }

    /// Waits until the application stands so; the answer is the whole of it.
    pub async fn until(&self, name: &str, status: &str) -> Value {
        let told = std::sync::Mutex::new(Value::Null);
        let ask = || async {
            let (_, application) = self.ask(Method::GET, &format!("applications/{name}"), Value::Null).await;
            let is_so = application["standing"]["status"] == status
                && (status != "Running" || application["phase"] == "Succeeded");
            *told.lock().unwrap() = application.clone();
            is_so.then_some(application)
        };
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(application) = ask().await {
                    return application;
                }
                sleep(Duration::from_millis(30)).await;
            }
        });
        let found = waited.await;
        found.unwrap_or_else(|_| unreachable!("{name} is not {status} but {}", told.lock().unwrap()))
    }

    /// Deploys an application until it runs.
    pub async fn deploy(&self, store: &Store) {
        let form = [
            ("form[project]", "web-shop"),
            ("form[version]", "1"),
            ("form[name]", "shop"),
            ("form[admins]", "ana"),
            ("form[idempotency_key]", "k1"),
        ];
        let answer = self.post("/actions/deploy", &form).await;
        assert_eq!(answer.headers()["location"], "/devops/instances/shop");
        eventually("Running", || async {
            let application = self.application(store).await;
            let operations = store.operations(application.id).await.unwrap();
            let over = matches!(operations[0].progress, Progress::Succeeded { .. });
            (over && application.standing.status == Status::Running).then_some(())
        })
        .await;
    }

    /// Undeploys it until nothing is left.
    pub async fn undeploy(&self, store: &Store) {
        self.post("/actions/undeploy", &[("name", "shop"), ("confirmation", "shop")]).await;
        eventually("Undeployed", || async {
            let application = self.application(store).await;
            (application.standing.status == Status::Undeployed).then_some(())
        })
        .await;
    }

    /// The application as it is recorded.
    pub async fn application(&self, store: &Store) -> Application {
        store.application(&ApplicationName::parse("shop").unwrap()).await.unwrap().unwrap()
    }

    /// Ends the program; says how often it was killed.
    pub async fn end(&self) -> usize {
        self.stop.cancel();
        eventually("the end of the program", || async { self.keeper.is_finished().then_some(()) }).await;
        self.killed.load(Ordering::SeqCst)
    }
}

/// Runs the program again whenever it was killed.
async fn keep(
    mut command: Command,
    assassin: Arc<crate::world::Assassin>,
    stop: CancellationToken,
    killed: Arc<AtomicUsize>,
) {
    loop {
        let mut program = command.spawn().unwrap();
        assassin.follow(program.id().unwrap());
        tokio::select! {
            ended = program.wait() => {
                assert_eq!(ended.unwrap().code(), None, "the program ended by itself");
                killed.fetch_add(1, Ordering::SeqCst);
            }
            () = stop.cancelled() => return,
        }
    }
}

async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let asked = tokio::time::timeout(PATIENCE, async {
        loop {
            if let Some(answer) = ask().await {
                return answer;
            }
            sleep(Duration::from_millis(50)).await;
        }
    });
    asked.await.unwrap_or_else(|_| unreachable!("{what} did not come within {PATIENCE:?}"))
}
