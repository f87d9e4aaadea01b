//! The master key under which secrets are sealed: `<data-dir>/master.key`, lines of 64 hex digits. The first is
//! the current key; others are older and stay only while a rotation is not finished.
//!
//! A rotation is three steps, and after each of them every secret can be read:
//! ```text
//!   begin   master.key = new, old     secrets under old
//!   reseal  master.key = new, old     secrets under new, all in one transaction
//!   finish  master.key = new          secrets under new
//! ```
//! A second run finishes what the first one left.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use api::Command;
use blob::disk;
use db::{Db, DirLock};
use domain::{ACCOUNT, Limits, SystemClock, SystemRng};
use store::{Context, MasterKey, Store, Vault};

use crate::{config::Config, error::Error, transfer};

/// The database of a data directory.
pub(crate) fn database_path(data_dir: &Path) -> PathBuf {
    data_dir.join("unlade.db")
}

/// The objects of a data directory.
pub(crate) fn blobs_path(data_dir: &Path) -> PathBuf {
    data_dir.join("blobs")
}

/// The file of the master key.
pub(crate) fn key_path(data_dir: &Path) -> PathBuf {
    data_dir.join("master.key")
}

/// The vault of a data directory. Its first key is made here; with a key from elsewhere none is, but
/// what was sealed under the file's keys still opens.
pub(crate) fn vault(data_dir: &Path, from_elsewhere: Option<&MasterKey>) -> Result<Vault, Error> {
    let path = key_path(data_dir);
    let in_file = read(&path)?;
    if let Some(key) = from_elsewhere {
        return Ok(Vault::new(key.clone(), in_file));
    }
    if let Some((current, older)) = in_file.split_first() {
        return Ok(Vault::new(current.clone(), older.to_vec()));
    }
    if database_path(data_dir).exists() {
        // A new key would open nothing that the database holds, and hide that the right one is lost.
        return Err(Error::Refused(format!(
            "{} is missing, and the database is sealed under it",
            path.display()
        )));
    }
    let key = MasterKey::random(&SystemRng);
    write(&path, &[&key])?;
    Ok(Vault::new(key, vec![]))
}

/// Replaces the master key; answers what was done.
pub(crate) fn rotate(config: Config) -> Result<String, Error> {
    if !config.master_key.is_file() {
        return Err(Error::Refused(
            "the master key comes from UNLADE_MASTER_KEY or server.master_key_command, not from a file that could be \
             rotated"
                .into(),
        ));
    }
    if config.database.is_shared() {
        return Err(Error::Refused("the key of a database that nodes share cannot be rotated yet".into()));
    }
    let data_dir = config.data_dir;
    if !database_path(&data_dir).exists() {
        return Err(Error::Refused(format!("there is no database in {}", data_dir.display())));
    }
    let _alone = DirLock::take_alone(&data_dir)?;
    // What lies on the server now is sealed under the old key.
    transfer::refuse_moved(&data_dir)?;
    let (keys, resumed) = begin(&data_dir)?;
    let secrets = reseal(&data_dir, &keys)?;
    if config.audit.is_some() {
        tell(&data_dir, &keys)?;
    }
    finish(&data_dir, &keys)?;
    let done = if resumed { "Finished an earlier rotation" } else { "Made a new master key" };
    Ok(format!(
        "{done}: {secrets} secrets were sealed anew, the old key is gone from {}.",
        key_path(&data_dir).display()
    ))
}

/// Refuses a directory whose secrets are between two keys: whoever is given the first alone may be given the wrong one.
pub(crate) fn refuse_unfinished_rotation(data_dir: &Path) -> Result<(), Error> {
    match read(&key_path(data_dir))?.len() {
        0 | 1 => Ok(()),
        _ => Err(Error::Refused(
            "a rotation of the master key was not finished: run unlade key rotate first".into(),
        )),
    }
}

/// Puts a new key before the old ones, unless an earlier rotation has.
fn begin(data_dir: &Path) -> Result<(Vec<MasterKey>, bool), Error> {
    let path = key_path(data_dir);
    let mut keys = read(&path)?;
    match keys.len() {
        0 => {
            Err(Error::Refused(format!("{} is missing, and the database is sealed under it", path.display())))
        }
        1 => {
            keys.insert(0, MasterKey::random(&SystemRng));
            write(&path, &keys.iter().collect::<Vec<_>>())?;
            Ok((keys, false))
        }
        _ => Ok((keys, true)),
    }
}

/// Seals every secret under the first of `keys`; answers how many were not.
fn reseal(data_dir: &Path, keys: &[MasterKey]) -> Result<u64, Error> {
    let store = open(data_dir, keys)?;
    wait(store.reseal())
}

/// Tells the audit.
fn tell(data_dir: &Path, keys: &[MasterKey]) -> Result<(), Error> {
    let store = open(data_dir, keys)?;
    let resource = BTreeMap::new();
    let rotated =
        Command { operation: "key rotate", action: None, project_id: ACCOUNT, resource, code: None };
    let line: Vec<_> = rotated.line(&store).into_iter().collect();
    wait(store.keep_audit(line.into()))
}

