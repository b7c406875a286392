//! How the parts stand. They are asked side by side, once in a few seconds whoever wants to know, and none for long: a
//! page and an orchestrator's question cost the same answer.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::join_all;
use jiff::Timestamp;
use slipway_domain::{
    ids::Clock,
    ports::PortError,
    system::{Fact, Part, PartName, PartState, Trouble, Why},
};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use super::why;

/// How long an answer is good.
const FRESH: Duration = Duration::from_secs(3);
/// How long a part may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// A part that can be asked.
#[async_trait]
pub trait Probe: Send + Sync {
    /// Asks it; what it says about itself.
    async fn ask(&self) -> Result<Vec<Fact>, PortError>;
}

/// A part, and how it is asked.
pub struct Watched {
    /// Which one.
    pub name: PartName,
    /// What is known of it without asking.
    pub facts: Vec<Fact>,
    /// How it is asked; or what is so in its place, if it is not set up.
    pub probe: Result<Box<dyn Probe>, &'static str>,
}

/// All parts, and how they stood when they were asked last.
pub struct Health {
    watched: Vec<Watched>,
    clock: Arc<dyn Clock>,
    last: Mutex<Option<(Instant, Vec<Part>)>>,
}

impl Health {
    /// Of those parts.
    pub fn new(watched: Vec<Watched>, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { watched, clock, last: Mutex::new(None) })
    }

    /// How they stand. Whoever comes while they are asked waits for that answer. They are asked in a task of its own:
    /// who wanted to know may go away in the middle, and the next one would begin again.
    pub async fn look(self: &Arc<Self>) -> Vec<Part> {
        let this = Arc::clone(self);
        tokio::spawn(async move { this.ask_if_needed().await }).await.unwrap_or_default()
    }

    async fn ask_if_needed(&self) -> Vec<Part> {
        let mut last = self.last.lock().await;
        if let Some((at, parts)) = &*last
            && at.elapsed() < FRESH
        {
            return parts.clone();
        }
        let before = last.take().map(|(_, parts)| parts).unwrap_or_default();
        let asked = self.watched.iter().map(|watched| {
            let before = before.iter().find(|part| part.name == watched.name);
            watched.look(before, &*self.clock)
        });
        let parts = join_all(asked).await;
        *last = Some((Instant::now(), parts.clone()));
        parts
    }
}

impl Watched {
    async fn look(&self, before: Option<&Part>, clock: &dyn Clock) -> Part {
        let part = Part {
            name: self.name,
            state: PartState::NotSetUp,
            since: before.map_or_else(|| clock.now(), |before| before.since),
            asked_at: None,
            facts: self.facts.clone(),
            note: None,
            trouble: None,
        };
        let probe = match &self.probe {
            Ok(probe) => probe,
            Err(note) => return Part { note: Some((*note).to_owned()), ..part },
        };
        let answer = timeout(PATIENCE, probe.ask()).await;
        let answer = answer.unwrap_or_else(|late| Err(PortError::new("waiting for an answer", late)));
        let now = clock.now();
        let state = if answer.is_ok() { PartState::Works } else { PartState::Away };
        let is_news = before.is_none_or(|before| before.state != state);
        if is_news {
            self.log(before, answer.as_ref().err());
        }
        let since = if is_news { now } else { part.since };
        let part = Part { state, since, asked_at: Some(now), ..part };
        match answer {
            Ok(facts) => Part { facts: [part.facts, facts].concat(), ..part },
            Err(error) => Part { trouble: Some(self.trouble(&error)), ..part },
        }
    }

    fn trouble(&self, error: &PortError) -> Trouble {
        Trouble::of(self.name, why::of(&*error.source))
    }

    /// What it said itself is for the log alone.
    fn log(&self, before: Option<&Part>, error: Option<&PortError>) {
        let part = self.name.label();
        match error {
            Some(error) => tracing::warn!(part, error = %error.chain(), "A part is away"),
            None if before.is_some() => tracing::info!(part, "A part is back"),
            None => {}
        }
    }
}

/// Does everything work that is needed to serve?
pub fn is_ready(parts: &[Part]) -> bool {
    let mut needed = PartName::ALL.into_iter().filter(|name| name.is_needed());
    needed.all(|name| parts.iter().any(|part| part.name == name && part.state == PartState::Works))
}
