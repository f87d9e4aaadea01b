//! The mark that a data directory gets when its database has moved to a server. To serve the embedded database again
//! would make two installations of one, each with a truth of its own; so nobody does it by mistake.

use std::path::{Path, PathBuf};

use blob::disk;

use crate::error::Error;

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("moved")
}

/// Marks the directory, durably.
pub(super) fn leave(data_dir: &Path, when: &str) -> Result<(), Error> {
    let text = format!(
        "Moved to a database server by unlade migrate-store, {when}.\n\
         unlade.db is what it was then. Remove this file only to go back to it for good.\n"
    );
    Ok(disk::write_private(&path(data_dir), text.as_bytes())?)
}

/// Refuses the embedded database of a directory that has moved.
pub(crate) fn refuse_moved(data_dir: &Path) -> Result<(), Error> {
    let path = path(data_dir);
    let Some(text) = disk::read_text(&path)? else { return Ok(()) };
    Err(Error::Refused(format!(
        "this installation has moved: {}\nSet database.url to serve it where it is now. To go back to the embedded \
         database, and lose what was done since, remove {}",
        text.lines().next().unwrap_or_default(),
        path.display()
    )))
}
