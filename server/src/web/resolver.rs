//! Names of hosts that people or registries choose are looked up without the places that are off limits.

use std::{io, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use slipway_registry::is_off_limits;

/// The machine's resolver, without places that are never asked.
#[derive(Debug)]
pub struct Careful;

impl Resolve for Careful {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let addresses = allowed(found);
            if addresses.is_empty() {
                let why = format!("{} is at no address that Slipway asks", name.as_str());
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, why).into());
            }
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}

fn allowed(found: impl Iterator<Item = SocketAddr>) -> Vec<SocketAddr> {
    found.filter(|address| !is_off_limits(address.ip())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_to_a_metadata_service_leads_nowhere() {
        let found = ["169.254.169.254:0", "[fe80::1]:0", "192.0.2.1:0"].map(|text| text.parse().unwrap());
        assert_eq!(allowed(found.into_iter()), [found[2]]);
    }
}
