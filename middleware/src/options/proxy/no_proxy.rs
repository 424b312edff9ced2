//! The hosts that are connected to directly.

use std::net::IpAddr;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};
use crate::trimmed::trimmed;

/// The entries of a `NO_PROXY`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub(super) struct NoProxy(Vec<Entry>);

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Entry {
    hosts: Hosts,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Hosts {
    All,
    /// `localhost` and every loopback address.
    Loopback,
    /// A name in lower case, and all names that end in it after a dot.
    Domain(String),
    Network(Network),
}

impl NoProxy {
    /// Parses a list, all of whose entries must be valid.
    pub(super) fn parse(list: &str) -> Result<Self, Error> {
        let entries = (1..).zip(entries(list)).map(|(number, entry)| {
            // The entry may be anything, such as a password in the wrong place, so it is not shown.
            entry.parse().map_err(|NotAnEntry| {
                let message = format!(
                    "entry {number} of the no-proxy list is invalid: expected a host, an address, \
                     a network such as 10.0.0.0/8, or `*`, each with or without a port"
                );
                Error::new(ErrorKind::Config, message)
            })
        });
        entries.collect::<Result<_, _>>().map(Self)
    }

    /// Parses a list. Returns its valid entries and the number of invalid ones.
    pub(super) fn parse_known(list: &str) -> (Self, usize) {
        let all = entries(list).count();
        let known: Vec<Entry> = entries(list).filter_map(|entry| entry.parse().ok()).collect();
        let passed_over = all - known.len();
        (Self(known), passed_over)
    }

    /// Adds the entries of another list.
    pub(super) fn add(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// Adds `localhost` and every loopback address.
    pub(super) fn and_loopback(mut self) -> Self {
        self.0.push(Entry { hosts: Hosts::Loopback, port: None });
        self
    }

    /// Returns `true` if an entry matches this host (an IPv6 address without brackets) and port.
    pub(super) fn names(&self, host: &str, port: u16) -> bool {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let address: Option<IpAddr> = host.parse().ok();
        self.0.iter().any(|entry| {
            let is_its_port = entry.port.is_none_or(|of_entry| of_entry == port);
            is_its_port && entry.hosts.hold(&host, address)
        })
    }
}

fn entries(list: &str) -> impl Iterator<Item = &str> {
    let separated = trimmed(list).split(|next: char| next == ',' || next.is_whitespace());
    separated.filter(|entry| !entry.is_empty())
}

impl Hosts {
    fn hold(&self, host: &str, address: Option<IpAddr>) -> bool {
        match (self, address) {
            (Self::All, _) => true,
            (Self::Loopback, Some(address)) => address.to_canonical().is_loopback(),
            (Self::Loopback, None) => host == "localhost" || host.ends_with(".localhost"),
            (Self::Network(network), Some(address)) => {
                network.contains(address) || network.contains(address.to_canonical())
            }
            (Self::Domain(domain), None) => host
                .strip_suffix(domain.as_str())
                .is_some_and(|before| before.is_empty() || before.ends_with('.')),
            _ => false,
        }
    }
}

#[derive(Debug)]
struct NotAnEntry;

impl FromStr for Entry {
    type Err = NotAnEntry;

    fn from_str(text: &str) -> Result<Self, NotAnEntry> {
        if let Some(network) = network(text) {
            return Ok(Self { hosts: Hosts::Network(network), port: None });
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().map_err(|_| NotAnEntry)?)),
            None => (text, None),
        };
        if let Some(network) = network(host) {
            return Ok(Self { hosts: Hosts::Network(network), port });
        }
        let name = host.strip_prefix('*').unwrap_or(host);
        let name = name.strip_prefix('.').unwrap_or(name);
        let name = name.strip_suffix('.').unwrap_or(name);
        let hosts = match name {
            "" if host == "*" => Hosts::All,
            name if is_name(name) => Hosts::Domain(name.to_ascii_lowercase()),
            _ => return Err(NotAnEntry),
        };
        Ok(Self { hosts, port })
    }
}

/// Returns `true` for labels that a host name can have. The last is not a number: that would be a
/// part of an address or a range of addresses, which matches no host.
fn is_name(text: &str) -> bool {
    let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let is_label = |label: &str| !label.is_empty() && label.bytes().all(is_of_label);
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.split('.').all(is_label) && !text.rsplit('.').next().is_some_and(is_number)
}

