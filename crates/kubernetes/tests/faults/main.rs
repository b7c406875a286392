//! Faults on a cluster, each in a namespace of its own and all at the same time: the cause engine must tell the
//! right one at most ten seconds after the cluster itself shows it (D2).
//!
//! Measured: while a namespace is polled every second until its objects contain the fault's words, the cause is
//! asked for every 100 ms. What counts is the time from the first poll that saw the words to the first right
//! cause; a cause that came before the poll counts as no time.
//!
//! The simulated cluster takes the faults that it can simulate. The real one is named by
//! `SLIPWAY_TEST_KUBECONFIG`; it needs a node (`SLIPWAY_TEST_NODE=yes`) and the test images
//! (`SLIPWAY_TEST_REGISTRY`, and behind a password `SLIPWAY_TEST_REGISTRY_AUTH`).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod list;
mod nodes;
mod recovery;
mod stage;

use std::time::Duration;

use futures::future::join_all;
use slipway_kubernetes::sandbox::{Sandbox, SandboxOptions};

use self::{
    list::{Fault, faults},
    stage::{Stage, Told},
};

const PROMISED: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread")]
async fn d2_every_fault_that_can_be_simulated_is_told_in_time() {
    let sandbox = Sandbox::start(SandboxOptions::fast());
    let stage = Stage::new(sandbox.client(), "registry.example.com", "registry.example.com/private");
    let simulated = faults(&stage).into_iter().filter(|fault| fault.is_simulated).collect();
    all_told(&stage, simulated).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn d2_every_fault_of_a_real_cluster_is_told_in_time() {
    let Some(stage) = Stage::real().await else { return };
    all_told(&stage, faults(&stage)).await;
    // Nodes are everybody's: what is done with them comes after the rest.
    nodes::are_told(&stage).await;
    recovery::an_image_that_can_be_pulled_after_all_has_no_cause(&stage).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn s3_22_a_cluster_that_does_not_answer_is_told() {
    let sandbox = Sandbox::start(SandboxOptions::fast());
    let stage = Stage::new(sandbox.client(), "registry.example.com", "");
    recovery::a_cluster_that_does_not_answer_is_told(&stage, &sandbox).await;
}

/// Plays all faults at once; what was made is removed, whatever comes of it.
async fn all_told(stage: &Stage, faults: Vec<Fault>) {
    let told = join_all(faults.iter().map(|fault| stage.play(fault))).await;
    println!("{}", told.iter().map(Told::line).collect::<Vec<_>>().join("\n"));
    let wrong: Vec<_> = told.iter().filter(|told| !told.is_right_within(PROMISED)).map(Told::line).collect();
    assert!(wrong.is_empty(), "not told, or not in time:\n{}", wrong.join("\n"));
}
