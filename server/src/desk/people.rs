//! Whom an order names: who they are for the directory, and how pages show them. A directory that does not answer is in
//! nobody's way: who cannot be verified now is kept by the name that was typed.

use futures::future::join_all;
use slipway_app::desk::DeskError;
use slipway_domain::{
    order::{self, FieldError, Order},
    people::{Found, Kind, Member, People, Person, Shown, Trace},
    release::Release,
};

use super::{SignedIn, unavailable};

/// People as they would be typed.
pub(super) fn listed(members: &[Member]) -> String {
    order::listed(&members.iter().map(Member::typed).collect::<Vec<_>>())
}

/// What a name is of.
enum Whose {
    Theirs(Person),
    /// Nobody can say.
    NotVerified,
    Nobodys,
    /// A user and a group are called so.
    Both,
}

impl SignedIn {
    /// Users and groups with that text in their names.
    pub(super) async fn search_people(&self, text: &str, cursor: &str) -> Result<Found, DeskError> {
        let text: String = text.trim().chars().take(100).collect();
        self.office.directory.search(&text, cursor).await.map_err(|error| unavailable(&error))
    }

    /// What is known of names that were typed.
    pub(super) async fn traced(&self, typed: &[String]) -> Vec<Shown> {
        join_all(typed.iter().map(|typed| self.traced_one(typed))).await
    }

    async fn traced_one(&self, typed: &str) -> Shown {
        let member = Member::parse(typed);
        let (member, about, trace) = match self.whose(&member).await {
            Whose::Theirs(person) => (person.member(), person.about, Trace::Verified),
            Whose::NotVerified | Whose::Both => (member, String::new(), Trace::Unverified),
            Whose::Nobodys => (member, String::new(), Trace::Unknown),
        };
        Shown { member, typed: typed.to_owned(), about, trace }
    }

    /// Those who have access, under the names that they have now.
    pub(super) async fn shown(&self, members: &[Member]) -> Vec<Shown> {
        join_all(members.iter().map(|member| self.shown_one(member))).await
    }

    async fn shown_one(&self, member: &Member) -> Shown {
        let typed = member.typed();
        let as_chosen =
            |trace| Shown { member: member.clone(), typed: typed.clone(), about: String::new(), trace };
        let (Some(kind), Some(id)) = (member.kind, &member.id) else { return as_chosen(Trace::Unverified) };
        match self.office.directory.by_id(kind, id).await {
            Ok(Some(person)) => {
                Shown { member: person.member(), about: person.about, trace: Trace::Verified, typed }
            }
            Ok(None) => as_chosen(Trace::Gone),
            // They were verified when they were chosen.
            Err(_) => as_chosen(Trace::Verified),
        }
    }

    /// The people of an order.
    pub(super) async fn people_of(
        &self,
        order: &Order,
        release: &Release,
        before: &People,
    ) -> Result<People, DeskError> {
        let mut people = self.people_named(&order.admins, &order.users, before).await?;
        people.users = self.with_task_users(people.users, release, &before.users).await;
        Ok(people)
    }

    /// The people of those names. Whoever has access already keeps it under the same identity; of others the
    /// directory says who they are.
    pub(super) async fn people_named(
        &self,
        admins: &[String],
        users: &[String],
        before: &People,
    ) -> Result<People, DeskError> {
        let admins = self.members("admins", admins, &before.admins).await;
        let users = self.members("users", users, &before.users).await;
        match (admins, users) {
            (Ok(admins), Ok(users)) => Ok(People { admins, users }),
            (admins, users) => {
                let errors = [admins.err(), users.err()].into_iter().flatten();
                Err(DeskError::Invalid { fields: errors.collect() })
            }
        }
    }

    async fn members(
        &self,
        field: &str,
        typed: &[String],
        before: &[Member],
    ) -> Result<Vec<Member>, FieldError> {
        let found = join_all(typed.iter().map(|typed| self.member(typed, before))).await;
        let (found, wrong): (Vec<_>, Vec<_>) = found.into_iter().partition(Result::is_ok);
        let wrong: Vec<String> = wrong.into_iter().filter_map(Result::err).collect();
        if !wrong.is_empty() {
            return Err(FieldError::new(field, wrong.join(" ")));
        }
        let mut members: Vec<Member> = Vec::new();
        for member in found.into_iter().flatten() {
            if !members.contains(&member) {
                members.push(member);
            }
        }
        Ok(members)
    }

    async fn member(&self, typed: &str, before: &[Member]) -> Result<Member, String> {
        let member = Member::parse(typed);
        let known = before.iter().find(|known| known.id.is_some() && known.is_meant_by(&member));
        if let Some(known) = known {
            return Ok(known.clone());
        }
        match self.whose(&member).await {
            Whose::Theirs(person) => Ok(person.member()),
            Whose::NotVerified => Ok(member),
            Whose::Nobodys => Err(format!(
                "Nobody is called {typed}. The identity provider knows everybody who can have access; check the name \
                 there, or take it out."
            )),
            Whose::Both => {
                Err(format!("A user and a group are called {typed}. Write user:{typed} or group:{typed}."))
            }
        }
    }

    async fn whose(&self, member: &Member) -> Whose {
        let Ok(mut found) = self.office.directory.named(&member.name).await else {
            return Whose::NotVerified;
        };
        found.retain(|person| member.kind.is_none_or(|kind| person.kind == kind));
        match (found.pop(), found.is_empty()) {
            (Some(_), false) => Whose::Both,
            (Some(person), true) => Whose::Theirs(person),
            (None, _) if self.office.directory.knows_everybody() => Whose::Nobodys,
            (None, _) => Whose::NotVerified,
        }
    }

    /// Whoever has tasks in the processes has access, whatever was chosen (S1.L07); a release is not wrong because it
    /// names somebody who is not there.
    pub(super) async fn with_task_users(
        &self,
        mut users: Vec<Member>,
        release: &Release,
        before: &[Member],
    ) -> Vec<Member> {
        let contents = &release.contents;
        let of = |kind: Kind| move |name: &String| Member { name: name.clone(), kind: Some(kind), id: None };
        let named = contents.task_users.iter().map(of(Kind::User));
        for named in named.chain(contents.task_groups.iter().map(of(Kind::Group))) {
            if users.iter().any(|user| user.is_meant_by(&named)) {
                continue;
            }
            let known = before.iter().find(|known| known.id.is_some() && known.is_meant_by(&named));
            let member = match known {
                Some(known) => known.clone(),
                None => match self.whose(&named).await {
                    Whose::Theirs(person) => person.member(),
                    // Not even of which kind it is can be relied on.
                    _ => Member::from(named.name.as_str()),
                },
            };
            users.push(member);
        }
        users
    }
}
