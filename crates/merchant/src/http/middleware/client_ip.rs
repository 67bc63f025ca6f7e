//! Who asks: the address on the wire, or what a proxy that we trust says about it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::http::{Extensions, HeaderMap};
use ipnet::IpNet;

/// The other end of the connection; put onto every request by the accept loop.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// A client as far as it is counted: an IPv4 address, or the 64 bits of an IPv6 address that one household has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Client(IpAddr);

impl Client {
    /// Of this address.
    #[must_use]
    pub fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 64))),
            v4 => v4,
        })
    }
}

/// Whose `X-Forwarded-For` is believed.
#[derive(Debug, Clone, Default)]
pub struct Proxies {
    trusted: Arc<[IpNet]>,
    said: Arc<AtomicBool>,
}

impl Proxies {
    /// These networks.
    #[must_use]
    pub fn new(trusted: &[IpNet]) -> Self {
        Self { trusted: trusted.into(), said: Arc::default() }
    }

    /// Whether an address is a proxy of ours.
    #[must_use]
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.trusted.iter().any(|network| network.contains(&address))
    }

    /// Who asks. Every proxy appends the address that it saw: from the right, the first that is none of ours.
    #[must_use]
    pub fn client(&self, headers: &HeaderMap, extensions: &Extensions) -> Client {
        let peer = extensions.get::<Peer>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
        let mut client = peer;
        if self.trusts(peer) {
            for value in headers.get_all("x-forwarded-for").iter().rev() {
                for hop in value.to_str().unwrap_or_default().rsplit(',') {
                    // What is no address was not written by a proxy of ours, nor was anything before it.
                    let Some(hop) = address(hop.trim()) else { return Client::of(client) };
                    client = hop;
                    if !self.trusts(hop) {
                        return Client::of(client);
                    }
                }
            }
        } else if headers.contains_key("x-forwarded-for") && !self.said.swap(true, Ordering::Relaxed) {
            tracing::warn!(%peer, "X-Forwarded-For comes from an address that is not in MERCHANT_TRUSTED_PROXIES: \
                 if that is your proxy, name it there, or all its customers are counted as one");
        }
        Client::of(client)
    }
}

/// `203.0.113.7`, `203.0.113.7:4711`, `2001:db8::7`, `[2001:db8::7]:4711`.
fn address(text: &str) -> Option<IpAddr> {
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
    fn only_a_trusted_proxy_says_who_asks() {
        let proxies = Proxies::new(&["10.0.0.0/8".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()]);
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
            assert_eq!(client, Client(expected.parse().unwrap()), "{peer}, {forwarded}");
        }
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", HeaderValue::from_static("203.0.113.66"));
        headers.append("x-forwarded-for", HeaderValue::from_static("198.51.100.1"));
        let mut extensions = Extensions::new();
        extensions.insert(Peer("10.0.0.1".parse().unwrap()));
        assert_eq!(proxies.client(&headers, &extensions), Client("198.51.100.1".parse().unwrap()), "the last header");
    }
}
