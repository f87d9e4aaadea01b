//! The values of conditions that are no texts: numbers, times, truths and networks.

use std::net::IpAddr;

use jiff::Timestamp;

/// Of a number before its point: more than any count of seconds or bytes has.
const WHOLE_DIGITS: usize = 20;
/// Of a number behind its point.
const PART_DIGITS: usize = 9;

/// A decimal number in thousand millionths, so that equal numbers are equal, as they are not in binary.
pub(super) fn number(text: &str) -> Option<i128> {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let taken = |digits: &str, most: usize| {
        (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !taken(whole, WHOLE_DIGITS) || !taken(part, PART_DIGITS) {
        return None;
    }
    let zeros = u32::try_from(PART_DIGITS - part.len()).ok()?;
    let whole: i128 = whole.parse().ok()?;
    let part: i128 = part.parse().ok()?;
    Some(sign * (whole * 10_i128.pow(PART_DIGITS as u32) + part * 10_i128.pow(zeros)))
}

/// An ISO 8601 time with its offset, `2012-11-11T23:59:59Z`, in nanoseconds.
pub(super) fn time(text: &str) -> Option<i128> {
    text.parse::<Timestamp>().ok().map(Timestamp::as_nanosecond)
}

pub(super) fn truth(text: &str) -> Option<bool> {
    match text {
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// Addresses that begin with the same bits: `192.0.2.0/24`, or one address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Network {
    bits: u128,
    v4: bool,
    prefix: u32,
}

impl Network {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text, None),
        };
        let (v4, bits) = bits(address.parse().ok()?);
        let width = if v4 { 32 } else { 128 };
        let prefix = match prefix {
            Some(text) if (1..=3).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) => {
                text.parse().ok()?
            }
            Some(_) => return None,
            None => width,
        };
        (prefix <= width).then_some(Self { bits, v4, prefix })
    }

    /// Whether an address, in text, is in it. What is no address is not.
    pub(super) fn has(&self, address: &str) -> bool {
        address.parse().is_ok_and(|address| {
            let (v4, bits) = bits(address);
            let other = if self.v4 { 32 } else { 128 } - self.prefix;
            v4 == self.v4 && (self.bits ^ bits).checked_shr(other).unwrap_or(0) == 0
        })
    }
}

/// An IPv4 address in the clothes of IPv6 is the IPv4 address: a socket for both shows it so.
fn bits(address: IpAddr) -> (bool, u128) {
    match address.to_canonical() {
        IpAddr::V4(address) => (true, u128::from(u32::from(address))),
        IpAddr::V6(address) => (false, u128::from(address)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_equal_however_they_are_written() {
        for (one, other) in [("1", "1.0"), ("-0", "0"), ("0.1", "0.10"), ("007", "7"), ("-2.50", "-2.5")] {
            assert_eq!(number(one), number(other), "{one} {other}");
            assert!(number(one).is_some(), "{one}");
        }
        assert!(number("9007199254740993") > number("9007199254740992"));
        assert!(number("-1.5") < number("-1.4"));
        for none in
            ["", "-", ".5", "1.", "1e3", "+1", " 1", "NaN", "0x1", "1.0000000000", "123456789012345678901"]
        {
            assert_eq!(number(none), None, "{none}");
        }
    }

    #[test]
    fn a_time_needs_its_offset() {
        assert_eq!(time("2012-11-11T23:59:59Z"), time("2012-11-12T07:59:59+08:00"));
        assert!(time("2012-11-11T23:59:59.001Z") > time("2012-11-11T23:59:59Z"));
        for none in ["", "2012-11-11", "2012-11-11T23:59:59", "20121111", "1352678399"] {
            assert_eq!(time(none), None, "{none}");
        }
    }

    #[test]
    fn a_network_has_its_addresses_and_no_others() {
        let cases = [
            ("192.0.2.0/24", "192.0.2.255", true),
            ("192.0.2.0/24", "192.0.3.0", false),
            ("192.0.2.77/24", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.0/24", "::ffff:192.0.2.9", true),
            ("0.0.0.0/0", "203.0.113.9", true),
            ("0.0.0.0/0", "::1", false),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("::/0", "2001:db8::1", true),
            ("::/0", "192.0.2.1", false),
            ("192.0.2.0/24", "nowhere", false),
        ];
        for (network, address, expected) in cases {
            assert_eq!(Network::parse(network).unwrap().has(address), expected, "{network} {address}");
        }
        for none in
            ["", "192.0.2.0/33", "192.0.2.0/", "192.0.2/24", "192.0.2.0/+8", "::/129", "*", "192.0.2.0/24/8"]
        {
            assert!(Network::parse(none).is_none(), "{none}");
        }
    }
}
