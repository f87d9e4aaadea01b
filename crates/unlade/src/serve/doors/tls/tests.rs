//! Which certificate is shown, and where one is asked for.

use blob::disk;
use tempfile::TempDir;

use super::*;

struct Place(TempDir);

/// A certificate and its key, as files hold them.
fn made() -> (String, String) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    (made.cert.pem(), made.signing_key.serialize_pem())
}

impl Place {
    fn new() -> Self {
        let place = Self(TempDir::new().unwrap());
        place.put(&made());
        place
    }

    fn files(&self) -> Files {
        Files { certificate: self.0.path().join("tls.crt"), key: self.0.path().join("tls.key") }
    }

    fn put(&self, (certificate, key): &(String, String)) {
        let files = self.files();
        disk::write_private(&files.certificate, certificate.as_bytes()).unwrap();
        disk::write_private(&files.key, key.as_bytes()).unwrap();
    }
}

fn shown(certificates: &Certificates) -> Arc<ServerConfig> {
    certificates.shown.lock().unwrap().clone()
}

#[test]
fn a_new_pair_is_shown_once_it_stands_still() {
    let place = Place::new();
    let certificates = Certificates::load(place.files()).unwrap();
    let first = shown(&certificates);
    certificates.look();
    assert!(Arc::ptr_eq(&first, &shown(&certificates)), "nothing has changed");
    place.put(&made());
    certificates.look();
    assert!(Arc::ptr_eq(&first, &shown(&certificates)), "it may still be being written");
    certificates.look();
    let second = shown(&certificates);
    assert!(!Arc::ptr_eq(&first, &second));
    certificates.look();
    assert!(Arc::ptr_eq(&second, &shown(&certificates)));
}

#[test]
fn what_is_no_pair_is_not_shown_and_a_good_one_after_it_is() {
    let place = Place::new();
    let certificates = Certificates::load(place.files()).unwrap();
    let first = shown(&certificates);
    let (good, other) = (made(), made());
    let mixed = (good.0.clone(), other.1);
    let cut = (good.0[..good.0.len() / 2].to_owned(), good.1.clone());
    let foreign = ("not a certificate".to_owned(), good.1.clone());
    for bad in [mixed, cut, foreign, (good.0.clone(), String::new())] {
        place.put(&bad);
        certificates.look();
        certificates.look();
        assert!(Arc::ptr_eq(&first, &shown(&certificates)), "{bad:?}");
        assert!(Certificates::load(place.files()).is_err(), "{bad:?}");
    }
    disk::remove_file(&place.files().key).unwrap();
    certificates.look();
    certificates.look();
    assert!(Arc::ptr_eq(&first, &shown(&certificates)));
    place.put(&good);
    certificates.look();
    certificates.look();
    assert!(!Arc::ptr_eq(&first, &shown(&certificates)));
}

fn asked(listens: &[&str], insecure: bool) -> Result<(), String> {
    let listens: Vec<_> = listens.iter().map(|address| ("server.listen", address.parse().unwrap())).collect();
    certificates(None, &listens, insecure)
        .map(|found| assert!(found.is_none()))
        .map_err(|error| error.to_string())
}

#[test]
fn plain_http_is_for_this_machine_alone_unless_it_is_asked_for() {
    for here in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
        assert_eq!(asked(&[here], false), Ok(()), "{here}");
    }
    for open in ["0.0.0.0:1", "[::]:1", "192.0.2.1:1", "[::ffff:192.0.2.1]:1"] {
        let refused = asked(&["127.0.0.1:1", open], false).unwrap_err();
        for way_out in ["server.listen", "tls.certificate", "tls.key", "--insecure-http"] {
            assert!(refused.contains(way_out), "{refused}");
        }
        assert_eq!(asked(&["127.0.0.1:1", open], true), Ok(()), "{open}");
    }
}
