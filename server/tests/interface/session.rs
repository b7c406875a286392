//! A session at the command line, from the first command to the last.

use std::{
    io::Write,
    process::{Output, Stdio},
};

use serde_json::Value;
use tokio::process::Command;

use crate::console::Console;

/// A person at a terminal.
struct Person<'a> {
    console: &'a Console,
}

impl Person<'_> {
    fn command(&self, line: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
        command.args(line.split_whitespace()).env_clear().current_dir(self.console.folder.path());
        command.env("HOME", self.console.folder.path());
        command
    }

    async fn run(&self, line: &str) -> Output {
        self.command(line).output().await.unwrap()
    }

    /// What a command that works says.
    async fn says(&self, line: &str) -> String {
        let output = self.run(line).await;
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(output.status.success(), "{line}: {:?}\n{out}\n{err}", output.status);
        out
    }

    /// The exit code and the sentence of a command that does not work.
    async fn fails(&self, line: &str) -> (Option<i32>, String) {
        let output = self.run(line).await;
        (output.status.code(), text(&output.stderr))
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_19_a_whole_session_at_the_command_line() {
    let console = Console::open().await;
    let person = Person { console: &console };

    let (code, told) = person.fails("apps").await;
    assert!(code == Some(1) && told.contains("slipway login"), "{code:?} {told}");
    let token = console.token(&["read", "change", "remove", "audit", "tokens"]).await;
    let mut login = person.command(&format!("login --url {}", console.url));
    let mut login = login.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    {
        let stdin = login.stdin.take().unwrap();
        let mut stdin = std::fs::File::from(stdin.into_owned_fd().unwrap());
        stdin.write_all(format!("{token}\n").as_bytes()).unwrap();
    }
    assert!(login.wait().await.unwrap().success());

    let releases = person.says("releases").await;
    assert!(releases.starts_with("PROJECT") && releases.contains("welcome"), "{releases}");
    assert!(person.says("releases -p welcome").await.starts_with("VERSION"));
    let plan = person.says("deploy -p welcome --release 1 --app shop --admin ana --plan").await;
    assert!(plan.contains("Deployment"), "{plan}");

    let deployed = person.run("deploy -p welcome --release 1 --app shop --admin ana --wait").await;
    let told = text(&deployed.stderr);
    assert!(deployed.status.success() && told.ends_with("Deploy successful!\n"), "{told}");
    assert!(told.contains("ing…"), "the phases are told: {told}");
    assert!(person.says("apps").await.contains("shop"));
    let apps: Value = serde_json::from_str(&person.says("apps -o json --status Running").await).unwrap();
    assert_eq!(apps["applications"][0]["name"], "shop");
    assert!(person.says("apps -o yaml").await.contains("name: shop"));
    assert!(person.says("ps --app shop").await.starts_with("COMPONENT"));
    person.says("logs shop").await;

    let exported = person.says("apps export shop").await;
    assert!(exported.contains("project: welcome"), "{exported}");
    std::fs::write(console.folder.path().join("app.yaml"), exported.replace("name: shop", "name: copy"))
        .unwrap();
    person.says("deploy -f app.yaml --wait").await;

    person.says("update shop --release 2 --wait").await;
    person.says("rollback shop --generation 1 --wait").await;
    let history = person.says("history shop").await;
    let kinds: Vec<_> = history.lines().skip(1).filter_map(|line| line.split_whitespace().nth(1)).collect();
    assert_eq!(kinds, ["rollback", "update", "deploy"]);
    let (code, told) = person.fails("retry shop").await;
    assert!(code == Some(1) && told.contains("SLW_NOT_NOW"), "{code:?} {told}");
    let (code, told) = person.fails("update shop --release 99").await;
    assert!(code == Some(1) && told.contains("version: Version 99"), "{code:?} {told}");
    let (code, _) = person.fails("update shop --surprise").await;
    assert_eq!(code, Some(2));

    person.says("undeploy shop --wait").await;
    assert!(!person.says("apps").await.contains("shop"));
    assert!(person.says("audit list --object shop").await.contains("rollback"));
    assert!(person.says("audit export --object shop").await.lines().count() >= 5);
    let made = person.says("tokens make next --scopes read --days 1").await;
    assert!(made.starts_with("slw_"), "{made}");
    let tokens: Value = serde_json::from_str(&person.says("tokens -o json").await).unwrap();
    let next = tokens["tokens"].as_array().unwrap().iter().find(|token| token["name"] == "next").unwrap();
    person.says(&format!("tokens revoke {}", next["id"].as_str().unwrap())).await;

    assert!(person.says("completion bash").await.contains("rollback"));
    let (code, told) = person.fails("apps --url http://127.0.0.1:1").await;
    assert!(code == Some(3) && told.contains("does not answer"), "{code:?} {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_18_a_deployment_that_fails_ends_the_command_with_a_code_and_a_reason() {
    let console = Console::open().await;
    let token = console.token(&["read", "change"]).await;
    let person = Person { console: &console };
    let line = "deploy -p missing-image --release 1 --app shop --admin ana --wait";
    let mut command = person.command(line);
    let output = command.env("SLIPWAY_URL", &console.url).env("SLIPWAY_TOKEN", token).output().await.unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("deploy failed:") && told.contains("DEP_E161"), "{told}");
}
