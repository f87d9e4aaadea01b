//! Who a request is really from, if a proxy passed it on. A client may write any `X-Forwarded-For`; each proxy adds whom
//! it heard behind that. So the list is read from its end, as long as those who wrote it are the operator's own.

use std::{
    net::{IpAddr, SocketAddr},
    str::FromStr,
};

use axum::http::{HeaderMap, HeaderName};

const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whose word is taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Proxies(Vec<Network>);

/// Addresses that begin with the same bits, those of IPv4 as IPv6 has them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Network {
    first: u128,
    mask: u128,
}

impl Proxies {
    /// Whether an address is one of theirs.
    pub(super) fn have(&self, address: IpAddr) -> bool {
        let bits = bits(address);
        self.0.iter().any(|network| bits & network.mask == network.first)
    }

    /// The first address, from the end of the way, that is none of theirs; what is no address ends the way.
    pub(super) fn source(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        if !self.have(peer) {
            return peer;
        }
        let written = headers.get_all(FORWARDED).into_iter().map(|value| value.to_str().unwrap_or_default());
        let way: Vec<_> =
            written.flat_map(|value| value.split(',')).map(|text| address(text.trim())).collect();
        let mut from = peer;
        for hop in way.into_iter().rev() {
            let Some(hop) = hop else { break };
            from = hop;
            if !self.have(hop) {
                break;
            }
        }
        from
    }
}

/// An address, as some write it with a port.
fn address(text: &str) -> Option<IpAddr> {
    let alone = text.parse::<IpAddr>().ok();
    let found = alone.or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()));
    found.map(|address| address.to_canonical())
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl FromStr for Proxies {
    type Err = String;

    /// Addresses and networks, with commas between them.
    fn from_str(text: &str) -> Result<Self, String> {
        let each = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        each.map(network).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<Network, String> {
    let bad = || format!("{text:?} is neither an address nor a network such as 10.0.0.0/8");
    let (address, length) =
        text.split_once('/').map_or((text, None), |(address, length)| (address, Some(length)));
    let address: IpAddr = address.parse().map_err(|_| bad())?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let length = length.map_or(Ok(most), |length| length.parse::<u32>().map_err(|_| bad()))?;
    let mask = u128::MAX.checked_shl(most.checked_sub(length).ok_or_else(bad)?).unwrap_or(0);
    Ok(Network { first: bits(address) & mask, mask })
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn source(proxies: &str, peer: &str, written: &[&'static str]) -> String {
        let proxies: Proxies = proxies.parse().unwrap();
        let mut headers = HeaderMap::new();
        for value in written {
            headers.append(FORWARDED, HeaderValue::from_static(value));
        }
        proxies.source(peer.parse().unwrap(), &headers).to_string()
    }

    #[test]
    fn a_stranger_s_word_about_itself_is_not_taken() {
        assert_eq!(source("", "192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(source("10.0.0.0/8", "192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        // It wrote the first; our proxy heard the second.
        assert_eq!(source("10.0.0.0/8", "10.1.2.3", &["198.51.100.1, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(source("10.0.0.0/8", "10.1.2.3", &["198.51.100.1", "192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn the_way_goes_through_all_our_proxies_and_ends_at_nonsense() {
        assert_eq!(source("10.0.0.0/8, ::1", "::1", &["192.0.2.1, 10.0.0.1,10.0.0.2"]), "192.0.2.1");
        assert_eq!(source("10.0.0.0/8", "10.0.0.1", &["192.0.2.1, unknown, 10.0.0.2"]), "10.0.0.2");
        assert_eq!(source("10.0.0.0/8", "10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(source("10.0.0.0/8", "10.0.0.1", &["192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(source("10.0.0.0/8", "10.0.0.1", &["[2001:db8::1]:80"]), "2001:db8::1");
    }

    #[test]
    fn a_network_is_as_large_as_it_says() {
        let all: Proxies = "0.0.0.0/0".parse().unwrap();
        assert!(all.have("192.0.2.1".parse().unwrap()) && !all.have("2001:db8::1".parse().unwrap()));
        let some: Proxies = "2001:db8::/32, 192.0.2.7".parse().unwrap();
        assert!(some.have("2001:db8:1::".parse().unwrap()) && !some.have("2001:db9::".parse().unwrap()));
        assert!(some.have("192.0.2.7".parse().unwrap()) && !some.have("192.0.2.6".parse().unwrap()));
        assert!("::/0".parse::<Proxies>().unwrap().have("192.0.2.1".parse().unwrap()));
        for bad in ["10.0.0.0/33", "10.0.0.0/x", "proxy", "10.0.0", "::/129", "10.0.0.0/"] {
            assert!(bad.parse::<Proxies>().is_err(), "{bad}");
        }
    }
}
