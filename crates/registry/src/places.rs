//! Places that nobody's image is at: people type names of images, and must not make Slipway ask the machine it runs on
//! for the credentials that clouds give to machines.

use std::net::{IpAddr, Ipv6Addr};

use reqwest::Url;

/// Addresses of clouds' metadata services that are not link-local.
const METADATA: [IpAddr; 3] = [
    IpAddr::V4(std::net::Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
];

/// Is that an address that is never asked: link-local, of a metadata service, or of nobody?
pub fn is_off_limits(address: IpAddr) -> bool {
    let address = match address {
        // The same place in IPv6's words: mapped, or behind the translators' prefix.
        IpAddr::V6(v6) => match (v6.to_canonical(), v6.segments()) {
            (IpAddr::V6(_), [0x64, 0xff9b, 0, 0, 0, 0, high, low]) => {
                let [a, b] = high.to_be_bytes();
                let [c, d] = low.to_be_bytes();
                IpAddr::from([a, b, c, d])
            }
            (canonical, _) => canonical,
        },
        v4 @ IpAddr::V4(_) => v4,
    };
    METADATA.contains(&address)
        || match address {
            IpAddr::V4(v4) => v4.is_link_local() || v4.octets()[0] == 0,
            IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.is_unspecified(),
        }
}

/// Does the address name such a place outright? Names are looked at when they are resolved.
pub(crate) fn leads_off_limits(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host.parse().is_ok_and(is_off_limits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_services_are_never_asked_however_they_are_written() {
        for host in [
            "169.254.169.254",
            "169.254.1.1",
            "2852039166",
            "0xa9fea9fe",
            "0251.0376.0251.0376",
            "[::ffff:169.254.169.254]",
            "[64:ff9b::a9fe:a9fe]",
            "[fe80::1]",
            "[fd00:ec2::254]",
            "100.100.100.200",
            "0.0.0.0",
            "[::]",
        ] {
            let url = Url::parse(&format!("https://{host}/v2/")).unwrap();
            assert!(leads_off_limits(&url), "{host}");
        }
    }

    #[test]
    fn registries_at_addresses_of_their_own_are_asked() {
        for host in [
            "127.0.0.1:5000",
            "10.0.0.7",
            "192.168.1.2:5000",
            "[::1]:5000",
            "[fd00::1]",
            "registry.example.com",
        ] {
            let url = Url::parse(&format!("https://{host}/v2/")).unwrap();
            assert!(!leads_off_limits(&url), "{host}");
        }
    }
}
