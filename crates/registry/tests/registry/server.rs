//! A real registry in a folder of its own.

use std::{
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// Everybody who needs a name has this one.
pub const USER: &str = "slipway";
pub const PASSWORD: &str = "s3cret-word";
const HTPASSWD: &str = "slipway:$2y$05$qsq6ipRAxfN4s8XSMMBvJuMAKFcTQQOAj9Q8xPpuEhCBBo/HlF/Mq\n";

/// The header by which a registry of these tests is known.
const MARK: &str = "X-Test-Folder";

pub struct Registry {
    pub host: String,
    folder: tempfile::TempDir,
    process: Option<Child>,
}

impl Registry {
    /// One that lets everybody do everything; none if the program is missing.
    pub async fn start() -> Option<Self> {
        Self::with("").await
    }

    /// One that lets nobody in without a name and a password.
    pub async fn with_password() -> Option<Self> {
        Self::with("auth: {htpasswd: {realm: test, path: HTPASSWD}}\n").await
    }

    async fn with(auth: &str) -> Option<Self> {
        program("docker-registry")?;
        // The port may be taken between the moment it was free and the moment it is used.
        for _ in 0..5 {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let host = format!("127.0.0.1:{port}");
            let mut registry = Self { host, folder: tempfile::tempdir().unwrap(), process: None };
            registry.configure(auth);
            if registry.try_run().await {
                return Some(registry);
            }
        }
        panic!("no registry could be started");
    }

    fn configure(&self, auth: &str) {
        let path = |name: &str| self.folder.path().join(name).display().to_string();
        let config = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: {}}}, delete: {{enabled: true}}}}\n\
             http: {{addr: '{}', headers: {{{MARK}: ['{}']}}}}\n{}",
            path("data"),
            self.host,
            self.folder.path().display(),
            auth.replace("HTPASSWD", &path("htpasswd")),
        );
        std::fs::write(path("config.yml"), config).unwrap();
        std::fs::write(path("htpasswd"), HTPASSWD).unwrap();
    }

    /// Starts it again with what it held.
    pub async fn run(&mut self) {
        assert!(self.try_run().await, "the registry did not start again");
    }

    async fn try_run(&mut self) -> bool {
        let mut process = Command::new(program("docker-registry").unwrap())
            .arg("serve")
            .arg(self.folder.path().join("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let end = Instant::now() + Duration::from_secs(20);
        while process.try_wait().unwrap().is_none() && Instant::now() < end {
            if self.answers().await {
                self.process = Some(process);
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process.kill().ok();
        process.wait().ok();
        false
    }

    /// Does it answer, and not somebody else on its port?
    async fn answers(&self) -> bool {
        let Ok(response) = reqwest::get(format!("http://{}/v2/", self.host)).await else { return false };
        response.headers().get(MARK).is_some_and(|mark| *mark == *self.folder.path().to_string_lossy())
    }

    /// Stops it, by its process and no other.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().ok();
            process.wait().ok();
        }
    }

    /// Does its storage hold a blob?
    pub fn stores(&self, digest: &str) -> bool {
        let hash = digest.trim_start_matches("sha256:");
        let blobs = self.folder.path().join("data/docker/registry/v2/blobs/sha256");
        blobs.join(&hash[..2]).join(hash).join("data").exists()
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where a program is. If it is missing, the test has nothing to test, which must not go unnoticed where
/// everything should be there.
pub fn program(name: &str) -> Option<std::path::PathBuf> {
    crate::support::tls();
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let found =
        std::env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| Path::is_file(path));
    if found.is_none() {
        assert!(std::env::var_os("SLIPWAY_TEST_REQUIRE").is_none(), "{name} is not installed");
        println!("skipped: {name} is not installed");
    }
    found
}
