//! Second names for objects. What is deleted or replaced under its key while somebody copies the objects can
//! still be read under its pin: a name that goes takes no bytes with it as long as there is another.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use object_store::path::Path as Key;

use crate::{
    Error,
    disk::{self, at},
};

/// Pins on every object that was there when they were taken. Dropped, they are gone; those of a killed process
/// stay until [`Pins::forget`].
pub struct Pins {
    objects: PathBuf,
    pinned: PathBuf,
}

impl Pins {
    /// Where pins lie; who takes or forgets them must be the only one to do so.
    pub fn place(root: &Path) -> PathBuf {
        root.join("pins")
    }

    /// Pins every object below `root`.
    pub fn take(root: &Path) -> Result<Self, Error> {
        Self::forget(root)?;
        let pins = Self { objects: root.join("objects"), pinned: Self::place(root).join("objects") };
        pin_all(&pins.objects, &pins.pinned)?;
        Ok(pins)
    }

    /// Removes the pins below `root`.
    pub fn forget(root: &Path) -> Result<(), Error> {
        disk::remove_dir(&Self::place(root).join("objects"))
    }

    /// An object that is pinned, or was published since; `None` if it is neither.
    pub fn open(&self, key: &str) -> Result<Option<File>, Error> {
        let key = Key::parse(key)?;
        for path in [&self.pinned, &self.objects].map(|place| place.join(key.as_ref())) {
            match File::open(&path) {
                Ok(file) => return Ok(Some(file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(at(&path)(error)),
            }
        }
        Ok(None)
    }
}

impl Drop for Pins {
    fn drop(&mut self) {
        // What is left is forgotten by the next who takes pins, or at the next start of the server.
        let _ = disk::remove_dir(&self.pinned);
    }
}

fn pin_all(from: &Path, to: &Path) -> Result<(), Error> {
    disk::make_private_dir(to)?;
    let entries = match fs::read_dir(from) {
        Ok(entries) => entries,
        // An emptied directory is removed by whoever emptied it.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(at(from)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(at(from))?;
        let (path, pin) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type().map_err(at(&path))?.is_dir() {
            pin_all(&path, &pin)?;
            continue;
        }
        match fs::hard_link(&path, &pin) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(at(&path)(error)),
            _ => {}
        }
    }
    Ok(())
}
