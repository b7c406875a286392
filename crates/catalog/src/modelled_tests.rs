use serde_json::json;
use slipway_domain::{
    contents::{Contents, UiTemplate},
    names::ProjectName,
    release::ReleaseVersion,
};

use super::*;
use crate::manifest;

/// The files of a release, to be broken by a test.
struct Files(Vec<ReleaseFile>);

impl Files {
    fn sample() -> Self {
        let mut files = Self(Vec::new());
        files.put(
            "leave.json",
            json!({
                "users": ["hruser", "${initiator}"], "groups": ["hr"], "version": "1", "description": "Leave",
                "createdBy": "modeler", "creationDate": "2020-04-03T12:10:16.844+0000", "lastModifiedBy": "x",
                "lastModifiedDate": "2020-04-03T14:42:16.769+0000", "name": "leave", "id": "dec15f68", "scope": 1,
            }),
        );
        files.put("processes/request.bpmn20.xml", process(r#"implementation="mail.SEND""#, "sales"));
        files.put("processes/request-extensions.json", json!({"id": "process-1", "extensions": {}}));
        files.put("connectors/mail.json", json!({"name": "mail", "actions": {"1": {"name": "SEND"}}}));
        files.put("ui/desk.json", json!({"name": "desk", "adf-template": "process", "plugins": []}));
        files
    }

    fn put(&mut self, path: &str, content: impl ToString) -> &mut Self {
        self.0.retain(|file| file.path != path);
        self.0.push(ReleaseFile { path: path.to_owned(), content: content.to_string().into_bytes() });
        self.0.sort_by(|a, b| a.path.cmp(&b.path));
        self
    }

    fn remove(&mut self, path: &str) -> &mut Self {
        self.0.retain(|file| file.path != path);
        self
    }

    fn read(&self) -> Result<Release, Refusal> {
        let project = ProjectName::parse("leave").unwrap();
        let place = Place { project: &project, version: ReleaseVersion::new(1).unwrap() };
        manifest::release(&place, &self.0, &Limits::RELEASE)
    }

    fn contents(&self) -> Contents {
        self.read().unwrap().contents
    }
}

fn process(service: &str, group: &str) -> String {
    format!(
        r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:activiti="http://activiti.org/bpmn">
        <process id="p"><userTask id="u" activiti:candidateGroups="{group}"/><serviceTask id="s" {service}/></process>
        </definitions>"#
    )
}

#[test]
fn s1_03_a_manifest_of_the_modeling_app_is_read_with_all_that_it_adds() {
    let release = Files::sample().read().unwrap();
    assert_eq!(release.kind, ProjectKind::ProcessApplication);
    assert_eq!((release.description.as_str(), release.released_by.as_str()), ("Leave", "modeler"));
    assert_eq!(release.released_at.unwrap().to_string(), "2020-04-03T12:10:16.844Z");
}

#[test]
fn s1_l07_who_is_named_in_the_manifest_or_in_a_task_is_there_once() {
    let contents = Files::sample().put("processes/b.bpmn", process("", "hr, sales")).contents();
    assert_eq!(
        (contents.task_users, contents.task_groups),
        (vec!["hruser".into()], vec!["hr".into(), "sales".into()])
    );
}

#[test]
fn a_name_in_the_manifest_is_one_name_even_with_a_comma() {
    let mut files = Files::sample();
    manifest_with(&mut files, "users", json!(["cn=jo,ou=hr", " ", "${x}"]));
    assert_eq!(files.contents().task_users, ["cn=jo,ou=hr"]);
}

#[test]
fn s1_21_each_folder_fills_its_list() {
    let mut files = Files::sample();
    for path in ["processes/b.bpmn.xml", "processes/a.bpmn"] {
        files.put(path, process("", "hr"));
    }
    files
        .put("forms/leave.json", "{}")
        .put("triggers/mail.json", "{}")
        .put("processes/picture.svg", "<svg/>");
    files.put("decision-tables/limit.dmn", "<a/>").put("decision-tables/grade.xml", "<a/>");
    files.put("decision-tables/grade.json", "{}").put("decision-tables/limit-extensions.json", "{}");
    files.put("files/policy.bin", "\0").put("files/policy-extensions.json", "{}").put("files/logo.png", "");
    files.put("scripts/sum.js", "1").put("scripts/sum-extensions.json", "{}").put("scripts/raw.js", "");
    files.put("content-models/hr.xml", "").put("README.md", "");
    let contents = files.contents();
    assert_eq!(contents.processes, ["a", "b", "request"]);
    assert_eq!(contents.forms, ["leave"]);
    assert_eq!(contents.triggers, ["mail"]);
    assert_eq!(contents.decision_tables, ["grade", "limit"]);
    assert_eq!(contents.files, ["logo.png", "policy"]);
    assert_eq!(contents.scripts, ["raw.js", "sum"]);
    assert_eq!(contents.unknown_folders, ["content-models"]);
    assert_eq!(contents.uis[0].template, UiTemplate::Process);
}

#[test]
fn s1_21_what_the_runtime_does_itself_needs_no_connector() {
    for call in
        ["dmn-connector.EXECUTE_TABLE", "script.EXECUTE", "email-service.SEND", "docgen-service.GENERATE"]
    {
        let mut files = Files::sample();
        files.put("processes/b.bpmn", process(&format!("implementation={call:?}"), ""));
        assert!(files.read().is_ok(), "{call}");
    }
}

#[test]
fn s1_23_an_instance_of_a_template_may_leave_its_actions_to_it() {
    let mut files = Files::sample();
    files.put("connectors/mail.json", json!({"name": "mail", "template": "emailConnector"}));
    assert!(files.read().is_ok());
}

#[test]
fn a_version_may_be_written_as_a_number_and_most_of_a_manifest_may_be_missing() {
    let mut files = Files::sample();
    files.put(
        "leave.json",
        json!({"name": "leave", "version": 1, "createdBy": "", "lastModifiedBy": "modeler"}),
    );
    let release = files.read().unwrap();
    assert_eq!((release.released_by.as_str(), release.released_at), ("modeler", None));
}

/// How a test breaks the sample, the file that is named for it, and part of the reason.
type Case = (fn(&mut Files) -> &mut Files, Option<&'static str>, &'static str);

fn refused(cases: &[Case]) {
    for (change, file, expected) in cases {
        let mut files = Files::sample();
        change(&mut files);
        let refusal = files.read().expect_err(expected);
        assert!(refusal.reason.contains(expected), "{:?} should contain {expected:?}", refusal.reason);
        assert_eq!(refusal.file.as_deref(), *file, "{expected}");
    }
}

fn manifest_with<'a>(files: &'a mut Files, key: &str, value: Value) -> &'a mut Files {
    let mut manifest = json!({"name": "leave", "version": "1"});
    manifest[key] = value;
    files.put("leave.json", manifest)
}

