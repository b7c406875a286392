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
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name).display().to_string();
        let config = format!(
            "version: 0.1\nlog: {{level: error, accesslog: {{disabled: true}}}}\n\
             storage: {{filesystem: {{rootdirectory: {}}}, delete: {{enabled: true}}}}\n\
             http: {{addr: '127.0.0.1:{port}'}}\n{}",
            path("data"),
            auth.replace("HTPASSWD", &path("htpasswd")),
        );
        std::fs::write(path("config.yml"), config).unwrap();
        std::fs::write(path("htpasswd"), HTPASSWD).unwrap();
        let mut registry = Self { host: format!("127.0.0.1:{port}"), folder, process: None };
        registry.run().await;
        Some(registry)
    }

    /// Starts it, or starts it again with what it held.
    pub async fn run(&mut self) {
        let program = program("docker-registry").unwrap();
        let process = Command::new(program)
            .arg("serve")
            .arg(self.folder.path().join("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.process = Some(process);
        let end = Instant::now() + Duration::from_secs(20);
        while reqwest::get(format!("http://{}/v2/", self.host)).await.is_err() {
            assert!(Instant::now() < end, "the registry does not answer");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
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
