//! Numbers for Prometheus, on a listener of their own: who may read them need not be able to sign in, and who can sign
//! in need not read them.

use std::sync::{Arc, OnceLock};

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics::gauge;
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;
use slipway_domain::status::Status;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{desk::Office, web};

/// From a page out of memory to a step that builds an image.
const SECONDS: &[f64] =
    &[0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0];
/// How the format is called.
const FORMAT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Where numbers are collected: one place a process, because whoever counts something knows nobody.
static COLLECTED: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to collect. What is counted before goes nowhere.
pub fn collect() -> Result<(), BuildError> {
    if COLLECTED.get().is_none() {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)?;
        let _ = COLLECTED.set(builder.install_recorder()?);
    }
    Ok(())
}

/// Answers `/metrics` until it is told to stop.
pub async fn serve(listener: TcpListener, office: Arc<Office>, stop: CancellationToken) {
    let router = Router::new().route("/metrics", get(told)).with_state(office);
    web::serve(listener, router, stop).await;
}

async fn told(State(office): State<Arc<Office>>) -> impl IntoResponse {
    look(&office).await;
    let text = COLLECTED.get().map(|collected| {
        collected.run_upkeep();
        collected.render()
    });
    ([(header::CONTENT_TYPE, FORMAT)], text.unwrap_or_default())
}

/// What stands at this moment, in place of counting it all the time.
async fn look(office: &Office) {
    Collector::default().collect();
    for status in Status::ALL {
        let count = office.board.read().count(status);
        gauge!("slipway_applications", "status" => status.label()).set(number(count));
    }
    if let Ok(open) = office.store.open_operations().await {
        gauge!("slipway_operations_open").set(number(usize::try_from(open).unwrap_or_default()));
    }
    let (all, idle) = office.store.connections();
    gauge!("slipway_database_connections", "state" => "idle").set(number(idle));
    gauge!("slipway_database_connections", "state" => "busy").set(number(all.saturating_sub(idle)));
    let away = office.cluster.out_of_reach_since().map(|since| office.clock.now().duration_since(since));
    gauge!("slipway_cluster_away_seconds").set(away.map_or(0.0, |away| away.as_secs_f64()));
}

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
