//! One contract, two clusters: every rule runs against the simulated API server and against a real one, and
//! asserts the same outcome. The real one is named by `SLIPWAY_TEST_KUBECONFIG`; rules about running containers
//! also need a node (`SLIPWAY_TEST_NODE=yes`) and the test images (`SLIPWAY_TEST_REGISTRY`).

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test says so by failing")]

mod deleting;
mod objects;
mod plans;
mod pods;
mod removal;
mod reviews;
mod rights;
mod target;
mod telling;
mod watching;
mod whole;
