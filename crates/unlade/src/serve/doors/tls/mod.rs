//! TLS: the certificate and its key, taken anew when their files change. What is open goes on under the old one.

mod end;
#[cfg(test)]
mod tests;

use std::{
    fmt::Display,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    version::{TLS12, TLS13},
};
use sha2::{Digest, Sha256};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::error::Error;
use end::End;

/// Between two looks at the files. They are small, and their times need not tell of a change: a mounted secret is a
/// link that is moved.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// The files of a certificate, with those above it, and of its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Files {
    /// `tls.certificate`
    pub(crate) certificate: PathBuf,
    /// `tls.key`
    pub(crate) key: PathBuf,
}

/// What is shown to clients.
pub(in crate::serve) struct Certificates {
    files: Files,
    shown: Mutex<Arc<ServerConfig>>,
    seen: Mutex<Seen>,
    /// Of what is shown.
    end: Mutex<Option<End>>,
}

/// What the files were found to hold, by its SHA-256.
struct Seen {
    /// What was tried last, whether it was good or not.
    tried: [u8; 32],
    /// At the last look.
    last: [u8; 32],
}

/// What the files hold.
struct Pair {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

/// The certificates of a server that listens at these addresses; none where only this machine can listen in, or where
/// the operator says that somebody else sees to it.
pub(in crate::serve) fn certificates(
    files: Option<&Files>,
    listens: &[(&str, SocketAddr)],
    insecure: bool,
) -> Result<Option<Arc<Certificates>>, Error> {
    if let Some(files) = files {
        return Certificates::load(files.clone()).map(|certificates| Some(Arc::new(certificates)));
    }
    let open = listens.iter().find(|(_, address)| !address.ip().to_canonical().is_loopback());
    match open {
        Some((setting, address)) if !insecure => Err(Error::Setting(format!(
            "{setting}: {address} is not this machine alone, and plain HTTP shows everybody on the way what is said: \
             set tls.certificate and tls.key, or say --insecure-http (server.insecure_http) if a proxy speaks TLS"
        ))),
        _ => Ok(None),
    }
}

impl Certificates {
    fn load(files: Files) -> Result<Self, Error> {
        let pair = files.read()?;
        let (shown, mut end) = pair.configuration().map_err(|why| files.refuse(&why))?;
        let sum = pair.sum();
        for outcome in ["taken", "refused"] {
            meter::TLS_RELOADS.add([outcome], 0);
        }
        let seen = Mutex::new(Seen { tried: sum, last: sum });
        end.iter_mut().for_each(End::tell);
        Ok(Self { files, shown: Mutex::new(shown), seen, end: Mutex::new(end) })
    }

    /// For the next handshake.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).clone().into()
    }

    /// Looks at the files again and again.
    pub(in crate::serve) async fn keep_fresh(self: Arc<Self>) {
        loop {
            sleep(LOOK_EVERY).await;
            let looking = self.clone();
            // Should it panic, the old certificate goes on.
            let look = move || {
                looking.look();
                looking.end.lock().unwrap_or_else(PoisonError::into_inner).iter_mut().for_each(End::tell);
            };
            let _ = tokio::task::spawn_blocking(look).await;
        }
    }

    /// Takes what the files hold, if that is new and stood there at the last look too: the two are not written at the
    /// same moment. What is no good is told of once.
    fn look(&self) {
        let read = self.files.read();
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = read.as_ref().map_or([0; 32], Pair::sum);
        let stood = std::mem::replace(&mut seen.last, sum) == sum;
        if sum == seen.tried || !stood {
            return;
        }
        seen.tried = sum;
        let taken = read.and_then(|pair| pair.configuration().map_err(|why| self.files.refuse(&why)));
        match taken {
            Ok((configuration, end)) => {
                *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = configuration;
                *self.end.lock().unwrap_or_else(PoisonError::into_inner) = end;
                meter::TLS_RELOADS.add(["taken"], 1);
                tracing::info!(certificate = %self.files.certificate.display(), "a new certificate is shown");
            }
            Err(error) => {
                tracing::error!(%error, "the new certificate is no good: the old one goes on");
                meter::TLS_RELOADS.add(["refused"], 1);
            }
        }
    }
}

impl Files {
    fn read(&self) -> Result<Pair, Error> {
        let read = |setting: &str, path: &Path| {
            let bad = |error: io::Error| Error::Setting(format!("{setting}: {}: {error}", path.display()));
            std::fs::read(path).map_err(bad)
        };
        let certificate = read("tls.certificate", &self.certificate)?;
        Ok(Pair { certificate, key: read("tls.key", &self.key)? })
    }

    fn refuse(&self, why: &str) -> Error {
        let (certificate, key) = (self.certificate.display(), self.key.display());
        Error::Setting(format!("tls.certificate, tls.key: {certificate}, {key}: {why}"))
    }
}

impl Pair {
    fn sum(&self) -> [u8; 32] {
        let length = (self.certificate.len() as u64).to_be_bytes();
        Sha256::new()
            .chain_update(length)
            .chain_update(&self.certificate)
            .chain_update(&self.key)
            .finalize()
            .into()
    }

    fn configuration(&self) -> Result<(Arc<ServerConfig>, Option<End>), String> {
        let chain = CertificateDer::pem_slice_iter(&self.certificate).collect::<Result<Vec<_>, _>>();
        let chain = chain.map_err(|error| why("the certificate", error))?;
        if chain.is_empty() {
            return Err("there is no certificate in the file".into());
        }
        let end = End::of(&chain);
        let key = PrivateKeyDer::from_pem_slice(&self.key).map_err(|error| why("the key", error))?;
        let mut configuration = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| error.to_string())?
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .map_err(|error| error.to_string())?;
        configuration.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok((Arc::new(configuration), end))
    }
}

fn why(what: &str, error: impl Display) -> String {
    format!("{what} cannot be read: {error}")
}
