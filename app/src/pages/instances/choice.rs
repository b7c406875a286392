//! Which applications a list shows, in which order: everything is in the address, so that a list can be kept and sent.

use std::cmp::Reverse;

use slipway_domain::{application::Application, status::Status};

use crate::ways::query;

/// So many rows make a page.
pub(super) const ROWS: usize = 50;

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Sort {
    /// The one deployed last first.
    #[default]
    Created,
    /// By name.
    Name,
    /// By what the badge says, in the order of an application's life.
    Status,
    /// The one that changed last first.
    Updated,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Created, Self::Name, Self::Status, Self::Updated];

    fn slug(self) -> &'static str {
        match self {
            Self::Created => "",
            Self::Name => "name",
            Self::Status => "status",
            Self::Updated => "updated",
        }
    }
}

/// What was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice {
    pub(super) status: Option<Status>,
    pub(super) search: String,
    pub(super) sort: Sort,
    /// From 1.
    pub(super) page: usize,
}

/// What comes of it.
#[derive(Debug, Clone)]
pub(super) struct Chosen {
    /// The rows of the page.
    pub(super) rows: Vec<Application>,
    /// How many there are on all pages.
    pub(super) total: usize,
    /// How many pages there are; at least one.
    pub(super) pages: usize,
    /// How many of those that match the search have each status, in the order of an application's life.
    pub(super) counts: Vec<(Status, usize)>,
    /// How many match the search.
    pub(super) found: usize,
}

impl Choice {
    /// What an address asks for. What cannot be understood counts as not asked for.
    pub(super) fn parse(get: impl Fn(&str) -> Option<String>) -> Self {
        let sort = get("sort").unwrap_or_default();
        Self {
            status: get("status").and_then(|status| Status::parse(&status)),
            search: get("q").unwrap_or_default().trim().to_owned(),
            sort: Sort::ALL.into_iter().find(|known| known.slug() == sort).unwrap_or_default(),
            page: get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// The address that asks for it.
    pub(super) fn href(&self) -> String {
        let status = self.status.map(Status::label).unwrap_or_default();
        let page = if self.page > 1 { self.page.to_string() } else { String::new() };
        let pairs = [("status", status), ("q", &self.search), ("sort", self.sort.slug()), ("page", &page)];
        let query = query(&pairs);
        if query.is_empty() { "/devops/instances".to_owned() } else { format!("/devops/instances?{query}") }
    }

    /// The same list in another order; from its beginning.
    pub(super) fn sorted(&self, sort: Sort) -> String {
        Self { sort, page: 1, ..self.clone() }.href()
    }

    /// Only those with that status; from its beginning.
    pub(super) fn only(&self, status: Option<Status>) -> String {
        Self { status, page: 1, ..self.clone() }.href()
    }

    /// Another page.
    pub(super) fn turned(&self, page: usize) -> String {
        Self { page, ..self.clone() }.href()
    }

    /// Is anything left out?
    pub(super) fn is_narrow(&self) -> bool {
        self.status.is_some() || !self.search.is_empty()
    }

    /// The page that asks whether all of them are to be undeployed.
    pub(super) fn together(&self) -> String {
        let status = self.status.map(Status::label).unwrap_or_default();
        let pairs = [("all", "1"), ("status", status), ("q", &self.search)];
        format!("{}?{}", crate::together::PAGE, query(&pairs))
    }

    /// Those of it on all its pages.
    pub(super) fn narrowed(&self, live: Vec<Application>) -> Vec<Application> {
        let mut rows = self.found(live);
        rows.retain(|row| self.status.is_none_or(|status| row.standing.status == status));
        rows
    }

    /// Those that match the search.
    fn found(&self, live: Vec<Application>) -> Vec<Application> {
        let search = self.search.to_lowercase();
        live.into_iter().filter(|application| matches(application, &search)).collect()
    }

    /// Applies it. The list comes newest first.
    pub(super) fn choose(&self, live: Vec<Application>) -> Chosen {
        let mut rows = self.found(live);
        let found = rows.len();
        let count = |status: Status| rows.iter().filter(|row| row.standing.status == status).count();
        let counts =
            Status::ALL.into_iter().map(|status| (status, count(status))).filter(|(_, count)| *count > 0);
        let counts = counts.collect();
        rows.retain(|row| self.status.is_none_or(|status| row.standing.status == status));
        match self.sort {
            Sort::Created => {}
            Sort::Name => rows.sort_by(|one, other| one.name.cmp(&other.name)),
            Sort::Status => rows.sort_by_key(|row| row.standing.status),
            Sort::Updated => rows.sort_by_key(|row| Reverse(row.updated_at)),
        }
        let (total, pages) = (rows.len(), rows.len().div_ceil(ROWS).max(1));
        let skipped = (self.page.min(pages) - 1) * ROWS;
        Chosen { rows: rows.into_iter().skip(skipped).take(ROWS).collect(), total, pages, counts, found }
    }
}

fn matches(application: &Application, search: &str) -> bool {
    search.is_empty()
        || [application.name.as_str(), application.project.as_str(), &application.created_by]
            .iter()
            .any(|text| text.to_lowercase().contains(search))
}

#[cfg(test)]
mod tests {
    use slipway_domain::{
        names::{ApplicationName, ProjectName},
        release::ReleaseVersion,
        status::Standing,
    };

    use super::*;

    fn application(name: &str, status: Status) -> Application {
        Application {
            id: "0".repeat(26).parse().unwrap(),
            name: ApplicationName::parse(name).unwrap(),
            project: ProjectName::parse("shop").unwrap(),
            version: ReleaseVersion::new(1).unwrap(),
            generation: 1,
            standing: Standing { status, reason: None, cause: None },
            status_since: jiff::Timestamp::UNIX_EPOCH,
            revision: 1,
            gateway_path: None,
            people: std::sync::Arc::default(),
            created_by: "ana".to_owned(),
            created_at: jiff::Timestamp::UNIX_EPOCH,
            updated_at: jiff::Timestamp::UNIX_EPOCH,
        }
    }

    fn names(chosen: &Chosen) -> Vec<&str> {
        chosen.rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn d14_a_list_is_filtered_searched_and_sorted_by_its_address() {
        let all = || {
            vec![
                application("bee", Status::Running),
                application("ant", Status::Pending),
                application("cat", Status::Running),
            ]
        };
        let address = |name: &str| match name {
            "status" => Some("Running".to_owned()),
            "sort" => Some("name".to_owned()),
            _ => None,
        };
        let choice = Choice::parse(address);
        let chosen = choice.choose(all());
        assert_eq!(names(&chosen), ["bee", "cat"]);
        assert_eq!(chosen.counts, [(Status::Pending, 1), (Status::Running, 2)]);
        assert_eq!(choice.href(), "/devops/instances?status=Running&sort=name");
        let searched = Choice { search: "AN".to_owned(), page: 1, ..Choice::default() }.choose(all());
        assert_eq!(searched.rows.len(), 3, "ana made all of them");
    }

    #[test]
    fn d14_a_page_behind_the_last_one_is_the_last_one() {
        let all = (0..=ROWS).map(|number| application(&format!("a{number}"), Status::Running)).collect();
        let chosen = Choice { page: 9, ..Choice::default() }.choose(all);
        assert_eq!((chosen.rows.len(), chosen.pages, chosen.total), (1, 2, ROWS + 1));
    }
}
