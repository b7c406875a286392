//! How the parts stand. They are asked side by side, once in a few seconds whoever wants to know, and none for long: a
//! page and an orchestrator's question cost the same answer.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::future::join_all;
use slipway_domain::{
    ids::Clock,
    ports::PortError,
    system::{Fact, Part, PartName, PartState, Trouble},
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
            Ok(facts) => {
                let mut facts = [part.facts, facts].concat();
                facts.sort_by_key(|fact| fact.about);
                Part { facts, ..part }
            }
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    use slipway_domain::system::{About, Why};

    use super::*;
    use crate::clock::SystemClock;

    /// A part that counts how often it is asked.
    #[derive(Clone, Default)]
    struct Counting {
        asked: Arc<AtomicUsize>,
        is_silent: Arc<AtomicBool>,
    }

    impl Counting {
        fn times(&self) -> usize {
            self.asked.load(Ordering::Relaxed)
        }
    }

    #[async_trait]
    impl Probe for Counting {
        async fn ask(&self) -> Result<Vec<Fact>, PortError> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(500)).await;
            if self.is_silent.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
            Ok(vec![Fact::new(About::Version, "1")])
        }
    }

    fn health(probes: &[(PartName, &Counting)]) -> Arc<Health> {
        let watched = probes.iter().map(|(name, probe)| Watched {
            name: *name,
            facts: vec![Fact::new(About::Place, "there")],
            probe: Ok(Box::new((*probe).clone())),
        });
        Health::new(watched.collect(), Arc::new(SystemClock))
    }

    #[tokio::test(start_paused = true)]
    async fn d24_a_part_is_asked_once_in_a_few_seconds_whoever_wants_to_know() {
        let database = Counting::default();
        let health = health(&[(PartName::Database, &database)]);
        // Whoever goes away in the middle does not make the next one begin again.
        assert!(timeout(Duration::from_millis(10), health.look()).await.is_err());
        let all = join_all((0..20).map(|_| health.look())).await;
        assert!(all.iter().all(|parts| parts == &all[0]) && all[0][0].state == PartState::Works);
        assert_eq!(database.times(), 1);
        tokio::time::sleep(FRESH).await;
        health.look().await;
        assert_eq!(database.times(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn d24_parts_are_asked_side_by_side_and_none_for_long() {
        let (database, releases) = (Counting::default(), Counting::default());
        database.is_silent.store(true, Ordering::Relaxed);
        let health = health(&[(PartName::Releases, &releases), (PartName::Database, &database)]);
        let began = Instant::now();
        let parts = health.look().await;
        assert_eq!(began.elapsed(), PATIENCE, "the slow one and no other");
        assert_eq!((parts[0].state, parts[1].state), (PartState::Works, PartState::Away));
        let trouble = parts[1].trouble.as_ref().unwrap();
        assert_eq!(trouble, &Trouble::of(PartName::Database, Why::Silent));
        assert_eq!(parts[0].facts.len(), 2);
        assert_eq!(parts[1].facts, [Fact::new(About::Place, "there")], "what is known without asking");
        assert!(!is_ready(&parts));

        let since = parts[0].since;
        database.is_silent.store(false, Ordering::Relaxed);
        tokio::time::sleep(FRESH).await;
        let parts = health.look().await;
        assert!(is_ready(&parts) && parts[1].trouble.is_none());
        assert_eq!(parts[0].since, since, "it has worked since then");
        assert!(parts[0].asked_at > Some(since));
    }

    #[tokio::test(start_paused = true)]
    async fn d24_what_is_not_needed_to_serve_does_not_decide_whether_that_is_done() {
        let (works, away) = (Counting::default(), Counting::default());
        away.is_silent.store(true, Ordering::Relaxed);
        let needed = [(PartName::Releases, &works), (PartName::Database, &works)];
        let others =
            [(PartName::Registry, &away), (PartName::IdentityProvider, &away), (PartName::Cluster, &away)];
        let parts = health(&[&needed[..], &others[..]].concat()).look().await;
        assert_eq!(parts.iter().filter(|part| part.state == PartState::Away).count(), 3);
        assert!(is_ready(&parts));
        assert!(!is_ready(&[]), "nothing is known");
    }
}
