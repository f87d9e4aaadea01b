//! How BIFF8 holds numbers: as a double, or, where nothing is lost, as the 30 high bits of one (RK).

/// The error value `#NUM!`.
pub(crate) const ERROR_NUM: u8 = 0x24;

/// `int` as a double, if Excel, which keeps 15 digits, would show it unchanged.
pub(crate) fn exact(int: i64) -> Option<f64> {
    (int.unsigned_abs() < 1_000_000_000_000_000).then_some(int as f64)
}

/// `number` in 32 bits, if the 34 low bits of the double are zero.
pub(crate) fn rk(number: f64) -> Option<u32> {
    let bits = number.to_bits();
    (bits & 0x3_FFFF_FFFF == 0).then_some((bits >> 32) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rk_loses_nothing() {
        for number in [0.0, -0.0, 1.0, -1.0, 0.5, 65_536.0, 1_000_000.0, 0.1, f64::MAX, 123_456_789.0] {
            if let Some(rk) = rk(number) {
                assert_eq!(f64::from_bits(u64::from(rk) << 32).to_bits(), number.to_bits());
            }
        }
        assert!(rk(1_000.0).is_some() && rk(0.1).is_none());
    }

    #[test]
    fn an_integer_is_a_number_up_to_15_digits() {
        assert_eq!(exact(999_999_999_999_999), Some(999_999_999_999_999.0));
        assert_eq!(exact(-1_000_000_000_000_000), None);
        assert_eq!(exact(i64::MIN), None);
    }
}
