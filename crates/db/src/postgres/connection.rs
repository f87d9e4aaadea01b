//! Making one connection.

use std::time::Duration;

use tokio::{runtime::Handle, task::AbortHandle};
use tokio_postgres::{Client, Config, config::TargetSessionAttrs};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    conflict::{Trouble, said},
    server::Server,
    tls,
};
use crate::Error;

/// How long a server may take to answer at all.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// A peer that is gone without a word is noticed within about this and three times [`PROBE_EVERY`].
const QUIET_MAX: Duration = Duration::from_secs(10);
const PROBE_EVERY: Duration = Duration::from_secs(3);

/// Makes connections to one server.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    tls: MakeRustlsConnect,
    handle: Handle,
}

impl Connector {
    pub(super) fn new(server: &Server, handle: Handle) -> Result<Self, Error> {
        let (mut config, tls) = tls::parse(&server.url, server.tls_ca.as_deref())?;
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT_MAX);
        }
        if config.get_application_name().is_none() {
            config.application_name("unlade");
        }
        config.keepalives_idle(QUIET_MAX).keepalives_interval(PROBE_EVERY).keepalives_retries(3);
        config.tcp_user_timeout(QUIET_MAX + 3 * PROBE_EVERY);
        // After a failover the old address may lead to a standby.
        config.target_session_attrs(TargetSessionAttrs::ReadWrite);
        Ok(Self { config, tls, handle })
    }

    /// A new connection, and what drives it in the runtime of [`Connector::new`].
    pub(super) async fn connect(&self) -> Result<(Client, AbortHandle), Trouble> {
        let away = |why: String| Trouble::Broken(Error::Away(why));
        let connecting = self.config.connect(self.tls.clone());
        // The driver's own timeout covers the handshake of TCP alone.
        match tokio::time::timeout(2 * CONNECT_MAX, connecting).await {
            Err(_) => Err(away("no answer to a new connection".into())),
            // It would show the same certificate again.
            Ok(Err(error)) if tls::is_not_believed(&error) => {
                Err(Trouble::Final(Error::Driver(said(&error))))
            }
            Ok(Err(error)) => match Trouble::from(&error) {
                Trouble::Final(Error::Driver(why)) if error.as_db_error().is_none() => Err(away(why)),
                trouble => Err(trouble),
            },
            Ok(Ok((client, connection))) => {
                let driver = self.handle.spawn(async move {
                    if let Err(error) = connection.await {
                        tracing::debug!(error = said(&error), "a connection of the database ended");
                    }
                });
                Ok((client, driver.abort_handle()))
            }
        }
    }
}
