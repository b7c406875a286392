//! What another tool makes of it.

use std::process::Command;

use serde_json::Value;
use slipway_domain::ports::Images as _;

use crate::{
    base::Shelf,
    server::{Registry, program},
    support::{REPOSITORY, Slipway, order},
};

fn skopeo(args: &[&str]) -> Option<String> {
    let output = Command::new(program("skopeo")?).args(args).output().unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).unwrap())
}

fn layers(inspected: &str) -> usize {
    let inspected: Value = serde_json::from_str(inspected).unwrap();
    inspected["Layers"].as_array().unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn s1_34_s1_36_another_tool_reads_the_layout_and_the_registry() {
    let Some(registry) = Registry::start().await else { return };
    let shelf = Shelf::new(&registry.host, "team/app");
    shelf.single("1").await;
    shelf.index("2").await;
    let slipway = Slipway::new(&registry.host, Some(&registry.host));
    for tag in ["1", "2"] {
        let mut order = order(&slipway.base(&format!("team/app:{tag}")).await);
        order.tag = format!("{tag}.0-rc_1");
        slipway.remote.build(&order).await.unwrap();
        let layout = format!(
            "oci:{}:{}:{}",
            slipway.folder.path().join("images").display(),
            order.repository,
            order.tag
        );
        let platform = ["--override-os=linux", "--override-arch=amd64", "inspect"];
        let Some(text) = skopeo(&[&platform[..], &[&layout]].concat()) else { return };
        assert_eq!(layers(&text), 2, "{text}");

        let pushed = slipway.remote.push(&order).await.unwrap();
        let remote = format!("docker://{}/{REPOSITORY}:{}", registry.host, order.tag);
        let text = skopeo(&[&platform[..], &["--tls-verify=false", &remote]].concat()).unwrap();
        assert_eq!(layers(&text), 2, "{text}");
        assert!(text.contains(pushed.digest.as_str()), "{text}");
        let copy = format!("dir:{}", slipway.folder.path().join(tag).display());
        skopeo(&["copy", "--insecure-policy", "--src-tls-verify=false", "--all", &remote, &copy]);
    }
}
