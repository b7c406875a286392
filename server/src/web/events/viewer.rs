//! What one viewer is told: of what happens, what they may see and want to know.

use std::sync::Arc;

use bytes::Bytes;
use slipway_domain::{
    actor::Actor, application::Application, ids::ApplicationId, listing::Wish, people::People,
    permission::Action,
};
use tokio::sync::broadcast;

use crate::board::{Batch, Board, Change, News, Sheet, Told, Window};

/// Keeps a connection alive.
const BEAT: Bytes = Bytes::from_static(b":\n\n");

/// Pages say how the console stands with the cluster.
const CLUSTER: Bytes = Bytes::from_static(b"event: cluster\ndata: {}\n\n");

/// What somebody wants to know.
pub(super) enum Topic {
    /// Everything.
    All,
    /// One application; none for one that there cannot be.
    One(Option<ApplicationId>),
    /// The rows of a page of the list, and whether anything else has changed.
    List(Wish),
}

/// Somebody who is told.
pub(super) struct Viewer {
    board: Arc<Board>,
    actor: Actor,
    sees_all: bool,
    topic: Topic,
    /// Up to which revision they know what is so.
    knows: Option<i64>,
    /// The rows that they have before them, if their topic is a list.
    window: Window,
}

impl Viewer {
    pub(super) fn new(board: Arc<Board>, actor: Actor, topic: Topic, knows: Option<i64>) -> Self {
        let sees_all = actor.may(Action::See, &People::NOBODY).is_ok();
        Self { board, actor, sees_all, topic, knows, window: Window::default() }
    }

    pub(super) fn subscribe(&self) -> broadcast::Receiver<News> {
        self.board.subscribe()
    }

    /// What they are told first.
    pub(super) fn first(&mut self) -> Bytes {
        let board = Arc::clone(&self.board);
        let sheet = board.read();
        self.window = self.window_of(&sheet);
        let fresh = self.knows.and_then(|known| sheet.since(known));
        let revision = sheet.revision();
        self.knows = Some(revision);
        let Some(fresh) = fresh else { return self.snapshot(&sheet) };
        let fresh = fresh.into_iter().filter(|application| self.sees(&application.people));
        let changes: Vec<_> = fresh.filter_map(|application| Change::of(application).ok()).collect();
        // Even of nothing they hear at once that they are connected.
        self.records(&changes, revision, &self.window).unwrap_or(BEAT)
    }

    /// What they are told of the news; none for news that they have missed.
    pub(super) fn next(&mut self, news: Option<News>) -> Option<Bytes> {
        match news {
            Some(News::Beat) => Some(BEAT),
            Some(News::Cluster) => Some(CLUSTER),
            Some(News::Batch(batch)) => self.batch(&batch),
            // Too far behind to be told each change: what it came to.
            None => Some(self.first()),
        }
    }

    fn batch(&mut self, batch: &Batch) -> Option<Bytes> {
        let revision = batch.changes.last()?.revision;
        self.knows = self.knows.max(Some(revision));
        if self.sees_all && matches!(self.topic, Topic::All) {
            return Some(batch.records.clone());
        }
        let told = match &self.topic {
            Topic::List(wish) if self.sees_all => batch.of_list(wish, &self.window, || self.told(batch)),
            _ => self.told(batch),
        };
        self.window = told.window;
        told.records
    }

    fn told(&self, batch: &Batch) -> Told {
        let window = self.window_of(&self.board.read());
        let seen: Vec<_> = batch.changes.iter().filter(|change| self.sees(&change.people)).cloned().collect();
        let revision = batch.changes.last().map_or(0, |change| change.revision);
        Told { records: self.records(&seen, revision, &window), window }
    }

    /// Which rows are before them, if their topic is a list.
    fn window_of(&self, sheet: &Sheet) -> Window {
        let Topic::List(wish) = &self.topic else { return Window::default() };
        let page = if self.sees_all {
            sheet.page(wish)
        } else {
            sheet.page_of(wish, |application| self.sees(&application.people))
        };
        let rows = page.rows.iter().map(|row| row.id).collect();
        Window { at: sheet.revision(), rows: Arc::new(rows) }
    }

    fn sees(&self, people: &People) -> bool {
        self.sees_all || self.actor.may(Action::See, people).is_ok()
    }

    /// With these rows before them now; those that have just left the page are wanted, too.
    fn wants(&self, id: ApplicationId, now: &Window) -> bool {
        match &self.topic {
            Topic::All => true,
            Topic::One(one) => *one == Some(id),
            Topic::List(_) => now.rows.contains(&id) || self.window.rows.contains(&id),
        }
    }

    /// Of changes that they may see, those that they want; of the others of a list, that there were some.
    fn records(&self, changes: &[Change], revision: i64, now: &Window) -> Option<Bytes> {
        let wanted: Vec<_> = changes.iter().filter(|change| self.wants(change.id, now)).collect();
        let mut text: Vec<u8> = wanted.iter().flat_map(|change| change.record.iter().copied()).collect();
        if matches!(self.topic, Topic::List(_)) && wanted.len() < changes.len() {
            let board = format!("event: board\nid: {revision}\ndata: {{\"revision\":{revision}}}\n\n");
            text.extend_from_slice(board.as_bytes());
        }
        (!text.is_empty()).then(|| text.into())
    }

    /// How all stands that they want to know of: live ones, and those that went last.
    fn snapshot(&self, sheet: &Sheet) -> Bytes {
        let all = sheet.live().chain(sheet.gone());
        let wanted: Vec<&Application> = all
            .map(AsRef::as_ref)
            .filter(|application| self.wants(application.id, &self.window) && self.sees(&application.people))
            .collect();
        let json = serde_json::to_string(&wanted).unwrap_or_default();
        format!("event: snapshot\nid: {}\ndata: {json}\n\n", sheet.revision()).into()
    }
}
