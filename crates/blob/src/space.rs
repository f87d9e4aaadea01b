//! How much room the disk has. Below a minimum no new work is taken, so that what is under way can end and what
//! reads or deletes goes on: a database cannot even delete on a disk that is full to its last byte.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{Error, disk::at};

/// How long an answer of the system is believed. Not by the wall clock: one that is put back would have it
/// believed for hours.
const BELIEVED: Duration = Duration::from_secs(1);
/// What work under way leaves to reading and deleting.
const RESERVE: u64 = 64 << 20;

/// The free space of one data directory; clones share what they know.
#[derive(Clone)]
pub struct Space(Arc<Inner>);

struct Inner {
    directory: PathBuf,
    least: u64,
    known: Mutex<Option<(Instant, u64)>>,
}

impl Space {
    /// The space of the file system that holds `directory`, which is short below `least` bytes.
    pub fn of(directory: PathBuf, least: u64) -> Self {
        Self(Arc::new(Inner { directory, least, known: Mutex::default() }))
    }

    /// Bytes that are free.
    pub fn free(&self) -> Result<u64, Error> {
        let mut known = self.0.known.lock().unwrap_or_else(PoisonError::into_inner);
        match *known {
            Some((when, free)) if when.elapsed() < BELIEVED => Ok(free),
            _ => {
                let free = free_bytes(&self.0.directory)?;
                self.remark(known.map(|(_, before)| before), free);
                *known = Some((Instant::now(), free));
                Ok(free)
            }
        }
    }

    /// Bytes below which it is short.
    pub fn least(&self) -> u64 {
        self.0.least
    }

    /// How many bytes are free, if that is too little for new work.
    pub fn short(&self) -> Option<u64> {
        self.below(self.0.least)
    }

    /// Whether that is too little even for work under way.
    pub fn is_used_up(&self) -> bool {
        self.below(self.0.least.min(RESERVE)).is_some()
    }

    /// Says once that there is too little, and once that there is enough again.
    fn remark(&self, before: Option<u64>, free: u64) {
        let least = self.0.least;
        match (before.is_some_and(|before| before < least), free < least) {
            (false, true) => tracing::warn!(free, least, "too little free space: new work is refused"),
            (true, false) => tracing::info!(free, least, "enough free space again"),
            _ => {}
        }
    }

    /// A system that does not tell refuses nothing: the write itself will fail or not.
    fn below(&self, least: u64) -> Option<u64> {
        let free = self.free().ok()?;
        (free < least).then_some(free)
    }
}

fn free_bytes(directory: &std::path::Path) -> Result<u64, Error> {
    let found = rustix::fs::statvfs(directory).map_err(|error| at(directory)(error.into()))?;
    Ok(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_short_below_its_minimum_and_used_up_below_the_reserve() {
        let dir = tempfile::tempdir().unwrap();
        let of = |least| Space::of(dir.path().to_owned(), least);
        let free = of(0).free().unwrap();
        assert!(of(0).short().is_none() && !of(0).is_used_up());
        assert!(of(u64::MAX).short().is_some());
        assert_eq!(of(u64::MAX).is_used_up(), free < RESERVE);
    }

    #[test]
    fn a_file_system_without_a_free_byte_is_used_up() {
        let proc = Space::of("/proc".into(), 1);
        assert_eq!((proc.free().unwrap(), proc.short(), proc.is_used_up()), (0, Some(0), true));
    }

    #[test]
    fn a_system_that_does_not_tell_refuses_nothing() {
        let nowhere = Space::of("/nowhere/at/all".into(), u64::MAX);
        assert!(nowhere.free().is_err());
        assert!(nowhere.short().is_none() && !nowhere.is_used_up());
    }
}
