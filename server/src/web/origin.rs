//! Where a request comes from: a number for it, and the address of whoever sent it. What a proxy says about the
//! address is believed only if the proxy is one that the settings name.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;
use slipway_domain::ids::Ids;
use slipway_store::Origin;
use tracing::Instrument;

/// Names the request in the answer, so that it is found again in the audit trail.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Proxies whose word is taken for the address of the client.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proxies(Vec<IpNet>);

impl FromStr for Proxies {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let places = text.split(',').map(str::trim).filter(|place| !place.is_empty());
        let nets = places.map(|place| {
            let one = place.parse::<IpAddr>().map(IpNet::from);
            one.or_else(|_| place.parse()).map_err(|_| format!("{place:?} is no address and no network"))
        });
        nets.collect::<Result<_, _>>().map(Self)
    }
}

impl Proxies {
    /// The address of the client: of the peer, or, if that is a proxy, of the last one before it that is none.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let said = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok());
        let hops: Vec<_> = said.flat_map(|value| value.split(',')).map(|hop| hop.trim().parse()).collect();
        let mut client = peer;
        for hop in hops.into_iter().rev() {
            match hop {
                Ok(hop) if self.knows(client) => client = hop,
                _ => break,
            }
        }
        client.to_canonical()
    }

    fn knows(&self, address: IpAddr) -> bool {
        self.0.iter().any(|net| net.contains(&address.to_canonical()))
    }
}

/// What the middleware needs.
#[derive(Clone)]
pub struct Door {
    pub ids: Arc<dyn Ids>,
    pub proxies: Proxies,
}

/// Puts the origin into the request, and its number into the answer.
pub async fn origin(State(door): State<Door>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
    let address = peer.map(|peer| door.proxies.client(peer, request.headers()).to_string());
    let number = door.ids.next().to_string();
    let id = HeaderValue::from_str(&number);
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id = number, method, path, status = tracing::field::Empty);
    request.extensions_mut().insert(Origin {
        request: number,
        address: address.unwrap_or_default(),
        via: "browser".to_owned(),
    });
    // What is told meanwhile is told under the number.
    let mut response = next.run(request).instrument(span.clone()).await;
    span.record("status", response.status().as_u16());
    if let Ok(id) = id {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(proxies: &str, peer: &str, said: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in said {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(value).unwrap());
        }
        proxies.parse::<Proxies>().unwrap().client(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn d7_what_a_stranger_says_about_the_address_is_not_believed() {
        assert_eq!(client("", "192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
        assert_eq!(client("10.0.0.0/8", "192.0.2.1", &["198.51.100.9"]), "192.0.2.1");
    }

    #[test]
    fn d7_behind_proxies_the_client_is_the_last_one_that_is_no_proxy() {
        let proxies = "10.0.0.0/8, 2001:db8::1";
        assert_eq!(client(proxies, "10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(client(proxies, "10.0.0.1", &["203.0.113.5, 198.51.100.9, 10.0.0.2"]), "198.51.100.9");
        assert_eq!(client(proxies, "2001:db8::1", &["203.0.113.5", "198.51.100.9"]), "198.51.100.9");
        assert_eq!(client(proxies, "::ffff:10.0.0.1", &["198.51.100.9"]), "198.51.100.9");
        assert_eq!(client(proxies, "10.0.0.1", &["nonsense"]), "10.0.0.1");
        assert_eq!(client(proxies, "10.0.0.1", &[]), "10.0.0.1");
    }

    #[test]
    fn a_network_that_is_none_is_refused_by_name() {
        assert!("10.0.0.0/8, proxy".parse::<Proxies>().unwrap_err().contains("\"proxy\""));
    }
}
