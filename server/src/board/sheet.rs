//! All live applications, and those that went last, in every order in which somebody asks for them: a page costs the
//! same among a hundred and among ten thousand.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, VecDeque},
    ops::Bound,
    sync::Arc,
};

use jiff::Timestamp;
use memchr::memmem::Finder;
use slipway_domain::{
    application::Application,
    ids::ApplicationId,
    listing::{Page, ROWS, Sort, Wish, searched, skipped},
    names::ApplicationName,
    status::Status,
};

/// How many removed applications are known. A viewer that was away for longer than these took is told everything anew.
const GONE: usize = 1_000;

/// Newest first, as identifiers are.
type Newest = Reverse<ApplicationId>;

/// All of them.
#[derive(Default)]
pub struct Sheet {
    rows: BTreeMap<Newest, Row>,
    by_name: BTreeMap<ApplicationName, Newest>,
    by_status: BTreeMap<Status, BTreeSet<Newest>>,
    by_change: BTreeSet<(Reverse<Timestamp>, Newest)>,
    by_revision: BTreeMap<i64, Newest>,
    gone: VecDeque<Arc<Application>>,
    /// Of those that went, all with a larger revision are known.
    gone_since: i64,
    revision: i64,
}

struct Row {
    application: Arc<Application>,
    /// What of it is searched.
    text: Box<str>,
}

impl Sheet {
    /// Takes in the new state of one.
    pub fn take(&mut self, application: Arc<Application>) {
        self.revision = self.revision.max(application.revision);
        self.leave(application.id);
        if application.standing.status == Status::Undeployed {
            self.go(application);
        } else {
            self.enter(application);
        }
    }

    fn enter(&mut self, application: Arc<Application>) {
        let at = Reverse(application.id);
        self.by_name.insert(application.name.clone(), at);
        self.by_status.entry(application.standing.status).or_default().insert(at);
        self.by_change.insert((Reverse(application.updated_at), at));
        self.by_revision.insert(application.revision, at);
        let text = searched(&application).into();
        self.rows.insert(at, Row { application, text });
    }

    fn leave(&mut self, id: ApplicationId) {
        let at = Reverse(id);
        let Some(Row { application, .. }) = self.rows.remove(&at) else { return };
        self.by_name.remove(&application.name);
        if let Some(alike) = self.by_status.get_mut(&application.standing.status) {
            alike.remove(&at);
        }
        self.by_change.remove(&(Reverse(application.updated_at), at));
        self.by_revision.remove(&application.revision);
    }

    fn go(&mut self, application: Arc<Application>) {
        self.gone.retain(|known| known.id != application.id);
        self.gone.push_front(application);
        while self.gone.len() > GONE {
            self.gone_since = self.gone.pop_back().map_or(self.gone_since, |last| last.revision);
        }
    }

    /// The newest revision in it.
    pub fn revision(&self) -> i64 {
        self.revision
    }

    /// Live ones, newest first.
    pub fn live(&self) -> impl Iterator<Item = &Arc<Application>> {
        self.rows.values().map(|row| &row.application)
    }

    /// Those that went, last one first.
    pub fn gone(&self) -> impl Iterator<Item = &Arc<Application>> {
        self.gone.iter()
    }

    /// How many live ones have that status.
    pub fn count(&self, status: Status) -> usize {
        self.by_status.get(&status).map_or(0, BTreeSet::len)
    }

    /// Has a live one that name?
    pub fn has(&self, name: &ApplicationName) -> bool {
        self.by_name.contains_key(name)
    }

    /// What has changed since that revision, in that order; nothing if it is too long ago to be known.
    pub fn since(&self, revision: i64) -> Option<Vec<&Arc<Application>>> {
        if revision < self.gone_since {
            return None;
        }
        let gone = self.gone.iter().take_while(|gone| gone.revision > revision);
        let live = self
            .by_revision
            .range((Bound::Excluded(revision), Bound::Unbounded))
            .filter_map(|(_, at)| self.at(*at));
        let mut all: Vec<_> = live.chain(gone).collect();
        all.sort_unstable_by_key(|application| application.revision);
        Some(all)
    }

