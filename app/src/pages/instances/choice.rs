//! Which applications a list shows, in which order: everything is in the address, so that a list can be kept and sent.

use slipway_domain::{
    listing::{Sort, Wish},
    status::Status,
};

use crate::ways::query;

/// What was chosen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Choice(pub(super) Wish);

impl Choice {
    /// What an address asks for.
    pub(super) fn parse(get: impl Fn(&str) -> Option<String>) -> Self {
        Self(Wish::parse(get))
    }

    /// The address that asks for it.
    pub(super) fn href(&self) -> String {
        let query = self.query();
        if query.is_empty() { "/devops/instances".to_owned() } else { format!("/devops/instances?{query}") }
    }

    /// The part of that address behind the question mark.
    pub(super) fn query(&self) -> String {
        let Wish { status, search, sort, page } = &self.0;
        let status = status.map(Status::label).unwrap_or_default();
        let page = if *page > 1 { page.to_string() } else { String::new() };
        query(&[("status", status), ("q", search), ("sort", sort.slug()), ("page", &page)])
    }

    /// The same list in another order; from its beginning.
    pub(super) fn sorted(&self, sort: Sort) -> String {
        Self(Wish { sort, page: 1, ..self.0.clone() }).href()
    }

    /// Only those with that status; from its beginning.
    pub(super) fn only(&self, status: Option<Status>) -> String {
        Self(Wish { status, page: 1, ..self.0.clone() }).href()
    }

    /// Another page.
    pub(super) fn turned(&self, page: usize) -> String {
        Self(Wish { page, ..self.0.clone() }).href()
    }

    /// Is anything left out?
    pub(super) fn is_narrow(&self) -> bool {
        self.0.status.is_some() || !self.0.search.is_empty()
    }

    /// The page that asks whether all of them are to be undeployed.
    pub(super) fn together(&self) -> String {
        let status = self.0.status.map(Status::label).unwrap_or_default();
        let pairs = [("all", "1"), ("status", status), ("q", &self.0.search)];
        format!("{}?{}", crate::together::PAGE, query(&pairs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d14_a_list_has_its_address() {
        let address = |name: &str| match name {
            "status" => Some("Running".to_owned()),
            "sort" => Some("name".to_owned()),
            "q" => Some("a b".to_owned()),
            "page" => Some("3".to_owned()),
            _ => None,
        };
        let choice = Choice::parse(address);
        assert_eq!(choice.href(), "/devops/instances?status=Running&q=a%20b&sort=name&page=3");
        assert_eq!(choice.turned(1), "/devops/instances?status=Running&q=a%20b&sort=name");
        assert_eq!(choice.only(None), "/devops/instances?q=a%20b&sort=name");
        assert_eq!(choice.sorted(Sort::Created), "/devops/instances?status=Running&q=a%20b");
        assert_eq!(Choice::default().href(), "/devops/instances");
    }
}
