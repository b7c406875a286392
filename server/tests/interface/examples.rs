//! What the pages offer to be copied is run as it stands: as curl, as commands, from a file (D16).

use std::process::Output;

use slipway_app::examples::{Deed, Examples};
use slipway_domain::order::{ComponentForm, OrderForm};
use tokio::process::Command;

use crate::console::Console;

/// A shell in which the texts mean something.
struct Shell<'a> {
    console: &'a Console,
    token: String,
}

impl Shell<'_> {
    async fn run(&self, text: &str) -> Output {
        let program = std::path::Path::new(env!("CARGO_BIN_EXE_slipway")).parent().unwrap();
        let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
        let mut shell = Command::new("bash");
        shell.args(["-c", text]).env_clear().current_dir(self.console.folder.path());
        shell.env("PATH", path).env("HOME", self.console.folder.path());
        shell.env("SLIPWAY_URL", &self.console.url).env("SLIPWAY_TOKEN", &self.token);
        shell.output().await.unwrap()
    }

    /// A text that does what it says.
    async fn does(&self, text: &str) {
        let output = self.run(text).await;
        let told = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (out, err) = (told(&output.stdout), told(&output.stderr));
        assert!(output.status.success(), "{text}\n{out}\n{err}");
    }
}

fn order(name: &str) -> OrderForm {
    let variables = r#"{"GREETING":"it's $HOME, \"no\"","LIMIT":"8050"}"#.to_owned();
    let web = ComponentForm { variables, replicas: "1".to_owned(), ..ComponentForm::default() };
    OrderForm {
        name: name.to_owned(),
        project: "welcome".to_owned(),
        version: "1".to_owned(),
        admins: "ana, ops".to_owned(),
        components: [("web".to_owned(), web)].into(),
        ..OrderForm::default()
    }
}

async fn greeting(console: &Console, name: &str) -> String {
    let path = format!("applications/{name}/generations");
    let (_, told) = console.ask(reqwest::Method::GET, &path, serde_json::Value::Null).await;
    let components = &told["generations"][0]["spec"]["components"];
    components[0]["env"]["GREETING"].as_str().unwrap_or_default().to_owned()
}

/// One of the ways that are told.
type Pick = fn(Examples) -> String;

#[tokio::test(flavor = "multi_thread")]
async fn d16_every_example_does_what_its_button_does() {
    let console = Console::open().await;
    let token = console.token(&["read", "change", "remove"]).await;
    let shell = Shell { console: &console, token };
    let picks: [(&str, Pick); 2] = [("bycurl", |texts| texts.curl), ("bycli", |texts| texts.cli)];
    for (name, pick) in picks {
        let deed = |deed: Deed| pick(deed.examples());
        shell.does(&deed(Deed::Deploy(order(name)))).await;
        console.until_over(name).await;
        assert_eq!(greeting(&console, name).await, "it's $HOME, \"no\"", "it arrives as it was typed");
        let name = || name.to_owned();
        let update = OrderForm { version: "2".to_owned(), ..order(&name()) };
        for change in [
            Deed::Update(update),
            Deed::Scale { name: name(), component: "web".to_owned(), replicas: 2 },
            Deed::Move { name: name(), version: 1 },
            Deed::RollBack { name: name(), generation: 1 },
            Deed::Access { name: name(), admins: vec!["ana".into()], users: vec!["group:hr".into()] },
            Deed::Access { name: name(), admins: vec!["ana".into()], users: Vec::new() },
        ] {
            shell.does(&deed(change)).await;
            console.until_over(&name()).await;
        }
        let refused = shell.run(&deed(Deed::Retry { name: name() })).await;
        let told = String::from_utf8_lossy(&[refused.stdout, refused.stderr].concat()).into_owned();
        assert!(
            !refused.status.success() && told.contains("SLW_NOT_NOW"),
            "it reaches its operation: {told}"
        );
        let refused = shell.run(&deed(Deed::Undeploy { name: name(), force: true })).await;
        assert!(!refused.status.success(), "what runs is not removed by force");
        shell.does(&deed(Deed::Undeploy { name: name(), force: false })).await;
        console.until_over(&name()).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn d16_what_failed_is_retried_and_removed_as_the_examples_say() {
    let console = Console::open().await;
    let token = console.token(&["read", "change", "remove"]).await;
    let shell = Shell { console: &console, token };
    let name = || "shop".to_owned();
    let order = OrderForm { project: "missing-image".to_owned(), components: [].into(), ..order("shop") };
    shell.does(&Deed::Deploy(order).examples().curl).await;
    let failed = || async {
        tokio::time::timeout(std::time::Duration::from_mins(1), async {
            loop {
                let (_, told) =
                    console.ask(reqwest::Method::GET, "applications/shop", serde_json::Value::Null).await;
                if told["operation"]["progress"]["state"] == "failed" {
                    return;
                }
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        })
        .await
        .unwrap();
    };
    failed().await;
    shell.does(&Deed::Retry { name: name() }.examples().cli).await;
    failed().await;
    shell.does(&Deed::Retry { name: name() }.examples().curl).await;
    failed().await;
    shell.does(&Deed::Undeploy { name: name(), force: true }.examples().curl).await;
    console.until_over("shop").await;
}
