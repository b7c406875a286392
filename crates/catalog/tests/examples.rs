//! The examples that the console starts with are what people learn the format from: every one must be right.

use std::{fs, path::Path};

use slipway_catalog::{Directory, connector_catalogue};
use slipway_domain::{
    contents::{ConfigEntry, Connector, Contents, UiTemplate},
    names::ProjectName,
    ports::Releases as _,
    release::{Listing, ProjectKind, Release, ReleaseVersion},
};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/releases");

async fn listing() -> Listing {
    let directory = Directory::open(EXAMPLES).expect("the examples are beside the crates");
    directory.listing().await.expect("the examples can be read")
}

async fn release(project: &str, version: u32) -> Release {
    let project = ProjectName::parse(project).expect("the name of a project");
    let listing = listing().await;
    let release = listing.project(&project).and_then(|found| found.release(ReleaseVersion::new(version)?));
    release.expect("the example is there").clone()
}

fn names(connectors: &[Connector]) -> Vec<(&str, Option<&str>)> {
    connectors.iter().map(|connector| (connector.name.as_str(), connector.template.as_deref())).collect()
}

fn variable<'a>(connector: &'a Connector, name: &str) -> &'a ConfigEntry {
    connector.config.iter().find(|entry| entry.name == name).expect(name)
}

fn uis(contents: &Contents) -> Vec<(&str, UiTemplate)> {
    contents.uis.iter().map(|ui| (ui.name.as_str(), ui.template)).collect()
}

