use super::*;

fn leftover(name: &str, finalizers: &[(&str, Controller)]) -> Leftover {
    let finalizer = |(name, controller): &(&str, Controller)| Finalizer {
        name: (*name).into(),
        set_by: (*controller != Controller::Cluster).then(|| "kubectl".into()),
        controller: controller.clone(),
    };
    Leftover {
        kind: "Widget".into(),
        group: "example.com".into(),
        version: "v1".into(),
        plural: "widgets".into(),
        namespace: "shop".into(),
        name: name.into(),
        uid: "1".into(),
        resource_version: "2".into(),
        deleting_since: Some(Timestamp::UNIX_EPOCH),
        finalizers: finalizers.iter().map(finalizer).collect(),
    }
}

fn look(leftovers: Vec<Leftover>) -> Look {
    Look { at: Timestamp::UNIX_EPOCH, leftovers, partial: vec![], unlisted: vec![], dead_apis: vec![] }
}

#[test]
fn d1_s3_10_an_object_is_named_with_its_finalizers_and_who_would_take_them_off() {
    let unknown = Controller::Unknown { why: "nothing is named after example.com".into() };
    let held =
        leftover("held", &[("example.com/hold", unknown), ("foregroundDeletion", Controller::Cluster)]);
    assert_eq!(
        held.sentence(),
        "Widget held is held by the finalizers example.com/hold (set by kubectl; nothing is named after example.com) and \
         foregroundDeletion (the cluster itself removes it)."
    );
    let free = leftover("free", &[]);
    assert_eq!(free.sentence(), "Widget free is being deleted since 1970-01-01 00:00:00 UTC.");
}

#[test]
fn d1_many_objects_are_counted_and_what_could_not_be_looked_at_is_named() {
    let mut look = look((0..12).map(|number| leftover(&number.to_string(), &[])).collect());
    look.partial = vec!["pods".into()];
    look.unlisted = vec![Unlisted { what: "secrets".into(), why: "forbidden".into() }];
    look.dead_apis = vec![DeadApi { name: "v1.dead.example.com".into(), why: "no service".into() }];
    let held = Held { since: Timestamp::UNIX_EPOCH, conditions: vec!["First.".into()], look: Some(look) };
    let sentences = held.sentences();
    assert_eq!(sentences[0], "First.");
    assert_eq!(
        sentences[11..],
        [
            "2 more objects are left.",
            "There are more pods than were counted.",
            "The API service v1.dead.example.com does not answer, and no namespace goes before it does: no service.",
            "Whether secrets are left is not known: forbidden.",
        ]
    );
}

#[test]
fn d1_s3_11_a_proof_is_clean_only_if_everything_was_looked_for_and_nothing_found() {
    let check = |outcome| Check { what: "roles".into(), at: Timestamp::UNIX_EPOCH, outcome };
    let mut proof = Proof { checks: vec![check(Outcome::Nothing)] };
    assert!(proof.is_clean());
    assert_eq!(proof.sentences(), ["1970-01-01 00:00:00 UTC: looked for roles: nothing found."]);
    proof.checks.push(check(Outcome::Unanswered { why: "forbidden".into() }));
    assert!(!proof.is_clean());
    proof.checks[1].outcome = Outcome::Found { what: vec!["a".into(), "b".into()] };
    assert!(!proof.is_clean());
    assert!(proof.sentences()[1].ends_with("found a, b."));
}

#[test]
fn what_is_found_can_be_kept_and_read_again() {
    let down = Controller::Down { who: "Deployment a/b".into(), why: "it is scaled to zero".into() };
    let held = Held {
        since: Timestamp::UNIX_EPOCH,
        conditions: vec![],
        look: Some(look(vec![leftover("held", &[("example.com/hold", down)])])),
    };
    let text = serde_json::to_string(&held).unwrap();
    assert_eq!(serde_json::from_str::<Held>(&text).unwrap(), held);
    let done = Stripped::Done { path: "/api".into(), patch: "[]".into() };
    assert_eq!(serde_json::to_string(&done).unwrap(), r#"{"outcome":"done","path":"/api","patch":"[]"}"#);
}
