//! Which addresses of the internet protocol may be called: public ones, others only if an installation lists their
//! network, and some never. No name is resolved here, and nothing is called.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// A range of addresses, such as `10.20.0.0/16`, `fd12::/16` or one address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Network {
    address: IpAddr,
    /// How many bits of the address count.
    bits: u8,
}

impl Network {
    const fn v4(a: u8, b: u8, c: u8, d: u8, bits: u8) -> Self {
        Self { address: IpAddr::V4(Ipv4Addr::new(a, b, c, d)), bits }
    }

    const fn v6(start: [u16; 4], end: u16, bits: u8) -> Self {
        let [a, b, c, d] = start;
        Self { address: IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, end)), bits }
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(ours), IpAddr::V4(theirs)) => {
                let differing = ours.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V6(ours), IpAddr::V6(theirs)) => {
                let differing = ours.to_bits() ^ theirs.to_bits();
                differing.leading_zeros() >= u32::from(self.bits)
            }
            (IpAddr::V4(_), IpAddr::V6(_)) | (IpAddr::V6(_), IpAddr::V4(_)) => false,
        }
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self { address, bits: if address.is_ipv4() { 32 } else { 128 } }
    }
}

impl FromStr for Network {
    type Err = ();

    /// `ADDRESS/BITS`, or one address. Bits behind those that count have to be zero: whoever wrote them meant another
    /// network.
    fn from_str(text: &str) -> Result<Self, ()> {
        let Some((address, bits)) = text.split_once('/') else {
            return text.parse::<IpAddr>().map(Self::from).map_err(drop);
        };
        let address: IpAddr = address.parse().map_err(drop)?;
        let digits = !bits.is_empty() && bits.bytes().all(|b| b.is_ascii_digit());
        let bits: u8 = bits.parse().ok().filter(|_| digits).ok_or(())?;
        let clean = match address {
            IpAddr::V4(v4) => bits <= 32 && v4.to_bits().checked_shl(u32::from(bits)).unwrap_or(0) == 0,
            IpAddr::V6(v6) => bits <= 128 && v6.to_bits().checked_shl(u32::from(bits)).unwrap_or(0) == 0,
        };
        clean.then_some(Self { address, bits }).ok_or(())
    }
}

/// Where clouds keep credentials and settings of their machines, and addresses of the link, which no router passes on.
const NEVER: [Network; 9] = [
    // Link-local: AWS, Google, Azure and others have their metadata at 169.254.169.254, ECS at 169.254.170.2.
    Network::v4(169, 254, 0, 0, 16),
    Network::v6([0xfe80, 0, 0, 0], 0, 10),
    // AWS's services of the link in IPv6: fd00:ec2::254 and others beside it.
    // <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html>
    Network::v6([0xfd00, 0x0ec2, 0, 0], 0, 32),
    // Google's in IPv6. <https://cloud.google.com/compute/docs/metadata/querying-metadata>
    Network::v6([0xfd20, 0x00ce, 0, 0], 0x0254, 128),
    // Alibaba Cloud's, in the range of carriers.
    Network::v4(100, 100, 100, 200, 32),
    // Oracle's older one.
    Network::v4(192, 0, 0, 192, 32),
    // Azure's, although the address looks public.
    // <https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16>
    Network::v4(168, 63, 129, 16, 32),
    // NAT64 of a network's own making: nobody can see where it leads. <https://www.rfc-editor.org/rfc/rfc8215>
    Network::v6([0x0064, 0xff9b, 1, 0], 0, 48),
    // What is no address of anybody: some systems take 0.0.0.0 for themselves.
    Network::v4(0, 0, 0, 0, 8),
];

/// What is not public: <https://www.iana.org/assignments/iana-ipv4-special-registry> and
/// <https://www.iana.org/assignments/iana-ipv6-special-registry>.
const NOT_PUBLIC: [Network; 16] = [
    Network::v4(10, 0, 0, 0, 8),
    Network::v4(100, 64, 0, 0, 10),
    Network::v4(127, 0, 0, 0, 8),
    Network::v4(172, 16, 0, 0, 12),
    Network::v4(192, 0, 0, 0, 24),
    Network::v4(192, 0, 2, 0, 24),
    Network::v4(192, 88, 99, 0, 24),
    Network::v4(192, 168, 0, 0, 16),
    Network::v4(198, 18, 0, 0, 15),
    Network::v4(198, 51, 100, 0, 24),
    Network::v4(203, 0, 113, 0, 24),
    // Groups, what is reserved, and everybody on the link.
    Network::v4(224, 0, 0, 0, 4),
    Network::v4(240, 0, 0, 0, 4),
    // Assignments for protocols, Teredo among them, which hides another address in itself.
    Network::v6([0x2001, 0, 0, 0], 0, 23),
    // For examples.
    Network::v6([0x2001, 0x0db8, 0, 0], 0, 32),
    Network::v6([0x3fff, 0, 0, 0], 0, 20),
];

/// Only these are public in IPv6.
const PUBLIC_V6: Network = Network::v6([0x2000, 0, 0, 0], 0, 3);