/// Parses an address, in brackets or not, or a network.
fn network(text: &str) -> Option<Network> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let (address, prefix) = match bare.split_once('/') {
        Some((address, prefix)) => (address, Some(prefix.parse::<u32>().ok()?)),
        None => (bare, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let longest = if address.is_ipv4() { 32 } else { 128 };
    let prefix = prefix.unwrap_or(longest);
    let canonical = address.to_canonical();
    // `::ffff:10.0.0.0/104` is `10.0.0.0/8`.
    let shortening = if canonical == address { 0 } else { 96 };
    match prefix.checked_sub(shortening) {
        _ if prefix > longest => None,
        Some(prefix) => Some(Network { address: canonical, prefix }),
        None => Some(Network { address, prefix }),
    }
}

/// The addresses that begin with the same bits.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Network {
    address: IpAddr,
    prefix: u32,
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        let (differing, host_bits) = match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                (u128::from(ours.to_bits() ^ theirs.to_bits()), 32 - self.prefix)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                (ours.to_bits() ^ theirs.to_bits(), 128 - self.prefix)
            }
            _ => return false,
        };
        // A shift by all 128 bits, for a prefix of length 0, would overflow.
        differing.checked_shr(host_bits).unwrap_or(0) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &str, host: &str, port: u16) -> bool {
        NoProxy::parse(list).expect("a list").names(host, port)
    }

    #[test]
    fn names_match_whole_labels_from_the_end() {
        for list in
            ["example.com", ".example.com", "*.example.com", "EXAMPLE.com.", ".example.com., a"]
        {
            assert!(names(list, "example.com", 443), "{list}");
            assert!(names(list, "kms.Example.com", 443), "{list}");
            assert!(names(list, "kms.example.com.", 443), "{list}");
            assert!(!names(list, "notexample.com", 443), "{list}");
            assert!(!names(list, "example.com.cn", 443), "{list}");
        }
        assert!(names("*", "anything", 1));
        assert!(!names("", "anything", 1));
    }

    #[test]
    fn addresses_and_networks_match_addresses_of_both_families() {
        assert!(names("10.0.0.0/8", "10.255.0.1", 443));
        assert!(!names("10.0.0.0/8", "11.0.0.1", 443));
        assert!(names("192.168.1.7", "192.168.1.7", 443));
        assert!(names("10.0.0.0/8", "::ffff:10.1.1.1", 443));
        assert!(names("::ffff:10.1.2.3", "10.1.2.3", 443));
        assert!(names("::ffff:10.1.2.3", "::ffff:10.1.2.3", 443));
        assert!(names("::ffff:10.0.0.0/104", "10.1.2.3", 443));
        assert!(!names("::ffff:10.0.0.0/104", "11.1.2.3", 443));
        assert!(names("::ffff:0.0.0.0/95", "::fffe:1.2.3.4", 443));
        assert!(names("fd00::/8", "fd00::1", 443));
        assert!(names("::1", "::1", 443));
        assert!(names("0.0.0.0/0", "192.0.2.1", 443));
        assert!(names("::/0", "fd00::1", 443));
        assert!(!names("fd00::/8", "fe80::1", 443));
        assert!(!names("192.168.1.7", "192.168.1.6", 443));
        assert!(names("172.16.0.0/12", "172.31.255.255", 443));
        assert!(!names("172.16.0.0/12", "172.32.0.0", 443));
        assert!(!names("10.0.0.0/8", "10.example.com", 443));
    }

    #[test]
    fn a_port_is_of_its_entry() {
        assert!(names("kms.example.com:8443", "kms.example.com", 8443));
        assert!(!names("kms.example.com:8443", "kms.example.com", 443));
        assert!(names("[::1]:8443", "::1", 8443));
        assert!(!names("[::1]:8443", "::1", 443));
        assert!(names("10.0.0.1:80", "10.0.0.1", 80));
    }

    #[test]
    fn this_machine_is_known_by_its_names_and_addresses() {
        let list = NoProxy::default().and_loopback();
        for host in ["localhost", "a.localhost", "127.0.0.1", "127.9.9.9", "::1"] {
            assert!(list.names(host, 443), "{host}");
        }
        assert!(!list.names("notlocalhost", 443));
    }

    #[test]
    fn what_is_no_entry_is_an_error() {
        for list in [
            "http://example.com",
            "a:b",
            "10.0.0.0/33",
            ".",
            "..",
            "*..",
            "a:99999",
            "exa mple,%",
            "10.*",
            "..example.com",
            "example..com",
            "10.1",
            "10.1.",
            "10.1.2:443",
            "10.1.2.0-10.1.2.9",
            "::ffff:10.0.0.0/129",
        ] {
            let error = NoProxy::parse(list).expect_err(list);
            assert_eq!(error.kind(), ErrorKind::Config);
        }
    }
}
