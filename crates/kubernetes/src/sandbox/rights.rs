//! Who may do what in the simulated cluster. Whoever asks in their own name may do everything; whoever is asked for
//! (impersonated, or named in a SubjectAccessReview) may do what roles and bindings say. The roles that a real cluster
//! brings along (view, edit, admin) are not there, and so give nothing.

use serde_json::{Value, json};

use super::{
    answer::Refusal,
    kinds::{Kind, Target},
    objects::Objects,
    selector::Selector,
    service::{Ask, Reply},
};

/// Where access is reviewed.
const REVIEWS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";

/// Somebody, by name and groups.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Subject {
    pub(crate) user: String,
    pub(crate) groups: Vec<String>,
}

/// What is to be done, to what.
struct Wanted<'a> {
    verb: &'a str,
    group: &'a str,
    /// With the part of it after a slash.
    resource: String,
    namespace: &'a str,
    name: &'a str,
}

/// Answers a review of access; none if the request is another one.
pub(crate) fn review(objects: &Objects, ask: &Ask) -> Option<Result<Reply, Refusal>> {
    (ask.method == http::Method::POST && ask.path == REVIEWS).then(|| {
        let mut review = ask.json()?;
        let text = |place: &str| review.pointer(place).and_then(Value::as_str).unwrap_or_default();
        let attribute = |name: &str| text(&format!("/spec/resourceAttributes/{name}"));
        let subject =
            Subject { user: text("/spec/user").to_owned(), groups: texts(&review["spec"]["groups"]) };
        let wanted = Wanted {
            verb: attribute("verb"),
            group: attribute("group"),
            resource: resource(attribute("resource"), attribute("subresource")),
            namespace: attribute("namespace"),
            name: attribute("name"),
        };
        let allowed = allows(objects, &subject, &wanted);
        review["status"] = json!({"allowed": allowed});
        Ok(Reply::Json(201, review))
    })
}

/// Refuses what somebody may not do in whose name it is asked.
pub(crate) fn check(objects: &Objects, ask: &Ask, target: &Target) -> Result<(), Refusal> {
    let Some(subject) = &ask.on_behalf_of else { return Ok(()) };
    let verb = match (ask.method.as_str(), &target.name) {
        ("GET", None) if ask.is_true("watch") => "watch",
        ("GET", None) => "list",
        ("GET", Some(_)) => "get",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", None) => "deletecollection",
        _ => "delete",
    };
    let (namespace, name) =
        (target.namespace.as_deref().unwrap_or_default(), target.name.as_deref().unwrap_or_default());
    let resource = resource(&target.kind.plural, target.subresource.as_deref().unwrap_or_default());
    let wanted = Wanted { verb, group: target.kind.group(), resource, namespace, name };
    if allows(objects, subject, &wanted) {
        return Ok(());
    }
    let Wanted { group, resource, .. } = wanted;
    let told =
        format!("User \"{}\" cannot {verb} resource \"{resource}\" in API group \"{group}\"", subject.user);
    let place = if namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace \"{namespace}\"")
    };
    Err(Refusal::forbidden(&target.kind, name, &format!("{told} {place}")))
}

fn allows(objects: &Objects, subject: &Subject, wanted: &Wanted<'_>) -> bool {
    let list = |kind, namespace| objects.list(&Kind::own(kind), namespace, &Selector::parse("", ""));
    let everywhere = list("clusterrolebindings", None);
    let here =
        if wanted.namespace.is_empty() { Vec::new() } else { list("rolebindings", Some(wanted.namespace)) };
    everywhere.iter().chain(&here).filter(|binding| is_bound(binding, subject)).any(|binding| {
        let role = &binding["roleRef"];
        let (kind, namespace) =
            if role["kind"] == "Role" { ("roles", wanted.namespace) } else { ("clusterroles", "") };
        let role = objects.get(&Kind::own(kind), namespace, role["name"].as_str().unwrap_or_default());
        role.into_iter().flat_map(|role| list_of(&role["rules"])).any(|rule| covers(rule, wanted))
    })
}

fn is_bound(binding: &Value, subject: &Subject) -> bool {
    list_of(&binding["subjects"]).any(|bound| match (bound["kind"].as_str(), bound["name"].as_str()) {
        (Some("User"), Some(name)) => name == subject.user,
        (Some("Group"), Some(name)) => {
            name == "system:authenticated" || subject.groups.iter().any(|group| group == name)
        }
        _ => false,
    })
}

fn covers(rule: &Value, wanted: &Wanted<'_>) -> bool {
    let has =
        |list: &str, text: &str| texts(&rule[list]).iter().any(|allowed| allowed == "*" || allowed == text);
    let names = texts(&rule["resourceNames"]);
    has("verbs", wanted.verb)
        && has("apiGroups", wanted.group)
        && has("resources", &wanted.resource)
        && (names.is_empty() || names.iter().any(|name| name == wanted.name))
}

fn resource(plural: &str, part: &str) -> String {
    if part.is_empty() { plural.to_owned() } else { format!("{plural}/{part}") }
}

fn list_of(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn texts(value: &Value) -> Vec<String> {
    list_of(value).filter_map(Value::as_str).map(str::to_owned).collect()
}
