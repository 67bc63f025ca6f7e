//! The address of the client: the peer of the connection, or the address that a trusted proxy reports.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The peer of the connection. The accept loop adds it to every request.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// A client for limits: an IPv4 address, or the first 64 bits of an IPv6 address, which one household shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientKey(IpAddr);

impl ClientKey {
    /// The client at an address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
            v4 => v4,
        })
    }
}

/// The networks whose `X-Forwarded-For` is trusted.
#[derive(Debug, Clone, Default)]
pub struct TrustedProxies {
    networks: Arc<[IpNet]>,
    warned: Arc<AtomicBool>,
}

impl TrustedProxies {
    /// Trusts these networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self { networks: networks.into(), warned: Arc::default() }
    }

    /// Whether an address is a trusted proxy.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// The client of a request. Each proxy appends the address of its peer, so the client is the first address from the
    /// right that is no trusted proxy.
    #[must_use]
    pub fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> ClientKey {
        let peer = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
        let mut client = peer;
        if self.contains(peer) {
            for value in headers.get_all("x-forwarded-for").iter().rev() {
                for hop in value.to_str().unwrap_or_default().rsplit(',') {
                    // A trusted proxy writes addresses only. So this text, and all before it, came from the client.
                    let Some(hop) = parse_address(hop.trim()) else { return ClientKey::of(client) };
                    client = hop;
                    if !self.contains(hop) {
                        return ClientKey::of(client);
                    }
                }
            }
        } else if headers.contains_key("x-forwarded-for") && !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                %peer,
                "X-Forwarded-For comes from an address outside MERCHANT_TRUSTED_PROXIES; if it is your proxy, add it, \
                 or all its customers share one rate limit"
            );
        }
        ClientKey::of(client)
    }
}

/// Reads `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::7` and `[2001:db8::7]:4711`.
fn parse_address(text: &str) -> Option<IpAddr> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()))
        .or_else(|| text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).and_then(|inner| inner.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn forwarded_addresses_count_from_trusted_proxies_only() {
        let proxies = TrustedProxies::new(&["10.0.0.0/8".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()]);
        let cases = [
            ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
            ("10.0.0.1", "", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("::ffff:10.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.66, 198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "203.0.113.66, 198.51.100.1 , 10.0.0.9", "198.51.100.1"),
            ("10.0.0.1", "198.51.100.1:4711", "198.51.100.1"),
            ("10.0.0.1", "[2001:db8:2::7]:4711", "2001:db8:2::"),
            ("10.0.0.1", "2001:db8:2:0:1:2:3:4", "2001:db8:2::"),
            ("2001:db8:1::5", "198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "unknown", "10.0.0.1"),
            ("10.0.0.1", "198.51.100.1, <script>, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"),
        ];
        for (peer, forwarded, expected) in cases {
            let mut extensions = Extensions::new();
            extensions.insert(Peer(peer.parse().unwrap()));
            let mut headers = HeaderMap::new();
            if !forwarded.is_empty() {
                headers.insert("x-forwarded-for", HeaderValue::from_str(forwarded).unwrap());
            }
            let client = proxies.client(&headers, &extensions);
            assert_eq!(client, ClientKey(expected.parse().unwrap()), "{peer}, {forwarded}");
        }
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("203.0.113.66"));
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
        let mut extensions = Extensions::new();
        extensions.insert(Peer("10.0.0.1".parse().unwrap()));
        assert_eq!(
            proxies.client(&headers, &extensions),
            ClientKey("198.51.100.1".parse().unwrap()),
            "the last header"
        );
    }
}
