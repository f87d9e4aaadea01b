//! The one module that writes, renames and deletes files: everything is private to its owner, synced before it
//! is renamed, and its directory synced after.

use std::{
    fs::{self, DirBuilder, File},
    io::{self, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use crate::Error;

pub(crate) fn at(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |error| Error::Disk(path, error)
}

/// Makes a directory, and those above it, that only its owner may enter.
pub fn make_private_dir(path: &Path) -> Result<(), Error> {
    DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(at(path))
}

/// Removes a directory with all that is in it; one that is not there is removed already.
#[expect(clippy::disallowed_methods, reason = "this is the one module")]
pub fn remove_dir(path: &Path) -> Result<(), Error> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// Removes a file; one that is not there is removed already.
pub fn remove_file(path: &Path) -> Result<(), Error> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(path)(error)),
        _ => Ok(()),
    }
}

/// A new file that only its owner may read.
pub fn create_private(path: &Path) -> Result<File, Error> {
    File::options().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(at(path))
}

/// A file that only its owner may read, to write behind what is in it.
pub fn append_private(path: &Path) -> Result<File, Error> {
    File::options().append(true).create(true).mode(0o600).open(path).map_err(at(path))
}

/// Writes a whole file that only its owner may read: after a crash there is the old one or the new one.
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = path.with_extension("new");
    remove_file(&beside)?;
    let mut file = create_private(&beside)?;
    file.write_all(bytes).map_err(at(&beside))?;
    rename_durably(&file, &beside, path)
}

/// Syncs `file`, moves it from `from` to `to`, and syncs the directory.
#[expect(clippy::disallowed_methods, reason = "this is the one module")]
pub fn rename_durably(file: &File, from: &Path, to: &Path) -> Result<(), Error> {
    file.sync_all().map_err(at(from))?;
    fs::rename(from, to).map_err(at(to))?;
    sync_dir(to.parent().unwrap_or(Path::new(".")))
}

/// Moves a file or a directory whose content is synced, and syncs both directories.
#[expect(clippy::disallowed_methods, reason = "this is the one module")]
pub fn move_durably(from: &Path, to: &Path) -> Result<(), Error> {
    fs::rename(from, to).map_err(at(to))?;
    [to, from].into_iter().filter_map(Path::parent).try_for_each(sync_dir)
}

/// Syncs a directory and every directory below it.
pub fn sync_dirs(path: &Path) -> Result<(), Error> {
    for entry in fs::read_dir(path).map_err(at(path))? {
        let entry = entry.map_err(at(path))?;
        if entry.file_type().map_err(at(path))?.is_dir() {
            sync_dirs(&entry.path())?;
        }
    }
    sync_dir(path)
}

/// Syncs a directory, so that a rename in it survives a power cut.
pub fn sync_dir(path: &Path) -> Result<(), Error> {
    File::open(path).and_then(|dir| dir.sync_all()).map_err(at(path))
}

/// The whole of a text file, `None` if it is not there.
pub fn read_text(path: &Path) -> Result<Option<String>, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(at(path)(error)),
    }
}
