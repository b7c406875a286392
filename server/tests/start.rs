//! What cannot work is refused at start: one sentence that names the thing and the fix, an exit code that is not
//! zero, and nothing half done.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    fs,
    net::TcpListener,
    path::Path,
    process::{Command, Output},
};

/// Runs the program with settings of its own, in a folder of its own; it must end by itself.
fn start(folder: &Path, settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slipway"));
    command.env_clear().current_dir(folder).arg("serve");
    fs::create_dir_all(folder.join("releases")).unwrap();
    command.envs([
        ("SLIPWAY_ADDR", "127.0.0.1:0"),
        ("SLIPWAY_DATA_DIR", "var"),
        ("SLIPWAY_RELEASES_DIR", "releases"),
    ]);
    command.envs(settings.iter().copied()).output().unwrap()
}

/// The refusal: one line, an exit code, and no database left behind.
fn refusal(settings: &[(&str, &str)]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let output = start(folder.path(), settings);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert_eq!(told.trim_end().lines().count(), 1, "one sentence: {told}");
    assert!(!folder.path().join("var/slipway.db").exists(), "a database was made: {told}");
    told
}

fn assert_names(told: &str, parts: &[&str]) {
    for part in parts {
        assert!(told.contains(part), "{told:?} should name {part:?}");
    }
}

#[test]
fn a_setting_that_does_not_exist() {
    assert_names(
        &refusal(&[("SLIPWAY_ADRESS", "x")]),
        &["SLIPWAY_ADRESS is not a setting", "slipway serve --help"],
    );
}

#[test]
fn a_releases_directory_that_does_not_exist() {
    let told = refusal(&[("SLIPWAY_RELEASES_DIR", "/does/not/exist")]);
    assert_names(&told, &["/does/not/exist", "SLIPWAY_RELEASES_DIR"]);
}

#[test]
fn a_port_that_is_busy() {
    let busy = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = busy.local_addr().unwrap().to_string();
    assert_names(&refusal(&[("SLIPWAY_ADDR", &addr)]), &[&addr, "SLIPWAY_ADDR", "in use"]);
}

#[test]
fn a_database_that_does_not_answer() {
    let told = refusal(&[("SLIPWAY_DATABASE_URL", "postgres://slipway:hunter2@127.0.0.1:1/slipway")]);
    assert_names(&told, &["127.0.0.1:1/slipway", "SLIPWAY_DATABASE_URL"]);
    assert!(!told.contains("hunter2"), "{told}");
}

#[test]
fn a_database_address_that_means_nothing() {
    assert_names(&refusal(&[("SLIPWAY_DATABASE_URL", "mysql://localhost/x")]), &["SLIPWAY_DATABASE_URL"]);
}

#[test]
fn a_cluster_setting_that_means_nothing() {
    assert_names(
        &refusal(&[("SLIPWAY_CLUSTER", "production")]),
        &["\"production\"", "SLIPWAY_CLUSTER", "kubeconfig:"],
    );
}

#[test]
fn a_kubeconfig_that_does_not_exist() {
    let told = refusal(&[("SLIPWAY_CLUSTER", "kubeconfig:/does/not/exist")]);
    assert_names(&told, &["/does/not/exist", "SLIPWAY_CLUSTER"]);
}

#[test]
fn a_kubeconfig_that_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    fs::write(&file, "hello: [").unwrap();
    let setting = format!("kubeconfig:{}", file.display());
    assert_names(&refusal(&[("SLIPWAY_CLUSTER", &setting)]), &["config", "SLIPWAY_CLUSTER"]);
}

#[test]
fn a_cluster_that_does_not_answer() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config");
    let config = "apiVersion: v1\nkind: Config\ncurrent-context: c\n\
        clusters: [{name: c, cluster: {server: 'https://127.0.0.1:1'}}]\n\
        users: [{name: c, user: {token: x}}]\ncontexts: [{name: c, context: {cluster: c, user: c}}]\n";
    fs::write(&file, config).unwrap();
    let setting = format!("kubeconfig:{}", file.display());
    let told = refusal(&[("SLIPWAY_CLUSTER", &setting)]);
    assert_names(&told, &["the cluster does not answer", "SLIPWAY_CLUSTER"]);
}

#[test]
fn a_mirror_that_is_no_registry() {
    assert_names(&refusal(&[("SLIPWAY_IMAGE_MIRROR", "nowhere")]), &["SLIPWAY_IMAGE_MIRROR", "nowhere"]);
}

#[test]
fn a_password_that_is_too_short() {
    let folder = tempfile::tempdir().unwrap();
    let output = start(folder.path(), &[("SLIPWAY_ADMIN_PASSWORD", "short")]);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_names(&told, &["SLIPWAY_ADMIN_PASSWORD", "12 characters"]);
}

#[test]
fn help_lists_every_setting_with_its_default() {
    let output = Command::new(env!("CARGO_BIN_EXE_slipway")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    assert_names(
        &help,
        &["SLIPWAY_ADDR", "127.0.0.1:3000", "SLIPWAY_CLUSTER", "SLIPWAY_OIDC_ISSUER", "realm_access.roles"],
    );
}

#[test]
fn help_has_a_heading_for_each_group_of_settings_and_none_without_one() {
    let output = Command::new(env!("CARGO_BIN_EXE_slipway")).args(["serve", "--help"]).output().unwrap();
    let help = String::from_utf8(output.stdout).unwrap();
    let headings: Vec<_> = help
        .lines()
        .filter_map(|line| line.strip_suffix(':'))
        .filter(|line| !line.starts_with(' '))
        .collect();
    let groups = slipway_domain::system::Group::ALL.map(slipway_domain::system::Group::label);
    assert_eq!(headings, [&["Options"][..], &groups].concat());
    let (_, options) = help.split_once("\nOptions:\n").unwrap();
    let (options, _) = options.split_once("\nServer:\n").unwrap();
    assert!(!options.contains("SLIPWAY_"), "{options}");
}
