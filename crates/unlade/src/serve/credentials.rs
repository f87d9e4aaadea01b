//! The credentials of the first start: kept in a file that only its owner may read, and shown once if they were
//! made up. A secret that the operator chose is never shown.

use std::io::Write;

use blob::disk;
use store::{Store, identity::Credentials};
use tokio::runtime::Runtime;

use crate::{config::Config, error::Error};

/// The file in the data directory.
pub(crate) const FILE: &str = "credentials.csv";
/// Its first line.
pub(crate) const HEADER: &str = "Access Key Id,Secret Access Key,Project Id,App Id";

/// Makes what is missing of project, app, root user and access key.
pub(super) fn bootstrap(runtime: &Runtime, store: &Store, config: &Config) -> Result<(), Error> {
    let Some(made) = runtime.block_on(store.bootstrap(config.chosen.clone()))? else { return Ok(()) };
    let path = config.data_dir.join(FILE);
    let Credentials { access_key_id, secret_access_key, project_id, app_id } = &made;
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
