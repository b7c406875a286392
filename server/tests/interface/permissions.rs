//! Who may do what, at every interface: role by action as a table (D21). Each thing that a person can do at the desk has
//! a row, and each operation for programs; a new one without a row fails the test.

use std::{collections::BTreeSet, fs, time::Duration};

use reqwest::{Method, header};
use serde_json::Value;

use crate::console::{Console, order};

/// How something is asked for.
enum By {
    /// A page.
    Page(&'static str),
    /// A server function: the form of a page.
    Form(&'static str, &'static [(&'static str, &'static str)]),
    /// The operation of that identifier for programs.
    Rest(&'static str, Method, &'static str, &'static str),
}
use By::{Form, Page, Rest};

/// Who asks, by a letter: whoever has the role for everything (D), a reader (R), an administrator of the application
/// (A), one of its users (U), somebody else (E).
const ROLES: &str = "DRAUE";

/// What the desk does, how it is asked for, and to whom it is open. What is asked for leads to nothing, so that the
/// order of the rows does not matter.
#[rustfmt::skip]
const TABLE: &[(&str, By, &str)] = &[
    ("releases", Page("/devops/releases"), "DR"),
    ("releases", Page("/devops/releases/welcome"), "DR"),
    ("releases", Rest("listReleases", Method::GET, "releases", ""), "DR"),
    ("project", Rest("getProject", Method::GET, "releases/welcome", ""), "DRA"),
    ("offer", Page("/devops/releases/welcome/deploy"), "D"),
    ("offer", Page("/devops/instances/shop/update"), "DA"),
    ("keep_draft", Form("draft", &[("place[application]", "shop"), ("form[name]", "shop"), ("step", "name"), ("go", "next")]), "DA"),
    ("keep_draft", Form("draft", &[("place[project]", "welcome"), ("step", "name"), ("go", "next")]), "D"),
    ("draft", Page("/devops/instances/shop/update/admins?draft=1"), "DA"),
    ("drafts", Page("/devops/releases"), "DR"),
    ("discard_draft", Form("discard", &[("draft", "1")]), "DA"),
    ("name_problem", Rest("checkName", Method::GET, "names/shop", ""), "D"),
    ("check", Page("/devops/releases/welcome/deploy/review?check=1"), "D"),
    ("plan", Rest("plan", Method::POST, "plan", "{}"), "D"),
    ("plan", Rest("planUpdate", Method::POST, "applications/shop/plan", r#"{"version": 99}"#), "DA"),
    ("plans", Page("/devops/instances/shop/operations/{operation}"), "DRA"),
    ("plans", Rest("listPlans", Method::GET, "applications/shop/operations/{operation}/plans", ""), "DRA"),
    ("deploy", Form("deploy", &[("form[name]", "Wrong")]), "D"),
    ("deploy", Rest("deploy", Method::POST, "applications", "{}"), "D"),
    ("applications", Page("/"), "DRAU"),
    ("instances", Page("/devops/instances"), "DRAU"),
    ("applications", Rest("listApplications", Method::GET, "applications", ""), "DRAU"),
    ("recent", Rest("listRecent", Method::GET, "operations", ""), "DRAU"),
    ("application", Page("/devops/instances/shop"), "DRAU"),
    ("application", Page("/devops/instances/shop/components"), "DRAU"),
    ("application", Page("/devops/instances/shop/history"), "DRAU"),
    ("application", Rest("getApplication", Method::GET, "applications/shop", ""), "DRAU"),
    ("application", Rest("listOperations", Method::GET, "applications/shop/operations", ""), "DRAU"),
    ("application", Rest("listComponents", Method::GET, "applications/shop/components", ""), "DRAU"),
    ("application", Rest("listStandings", Method::GET, "applications/shop/standings", ""), "DRAU"),
    ("application", Rest("listEnds", Method::GET, "applications/shop/ends", ""), "DRAU"),
    ("application", Rest("knownImages", Method::GET, "applications/shop/images", ""), "DRAU"),
    ("secrets", Page("/devops/instances/shop/configuration"), "DRA"),
    ("secrets", Rest("listSecrets", Method::GET, "applications/shop/secrets", ""), "DRA"),
    ("may", Rest("listGenerations", Method::GET, "applications/shop/generations", ""), "DRA"),
    ("order_of", Rest("exportApplication", Method::GET, "applications/shop/order", ""), "DRA"),
    ("update", Form("update", &[("form[name]", "shop")]), "DA"),
    ("update", Rest("update", Method::PUT, "applications/shop", r#"{"version": 99}"#), "DA"),
    ("roll_back", Form("rollback", &[("name", "shop"), ("generation", "99")]), "DA"),
    ("roll_back", Rest("rollback", Method::POST, "applications/shop/rollback", r#"{"generation": 99}"#), "DA"),
    ("application", Page("/devops/instances/shop/access"), "DRAU"),
    ("application", Rest("getAccess", Method::GET, "applications/shop/access", ""), "DRAU"),
    ("set_access", Form("access", &[("form[name]", "shop"), ("form[go]", "save")]), "DA"),
    ("set_access", Rest("setAccess", Method::PUT, "applications/shop/access", r#"{"admins": []}"#), "DA"),
    ("check_images", Form("check-images", &[("name", "shop")]), "DA"),
    ("check_images", Rest("checkImages", Method::POST, "applications/shop/images", ""), "DA"),
    ("take_new_images", Form("new-images", &[("form[name]", "shop")]), "DA"),
    ("take_new_images", Rest("takeNewImages", Method::POST, "applications/shop/images/update", "{}"), "DA"),
    ("find_people", Rest("findPeople", Method::GET, "people?q=a", ""), "DA"),
    ("recognise", Page("/devops/instances/shop/update/users"), "DA"),
    ("retry", Form("retry", &[("name", "shop")]), "DA"),
    ("retry", Rest("retry", Method::POST, "applications/shop/retry", ""), "DA"),
    ("cancel", Form("cancel", &[("name", "shop")]), "DA"),
    ("cancel", Rest("cancel", Method::POST, "applications/shop/cancel", ""), "DA"),
    ("undeploy", Page("/devops/instances/shop/undeploy"), "DA"),
    ("undeploy", Form("undeploy", &[("name", "shop"), ("confirmation", "no")]), "DA"),
    ("applications", Page("/devops/undeploy?app=shop"), "DRAU"),
    // By force is refused to what runs well.
    ("undeploy", Form("undeploy-together", &[("form[forced]", "shop"), ("form[confirmation]", "1")]), "DA"),
    ("undeploy", Rest("undeploy", Method::DELETE, "applications/shop?force=true", ""), "DA"),
    ("held", Rest("getHeld", Method::GET, "applications/shop/held", ""), "DRAU"),
    ("log", Page("/devops/instances/shop/logs"), "DRA"),
    ("log", Rest("readLog", Method::GET, "applications/shop/logs?task=1&container=web", ""), "DRA"),
    ("follow_log", Rest("readLog", Method::GET, "applications/shop/logs?task={task}&container={component}&follow=true", ""), "DRA"),
    ("events", Page("/devops/instances/shop/events"), "DRAU"),
    ("events", Rest("listEvents", Method::GET, "applications/shop/events", ""), "DRAU"),
    ("applications", Rest("streamEvents", Method::GET, "events", ""), "DRAU"),
    ("strip", Form("strip", &[("name", "shop"), ("uid", "1"), ("finalizer", "x")]), "DA"),
    ("strip", Rest("strip", Method::POST, "applications/shop/strip", r#"{"uid": "1", "finalizer": "x", "confirmation": "x"}"#), "DA"),
    ("audit", Page("/audit"), "DR"),
    ("audit", Rest("searchAudit", Method::GET, "audit", ""), "DR"),
    ("audit", Rest("exportAudit", Method::GET, "audit/export", ""), "DR"),
    ("verify_audit", Rest("verifyAudit", Method::GET, "audit/verify", ""), "DR"),
    ("system", Page("/system"), "DR"),
    ("system", Rest("getSystem", Method::GET, "system", ""), "DR"),
    ("tokens", Page("/account/tokens"), "DRAU"),
    ("tokens", Rest("listTokens", Method::GET, "tokens", ""), "DRAU"),
    ("held_token", Page("/account/tokens?made=1"), "DRAU"),
    ("make_token", Rest("makeToken", Method::POST, "tokens", r#"{"name": "", "scopes": [], "days": 1}"#), "DRAU"),
    ("hold_token", Form("make-token", &[("form[name]", "ci"), ("form[days]", "1"), ("form[read]", "true")]), "DRAU"),
    ("revoke_token", Form("revoke-token", &[("id", "1")]), "DRAU"),
    ("revoke_token", Rest("revokeToken", Method::DELETE, "tokens/1", ""), "DRAU"),
    // One's own, whoever one is.
    ("visits", Page("/account"), "DRAUE"),
];

#[test]
fn d21_everything_at_the_desk_and_every_operation_has_a_row() {
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../app/src/desk.rs")).unwrap();
    let (_, desk) = text.split_once("pub trait Desk").unwrap();
    let all = desk.split("async fn ").skip(1).map(|rest| rest.split('(').next().unwrap());
    let rows = TABLE.iter().map(|(method, ..)| *method).collect();
    assert_eq!(all.collect::<BTreeSet<_>>(), rows, "a method without a row, or a row without a method");

    let document = slipway_server::openapi();
    let paths = document["paths"].as_object().unwrap().values();
    let operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let all = operations.map(|operation| operation["operationId"].as_str().unwrap());
    let rows = TABLE.iter().filter_map(|(_, by, _)| if let Rest(id, ..) = by { Some(*id) } else { None });
    assert_eq!(all.collect::<BTreeSet<_>>(), rows.collect(), "an operation without a row, or the reverse");
}

/// Somebody with one of the roles.
struct Visitor {
    role: char,
    name: &'static str,
    cookie: String,
}

/// The console with two applications, and somebody of every role.
async fn opened() -> (Console, Vec<Visitor>) {
    let console = Console::open().await;
    for (name, admin, user) in [("shop", "ana", "ben"), ("other", "carl", "dora")] {
        let mut order = order(name);
        order["admins"] = Value::from(vec![admin]);
        order["users"] = Value::from(vec![user]);
        assert_eq!(console.ask(Method::POST, "applications", order).await.0, 202);
        console.until_over(name).await;
    }
    let mut visitors = Vec::new();
    let people: [(&str, &[&str]); 5] = [
        ("dev", &["APS_DEVOPS"]),
        ("rea", &["APS_READER"]),
        ("ana", &[]),
        ("ben", &[]),
        ("eve", &["APS_USER"]),
    ];
    for (role, (name, roles)) in ROLES.chars().zip(people) {
        visitors.push(Visitor { role, name, cookie: console.visitor(name, roles).await });
    }
    (console, visitors)
}

/// How many refusals of that person the trail holds.
async fn refusals(console: &Console, visitor: &Visitor) -> usize {
    let is_refusal = |row: &&slipway_store::AuditRow| {
        row.actor == visitor.name && row.outcome.starts_with("refused: SLW_FORBIDDEN")
    };
    console.rows().await.iter().filter(is_refusal).count()
}

/// Was it refused for want of a permission, as far as the answer says?
async fn is_refused(console: &Console, visitor: &Visitor, by: &By, filled: &impl Fn(&str) -> String) -> bool {
    let cookie = &visitor.cookie;
    let get = |method: Method, path: &str| console.stranger(method, path).header(header::COOKIE, cookie);
    match by {
        Page(path) => {
            let answer = get(Method::GET, &filled(path)).send().await.unwrap();
            let (status, text) = (answer.status().as_u16(), answer.text().await.unwrap());
            assert!([200, 403].contains(&status), "{path}: {status}");
            assert_eq!(status == 403, text.contains("You may not see this"), "{path}");
            assert!(status == 200 || text.contains("needs the role APS_DEVOPS"), "{path} does not say why");
            status == 403
        }
        Form(endpoint, form) => {
            let before = refusals(console, visitor).await;
            let answer = console.post_as(cookie, &format!("/actions/{endpoint}"), form).await;
            let place = answer.headers()[header::LOCATION].to_str().unwrap();
            // Whether an unsent order was forgotten is no news to anybody; the trail tells.
            place.contains("needs%20the%20role%20APS_DEVOPS")
                || *endpoint == "discard" && refusals(console, visitor).await > before
        }
        Rest(_, method, path, body) => {
            let request = get(method.clone(), &format!("/api/v1/{}", filled(path)));
            let request = if body.is_empty() {
                request
            } else {
                request.json(&serde_json::from_str::<Value>(body).unwrap())
            };
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            assert!(status < 500, "{path}: {status}");
            if status == 403 {
                let problem: Value = answer.json().await.unwrap();
                assert_eq!(problem["code"], "SLW_FORBIDDEN", "{path}");
                assert!(problem["detail"].as_str().unwrap().contains("needs the role APS_DEVOPS"), "{path}");
            }
            status == 403
        }
    }
}

#[tokio::test]
async fn d21_each_role_may_do_at_each_interface_what_the_table_says() {
    let (console, visitors) = opened().await;
    let (_, told) = console.ask(Method::GET, "applications/shop/components", Value::Null).await;
    let component = told["components"][0]["name"].as_str().unwrap();
    let task = told["components"][0]["tasks"][0]["id"].as_str().unwrap();
    let (_, told) = console.ask(Method::GET, "applications/shop/operations", Value::Null).await;
    let operation = told["operations"][0]["id"].as_str().unwrap();
    let filled = |text: &str| {
        text.replace("{operation}", operation).replace("{task}", task).replace("{component}", component)
    };
    let mut wrong = Vec::new();
    for (method, by, open) in TABLE {
        for visitor in &visitors {
            let before = refusals(&console, visitor).await;
            let refused = is_refused(&console, visitor, by, &filled).await;
            let told = refusals(&console, visitor).await > before;
            let what = match by {
                Page(path) | Rest(_, _, path, _) => path,
                Form(endpoint, _) => endpoint,
            };
            if refused == open.contains(visitor.role) {
                wrong.push(format!("{method} {what} {}: refused is {refused}", visitor.role));
            }
            if told != refused {
                wrong.push(format!("{method} {what} {}: the trail tells of a refusal: {told}", visitor.role));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn d21_lists_counts_and_streams_hold_what_one_may_see_and_nothing_else() {
    let (console, visitors) = opened().await;
    for visitor in &visitors {
        let expected: &[&str] = match visitor.role {
            'D' | 'R' => &["other", "shop"],
            'A' | 'U' => &["shop"],
            _ => continue,
        };
        let sees_all = expected.len() == 2;
        let get = |path: &str| console.stranger(Method::GET, path).header(header::COOKIE, &visitor.cookie);
        let json = async |path: &str| get(path).send().await.unwrap().json::<Value>().await.unwrap();
        let names = |list: &Value, key: &str| {
            let mut names: Vec<String> =
                list.as_array().unwrap().iter().map(|one| one[key].as_str().unwrap().to_owned()).collect();
            names.sort();
            names
        };
        assert_eq!(names(&json("/api/v1/applications").await["applications"], "name"), expected);
        assert_eq!(names(&json("/api/v1/operations").await["operations"], "application"), expected);
        let found = json("/api/v1/applications?q=other").await;
        assert_eq!(found["applications"].as_array().unwrap().is_empty(), !sees_all);
        for page in ["/", "/devops/instances", "/devops/instances?q=other"] {
            let text = get(page).send().await.unwrap().text().await.unwrap();
            assert_eq!(text.contains("/devops/instances/other"), sees_all, "{} {page}", visitor.role);
        }
        let mut stream = get("/api/v1/events").send().await.unwrap();
        let mut text = String::new();
        while !text.contains("\n\n") {
            let chunk = tokio::time::timeout(Duration::from_secs(20), stream.chunk()).await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
        assert!(text.contains("\"shop\"") && text.contains("\"other\"") == sees_all, "{text}");
        assert!(!text.contains("\"ana\""), "who has access is told to nobody: {text}");
    }
}

#[tokio::test]
async fn d21_what_is_not_there_and_what_one_may_not_see_look_the_same() {
    let (console, visitors) = opened().await;
    let ana = visitors.iter().find(|visitor| visitor.name == "ana").unwrap();
    let ask = async |path: &str| {
        let answer = console.stranger(Method::GET, path).header(header::COOKIE, &ana.cookie).send().await;
        let answer = answer.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (hidden, absent) =
        (ask("/api/v1/applications/other").await, ask("/api/v1/applications/absent").await);
    assert_eq!((hidden.0, &hidden), (403, &absent));
}

#[tokio::test]
async fn s1_l03_access_begins_and_ends_with_the_generation_that_says_so() {
    let (console, visitors) = opened().await;
    let eve = visitors.iter().find(|visitor| visitor.name == "eve").unwrap();
    let sees = async || {
        let request = console.stranger(Method::GET, "/api/v1/applications/shop");
        request.header(header::COOKIE, &eve.cookie).send().await.unwrap().status().as_u16()
    };
    let give = async |users: &[&str]| {
        let body = serde_json::json!({"users": users});
        assert_eq!(console.ask(Method::PUT, "applications/shop", body).await.0, 202);
        console.until_over("shop").await;
    };
    assert_eq!(sees().await, 403);
    give(&["ben", "eve"]).await;
    assert_eq!(sees().await, 200);
    give(&["ben"]).await;
    assert_eq!(sees().await, 403);
}

#[tokio::test]
async fn d21_a_button_that_one_may_not_press_says_which_permission_is_missing() {
    let (console, visitors) = opened().await;
    for (role, page, label) in [
        ('R', "/devops/releases", "Deploy"),
        ('R', "/devops/instances/shop", "Update"),
        ('U', "/devops/instances/shop", "Undeploy"),
        ('U', "/devops/instances", "Deploy a project"),
    ] {
        let visitor = visitors.iter().find(|visitor| visitor.role == role).unwrap();
        let request = console.stranger(Method::GET, page).header(header::COOKIE, &visitor.cookie);
        let text = request.send().await.unwrap().text().await.unwrap();
        let disabled = text.split("aria-disabled=\"true\"").skip(1);
        let is_said = |rest: &str| {
            let tag = &rest[..rest.find("</span>").unwrap()];
            tag.contains("needs the role APS_DEVOPS") && tag.contains(&format!(">{label}"))
        };
        assert!(disabled.into_iter().any(is_said), "{role} {page} {label}");
    }
}

#[tokio::test]
async fn s1_13_an_account_without_a_role_signs_in_and_sees_the_application_that_names_it() {
    let (console, _) = opened().await;
    let mut add = tokio::process::Command::new(env!("CARGO_BIN_EXE_slipway"));
    add.args(["accounts", "add", "dora", "--no-role", "--data-dir"]).arg(console.folder.path().join("var"));
    let made = add.stdin(std::process::Stdio::null()).output().await.unwrap();
    let told = String::from_utf8(made.stdout).unwrap();
    let password = told.lines().next().unwrap().rsplit(' ').next().unwrap();
    let form = [("name", "dora"), ("password", password)];
    let answer = console.post_as("", "/auth/sign-in", &form).await;
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let look = async |path: &str| {
        let answer =
            console.stranger(Method::GET, path).header(header::COOKIE, &cookie).send().await.unwrap();
        answer.status().as_u16()
    };
    assert_eq!(look("/devops/instances/other").await, 200);
    assert_eq!(look("/devops/instances/shop").await, 403);
    assert_eq!(look("/devops/releases").await, 403);
}