/// The address that is reached in the end, where an address of version 6 carries one of version 4 in itself: mapped,
/// compatible and translated ones, NAT64 (<https://www.rfc-editor.org/rfc/rfc6052>), 6to4
/// (<https://www.rfc-editor.org/rfc/rfc3056>).
pub(crate) fn reached(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let of = |high: u16, low: u16| IpAddr::V4(Ipv4Addr::from_bits((u32::from(high) << 16) | u32::from(low)));
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0) if g != 0 => of(g, h),
        (0, 0, 0, 0, 0, 0xffff) | (0, 0, 0, 0, 0xffff, 0) | (0x0064, 0xff9b, 0, 0, 0, 0) => of(g, h),
        (0x2002, high, low, ..) => of(high, low),
        _ => address,
    }
}

/// Whether this address is never called, whatever is listed.
pub(crate) fn is_never(address: IpAddr) -> bool {
    let unspecified = address.is_unspecified();
    unspecified || [address, reached(address)].iter().any(|ip| NEVER.iter().any(|net| net.contains(*ip)))
}

/// Whether everybody on the internet could call it.
pub(crate) fn is_public(address: IpAddr) -> bool {
    let ip = reached(address);
    let special = is_never(address) || NOT_PUBLIC.iter().any(|net| net.contains(ip));
    !special && (ip.is_ipv4() || PUBLIC_V6.contains(ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_public_what_is_not_and_what_is_never_called() {
        for (addresses, public, never) in [
            (
                "1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255",
                true,
                false,
            ),
            (
                "128.0.0.1 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0 198.17.255.255",
                true,
                false,
            ),
            ("198.20.0.0 223.255.255.255 169.253.255.255 169.255.0.0 168.63.129.17", true, false),
            ("2606:4700::1111 2a00:1450::1 2001:200:: 2001:4860::8888 2400::1", true, false),
            ("::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1", true, false),
            (
                "10.0.0.0 10.255.255.255 100.64.0.0 100.100.100.199 100.127.255.255 127.0.0.1 127.255.255.255",
                false,
                false,
            ),
            (
                "172.16.0.0 172.31.255.255 192.0.0.0 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 198.19.255.255",
                false,
                false,
            ),
            ("198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255", false, false),
            (
                "::1 fc00::1 fd12:3456::1 fdff::1 ff02::1 2001::1 2001:db8::1 3fff::1 100::1 4000::1 5f00::1 fec0::1",
                false,
                false,
            ),
            (
                "::ffff:10.0.0.1 ::ffff:127.0.0.1 ::127.0.0.1 64:ff9b::10.0.0.1 2002:a00:1::1 2002:7f00:1::",
                false,
                false,
            ),
            ("::ffff:0:10.0.0.1 64:ff9b:0:7::8.8.8.8", false, false),
            (
                "169.254.0.0 169.254.169.254 169.254.170.2 169.254.255.255 100.100.100.200 192.0.0.192",
                false,
                true,
            ),
            (
                "168.63.129.16 0.0.0.0 0.1.2.3 :: fe80::1 febf::1 fd00:ec2::254 fd00:ec2::23 fd20:ce::254",
                false,
                true,
            ),
            (
                "::ffff:169.254.169.254 ::169.254.169.254 ::ffff:0:169.254.169.254 ::ffff:100.100.100.200",
                false,
                true,
            ),
            (
                "64:ff9b::169.254.169.254 64:ff9b:1::8.8.8.8 64:ff9b:1:a9fe:a9:fe00:: 2002:a9fe:a9fe:: 2002:a9fe:a9fe:1::2",
                false,
                true,
            ),
        ] {
            for address in addresses.split(' ') {
                assert_eq!((is_public(ip(address)), is_never(ip(address))), (public, never), "{address}");
            }
        }
    }

    #[test]
    fn a_network_has_its_addresses_and_no_others() {
        for (network, inside, outside) in [
            ("10.20.0.0/16", "10.20.0.0 10.20.255.255", "10.19.255.255 10.21.0.0 ::ffff:10.20.0.1"),
            ("127.0.0.0/8", "127.0.0.1 127.9.9.9", "128.0.0.0 ::1"),
            ("10.1.2.3", "10.1.2.3", "10.1.2.2 10.1.2.4"),
            ("10.1.2.2/31", "10.1.2.2 10.1.2.3", "10.1.2.1 10.1.2.4"),
            ("0.0.0.0/0", "1.2.3.4", "::1"),
            ("fd12::/16", "fd12::1 fd12:ffff::", "fd13:: fd11:ffff:: 10.0.0.1"),
            ("::1", "::1", "::2 127.0.0.1"),
            ("::/0", "fd12::1", "1.2.3.4"),
        ] {
            let network: Network = network.parse().unwrap();
            for address in inside.split(' ') {
                assert!(network.contains(ip(address)), "{network} has {address}");
            }
            for address in outside.split(' ') {
                assert!(!network.contains(ip(address)), "{network} has no {address}");
            }
        }
        for no in [
            "10.20.0.0/33",
            "10.20.0.1/16",
            "10.0.0.0/",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0/8",
            "::/129",
            "fd12::1/16",
            "x/8",
            "/8",
        ] {
            assert_eq!(no.parse::<Network>(), Err(()), "{no}");
        }
    }
}
