//! How a connection is encrypted and the server known. As `sslmode` says it elsewhere: `disable`, `prefer` and
//! `require` prove nothing about the server, `verify-full` does. Without it, whoever is on this machine is believed
//! and everybody else has to prove who they are.

use std::{net::IpAddr, path::Path, sync::Arc};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject},
};
use tokio_postgres::{
    Config,
    config::{Host, SslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::Error;

const MODE: &str = "sslmode=";
const VERIFY_FULL: &str = "verify-full";

/// What an address says, and what TLS has to do for it.
pub(super) fn parse(url: &str, ca: Option<&Path>) -> Result<(Config, MakeRustlsConnect), Error> {
    // The driver does not know this mode.
    let asked = url.split(['?', '&', ' ']).find_map(|part| part.strip_prefix(MODE));
    let known = url.replace("sslmode=verify-full", "sslmode=require");
    // Its error would show the address, and with it the password.
    let mut config: Config = known.parse().map_err(|_| {
        Error::Driver("the address of the database is none: postgres://user:password@host/database".into())
    })?;
    let verifies = match asked {
        Some(mode) => mode == VERIFY_FULL || (mode == "require" && ca.is_some()),
        None => !leads_here(&config),
    };
    if asked.is_none() && verifies {
        config.ssl_mode(SslMode::Require);
    }
    Ok((config, MakeRustlsConnect::new(client(verifies, ca)?)))
}

/// Whether the server is on this machine. Where `hostaddr` is given, the driver connects there, whatever the host is called.
fn leads_here(config: &Config) -> bool {
    let (hosts, addresses) = (config.get_hosts(), config.get_hostaddrs());
    let says_where = !hosts.is_empty() || !addresses.is_empty();
    says_where && hosts.iter().all(is_here) && addresses.iter().all(IpAddr::is_loopback)
}

fn is_here(host: &Host) -> bool {
    match host {
        Host::Tcp(name) => name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback()),
        Host::Unix(_) => true,
    }
}

fn client(verifies: bool, ca: Option<&Path>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let failed = |error: rustls::Error| Error::Driver(error.to_string());
    let begun = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .map_err(failed)?;
    let client = if verifies {
        begun.with_root_certificates(roots(ca)?)
    } else {
        begun.dangerous().with_custom_certificate_verifier(Arc::new(Anybody(provider)))
    };
    Ok(client.with_no_client_auth())
}

/// Whether a connection failed because the server's certificate does not prove who it is.
pub(super) fn is_not_believed(error: &tokio_postgres::Error) -> bool {
    // TLS tells of it as of a failure to read or write, with the reason inside.
    let told = std::error::Error::source(error).and_then(|cause| cause.downcast_ref::<std::io::Error>());
    let reason = told.and_then(std::io::Error::get_ref);
    reason
        .and_then(|reason| reason.downcast_ref())
        .is_some_and(|reason| matches!(reason, rustls::Error::InvalidCertificate(_)))
}

fn roots(ca: Option<&Path>) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    let Some(path) = ca else {
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        return Ok(roots);
    };
    let failed = |error: String| Error::Driver(format!("{}: {error}", path.display()));
    let found = CertificateDer::pem_file_iter(path).map_err(|error| failed(error.to_string()))?;
    for certificate in found {
        let certificate = certificate.map_err(|error| failed(error.to_string()))?;
        roots.add(certificate).map_err(|error| failed(error.to_string()))?;
    }
    if roots.is_empty() { Err(failed("holds no certificate".into())) } else { Ok(roots) }
}

/// Encryption without proof.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_address_that_leads_nowhere_else_is_believed_unproven() {
        for (url, proven) in [
            ("postgres://u:p@localhost/d", false),
            ("postgres://u:p@[::1],127.0.0.2/d", false),
            ("host=/run/postgresql user=u", false),
            ("hostaddr=127.0.0.1 user=u", false),
            ("host=localhost hostaddr=127.0.0.1 user=u", false),
            ("postgres://u:p@db.example/d", true),
            ("postgres://u:p@localhost,db.example/d", true),
            ("host=localhost hostaddr=192.0.2.1 user=u", true),
            ("postgres://u:p@localhost/d?hostaddr=192.0.2.1", true),
            ("hostaddr=192.0.2.1 user=u", true),
            ("user=u", true),
        ] {
            let (config, _) = parse(url, None).unwrap();
            assert_eq!(config.get_ssl_mode() == SslMode::Require, proven, "{url}");
        }
    }
}