fn open(data_dir: &Path, keys: &[MasterKey]) -> Result<Store, Error> {
    let vault = Vault::new(keys[0].clone(), keys[1..].to_vec());
    let context = Context::new(Arc::new(SystemClock), Arc::new(SystemRng), Limits::default(), vault);
    Ok(Store::open(Db::open(&database_path(data_dir), db::Options::default())?, context)?)
}

fn wait<T>(work: impl Future<Output = Result<T, store::Error>>) -> Result<T, Error> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().build().map_err(Error::system("start the runtime"))?;
    Ok(runtime.block_on(work)?)
}

/// Forgets all but the first of `keys`.
fn finish(data_dir: &Path, keys: &[MasterKey]) -> Result<(), Error> {
    write(&key_path(data_dir), &[&keys[0]])
}

fn read(path: &Path) -> Result<Vec<MasterKey>, Error> {
    let text = disk::read_text(path)?.unwrap_or_default();
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            let place = || format!("{}, line {}: not 64 hex digits", path.display(), number + 1);
            MasterKey::from_hex(line).ok_or_else(|| Error::Refused(place()))
        })
        .collect()
}

fn write(path: &Path, keys: &[&MasterKey]) -> Result<(), Error> {
    let lines: String = keys.iter().map(|key| key.to_hex() + "\n").collect();
    Ok(disk::write_private(path, lines.as_bytes())?)
}

#[cfg(test)]
mod tests {
    use store::identity::Chosen;

    use super::*;

    const KEY: (&str, &str) = ("AK", "a secret");

    /// A data directory with one sealed secret.
    fn directory() -> tempfile::TempDir {
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path());
        let chosen = Chosen { access_key: Some((KEY.0.into(), KEY.1.into())), ..Chosen::default() };
        block_on(store.bootstrap(chosen)).unwrap();
        directory
    }

    fn store(data_dir: &Path) -> Store {
        let vault = vault(data_dir, None).unwrap();
        let context = Context::new(Arc::new(SystemClock), Arc::new(SystemRng), Limits::default(), vault);
        Store::open(Db::open(&database_path(data_dir), db::Options::default()).unwrap(), context).unwrap()
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_multi_thread().build().unwrap().block_on(future)
    }

    fn is_readable(data_dir: &Path) -> bool {
        let known = block_on(store(data_dir).known_key(KEY.0.into()));
        known.is_ok_and(|known| known.is_some_and(|known| known.secret == KEY.1.as_bytes()))
    }

    #[test]
    fn a_rotation_that_stops_anywhere_leaves_all_readable_and_is_finished_by_the_next() {
        type Steps = fn(&Path);
        let nothing: Steps = |_| {};
        let begun: Steps = |dir| assert!(begin(dir).is_ok());
        let resealed: Steps = |dir| assert!(reseal(dir, &begin(dir).unwrap().0).is_ok());
        for stopped_after in [nothing, begun, resealed] {
            let directory = directory();
            let dir = directory.path();
            let old = read(&key_path(dir)).unwrap();
            stopped_after(dir);
            assert!(is_readable(dir));
            let half_done = read(&key_path(dir)).unwrap();
            let (keys, resumed) = begin(dir).unwrap();
            assert_eq!(resumed, half_done.len() == 2);
            reseal(dir, &keys).unwrap();
            finish(dir, &keys).unwrap();
            assert!(is_readable(dir));
            let new = read(&key_path(dir)).unwrap();
            assert_eq!(new.len(), 1);
            assert!(new != old && (!resumed || new[0] == half_done[0]));
            assert_eq!(reseal(dir, &new).unwrap(), 0, "all is under the new key");
        }
    }

    #[test]
    fn a_lost_key_is_not_replaced_in_silence() {
        let directory = directory();
        std::fs::remove_file(key_path(directory.path())).unwrap();
        assert!(vault(directory.path(), None).is_err());
        assert!(!key_path(directory.path()).exists());
        assert!(begin(directory.path()).is_err());
    }

    #[test]
    fn a_key_from_the_environment_leaves_no_file_and_opens_what_the_file_s_key_sealed() {
        let empty = tempfile::tempdir().unwrap();
        let given = MasterKey::random(&SystemRng);
        vault(empty.path(), Some(&given)).unwrap();
        assert!(!key_path(empty.path()).exists());
        let directory = directory();
        let sealed = vault(directory.path(), None).unwrap().seal(&SystemRng, "place", b"secret");
        assert_eq!(vault(directory.path(), Some(&given)).unwrap().open("place", &sealed).unwrap(), b"secret");
    }

    #[test]
    fn a_bad_line_is_named_by_number_and_not_by_what_it_says() {
        let directory = tempfile::tempdir().unwrap();
        disk::write_private(&key_path(directory.path()), b"\nsecretish\n").unwrap();
        let refusal = vault(directory.path(), None).err().unwrap().to_string();
        assert!(refusal.contains("line 2") && !refusal.contains("secretish"));
    }
}
