//! The log, and traces where somebody wants them: one for each request, and one for each step of an operation with
//! what it asked of the cluster.

use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{Resource, trace::SdkTracerProvider};
use tokio::runtime::Handle;
use tracing_subscriber::{
    EnvFilter, Layer, Registry, filter::filter_fn, layer::SubscriberExt, util::SubscriberInitExt,
};

use crate::config::{LogFormat, Telling};

/// What is told from now on; whatever waits to be sent is sent when this is ended.
#[derive(Default)]
pub struct Told(Option<SdkTracerProvider>);

impl Told {
    /// Begins to tell.
    pub fn begin(telling: &Telling) -> anyhow::Result<Self> {
        // The cluster's client logs each failed request by itself; what matters of it is told where it is handled.
        let filter =
            EnvFilter::try_from_env("RUST_LOG").unwrap_or_else(|_| EnvFilter::new("info,kube_client=off"));
        let lines = tracing_subscriber::fmt::layer().with_target(false).with_writer(std::io::stderr);
        let lines: Box<dyn Layer<_> + Send + Sync> = match telling.log_format {
            LogFormat::Text => lines.boxed(),
            LogFormat::Json => lines.json().flatten_event(true).boxed(),
        };
        let provider = telling.traces_url.as_deref().map(provider).transpose()?;
        let traces = provider.as_ref().map(|provider| {
            let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("slipway"));
            // Where in the code is of no use to whoever operates it; and to send them must not be traced in its turn.
            let ours = filter_fn(|span| span.target().starts_with("slipway"));
            layer.with_location(false).with_threads(false).with_filter(ours)
        });
        Registry::default().with(lines.and_then(traces).with_filter(filter)).init();
        Ok(Self(provider))
    }

    /// Sends what waits. Whoever receives it may be away, so this takes a while at most.
    pub async fn end(self) {
        let Some(provider) = self.0 else { return };
        let _ = tokio::task::spawn_blocking(move || provider.shutdown()).await;
    }
}

fn provider(url: &str) -> anyhow::Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Sender { client: crate::web::http_client()?, runtime: Handle::current() })
        .with_endpoint(url)
        .build()?;
    let resource = Resource::builder()
        .with_service_name("slipway")
        .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

/// Sends over the client that everything else is sent over. What is traced is sent by a thread that knows no runtime.
#[derive(Debug)]
struct Sender {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let (client, request) = (self.client.clone(), reqwest::Request::try_from(request)?);
        let sent = self.runtime.spawn(async move {
            let answer = client.execute(request).await?;
            let mut built = http::Response::builder().status(answer.status());
            if let Some(headers) = built.headers_mut() {
                headers.extend(answer.headers().clone());
            }
            Ok::<_, reqwest::Error>((built, answer.bytes().await?))
        });
        let (built, bytes) = sent.await??;
        Ok(built.body(bytes)?)
    }
}
