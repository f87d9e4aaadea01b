//! `unlade template`: the spreadsheet to fill in, without a server.

use std::path::{Path, PathBuf};

use types::Language;

use crate::{cli, error::Error};

/// Writes the template and answers where. A file that is there may be one that was filled in, so it stays.
pub(crate) fn write(order: &cli::Template) -> Result<PathBuf, Error> {
    let refused = |why: &dyn std::fmt::Display| Error::Refused(format!("cannot make the template: {why}"));
    let made = batch::kind(&order.kind)
        .map(|kind| batch::template(kind, Language::from_tag(&order.language)))
        .transpose()
        .map_err(|error| refused(&error))?
        .flatten()
        .ok_or_else(|| refused(&format!("{} takes no file", order.kind)))?;
    let path = order.output.as_deref().unwrap_or(Path::new(&made.file_name));
    let path = std::path::absolute(path).map_err(Error::system("find the current directory"))?;
    if path.try_exists().map_err(Error::system(path.display().to_string()))? {
        return Err(Error::Refused(format!("{} is there already; it was left as it is", path.display())));
    }
    blob::disk::write_private(&path, &made.bytes)?;
    Ok(path)
}
