//! Connections to an API server as kube makes them, except for what each of them keeps to read into. There is one for
//! every watch, and by itself it grows up to 400 KiB while a listing is read and stays so.

use std::time::Duration;

use hyper_timeout::TimeoutConnector;
use hyper_util::{
    client::legacy::{Client as HttpClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use kube::{
    Client, Config, Error,
    client::{Body, ClientBuilder, ConfigExt, retry::RetryPolicy},
};
use tower::{BoxError, ServiceBuilder, retry::RetryLayer};

/// So much of an answer is read at a time: a record, as TLS sends it. No head of an answer is longer.
const READ: usize = 16 * 1024;
/// How long it may take until an API server takes a connection.
const CONNECT: Duration = Duration::from_secs(5);

/// A client of that API server.
pub(crate) fn client(config: &Config) -> Result<Client, Error> {
    if let Some(proxy) = &config.proxy_url {
        return Err(Error::ProxyProtocolUnsupported { proxy_url: Box::new(proxy.clone()) });
    }
    // Whoever came first has installed the same.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    let mut connector = TimeoutConnector::new(config.rustls_https_connector_with_connector(tcp)?);
    connector.set_connect_timeout(Some(CONNECT));
    connector.set_write_timeout(config.write_timeout);
    let mut http = HttpClient::builder(TokioExecutor::new());
    let http: HttpClient<_, Body> = http.http1_read_buf_exact_size(READ).build(connector);
    let retry = config.default_retry.then(|| RetryLayer::new(RetryPolicy::server_retry()));
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(retry)
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_err(BoxError::from)
        .service(http);
    Ok(ClientBuilder::new(service, config.default_namespace.clone()).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_refused_and_not_passed_by() {
        let mut config = Config::new("https://cluster.example".parse().unwrap());
        config.proxy_url = Some("http://proxy.example:3128".parse().unwrap());
        let refused = client(&config).err().unwrap().to_string();
        assert!(refused.contains("proxy.example:3128"), "{refused}");
    }
}
