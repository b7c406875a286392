//! The port against a real registry: Debian's `docker-registry`, started by each test on a port of its own. Without
//! that program the tests are skipped, unless SLIPWAY_TEST_REQUIRE is set.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod base;
mod build;
mod faults;
mod proxy;
mod pull;
mod push;
mod refusals;
mod resolve;
mod server;
mod skopeo;
mod support;
mod tokens;
