//! Viewers: connections that live events come over, and what came over each.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{Instant, sleep},
};

use crate::{browser::Browser, program::Program};

/// As many come at a time.
const AT_ONCE: usize = 50;
const PATIENCE: Duration = Duration::from_secs(30);

/// What came over a connection after what stood at its beginning.
#[derive(Debug, Default)]
pub struct Heard {
    /// Has anything come?
    begun: bool,
    /// The revision of each application that was told of, in the order in which they came.
    pub told: Vec<i64>,
    /// The newest revision that was named.
    pub newest: i64,
    /// When which application stood how, for the one viewer who keeps it.
    pub moments: Vec<(Instant, String)>,
}

/// Somebody who watches until this is dropped.
pub struct Viewers {
    heard: Vec<Arc<Mutex<Heard>>>,
    tasks: JoinSet<()>,
}

impl Viewers {
    /// So many more come, and each has heard something when this is over. Of all events they want those of the query.
    pub async fn come(
        program: &Program,
        browser: &Browser,
        query: &str,
        count: usize,
    ) -> anyhow::Result<Self> {
        Self::with(program, browser, query, count, false).await
    }

    /// One who writes down when what came.
    pub async fn one(program: &Program, browser: &Browser) -> anyhow::Result<Self> {
        Self::with(program, browser, "", 1, true).await
    }

    async fn with(
        program: &Program,
        browser: &Browser,
        query: &str,
        count: usize,
        keeps: bool,
    ) -> anyhow::Result<Self> {
        let place = program.place();
        let request = format!(
            "GET /api/v1/events?{query} HTTP/1.1\r\nhost: {place}\r\naccept: text/event-stream\r\ncookie: {}\r\n\r\n",
            browser.cookie
        );
        let mut viewers = Self { heard: Vec::new(), tasks: JoinSet::new() };
        while viewers.heard.len() < count {
            for _ in 0..AT_ONCE.min(count - viewers.heard.len()) {
                let mut connection = TcpStream::connect(place).await?;
                connection.write_all(request.as_bytes()).await?;
                let heard = Arc::new(Mutex::new(Heard::default()));
                viewers.heard.push(Arc::clone(&heard));
                viewers.tasks.spawn(listen(connection, heard, keeps));
            }
            viewers.until("all have begun", |heard| heard.begun).await?;
        }
        Ok(viewers)
    }

    /// Waits until that is true of each.
    pub async fn until(&self, what: &str, is_so: impl Fn(&Heard) -> bool) -> anyhow::Result<()> {
        let began = Instant::now();
        loop {
            let missing = self.each().filter(|heard| !is_so(heard)).count();
            if missing == 0 {
                return Ok(());
            }
            if began.elapsed() > PATIENCE {
                bail!("{what}: not of {missing} of {} viewers", self.heard.len());
            }
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// What each has heard so far.
    pub fn each(&self) -> impl Iterator<Item = MutexGuard<'_, Heard>> {
        self.heard.iter().map(|heard| heard.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What the first of them has heard.
    pub fn first(&self) -> MutexGuard<'_, Heard> {
        self.heard[0].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets what was heard.
    pub fn forget(&self) {
        for mut heard in self.each() {
            heard.told.clear();
            heard.moments.clear();
        }
    }

    /// Has each heard exactly what the other one has?
    pub async fn heard_all_of(&self, other: &Self) -> anyhow::Result<()> {
        let all = other.first().told.clone();
        ensure!(!all.is_empty(), "nothing happened");
        self.until("everything was heard, once and in order", |heard| heard.told == all).await
    }
}

async fn listen(mut connection: TcpStream, heard: Arc<Mutex<Heard>>, keeps: bool) {
    let (mut line, mut buffer) = (Vec::new(), [0; 4096]);
    let mut kind = String::new();
    while let Ok(count @ 1..) = connection.read(&mut buffer).await {
        let now = Instant::now();
        for byte in &buffer[..count] {
            if *byte != b'\n' {
                line.push(*byte);
                continue;
            }
            let text = String::from_utf8_lossy(&line);
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            take(&mut heard, &text, &mut kind, keeps.then_some(now));
            drop(heard);
            line.clear();
        }
    }
}

/// Takes in a line of an event.
fn take(heard: &mut Heard, line: &str, kind: &mut String, at: Option<Instant>) {
    if let Some(name) = line.strip_prefix("event: ") {
        name.clone_into(kind);
    } else if let Some(revision) = line.strip_prefix("id: ").and_then(|text| text.parse().ok()) {
        heard.newest = heard.newest.max(revision);
        if kind == "application" {
            heard.told.push(revision);
        }
    } else if let (Some(at), Some(data)) = (at, line.strip_prefix("data: ").filter(|_| kind == "application"))
    {
        heard.moments.push((at, data.to_owned()));
    }
    // What stands comes first, or that nothing has changed; before that only the head of the answer.
    heard.begun |= line == ":" || (line.is_empty() && !kind.is_empty());
}
