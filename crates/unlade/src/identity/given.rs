//! What a command is given, held to the rules of names.

use domain::{iam::names, order::rule::Rule};
use types::Language;

use crate::error::Error;

/// The text, if it is as it must be.
pub(super) fn checked(argument: &str, rule: &Rule, text: String) -> Result<String, Error> {
    match rule.admits(&text) {
        true => Ok(text),
        false => Err(Error::Input(format!("{argument}: {}", rule.says.in_language(Language::English)))),
    }
}

/// [`checked`], if it was given.
pub(super) fn checked_some(
    argument: &str,
    rule: &Rule,
    text: Option<String>,
) -> Result<Option<String>, Error> {
    text.map(|text| checked(argument, rule, text)).transpose()
}

/// The name of a user.
pub(super) fn of_user(name: String) -> Result<String, Error> {
    let name = checked("NAME", &names::USER, name)?;
    let fits = names::of_user(&name);
    fits.map_err(|why| Error::Input(format!("NAME: {}", why.in_language(Language::English))))?;
    Ok(name)
}
