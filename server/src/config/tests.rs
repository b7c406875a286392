//! What settings mean.

use super::*;

fn settings(arguments: &[&str]) -> Settings {
    Cli::try_parse_from([&["slipway"], arguments].concat()).unwrap().settings
}

#[test]
fn a_setting_that_is_none_is_refused_by_name() {
    let error = refuse_unknown_settings(["SLIPWAY_ADRR".to_owned()].into_iter()).unwrap_err();
    assert!(error.to_string().contains("SLIPWAY_ADRR"));
    assert!(refuse_unknown_settings(["SLIPWAY_ADDR", "HOME"].map(str::to_owned).into_iter()).is_ok());
}

#[test]
fn the_sandbox_is_the_default_and_the_cluster_of_the_pod_within_one() {
    assert_eq!(settings(&[]).cluster_choice(false).unwrap(), ClusterChoice::Sandbox);
    assert_eq!(settings(&[]).cluster_choice(true).unwrap(), ClusterChoice::InCluster);
}

#[test]
fn a_kubeconfig_is_used_only_when_it_is_named() {
    let choice = settings(&["--cluster", "kubeconfig:/etc/k#prod"]).cluster_choice(false).unwrap();
    let expected = ClusterChoice::Kubeconfig { path: "/etc/k".into(), context: Some("prod".into()) };
    assert_eq!(choice, expected);
    for text in ["kubeconfig", "kubeconfig:", "prod"] {
        assert!(settings(&["--cluster", text]).cluster_choice(false).is_err(), "{text}");
    }
}

#[test]
fn s1_11_nobody_is_bound_in_the_cluster_unless_it_is_said_how_it_knows_them() {
    assert_eq!(settings(&[]).access(), None);
    let access = settings(&["--cluster-user-prefix", "oidc:"]).access().unwrap();
    assert_eq!((access.user_prefix.as_str(), access.group_prefix.as_str()), ("oidc:", ""));
    assert_eq!((access.admin_role, access.user_role), (None, None), "roles of Slipway's own");
    let bare = settings(&["--cluster-user-prefix", "-", "--cluster-group-prefix", "g:"]).access().unwrap();
    assert_eq!((bare.user_prefix.as_str(), bare.group_prefix.as_str()), ("", "g:"));
}

#[test]
fn the_port_of_the_gateway_is_not_part_of_its_host() {
    assert_eq!(settings(&["--gateway-domain", "localhost:8088"]).gateway_host(), "gateway.localhost");
}
