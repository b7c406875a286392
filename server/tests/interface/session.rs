//! A session at the command line, from the first command to the last.

use std::{
    io::Write,
    process::{Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Command,
};

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

    /// Keeps a token in a profile.
    async fn logs_in(&self, line: &str, token: &str) {
        let mut login = self.command(&format!("login {line}"));
        let mut login = login.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        {
            let stdin = login.stdin.take().unwrap();
            let mut stdin = std::fs::File::from(stdin.into_owned_fd().unwrap());
            stdin.write_all(format!("{token}\n").as_bytes()).unwrap();
        }
        assert!(login.wait().await.unwrap().success());
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
    person.logs_in(&format!("--url {}", console.url), &token).await;

    let releases = person.says("releases").await;
    assert!(releases.starts_with("PROJECT") && releases.contains("welcome"), "{releases}");
    assert!(person.says("people adm").await.contains("admin"));
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
    let said = person.says("logs shop -n 3").await;
    assert!(said.contains("listening on 8080") && said.lines().count() == 3, "{said}");
    let mut following = person.command("logs shop -c web -f").stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(following.stdout.take().unwrap()).lines();
    let line = tokio::time::timeout(Duration::from_secs(30), lines.next_line()).await.unwrap().unwrap();
    assert!(line.is_some_and(|line| line.contains("Z ")), "a line with its time");
    following.kill().await.unwrap();
    person.says("logs shop --ended").await;
    let (code, told) = person.fails("logs shop -c nobody").await;
    assert!(code == Some(1) && told.contains("no such task runs"), "{code:?} {told}");

    let exported = person.says("apps export shop").await;
    assert!(exported.contains("project: welcome"), "{exported}");
    std::fs::write(console.folder.path().join("app.yaml"), exported.replace("name: shop", "name: copy"))
        .unwrap();
    person.says("deploy -f app.yaml --wait").await;

    person.says("update shop --release 2 --wait").await;
    let both = person.says("logs shop").await;
    assert_eq!(both.lines().filter(|line| line.starts_with("== web web-")).count(), 2, "{both}");
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

    let (code, told) = person.fails("apps --url http://127.0.0.1:1 --token x").await;
    assert!(code == Some(3) && told.contains("does not answer"), "{code:?} {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_19_several_servers_are_known_by_their_profiles() {
    let (home, away) = (Console::open().await, Console::open().await);
    home.deploy("at-home").await;
    away.deploy("abroad").await;
    let person = Person { console: &home };
    for (console, profile) in [(&home, "default"), (&away, "abroad")] {
        let token = console.token(&["read"]).await;
        person.logs_in(&format!("--profile {profile} --url {}/", console.url), &token).await;
    }
    let (here, there) = (person.says("apps").await, person.says("apps --profile abroad").await);
    assert!(here.contains("at-home") && !here.contains("abroad"), "{here}");
    assert!(there.contains("abroad") && !there.contains("at-home"), "{there}");
    let chosen = person.command("apps").env("SLIPWAY_PROFILE", "abroad").output().await.unwrap();
    assert_eq!(text(&chosen.stdout), there);
    let (code, told) = person.fails("apps --profile nobody").await;
    assert!(code == Some(1) && told.contains("slipway login"), "{code:?} {told}");
    // A token is not shown to a server that did not give it.
    let (code, told) = person.fails(&format!("apps --url {}", away.url)).await;
    assert!(code == Some(1) && told.contains("the token of the profile default is for"), "{code:?} {told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_19_whoever_does_not_want_to_wait_longer_is_told_so_by_the_exit_code() {
    let console = Console::open().await;
    let token = console.token(&["read", "change"]).await;
    let person = Person { console: &console };
    let mut command =
        person.command("deploy -p welcome --release 1 --app shop --admin ana --wait --timeout 0");
    let output = command.env("SLIPWAY_URL", &console.url).env("SLIPWAY_TOKEN", token).output().await.unwrap();
    let told = text(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("it goes on"), "{told}");
    console.until_over("shop").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s2_19_each_shell_completes_each_command() {
    let console = Console::open().await;
    let person = Person { console: &console };
    for (shell, begin) in
        [("bash", "_slipway()"), ("zsh", "#compdef slipway"), ("fish", "# Print an optspec")]
    {
        let script = person.says(&format!("completion {shell}")).await;
        assert!(script.starts_with(begin), "{shell}: {}", &script[..80]);
        for command in ["releases", "deploy", "undeploy", "rollback", "audit", "completion"] {
            assert!(script.contains(command), "{shell}: {command}");
        }
        // Whoever has the shell asks it what it thinks of it.
        let file = console.folder.path().join(shell);
        std::fs::write(&file, script).unwrap();
        if let Ok(read) = Command::new(shell).arg("-n").arg(&file).output().await {
            assert!(read.status.success(), "{shell}: {}", text(&read.stderr));
        }
    }
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
