//! Who can be given access: looked up, verified, kept by identity, shown by the name of today.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    console::{Console, order},
    identity::{Fake, Identity, Mood},
};

/// A console whose directory answers, and the token of who may ask it: a provider that has a whole machine's tests to
/// serve says at first what an administrator would read, to try again in a moment.
async fn ready(identity: &Identity) -> (Console, String) {
    let console = identity.console().await;
    let token = identity.token("devopsuser").await;
    let answers = async {
        while console.ask_with(&token, Method::GET, "people?q=warm", Value::Null).await.0 != 200 {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    };
    tokio::time::timeout(Duration::from_mins(1), answers).await.unwrap();
    (console, token)
}

async fn find(console: &Console, token: &str, query: &str) -> Vec<(String, String)> {
    let path = format!("people?q={query}");
    let (status, found) = console.ask_with(token, Method::GET, &path, Value::Null).await;
    assert_eq!(status, 200, "{found}");
    let people = found["people"].as_array().unwrap().iter();
    let text = |person: &Value, key: &str| person[key].as_str().unwrap().to_owned();
    people.map(|person| (text(person, "kind"), text(person, "name"))).collect()
}

fn ordered(name: &str, admins: &[&str]) -> Value {
    json!({"name": name, "project": "welcome", "version": 1, "admins": admins})
}

/// Who administers an application, as it is kept.
async fn kept(console: &Console, token: &str, name: &str) -> Vec<Value> {
    let path = format!("applications/{name}/generations");
    let (status, told) = console.ask_with(token, Method::GET, &path, Value::Null).await;
    assert_eq!(status, 200, "{told}");
    told["generations"][0]["spec"]["admins"].as_array().unwrap().clone()
}

#[tokio::test]
async fn s1_19_users_and_groups_are_found_by_a_part_of_their_name() {
    for identity in Identity::all().await {
        let (console, token) = ready(&identity).await;
        let found = find(&console, &token, "hr").await;
        for (kind, name) in [("group", "hr"), ("user", "hruser"), ("user", "hradmin")] {
            assert!(found.contains(&(kind.to_owned(), name.to_owned())), "{name} is not in {found:?}");
        }
        assert!(!found.iter().any(|(_, name)| name == "salesuser"), "{found:?}");
        assert_eq!(
            find(&console, &token, "user").await.iter().filter(|(kind, _)| kind == "group").count(),
            0
        );
        assert!(find(&console, &token, "nobodyiscalledso").await.is_empty());
        let hr = identity.token("hruser").await;
        assert_eq!(console.ask_with(&hr, Method::GET, "people?q=a", Value::Null).await.0, 403);
    }
}

#[tokio::test]
async fn s1_19_who_was_chosen_is_kept_by_identity_and_a_name_that_nobody_has_is_a_mistake() {
    for identity in Identity::all().await {
        let (console, token) = ready(&identity).await;
        let deploy = async |body| console.ask_with(&token, Method::POST, "applications", body).await;
        let (status, problem) = deploy(ordered("shop", &["hruser", "nobodyiscalledso"])).await;
        assert_eq!((status, problem["errors"][0]["field"].as_str()), (422, Some("admins")), "{problem}");
        assert!(problem.to_string().contains("Nobody is called nobodyiscalledso."), "{problem}");

        assert_eq!(deploy(ordered("shop", &["hruser", "group:sales"])).await.0, 202);
        let admins = kept(&console, &token, "shop").await;
        let known: Vec<_> = admins.iter().map(|one| (one["kind"].as_str(), one["name"].as_str())).collect();
        assert_eq!(known, [(Some("user"), Some("hruser")), (Some("group"), Some("sales"))]);
        assert!(admins.iter().all(|one| !one["id"].as_str().unwrap().is_empty()), "{admins:?}");
    }
}

#[tokio::test]
async fn d21_a_group_that_administers_an_application_gives_its_members_the_right_and_nobody_else() {
    for identity in Identity::all().await {
        let (console, token) = ready(&identity).await;
        let shop = ordered("shop", &["group:hr"]);
        assert_eq!(console.ask_with(&token, Method::POST, "applications", shop).await.0, 202);
        for (name, looks, changes) in [("hradmin", 200, 409), ("salesuser", 403, 403)] {
            let token = identity.token(name).await;
            let look = console.ask_with(&token, Method::GET, "applications/shop", Value::Null).await;
            assert_eq!(look.0, looks, "{name}");
            // There is nothing to roll back to, and only who may is told so.
            let body = json!({"generation": 9});
            let change = console.ask_with(&token, Method::POST, "applications/shop/rollback", body).await;
            assert_eq!(change.0, changes, "{name}");
        }
    }
}

#[tokio::test]
async fn s1_19_many_people_come_a_page_at_a_time() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    let token = fake.sign(&fake.claims("devopsuser"));
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("people?q=crowd&cursor={cursor}");
        let (_, found) = console.ask_with(&token, Method::GET, &path, Value::Null).await;
        let page = found["people"].as_array().unwrap();
        assert!(page.len() <= 20, "{}", page.len());
        names.extend(page.iter().map(|person| person["name"].as_str().unwrap().to_owned()));
        match found["next"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!((names.len(), names.last().map(String::as_str)), (25, Some("crowd25")));
}

#[tokio::test]
async fn s1_19_a_directory_that_is_down_or_forbids_is_in_nobodys_way() {
    for mood in [Mood::Broken, Mood::Forbids] {
        let fake = Fake::start().await;
        let console = fake.console(&[]).await;
        let token = fake.sign(&fake.claims("devopsuser"));
        // The provider is known by then; what fails is the look at people.
        assert_eq!(console.ask_with(&token, Method::GET, "releases", Value::Null).await.0, 200);
        fake.is(mood);
        let (status, problem) = console.ask_with(&token, Method::GET, "people?q=hr", Value::Null).await;
        assert_eq!((status, problem["code"].as_str()), (503, Some("SLW_UNAVAILABLE")), "{mood:?}");
        let shop = ordered("shop", &["hruser"]);
        assert_eq!(console.ask_with(&token, Method::POST, "applications", shop).await.0, 202, "{mood:?}");
        assert_eq!(kept(&console, &token, "shop").await, [json!("hruser")], "{mood:?}");
    }
}

#[tokio::test]
async fn s1_19_an_identity_stays_through_updates_and_whoever_has_left_is_no_obstacle() {
    let fake = Fake::start().await;
    let console = fake.console(&[]).await;
    let token = fake.sign(&fake.claims("devopsuser"));
    let shop = ordered("shop", &["hruser"]);
    assert_eq!(console.ask_with(&token, Method::POST, "applications", shop).await.0, 202);
    let before = kept(&console, &token, "shop").await;
    fake.dismiss("hruser");
    let body = json!({"users": ["salesuser"]});
    let mut status = 409;
    // The first operation ends by itself.
    for _ in 0..600 {
        status = console.ask_with(&token, Method::PUT, "applications/shop", body.clone()).await.0;
        if status != 409 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status, 202);
    assert_eq!(kept(&console, &token, "shop").await, before);
}

#[tokio::test]
async fn s1_19_without_javascript_names_are_typed_and_the_page_says_what_is_known_of_each() {
    let console = Console::open().await;
    let form =
        [("place[project]", "welcome"), ("step", "admins"), ("go", "add"), ("form[admins]", "admin%2C+zoe")];
    let answer = console.post("/actions/draft", &form).await;
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    let page = console.request(Method::GET, &place).send().await.unwrap().text().await.unwrap();
    let chips = page.split("aria-label=\"Chosen\"").nth(1).unwrap();
    let chips = &chips[..chips.find("</ul>").unwrap()];
    let chip = |name: &str| chips.split("<li").find(|chip| chip.contains(&format!("Remove {name}"))).unwrap();
    assert!(chip("zoe").contains("not verified") && !chip("admin").contains("not verified"), "{chips}");
}

#[tokio::test]
async fn s1_19_a_local_account_that_was_removed_is_shown_as_somebody_who_has_left() {
    let console = Console::open().await;
    console.visitor("ben", &[]).await;
    let mut body = order("shop");
    body["admins"] = json!(["ben", "ana"]);
    assert_eq!(console.ask(Method::POST, "applications", body).await.0, 202);
    let shown = async || {
        let page = console.request(Method::GET, "/devops/instances/shop").send().await.unwrap();
        let text = page.text().await.unwrap();
        let start = text.find("Administrator access").unwrap();
        let visible: String = text[start..].chars().take(600).collect();
        (visible.contains("has left"), visible.contains("not verified"))
    };
    assert_eq!(shown().await, (false, true), "ben is known, ana is not");
    assert!(console.store.delete_account("ben").await.unwrap());
    assert_eq!(shown().await, (true, true));
}