#[tokio::test]
async fn s1_03_every_example_is_read_without_complaint_except_the_one_that_is_broken_on_purpose() {
    let listing = listing().await;
    let broken: Vec<_> = listing.broken.iter().map(|broken| broken.path.as_str()).collect();
    assert_eq!(broken, ["half-released/1/half-released.json"]);
    let releases = listing.projects.iter().flat_map(|project| &project.releases);
    let found: Vec<_> = releases.map(|release| format!("{}/{}", release.project, release.version)).collect();
    let expected = [
        "helpdesk/1",
        "holiday/2",
        "holiday/1",
        "invoices/1",
        "missing-image/1",
        "onboarding/2",
        "onboarding/1",
        "surveys/1",
        "unsteady/1",
        "web-shop/1",
        "welcome/2",
        "welcome/1",
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn s1_06_the_drafts_among_the_examples_are_not_listed() {
    let listing = listing().await;
    assert!(listing.project(&ProjectName::parse("draft").unwrap()).is_none());
    assert!(
        Path::new(EXAMPLES).join("draft/0").is_dir() && Path::new(EXAMPLES).join("surveys/draft").is_dir()
    );
}

#[tokio::test]
async fn s1_21_holiday_has_one_of_everything() {
    let holiday = release("holiday", 2).await;
    assert_eq!(holiday.kind, ProjectKind::ProcessApplication);
    assert_eq!(holiday.released_by, "modeler");
    assert_eq!(holiday.released_at.unwrap().to_string(), "2026-06-18T13:41:07.655Z");
    let contents = &holiday.contents;
    assert_eq!(contents.processes, ["approve", "request"]);
    assert_eq!(names(&contents.connectors), [("email-connector", Some("emailConnector"))]);
    assert_eq!(uis(contents), [("process", UiTemplate::Process)]);
    assert_eq!(contents.forms, ["approval-form", "request-form"]);
    assert_eq!(contents.decision_tables, ["auto-approve"]);
    assert_eq!(contents.files, ["approval-policy"]);
    assert_eq!(contents.scripts, ["update-calendar"]);
    assert_eq!(contents.triggers, ["approval-email"]);
    assert_eq!(contents.unknown_folders, Vec::<String>::new());
    assert_eq!((&contents.task_users, &contents.task_groups), (&vec![], &vec!["hr".to_owned()]));
}

#[tokio::test]
async fn s1_24_the_mail_of_holiday_is_configured_but_for_its_password() {
    let holiday = release("holiday", 1).await;
    let email = &holiday.contents.connectors[0];
    assert_eq!(
        (email.actions.as_slice(), email.events.as_slice()),
        (&["SEND".into()][..], &["EMAIL_RECEIVED".into()][..])
    );
    assert_eq!(email.config.len(), 6);
    let password = variable(email, "EMAIL_PASSWORD");
    assert!(password.secure && password.required && password.value.is_empty());
    let host = variable(email, "EMAIL_HOST");
    assert!(!host.secure && host.required && host.value == "smtp.example.com");
    assert!(holiday.contents.decision_tables.is_empty(), "the first version is simpler");
}

#[tokio::test]
async fn s1_22_invoices_has_a_connector_of_its_own_and_two_instances_of_one_template() {
    let contents = release("invoices", 1).await.contents;
    let expected =
        [("archive-api", Some("restConnector")), ("bank-api", Some("restConnector")), ("ledger", None)];
    assert_eq!(names(&contents.connectors), expected);
    let hosts = [&contents.connectors[0], &contents.connectors[1]].map(|c| &variable(c, "REST_HOST").value);
    assert_eq!(hosts, ["archive.internal.example.com", "api.bank.example.com"]);
    assert_eq!(uis(&contents), [("accounting", UiTemplate::Process), ("archive", UiTemplate::Content)]);
    assert_eq!(contents.unknown_folders, ["content-models"]);
    assert_eq!(
        (contents.task_users, contents.task_groups),
        (vec!["hruser".into()], vec!["accounting".into()])
    );
}

#[tokio::test]
async fn s1_22_onboarding_has_a_connector_of_its_own_a_person_and_a_group() {
    let [first, second] = [release("onboarding", 1).await.contents, release("onboarding", 2).await.contents];
    assert_eq!(first.processes, ["greet", "prepare"]);
    assert_eq!(names(&first.connectors), [("greeter", None)]);
    assert_eq!(first.connectors[0].actions, ["GREET"]);
    let words = [&first, &second].map(|contents| &variable(&contents.connectors[0], "GREETING_WORD").value);
    assert_eq!(words, ["Hello", "Welcome"]);
    assert_eq!((first.task_users, first.task_groups), (vec!["hruser".into()], vec!["hr".into()]));
    assert_eq!(first.unknown_folders, Vec::<String>::new());
}

#[tokio::test]
async fn s1_21_helpdesk_has_neither_connector_nor_user_interface() {
    let contents = release("helpdesk", 1).await.contents;
    assert_eq!(contents.processes, ["answer-question"]);
    assert!(contents.connectors.is_empty() && contents.uis.is_empty());
    assert_eq!(contents.task_groups, ["support"]);
}

#[tokio::test]
async fn s1_03_surveys_is_the_zip_of_its_draft() {
    let surveys = release("surveys", 1).await;
    assert_eq!(names(&surveys.contents.connectors), [("invitations", Some("emailConnector"))]);
    assert_eq!(surveys.contents.task_groups, ["hr", "sales"]);
    let directory = Directory::open(EXAMPLES).unwrap();
    for file in directory.files(&surveys.project, surveys.version).await.unwrap().unwrap() {
        let draft = fs::read(Path::new(EXAMPLES).join("surveys/draft").join(&file.path)).unwrap();
        assert!(draft == file.content, "{}: run make-zip.py", file.path);
    }
    assert!(fs::metadata(Path::new(EXAMPLES).join("surveys/1.zip")).unwrap().len() < 10 << 10);
}

#[tokio::test]
async fn s1_23_every_template_that_an_example_names_is_in_the_catalogue_with_its_variables() {
    let catalogue = connector_catalogue();
    for project in listing().await.projects {
        for connector in project.releases.iter().flat_map(|release| &release.contents.connectors) {
            let Some(key) = &connector.template else { continue };
            let template = catalogue.iter().find(|template| &template.key == key).expect(key);
            for entry in &connector.config {
                let known = template.variables.iter().find(|variable| variable.name == entry.name);
                assert_eq!(
                    known.map(|variable| variable.secure),
                    Some(entry.secure),
                    "{key}: {}",
                    entry.name
                );
            }
        }
    }
}

#[tokio::test]
async fn s1_06_a_container_example_is_what_it_was() {
    let shop = release("web-shop", 1).await;
    assert_eq!(shop.kind, ProjectKind::Container);
    let components: Vec<_> = shop.components.iter().map(|component| component.name.as_str()).collect();
    assert_eq!(components, ["web", "orders", "worker"]);
    assert_eq!(shop.contents, Contents::default());
}
