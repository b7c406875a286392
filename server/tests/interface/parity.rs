//! Whatever a page can do, a program can do (S4.30, D16).

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// What each form of the pages is for programs; none if it changes nothing that a program could see.
const FORMS: &[(&str, Option<&str>)] = &[
    ("name", Some("checkName")),
    ("deploy", Some("deploy")),
    ("update", Some("update")),
    // What was typed and not sent: a program keeps that itself.
    ("draft", None),
    ("discard", None),
    ("rollback", Some("rollback")),
    ("retry", Some("retry")),
    ("cancel", Some("cancel")),
    ("undeploy", Some("undeploy")),
    ("access", Some("setAccess")),
    // Each of them is undeployed as if it were alone.
    ("undeploy-together", Some("undeploy")),
    ("strip", Some("strip")),
    ("check-images", Some("checkImages")),
    ("new-images", Some("takeNewImages")),
    ("make-token", Some("makeToken")),
    ("revoke-token", Some("revokeToken")),
    // How pages look at one browser.
    ("appearance", None),
];

/// What each thing that a person can do at the desk is for programs.
const DESK: &[(&str, Option<&str>)] = &[
    ("releases", Some("listReleases")),
    ("project", Some("getProject")),
    // What a wizard offers stands in the release.
    ("offer", Some("getProject")),
    // What was typed and not sent: a program keeps that itself.
    ("keep_draft", None),
    ("draft", None),
    ("drafts", None),
    ("discard_draft", None),
    ("name_problem", Some("checkName")),
    ("check", Some("plan")),
    ("plan", Some("plan")),
    ("deploy", Some("deploy")),
    ("applications", Some("listApplications")),
    ("instances", Some("listApplications")),
    ("recent", Some("listRecent")),
    ("application", Some("getApplication")),
    ("order_of", Some("exportApplication")),
    ("secrets", Some("listSecrets")),
    ("update", Some("update")),
    ("roll_back", Some("rollback")),
    ("set_access", Some("setAccess")),
    ("find_people", Some("findPeople")),
    // A program sends the names and is told which are not known.
    ("recognise", Some("findPeople")),
    // A program asks for what it wants and is refused.
    ("may", None),
    ("retry", Some("retry")),
    ("cancel", Some("cancel")),
    ("undeploy", Some("undeploy")),
    ("held", Some("getHeld")),
    ("log", Some("readLog")),
    ("follow_log", Some("readLog")),
    ("events", Some("listEvents")),
    ("strip", Some("strip")),
    ("plans", Some("listPlans")),
    ("check_images", Some("checkImages")),
    ("take_new_images", Some("takeNewImages")),
    // A program has a token, not a browser.
    ("visits", None),
    ("audit", Some("searchAudit")),
    ("verify_audit", Some("verifyAudit")),
    ("system", Some("getSystem")),
    ("tokens", Some("listTokens")),
    ("make_token", Some("makeToken")),
    ("revoke_token", Some("revokeToken")),
    // How a page shows a new token; a program has it in the answer.
    ("hold_token", None),
    ("held_token", None),
];

fn operations() -> BTreeSet<String> {
    let document = slipway_server::openapi();
    let methods =
        document["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
    methods.map(|operation| operation["operationId"].as_str().unwrap().to_owned()).collect()
}

fn assert_parity(found: &BTreeSet<String>, table: &[(&str, Option<&str>)]) {
    let (known, operations) = (table.iter().copied().collect::<BTreeMap<_, _>>(), operations());
    for name in found {
        let operation = known.get(name.as_str());
        let operation =
            operation.unwrap_or_else(|| unreachable!("{name} is new: which operation is it for programs?"));
        assert!(
            operation.is_none_or(|operation| operations.contains(operation)),
            "{name}: {operation:?} is not there"
        );
    }
    let names: BTreeSet<_> = known.keys().map(|name| (*name).to_owned()).collect();
    assert_eq!(found, &names, "the table names what is not there any more");
}

fn sources(folder: &Path, text: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, text);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            text.push_str(&fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn s4_30_each_form_of_the_pages_has_an_operation() {
    let mut text = String::new();
    sources(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src")), &mut text);
    let ends = text.split("endpoint = \"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned());
    assert_parity(&ends.collect(), FORMS);
}

#[test]
fn s4_30_each_thing_that_a_person_can_do_has_an_operation() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src/desk.rs")).unwrap();
    let (_, desk) = text.split_once("pub trait Desk").unwrap();
    let names = desk.split("async fn ").skip(1).map(|rest| rest.split('(').next().unwrap().to_owned());
    assert_parity(&names.collect(), DESK);
}