    /// A page for whoever sees all of them.
    pub fn page(&self, wish: &Wish) -> Page {
        if !wish.search.is_empty() {
            return self.page_of(wish, |_| true);
        }
        let counts: Vec<_> = Status::ALL.into_iter().map(|status| (status, self.count(status))).collect();
        let total = wish.status.map_or(self.rows.len(), |status| self.count(status));
        let skip = skipped(wish.page, total);
        let rows = self.ordered(wish).skip(skip).take(ROWS).filter_map(|at| self.at(at)).cloned().collect();
        let counts = counts.into_iter().filter(|(_, count)| *count > 0).collect();
        Page { rows, total, counts, found: self.rows.len() }
    }

    /// A page of those that somebody may see.
    pub fn page_of(&self, wish: &Wish, sees: impl Fn(&Application) -> bool) -> Page {
        let needle = wish.needle();
        let finder = Finder::new(&needle);
        let mut counts = Status::ALL.map(|status| (status, 0));
        let mut rows = Vec::new();
        for at in self.ordered(&Wish { status: None, ..wish.clone() }) {
            let Some(row) = self.rows.get(&at) else { continue };
            if finder.find(row.text.as_bytes()).is_none() || !sees(&row.application) {
                continue;
            }
            let status = row.application.standing.status;
            if let Some((_, count)) = counts.iter_mut().find(|(known, _)| *known == status) {
                *count += 1;
            }
            if wish.status.is_none_or(|wanted| wanted == status) {
                rows.push(&row.application);
            }
        }
        let (total, found) = (rows.len(), counts.iter().map(|(_, count)| count).sum());
        let rows = rows.into_iter().skip(skipped(wish.page, total)).take(ROWS).cloned().collect();
        Page { rows, total, counts: counts.into_iter().filter(|(_, count)| *count > 0).collect(), found }
    }

    fn at(&self, at: Newest) -> Option<&Arc<Application>> {
        self.rows.get(&at).map(|row| &row.application)
    }

    /// Which of them, in the order that is wished.
    fn ordered(&self, wish: &Wish) -> Box<dyn Iterator<Item = Newest> + '_> {
        let status = wish.status;
        let has = move |at: &Newest| {
            status.is_none() || self.at(*at).map(|application| application.standing.status) == status
        };
        match (wish.sort, status) {
            (Sort::Created | Sort::Status, Some(status)) => {
                Box::new(self.by_status.get(&status).into_iter().flatten().copied())
            }
            (Sort::Created, None) => Box::new(self.rows.keys().copied()),
            (Sort::Status, None) => Box::new(self.by_status.values().flatten().copied()),
            (Sort::Name, _) => Box::new(self.by_name.values().copied().filter(has)),
            (Sort::Updated, _) => Box::new(self.by_change.iter().map(|(_, at)| *at).filter(has)),
        }
    }
}

#[cfg(test)]
mod tests {
    use slipway_domain::{names::ProjectName, release::ReleaseVersion, status::Standing};

    use super::*;

    fn application(number: u64, name: &str, status: Status, revision: i64) -> Arc<Application> {
        Arc::new(Application {
            id: ApplicationId(ulid::Ulid::from_parts(number, 0)),
            name: ApplicationName::parse(name).unwrap(),
            project: ProjectName::parse("shop").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            generation: 1,
            standing: Standing { status, reason: None, cause: None },
            status_since: Timestamp::UNIX_EPOCH,
            revision,
            gateway_path: None,
            people: Arc::default(),
            created_by: "ana".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::from_second(revision).unwrap(),
        })
    }

    fn sheet() -> Sheet {
        let mut sheet = Sheet::default();
        sheet.take(application(1, "bee", Status::Running, 1));
        sheet.take(application(2, "ant", Status::Pending, 2));
        sheet.take(application(3, "cat", Status::Running, 3));
        sheet
    }

    fn names(page: &Page) -> Vec<&str> {
        page.rows.iter().map(|row| row.name.as_str()).collect()
    }

