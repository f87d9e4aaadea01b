//! The credentials of the first start: kept in a file that only its owner may read, and shown once if they were
//! made up. A secret that the operator chose is never shown.
//!
//! A key that is made up is written down before it is made, as a promise: wherever the process is killed, the
//! next start finds the promise and keeps it, and no key exists that nobody was told.

use std::{io::Write, path::Path};

use blob::disk;
use store::{Store, identity::Credentials};
use tokio::runtime::Runtime;

use crate::{config::Config, error::Error};

/// The file in the data directory.
pub(crate) const FILE: &str = "credentials.csv";
/// Its first line.
pub(crate) const HEADER: &str = "Access Key Id,Secret Access Key,Project Id,App Id";
/// The promise: AK and SK between the first start's beginning and its end.
const PROMISE: &str = "promised-key";

/// Makes what is missing of project, app, root user and access key, unless what is there was sealed under another
/// master key.
pub(super) fn bootstrap(runtime: &Runtime, store: &Store, config: &Config) -> Result<(), Error> {
    let promise = config.data_dir.join(PROMISE);
    let mut chosen = config.chosen.clone();
    chosen.promised = promised(&promise, store, config)?;
    let made = runtime.block_on(store.bootstrap(chosen)).map_err(|error| match error {
        store::Error::Sealed => Error::Refused(
            "this node's master key does not open what the database holds: give it the other nodes' \
             UNLADE_MASTER_KEY, or a copy of their master.key"
                .into(),
        ),
        error => error.into(),
    })?;
    if let Some(made) = made {
        tell(&made, config)?;
    }
    Ok(disk::remove_file(&promise)?)
}

/// The key that was promised before, or is now, if one may have to be made up.
fn promised(promise: &Path, store: &Store, config: &Config) -> Result<Option<(String, String)>, Error> {
    let is_told = config.data_dir.join(FILE).exists() && config.chosen.project_id.is_none();
    let split =
        |text: &str| text.trim().split_once(',').map(|(key, secret)| (key.to_owned(), secret.to_owned()));
    match disk::read_text(promise)? {
        Some(text) => Ok(split(&text)),
        None if is_told || config.chosen.access_key.is_some() => Ok(None),
        None => {
            let (key, secret) = store.make_up_key();
            disk::write_private(promise, format!("{key},{secret}\n").as_bytes())?;
            Ok(Some((key, secret)))
        }
    }
}

/// Writes credentials down and, if they were made up, shows them.
fn tell(made: &Credentials, config: &Config) -> Result<(), Error> {
    let path = config.data_dir.join(FILE);
    let Credentials { access_key_id, secret_access_key, project_id, app_id } = made;
    let text = format!("{HEADER}\n{access_key_id},{secret_access_key},{project_id},{app_id}\n");
    disk::write_private(&path, text.as_bytes())?;
    if config.chosen.access_key.is_none() {
        let text = format!(
            "First start. These credentials are shown once, and kept in {}:\n  \
               Access Key Id      {access_key_id}\n  Secret Access Key  {secret_access_key}\n  \
               Project Id         {project_id}\n  App Id             {app_id}\n",
            path.display()
        );
        let mut out = std::io::stdout().lock();
        // They are in the file; a closed standard output is no reason not to serve.
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
    Ok(())
}
