//! How many shared strings an xlsx says it has. `calamine` makes room for that many before it has seen one of them, so
//! the number must not be anything that a file cares to state.

use std::io::{BufRead, BufReader, Cursor};

use quick_xml::{Reader, events::Event};
use types::text;
use zip::ZipArchive;

use crate::{Error, Limits};

/// The part, by the end of its name: the folder is whatever the workbook says, and no case is kept.
const PART: &str = "sharedstrings.xml";

/// Refuses a table that states more strings than there are cells to be read. Programs that count each use of a string
/// instead of each string stay below that, too.
pub(crate) fn check(archive: &mut ZipArchive<Cursor<&[u8]>>, limits: &Limits) -> Result<(), Error> {
    let most = limits.rows.saturating_add(1).saturating_mul(limits.columns);
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| Error::damaged(&error))?;
        if !part.name().map_err(|error| Error::damaged(&error))?.to_ascii_lowercase().ends_with(PART) {
            continue;
        }
        if stated(BufReader::new(part)).is_some_and(|strings| strings > most) {
            let reason = text!("it states too many shared strings", "声明的共享字符串数量过多");
            return Err(Error::Damaged { reason });
        }
    }
    Ok(())
}

/// What the table states, if it is one. What cannot be read here cannot be read by `calamine` either, which has the same
/// reader and says why.
fn stated(part: impl BufRead) -> Option<u64> {
    let mut reader = Reader::from_reader(part);
    let config = reader.config_mut();
    (config.check_end_names, config.check_comments, config.expand_empty_elements) = (false, false, true);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).ok()? {
            Event::Start(table) if table.local_name().as_ref() == "sst" => {
                return table.attributes_raw().split("uniqueCount").skip(1).filter_map(number).max();
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The number of an attribute, from behind its name on. Looser than anybody's reader of attributes, so that none finds a
/// number where this finds a smaller one.
fn number(rest: &str) -> Option<u64> {
    let value = rest.trim_ascii_start().strip_prefix('=')?.trim_ascii_start().trim_start_matches(['"', '\'']);
    let digits = value.bytes().take_while(u8::is_ascii_digit).count();
    value[..digits].parse().ok()
}
