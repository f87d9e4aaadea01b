//! Whom the driver believes. `UNLADE_TEST_POSTGRES_TLS` names a folder with `ca.pem`, which signed the certificate of
//! the test server for 127.0.0.1 alone, and `other.pem`, which did not.

use std::path::PathBuf;

use db::{Db, Error, Server, args};

use crate::{db, url};

/// What a connection to `host` with `sslmode` says: whether it is encrypted.
fn encrypted(host: &str, mode: Option<&str>, ca: Option<&str>) -> Option<Result<bool, Error>> {
    let folder = PathBuf::from(std::env::var("UNLADE_TEST_POSTGRES_TLS").ok()?);
    let mut url = url()?.replace("127.0.0.1", host);
    if let Some(mode) = mode {
        url = format!("{url}?sslmode={mode}");
    }
    let tls_ca = ca.map(|name| folder.join(name));
    let sql = "SELECT count(*) FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl";
    let asked = Db::connect(&Server { tls_ca, ..Server::at(&url) })
        .and_then(|db| db.read_blocking(|tx| tx.count(sql, args![])));
    Some(asked.map(|count| count == 1))
}

#[test]
fn a_server_is_believed_as_far_as_sslmode_says() {
    let here = "127.0.0.1";
    let believed = [
        (here, Some("verify-full"), Some("ca.pem"), true),
        (here, Some("require"), Some("ca.pem"), true),
        (here, Some("require"), None, true),
        (here, Some("prefer"), None, true),
        (here, Some("disable"), None, false),
        (here, None, None, true),
        ("localhost", Some("require"), None, true),
    ];
    for (host, mode, ca, is_encrypted) in believed {
        let Some(told) = encrypted(host, mode, ca) else { return };
        assert_eq!(told, Ok(is_encrypted), "{host} {mode:?} {ca:?}");
    }
}

#[test]
fn a_server_that_cannot_prove_who_it_is_is_refused() {
    let refused = [
        ("127.0.0.1", "verify-full", Some("other.pem")),
        ("127.0.0.1", "require", Some("other.pem")),
        ("127.0.0.1", "verify-full", None),
        ("localhost", "verify-full", Some("ca.pem")),
    ];
    for (host, mode, ca) in refused {
        match encrypted(host, Some(mode), ca) {
            // At once: it will not prove it by being asked again, as one that is away may come back.
            Some(Err(Error::Driver(told))) => {
                assert!(told.contains("certificate"), "{host} {mode} {ca:?}: {told}");
            }
            Some(other) => panic!("{host} {mode} {ca:?}: {other:?}"),
            None => return,
        }
    }
}
