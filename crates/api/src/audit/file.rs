//! The file of the audit: each line is appended by one write, and in it before its caller is answered, so that a process
//! that is killed takes none with it. It is opened anew when it was renamed or removed. What fails here stops nobody; it
//! is counted and logged.

use std::{
    fs::File,
    io::Write,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use blob::disk;

pub(super) struct Appended {
    path: PathBuf,
    file: Option<File>,
    /// The last write left a part of its line.
    torn: bool,
    failing: bool,
}

impl Appended {
    pub(super) fn open(path: &Path) -> Result<Self, blob::Error> {
        let file = Some(disk::append_private(path)?);
        Ok(Self { path: path.to_owned(), file, torn: false, failing: false })
    }

    pub(super) fn append(&mut self, line: &str) {
        match self.try_append(line) {
            Ok(()) if self.failing => {
                self.failing = false;
                tracing::info!(file = %self.path.display(), "the audit is written to its file again");
            }
            Ok(()) => {}
            Err(why) => {
                meter::AUDIT_FILE_FAILURES.add([], 1);
                if !self.failing {
                    tracing::error!(file = %self.path.display(), why, "the audit cannot be written to its file");
                }
                self.failing = true;
            }
        }
    }

    fn try_append(&mut self, line: &str) -> Result<(), String> {
        if self.was_moved() {
            self.file = None;
        }
        let file = match self.file.take() {
            Some(file) => file,
            None => disk::append_private(&self.path).map_err(|error| error.to_string())?,
        };
        let before = if self.torn { "\n" } else { "" };
        let text = format!("{before}{line}\n");
        let written = (&file).write(text.as_bytes());
        self.file = Some(file);
        match written {
            Ok(bytes) if bytes == text.len() => {
                self.torn = false;
                Ok(())
            }
            Ok(bytes) => {
                self.torn |= bytes > 0;
                Err(format!("{bytes} of {} bytes were written", text.len()))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// Whether the path leads to another file than ours, or to none.
    fn was_moved(&self) -> bool {
        let id = |data: std::fs::Metadata| (data.dev(), data.ino());
        let ours = self.file.as_ref().and_then(|file| file.metadata().ok()).map(id);
        ours != std::fs::metadata(&self.path).ok().map(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_renamed_is_begun_anew() {
        let dir = tempfile::tempdir().unwrap();
        let (path, old) = (dir.path().join("audit.jsonl"), dir.path().join("audit.jsonl.1"));
        let mut file = Appended::open(&path).unwrap();
        file.append("one");
        disk::move_durably(&path, &old).unwrap();
        file.append("two");
        assert_eq!(disk::read_text(&old).unwrap().unwrap(), "one\n");
        assert_eq!(disk::read_text(&path).unwrap().unwrap(), "two\n");
        disk::remove_file(&path).unwrap();
        file.append("three");
        assert_eq!(disk::read_text(&path).unwrap().unwrap(), "three\n");
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_full_disk_stops_nobody() {
        let mut file = Appended::open(Path::new("/dev/full")).unwrap();
        file.append("one");
        file.append("two");
        assert!(file.failing && !file.torn);
        let dir = tempfile::tempdir().unwrap();
        file.path = dir.path().join("audit.jsonl");
        file.torn = true;
        file.append("three");
        assert_eq!(disk::read_text(&file.path).unwrap().unwrap(), "\nthree\n");
        assert!(!file.failing && !file.torn);
    }
}