    fn asked(address: &[(&str, &str)]) -> Wish {
        Wish::parse(|name| {
            address.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
    }

    /// Both ways to a page must come to the same.
    fn page(sheet: &Sheet, address: &[(&str, &str)]) -> Page {
        let (wish, page) = (asked(address), sheet.page(&asked(address)));
        assert_eq!(page, sheet.page_of(&wish, |_| true), "{wish:?}");
        page
    }

    #[test]
    fn d14_a_list_is_filtered_searched_and_sorted() {
        let mut sheet = sheet();
        assert_eq!(names(&page(&sheet, &[])), ["cat", "ant", "bee"], "the one deployed last first");
        assert_eq!(names(&page(&sheet, &[("sort", "name")])), ["ant", "bee", "cat"]);
        assert_eq!(names(&page(&sheet, &[("sort", "status")])), ["ant", "cat", "bee"]);
        sheet.take(application(1, "bee", Status::Unknown, 4));
        assert_eq!(names(&page(&sheet, &[("sort", "updated")])), ["bee", "cat", "ant"]);
        for sort in ["", "name", "updated", "status"] {
            assert_eq!(names(&page(&sheet, &[("status", "Running"), ("sort", sort)])), ["cat"]);
        }
        let found = page(&sheet, &[("q", "shop"), ("status", "Pending")]);
        assert_eq!((names(&found), found.found, found.total), (vec!["ant"], 3, 1));
        assert_eq!(found.counts, [(Status::Pending, 1), (Status::Running, 1), (Status::Unknown, 1)]);
        assert_eq!(page(&sheet, &[("q", "AN")]).total, 3, "ana made all of them");
        assert_eq!(page(&sheet, &[("q", "no such")]).total, 0);
    }

    #[test]
    fn s4_31_a_page_has_only_what_somebody_may_see_and_counts_nothing_else() {
        let page = sheet().page_of(&Wish::default(), |application| application.name.as_str() != "cat");
        assert_eq!((names(&page), page.found), (vec!["ant", "bee"], 2));
        assert_eq!(page.counts, [(Status::Pending, 1), (Status::Running, 1)]);
    }

    #[test]
    fn d14_pages_follow_each_other_without_a_gap() {
        let mut sheet = Sheet::default();
        for number in 0..=ROWS {
            let revision = i64::try_from(number).unwrap() + 1;
            sheet.take(application(number as u64, &format!("a{number:03}"), Status::Running, revision));
        }
        for sort in ["", "name", "updated", "status"] {
            let of = |number: &str| page(&sheet, &[("sort", sort), ("page", number)]);
            assert_eq!((of("1").rows.len(), of("2").rows.len(), of("1").pages()), (ROWS, 1, 2));
            assert_eq!(of("9"), of("2"), "a page behind the last one is the last one");
            assert!(!of("1").rows.contains(&of("2").rows[0]));
        }
    }

    #[test]
    fn s1_45_what_went_is_no_longer_live_and_is_told_of_once() {
        let mut sheet = sheet();
        assert!(sheet.has(&ApplicationName::parse("ant").unwrap()));
        for revision in [4, 5] {
            sheet.take(application(2, "ant", Status::Undeployed, revision));
        }
        assert!(!sheet.has(&ApplicationName::parse("ant").unwrap()));
        assert_eq!((sheet.live().count(), sheet.gone().count(), sheet.revision()), (2, 1, 5));
        assert_eq!(sheet.count(Status::Pending), 0);
    }

    #[test]
    fn s1_32_whoever_was_away_is_told_what_changed_and_what_went() {
        let mut sheet = sheet();
        sheet.take(application(2, "ant", Status::Undeployed, 4));
        sheet.take(application(1, "bee", Status::Unknown, 5));
        let since = |sheet: &Sheet, revision| {
            let all = sheet.since(revision)?.into_iter().map(|application| application.revision);
            Some(all.collect::<Vec<_>>())
        };
        assert_eq!(since(&sheet, 2), Some(vec![3, 4, 5]));
        assert_eq!(since(&sheet, 5), Some(vec![]));
        assert_eq!(since(&sheet, i64::MAX), Some(vec![]), "anybody may say anything");
        for number in 0..GONE {
            let revision = i64::try_from(number).unwrap() + 6;
            sheet.take(application(number as u64 + 9, "gone", Status::Undeployed, revision));
        }
        assert_eq!(since(&sheet, 3), None, "that one went is not known any more");
        assert_eq!(since(&sheet, 4).map(|all| all.len()), Some(GONE + 1));
    }
}