#[test]
fn s1_04_what_is_wrong_with_a_manifest_is_named() {
    let file = Some("leave.json");
    refused(&[
        (|f| f.remove("leave.json"), file, "the manifest is missing"),
        (|f| manifest_with(f, "name", json!("other")), file, "the manifest is of \"other\""),
        (|f| manifest_with(f, "version", json!("2")), file, "says version \"2\", but the folder is 1"),
        (|f| manifest_with(f, "version", json!("0")), file, "says version \"0\""),
        (|f| manifest_with(f, "version", json!(null)), file, "version null is not a number"),
        (|f| manifest_with(f, "creationDate", json!("soon")), file, "creationDate \"soon\" is not a time"),
        (|f| manifest_with(f, "users", json!("hruser")), file, "expected a sequence"),
    ]);
}

#[test]
fn s1_04_models_that_do_not_fit_together_are_named() {
    refused(&[
        (
            |f| f.remove("processes/request.bpmn20.xml").remove("processes/request-extensions.json"),
            None,
            "the release has no process",
        ),
        (
            |f| f.remove("connectors/mail.json"),
            Some("processes/request.bpmn20.xml"),
            "service task \"s\" calls mail.SEND, but the release has no connector \"mail\"",
        ),
        (
            |f| f.put("connectors/mail.json", json!({"name": "mail", "actions": {"1": {"name": "READ"}}})),
            Some("processes/request.bpmn20.xml"),
            "has no action \"SEND\"",
        ),
        (
            |f| f.put("connectors/mail.json", json!({"name": "mail"})),
            Some("processes/request.bpmn20.xml"),
            "has no action \"SEND\"",
        ),
        (
            |f| f.put("connectors/post.json", json!({"name": "mail"})),
            Some("connectors/post.json"),
            "two connectors are called \"mail\"",
        ),
        (
            |f| f.put("ui/z.json", json!({"name": "desk", "adf-template": "content"})),
            Some("ui/z.json"),
            "two user interfaces are called \"desk\"",
        ),
        (
            |f| f.put("ui/z.json", json!({"name": "mail", "adf-template": "content"})),
            None,
            "a connector and a user interface are both called \"mail\"",
        ),
        (
            |f| f.put("processes/request.bpmn", process("", "")),
            Some("processes/request.bpmn20.xml"),
            "the process \"request\" is there twice",
        ),
        (
            |f| f.remove("processes/request.bpmn20.xml").put("processes/a.bpmn", process("", "")),
            Some("processes/request-extensions.json"),
            "describes \"request\", which is not in the release",
        ),
    ]);
}

#[test]
fn s1_04_a_model_that_cannot_be_read_is_named() {
    refused(&[
        (|f| f.put("ui/z.json", json!({"name": "z"})), Some("ui/z.json"), "missing field `adf-template`"),
        (
            |f| f.put("ui/z.json", json!({"name": "z", "adf-template": "games"})),
            Some("ui/z.json"),
            "the adf-template \"games\" is not known",
        ),
        (
            |f| f.put("ui/z.json", json!({"name": "Z", "adf-template": "content"})),
            Some("ui/z.json"),
            "\"Z\" is not the name of a user interface",
        ),
        (|f| f.put("forms/z.json", "[1]"), Some("forms/z.json"), "not an object"),
        (|f| f.put("triggers/z.json", "{"), Some("triggers/z.json"), "EOF"),
        (|f| f.put("files/z-extensions.json", "{"), Some("files/z-extensions.json"), "EOF"),
        (|f| f.put("decision-tables/z.dmn", "<a>"), Some("decision-tables/z.dmn"), "ends before"),
        (|f| f.put("decision-tables/z.json", "<a/>"), Some("decision-tables/z.json"), "expected value"),
        (|f| f.put("processes/z.bpmn", ""), Some("processes/z.bpmn"), "is empty"),
        (|f| f.put("connectors/z.json", "\u{feff}{}"), Some("connectors/z.json"), "byte order mark"),
    ]);
}
