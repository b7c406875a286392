//! The program as a process of its own, and what it costs: processor time and memory, as the kernel counts them.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, bail};
use slipway_server::cli::HEAP;
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep},
};

/// The kernel counts processor time in hundredths of a second.
const TICK: Duration = Duration::from_millis(10);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(3);
/// So long the program must have done nothing to be called at rest.
const REST: Duration = Duration::from_millis(300);
pub const PASSWORD: &str = "correct-horse-battery";

/// The program at work.
pub struct Program {
    pub url: String,
    child: Child,
    pid: u32,
}

/// What of its memory is resident, in KiB.
#[derive(Debug, Clone, Copy)]
pub struct Memory {
    pub now: usize,
    /// The most that there has been.
    pub peak: usize,
}

/// The file that is measured: the one that is named, or that of this build.
pub fn file() -> PathBuf {
    std::env::var_os("SLIPWAY_TEST_PROGRAM")
        .map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_slipway")), PathBuf::from)
}

/// The processor time of a process so far.
pub fn cpu_of(process: &str) -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // The name before that may hold anything but ends with the last parenthesis.
    let (_, fields) = text.rsplit_once(')').context("no process")?;
    let ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u32>);
    Ok(TICK * ticks.sum::<Result<u32, _>>()?)
}

impl Program {
    /// Starts it on that data directory and cluster, and waits until it answers.
    pub async fn start(data: &Path, cluster: &str) -> anyhow::Result<Self> {
        let program = Self::exec(data, cluster)?;
        let began = Instant::now();
        while !program.is_ready().await {
            if began.elapsed() > PATIENCE {
                bail!("the program does not answer; its log is {}", data.join("log").display());
            }
            sleep(Duration::from_millis(5)).await;
        }
        Ok(program)
    }

    /// Starts it and waits for nothing.
    pub fn exec(data: &Path, cluster: &str) -> anyhow::Result<Self> {
        let addr = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        std::fs::create_dir_all(data)?;
        let log = std::fs::File::create(data.join("log"))?;
        let releases = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/releases");
        let mut command = Command::new(file());
        command.arg("serve").env_clear().current_dir(data).kill_on_drop(true);
        // As the image runs it.
        command.envs(HEAP);
        command.stdout(Stdio::null()).stderr(log).envs([
            ("SLIPWAY_ADDR", addr.as_str()),
            ("SLIPWAY_DATA_DIR", "."),
            ("SLIPWAY_CLUSTER", cluster),
            ("SLIPWAY_ADMIN_PASSWORD", PASSWORD),
            ("SLIPWAY_RELEASES_DIR", releases),
            ("SLIPWAY_RELEASES_QUIET_MS", "0"),
            ("SLIPWAY_SANDBOX_PACE_MS", "5"),
            ("NO_COLOR", "1"),
        ]);
        let child = command.spawn().with_context(|| format!("starting {}", file().display()))?;
        let pid = child.id().context("the program has ended at once")?;
        Ok(Self { url: format!("http://{addr}"), child, pid })
    }

    async fn is_ready(&self) -> bool {
        tokio::net::TcpStream::connect(self.place()).await.is_ok()
    }

    /// Host and port.
    pub fn place(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// The processor time of all its threads so far.
    pub fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(&self.pid.to_string())
    }

    pub fn memory(&self) -> anyhow::Result<Memory> {
        let read = |file: &str, name: &str| -> anyhow::Result<usize> {
            let text = std::fs::read_to_string(format!("/proc/{}/{file}", self.pid))?;
            let line =
                text.lines().find_map(|line| line.strip_prefix(name)).context("the kernel does not say")?;
            Ok(line.trim_end_matches("kB").trim().parse()?)
        };
        Ok(Memory { now: read("smaps_rollup", "Rss:")?, peak: read("status", "VmHWM:")? })
    }

    /// Waits until it has nothing to do; the processor time so far.
    pub async fn rest(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        let (mut cpu, mut since) = (self.cpu()?, Instant::now());
        while since.elapsed() < REST {
            sleep(REST / 3).await;
            let now = self.cpu()?;
            if now > cpu {
                (cpu, since) = (now, Instant::now());
            }
            if began.elapsed() > PATIENCE {
                bail!("the program does not come to rest");
            }
        }
        Ok(cpu)
    }

    /// Ends it as whoever runs it does.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        Command::new("kill").arg(self.pid.to_string()).status().await?;
        tokio::time::timeout(PATIENCE, self.child.wait()).await??;
        Ok(())
    }

    /// Ends it without letting it do anything.
    pub async fn kill(mut self) -> anyhow::Result<()> {
        Ok(self.child.kill().await?)
    }
}
