//! When the certificate that is shown ends: a metric from the first, and a line in the log once nobody has renewed it in
//! time, and once it is over.

use domain::{Clock, SystemClock};
use rustls::pki_types::CertificateDer;
use x509_cert::{Certificate, der::Decode};

/// How long before its end a certificate should have been renewed: what renews by itself does it a month before.
const OVERDUE_SECONDS: i64 = 14 * 24 * 3600;

/// How a certificate stands to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Good,
    Overdue,
    Over,
}

/// The end of a certificate, and what has been told of it.
pub(super) struct End {
    unix_seconds: i64,
    told: Stage,
}

impl End {
    /// That of the server's own certificate, which is the first of the chain; none of what is not to be read as one.
    pub(super) fn of(chain: &[CertificateDer<'_>]) -> Option<Self> {
        let own = Certificate::from_der(chain.first()?).ok()?;
        let unix = own.tbs_certificate.validity.not_after.to_unix_duration();
        Some(Self { unix_seconds: i64::try_from(unix.as_secs()).ok()?, told: Stage::Good })
    }

    /// Tells what has changed since the last time.
    pub(super) fn tell(&mut self) {
        meter::TLS_CERTIFICATE_END.set([], self.unix_seconds);
        let now = SystemClock.now_ms() / 1000;
        let stage = self.stage(now);
        if stage == std::mem::replace(&mut self.told, stage) {
            return;
        }
        match stage {
            Stage::Good => {}
            Stage::Overdue => {
                let days = (self.unix_seconds - now) / (24 * 3600);
                tracing::warn!(days, "the certificate ends soon, and nobody has renewed it");
            }
            Stage::Over => tracing::error!("the certificate has ended: clients that look refuse it"),
        }
    }

    fn stage(&self, now: i64) -> Stage {
        match self.unix_seconds - now {
            ..=0 => Stage::Over,
            1..=OVERDUE_SECONDS => Stage::Overdue,
            _ => Stage::Good,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_of_a_fortnight_before_its_end_and_at_it() {
        let end = End { unix_seconds: 10 * OVERDUE_SECONDS, told: Stage::Good };
        let stage = |before: i64| end.stage(10 * OVERDUE_SECONDS - before);
        assert_eq!(stage(OVERDUE_SECONDS + 1), Stage::Good);
        assert_eq!((stage(OVERDUE_SECONDS), stage(1)), (Stage::Overdue, Stage::Overdue));
        assert_eq!((stage(0), stage(-1)), (Stage::Over, Stage::Over));
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        assert!(End::of(&[]).is_none() && End::of(&[vec![0x30, 0x82].into()]).is_none());
    }
}
