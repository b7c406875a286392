use super::*;

fn read(body: &str) -> Result<Process, String> {
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
        <bpmn2:definitions xmlns:bpmn2="{BPMN}" xmlns:activiti="{ACTIVITI}">{body}</bpmn2:definitions>"#
    );
    parse(text.as_bytes(), &Limits::RELEASE)
}

fn process(tasks: &str) -> Process {
    read(&format!(r#"<bpmn2:process id="Process_1">{tasks}</bpmn2:process>"#)).unwrap()
}

fn names(set: &BTreeSet<String>) -> Vec<&str> {
    set.iter().map(String::as_str).collect()
}

#[test]
fn s1_l07_users_and_groups_of_user_tasks_are_found_without_expressions() {
    let process = process(
        r#"<bpmn2:userTask id="a" activiti:assignee="hruser"/>
        <bpmn2:subProcess id="s">
          <bpmn2:userTask id="b" activiti:candidateUsers=" sales , ${boss(a,b)},hruser, #{x}" activiti:candidateGroups="hr,${group}">
            <bpmn2:incoming>x</bpmn2:incoming>
          </bpmn2:userTask>
        </bpmn2:subProcess>
        <bpmn2:userTask id="c" activiti:assignee="${initiator}" assignee="nobody"/>"#,
    );
    assert_eq!(names(&process.users), ["hruser", "sales"]);
    assert_eq!(names(&process.groups), ["hr"]);
}

#[test]
fn another_prefix_for_the_same_namespace_means_the_same() {
    let text = format!(
        r#"<definitions xmlns="{BPMN}" xmlns:a="{ACTIVITI}" xmlns:activiti="urn:other"><process id="p">
        <userTask id="t" a:assignee="hruser" activiti:candidateGroups="other"/></process></definitions>"#
    );
    let process = parse(text.as_bytes(), &Limits::RELEASE).unwrap();
    assert_eq!((names(&process.users), names(&process.groups)), (vec!["hruser"], vec![]));
}

#[test]
fn s1_21_service_tasks_name_what_they_call() {
    let process = process(
        r###"<bpmn2:serviceTask id="one" implementation="mail.SEND"/>
        <bpmn2:serviceTask id="two" implementation="##WebService"/>
        <bpmn2:serviceTask id="three" implementation="${bean.call}"/>
        <bpmn2:serviceTask id="four"/>"###,
    );
    let call = |task: &str, connector: &str, action: &str| Call {
        task: task.to_owned(),
        connector: connector.to_owned(),
        action: action.to_owned(),
    };
    assert_eq!(process.calls, [call("one", "mail", "SEND")]);
}

#[test]
fn escaped_characters_are_read_as_what_they_mean() {
    let process = process(r#"<bpmn2:userTask id="a" activiti:candidateGroups="R&amp;D,&#104;r"/>"#);
    assert_eq!(names(&process.groups), ["R&D", "hr"]);
}

#[test]
fn s1_04_what_is_wrong_with_a_process_is_named() {
    let deep = "<a>".repeat(200);
    let attributes = (0..200).fold(String::new(), |text, n| format!("{text} a{n}=''"));
    let wide =
        format!(r#"<definitions xmlns="{BPMN}"><process><userTask{attributes}/></process></definitions>"#);
    let bomb = r#"<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><definitions>&b;</definitions>"#;
    let foreign = format!(
        r#"<definitions xmlns="{BPMN}"><userTask xmlns:a="{ACTIVITI}" a:assignee="&who;"/></definitions>"#
    );
    let cases = [
        ("", "is empty"),
        ("{}", "text outside of its elements"),
        ("<html/>", "its outermost element is \"html\""),
        ("<definitions/>", "definitions of BPMN 2.0"),
        ("<a><b></a>", "is not XML"),
        ("<a>\n<b>\n</c></b></a>", "(line 3)"),
        ("<a/><b/>", "more than one outermost element"),
        ("<a>", "ends before all its elements are closed"),
        ("<a", "is not XML"),
        (bomb, "document type declaration"),
        (&deep, "128 elements deep"),
        (&wide, "more than 128 attributes"),
        (&foreign, "is not XML"),
        (r#"<?xml version="1.0" encoding="ISO-8859-1"?><a/>"#, "encoded as ISO-8859-1"),
    ];
    for (text, expected) in cases {
        let reason = parse(text.as_bytes(), &Limits::RELEASE).unwrap_err();
        assert!(reason.contains(expected), "{text:.60}: {reason:?} should contain {expected:?}");
    }
    assert_eq!(read("").unwrap_err(), "has no process in it");
}
