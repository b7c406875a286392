//! A directory that is asked no more than it needs to be: what it said is good for a moment, and one that does not answer
//! is left alone for a while, so that nobody waits for it twice.

use std::{
    collections::HashMap,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use async_trait::async_trait;
use slipway_domain::{
    people::{Found, Kind, Person},
    ports::{Directory, PortError},
};

use super::failed;

/// How long an answer is good.
const FRESH: Duration = Duration::from_secs(20);
/// How long somebody waits for one.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long a directory that did not answer is not asked again.
const LEFT_ALONE: Duration = Duration::from_secs(10);
/// More answers are not remembered.
const ANSWERS: usize = 2_000;

/// What was asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Question {
    Search(String, String),
    Named(String),
    ById(Kind, String),
}

/// The directory behind it, and what it said.
pub struct Patient {
    inner: Arc<dyn Directory>,
    memory: Arc<Memory>,
}

#[derive(Default)]
struct Memory {
    said: Mutex<HashMap<Question, (Instant, Found)>>,
    silent_since: Mutex<Option<Instant>>,
}

#[derive(Debug, thiserror::Error)]
#[error("it did not answer a moment ago")]
struct Silent;

impl Patient {
    /// That one, asked with patience.
    pub fn new(inner: Arc<dyn Directory>) -> Self {
        Self { inner, memory: Arc::default() }
    }

    /// An answer that comes too late for who asked is there for who asks next: a provider that has just been started
    /// takes its time only once.
    async fn ask<F>(&self, question: Question, asked: F) -> Result<Found, PortError>
    where
        F: Future<Output = Result<Found, PortError>> + Send + 'static,
    {
        if let Some(found) = self.memory.recall(&question) {
            return Ok(found);
        }
        if self.memory.is_silent() {
            return Err(failed(Silent));
        }
        let memory = self.memory.clone();
        let kept = tokio::spawn(async move { memory.keep(question, asked.await) });
        match tokio::time::timeout(PATIENCE, kept).await {
            Ok(answer) => answer.unwrap_or_else(|ended| Err(failed(ended))),
            Err(late) => self.memory.keep_silence(failed(late)),
        }
    }
}

impl Memory {
    fn recall(&self, question: &Question) -> Option<Found> {
        let said = locked(&self.said);
        said.get(question).filter(|(at, _)| at.elapsed() < FRESH).map(|(_, found)| found.clone())
    }

    fn is_silent(&self) -> bool {
        locked(&self.silent_since).is_some_and(|since| since.elapsed() < LEFT_ALONE)
    }

    fn keep(&self, question: Question, answer: Result<Found, PortError>) -> Result<Found, PortError> {
        let found = answer.or_else(|error| self.keep_silence(error))?;
        *locked(&self.silent_since) = None;
        let mut said = locked(&self.said);
        if said.len() >= ANSWERS {
            said.retain(|_, (at, _)| at.elapsed() < FRESH);
        }
        if said.len() < ANSWERS {
            said.insert(question, (Instant::now(), found.clone()));
        }
        Ok(found)
    }

    fn keep_silence(&self, error: PortError) -> Result<Found, PortError> {
        tracing::warn!(error = %error.chain(), "The directory of people does not answer");
        *locked(&self.silent_since) = Some(Instant::now());
        Err(error)
    }
}

fn locked<T>(kept: &Mutex<T>) -> MutexGuard<'_, T> {
    kept.lock().unwrap_or_else(PoisonError::into_inner)
}

fn some(people: Vec<Person>) -> Found {
    Found { people, next: None }
}

#[async_trait]
impl Directory for Patient {
    fn knows_everybody(&self) -> bool {
        self.inner.knows_everybody()
    }

    async fn search(&self, text: &str, cursor: &str) -> Result<Found, PortError> {
        let (inner, text, cursor) = (self.inner.clone(), text.to_owned(), cursor.to_owned());
        let question = Question::Search(text.clone(), cursor.clone());
        self.ask(question, async move { inner.search(&text, &cursor).await }).await
    }

    async fn named(&self, name: &str) -> Result<Vec<Person>, PortError> {
        let (inner, name) = (self.inner.clone(), name.to_owned());
        let question = Question::Named(name.clone());
        Ok(self.ask(question, async move { inner.named(&name).await.map(some) }).await?.people)
    }

    async fn by_id(&self, kind: Kind, id: &str) -> Result<Option<Person>, PortError> {
        let (inner, id) = (self.inner.clone(), id.to_owned());
        let question = Question::ById(kind, id.clone());
        let asked =
            async move { inner.by_id(kind, &id).await.map(|found| some(found.into_iter().collect())) };
        Ok(self.ask(question, asked).await?.people.into_iter().next())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Knows ana, or nothing while it is down; counts how often it was asked.
    #[derive(Default)]
    struct Counting {
        asked: AtomicUsize,
        is_down: Mutex<bool>,
        /// How long it takes to answer.
        takes: Duration,
    }

    impl Counting {
        fn times(&self) -> usize {
            self.asked.load(Ordering::Relaxed)
        }
    }

    #[async_trait]
    impl Directory for Counting {
        fn knows_everybody(&self) -> bool {
            true
        }
        async fn search(&self, _: &str, _: &str) -> Result<Found, PortError> {
            self.asked.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(self.takes).await;
            if *self.is_down.lock().unwrap() { Err(PortError::new("test", "down")) } else { Ok(some(vec![])) }
        }
        async fn named(&self, _: &str) -> Result<Vec<Person>, PortError> {
            self.search("", "").await.map(|found| found.people)
        }
        async fn by_id(&self, _: Kind, _: &str) -> Result<Option<Person>, PortError> {
            self.search("", "").await.map(|_| None)
        }
    }

    #[tokio::test]
    async fn s1_19_the_same_is_asked_once_in_a_moment() {
        let counting = Arc::new(Counting::default());
        let directory = Patient::new(counting.clone());
        for _ in 0..3 {
            directory.search("a", "").await.unwrap();
            directory.named("a").await.unwrap();
            directory.by_id(Kind::User, "a").await.unwrap();
        }
        assert_eq!(counting.times(), 3, "one for each question");
    }

    #[tokio::test]
    async fn s1_19_a_directory_that_is_down_is_left_alone_and_what_it_said_stays_good() {
        let counting = Arc::new(Counting::default());
        let directory = Patient::new(counting.clone());
        directory.named("ana").await.unwrap();
        *counting.is_down.lock().unwrap() = true;
        for _ in 0..3 {
            assert!(directory.named("ben").await.is_err());
        }
        assert_eq!(counting.times(), 2, "nobody waits for it twice");
        assert!(directory.named("ana").await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn s1_19_an_answer_that_comes_too_late_for_one_is_there_for_the_next() {
        let counting = Arc::new(Counting { takes: PATIENCE + Duration::from_secs(1), ..Counting::default() });
        let directory = Patient::new(counting.clone());
        assert!(directory.named("ana").await.is_err(), "nobody waits longer");
        assert!(directory.named("ana").await.is_err(), "it is left alone meanwhile");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(directory.named("ana").await.is_ok());
        assert_eq!(counting.times(), 1);
    }
}
