//! Asking the cluster in the name of a person, so that it decides itself what they may see (D21).

use http::{HeaderMap, HeaderName, HeaderValue, Request};
use kube::{Client, client::Body, core::Status};
use slipway_domain::{
    actor::Actor,
    names::ApplicationName,
    ports::{AskProblem, PortError},
};

use crate::manifest::Access;

const USER: HeaderName = HeaderName::from_static("impersonate-user");
const GROUP: HeaderName = HeaderName::from_static("impersonate-group");
/// What the cluster itself and its administrators are called. Nobody who signs in is one of them, whatever a
/// provider says.
const RESERVED: &str = "system:";

/// Somebody, as the cluster knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    user: String,
    groups: Vec<String>,
}

impl Person {
    /// None who could be taken for a part of the cluster.
    pub(crate) fn of(actor: &Actor, access: &Access) -> Result<Self, AskProblem> {
        let user = access.user(&actor.name);
        if actor.name.is_empty()
            || user.starts_with(RESERVED)
            || HeaderValue::from_bytes(user.as_bytes()).is_err()
        {
            let why = format!(
                "The cluster is not asked in the name of {user:?}: nobody who signs in is called so."
            );
            return Err(AskProblem::Forbidden(why));
        }
        let groups = actor.groups.iter().map(|group| access.group(group.trim_start_matches('/')));
        let groups = groups.filter(|group| !group.is_empty() && !group.starts_with(RESERVED)).collect();
        Ok(Self { user, groups })
    }

    /// A client that asks in their name. It shares the connections of the other.
    pub(crate) fn client(&self, client: &Client) -> Result<Client, AskProblem> {
        let failed = |error| PortError::new("asking in the name of a person", error);
        let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).map_err(failed);
        let mut headers = HeaderMap::new();
        headers.insert(USER, value(&self.user)?);
        for group in &self.groups {
            headers.append(GROUP, value(group)?);
        }
        let client = client.clone();
        let service = tower::service_fn(move |mut request: Request<Body>| {
            let client = client.clone();
            for name in [USER, GROUP] {
                request.headers_mut().remove(name);
            }
            request.headers_mut().extend(headers.clone());
            async move { client.send(request).await }
        });
        Ok(Client::new(service, "default"))
    }

    /// The cluster's refusal, as a sentence that names what is missing and who can grant it.
    pub(crate) fn refused(&self, status: &Status, name: &ApplicationName, right: &str) -> AskProblem {
        let user = &self.user;
        AskProblem::Forbidden(if status.message.contains("cannot impersonate") {
            format!(
                "Slipway may not ask the cluster in the name of {user}. Whoever administers the cluster can grant its \
                 account the right impersonate on users and groups."
            )
        } else {
            format!(
                "The cluster does not let {user} do this: the right {right} in the namespace {name} is missing. \
                 Whoever administers the cluster can grant it."
            )
        })
    }
}

/// What became of a question that somebody asked, or Slipway itself.
pub(crate) fn problem(
    error: kube::Error,
    what: String,
    name: &ApplicationName,
    asker: Option<&Person>,
    right: &str,
) -> AskProblem {
    match (error, asker) {
        (kube::Error::Api(status), Some(asker)) if status.code == 403 => asker.refused(&status, name, right),
        (error, _) => PortError::new(what, error).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use http::Response;
    use k8s_openapi::api::core::v1::Event;
    use kube::{Api, api::ListParams};

    use super::*;

    fn access() -> Access {
        Access { user_prefix: "oidc:".into(), group_prefix: "oidc-group:".into(), ..Access::default() }
    }

    fn actor(name: &str, groups: &[&str]) -> Actor {
        let groups = groups.iter().map(|&group| group.to_owned()).collect();
        Actor { id: "1".into(), name: name.into(), groups, ..Actor::default() }
    }

    #[tokio::test]
    async fn d21_a_request_in_the_name_of_a_person_names_them_and_their_groups_and_nobody_else() {
        let seen = Arc::new(Mutex::new(HeaderMap::new()));
        let (sent, list) =
            (Arc::clone(&seen), r#"{"apiVersion": "v1", "kind": "EventList", "metadata": {}, "items": []}"#);
        let service = tower::service_fn(move |request: Request<Body>| {
            *sent.lock().unwrap() = request.headers().clone();
            async move { Ok::<_, std::io::Error>(Response::new(Body::from(list.as_bytes().to_vec()))) }
        });
        let person = Person::of(&actor("jörg", &["/hr", "system:masters"]), &access()).unwrap();
        let client = person.client(&Client::new(service, "default")).unwrap();
        let events: Api<Event> = Api::namespaced(client, "shop");
        events.list(&ListParams::default()).await.unwrap();
        let seen = seen.lock().unwrap();
        assert_eq!(seen[USER].as_bytes(), "oidc:jörg".as_bytes());
        let groups: Vec<_> = seen.get_all(GROUP).iter().map(HeaderValue::as_bytes).collect();
        assert_eq!(groups, [b"oidc-group:hr".as_slice(), b"oidc-group:system:masters"]);
    }

    #[test]
    fn d21_nobody_becomes_a_part_of_the_cluster_by_a_name() {
        let bare = Access::default();
        for name in ["system:admin", "", "a\nb"] {
            assert!(Person::of(&actor(name, &[]), &bare).is_err(), "{name:?}");
        }
        let person = Person::of(&actor("ana", &["system:masters", "/system:nodes", "hr"]), &bare).unwrap();
        assert_eq!(person.groups, ["hr"]);
    }

    #[test]
    fn d21_a_refusal_names_the_right_that_is_missing_and_who_can_grant_it() {
        let person = Person::of(&actor("ben", &[]), &access()).unwrap();
        let told = |message: &str| {
            let status = Status { message: message.into(), ..Status::default() };
            let AskProblem::Forbidden(told) =
                person.refused(&status, &ApplicationName::parse("shop").unwrap(), "get on pods/log")
            else {
                unreachable!("it is a refusal")
            };
            told
        };
        let missing = told("pods \"x\" is forbidden: User \"oidc:ben\" cannot get resource \"pods/log\"");
        assert!(missing.contains("oidc:ben") && missing.contains("get on pods/log in the namespace shop"));
        assert!(missing.contains("Whoever administers the cluster can grant it"));
        let ours =
            told("users \"oidc:ben\" is forbidden: User \"slipway\" cannot impersonate resource \"users\"");
        assert!(ours.contains("its account the right impersonate"), "{ours}");
    }
}
