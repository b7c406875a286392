//! What a list of applications shows: which of them, in which order, which page of them.

use std::sync::Arc;

use crate::{application::Application, status::Status};

/// So many rows make a page.
pub const ROWS: usize = 50;

/// In which order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Sort {
    /// The one deployed last first.
    #[default]
    Created,
    /// By name.
    Name,
    /// By what the badge says, in the order of an application's life; of each the one deployed last first.
    Status,
    /// The one that changed last first.
    Updated,
}

impl Sort {
    const ALL: [Self; 4] = [Self::Created, Self::Name, Self::Status, Self::Updated];

    /// As addresses have it.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Created => "",
            Self::Name => "name",
            Self::Status => "status",
            Self::Updated => "updated",
        }
    }
}

/// What is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Wish {
    /// Only those with this status.
    pub status: Option<Status>,
    /// Only those with this text in their name, their project or the name of whoever deployed them.
    pub search: String,
    /// In which order.
    pub sort: Sort,
    /// Which page, from 1; 0 is the first one, too.
    pub page: usize,
}

impl Wish {
    /// What an address asks for. What cannot be understood counts as not asked for.
    pub fn parse(get: impl Fn(&str) -> Option<String>) -> Self {
        let sort = get("sort").unwrap_or_default();
        Self {
            status: get("status").and_then(|status| Status::parse(&status)),
            search: get("q").unwrap_or_default().trim().to_owned(),
            sort: Sort::ALL.into_iter().find(|known| known.slug() == sort).unwrap_or_default(),
            page: get("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1),
        }
    }

    /// Is it one of those, on whatever page?
    pub fn wants(&self, application: &Application) -> bool {
        self.status.is_none_or(|status| application.standing.status == status)
            && searched(application).contains(&self.needle())
    }

    /// What is looked for in [`searched`].
    pub fn needle(&self) -> String {
        self.search.to_lowercase()
    }
}

/// What of an application is searched. A search is a line, so it never matches across two of them.
pub fn searched(application: &Application) -> String {
    let Application { name, project, created_by, .. } = application;
    format!("{}\n{}\n{created_by}", name.as_str(), project.as_str()).to_lowercase()
}

/// What comes of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The rows of the page.
    pub rows: Vec<Arc<Application>>,
    /// How many there are on all pages.
    pub total: usize,
    /// How many of those that match the search have each status, in the order of an application's life.
    pub counts: Vec<(Status, usize)>,
    /// How many match the search.
    pub found: usize,
}

impl Page {
    /// How many pages there are; at least one.
    pub fn pages(&self) -> usize {
        pages(self.total)
    }
}

/// How many rows come before those of a page. A page behind the last one is the last one.
pub fn skipped(page: usize, total: usize) -> usize {
    (page.clamp(1, pages(total)) - 1) * ROWS
}

fn pages(total: usize) -> usize {
    total.div_ceil(ROWS).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d14_an_address_says_what_is_wanted() {
        let address = |name: &str| match name {
            "status" => Some("Running".to_owned()),
            "sort" => Some("name".to_owned()),
            "q" => Some(" Shop ".to_owned()),
            "page" => Some("x".to_owned()),
            _ => None,
        };
        let wish = Wish::parse(address);
        assert_eq!((wish.status, wish.sort, wish.page), (Some(Status::Running), Sort::Name, 1));
        assert_eq!((&*wish.search, &*wish.needle()), ("Shop", "shop"));
    }

    #[test]
    fn d14_a_page_behind_the_last_one_is_the_last_one() {
        assert_eq!([skipped(0, 0), skipped(1, 10), skipped(9, ROWS), skipped(9, ROWS + 1)], [0, 0, 0, ROWS]);
    }
}
