//! A password, read from standard input: on the command line every process of the machine could see it.

use std::io::{self, BufRead, IsTerminal, Read};

use domain::SystemRng;
use store::identity::{hash_password, password_fault};
use types::Language;

use crate::error::Error;

/// Bytes beyond which it cannot be a password.
const BYTES_MAX: u64 = 4096;

/// The hash of the password on the first line of standard input.
pub(super) fn hash_from_stdin(user_name: &str) -> Result<String, Error> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let why =
            "a password is read from standard input, and a terminal would show it: use a pipe or a file";
        return Err(Error::Input(why.into()));
    }
    let mut line = String::new();
    stdin
        .lock()
        .take(BYTES_MAX)
        .read_line(&mut line)
        .map_err(|_| Error::Input("standard input is no text".into()))?;
    let password = line.trim_end_matches(['\r', '\n']);
    if let Some(why) = password_fault(user_name, password) {
        return Err(Error::Input(format!("the password {}", why.in_language(Language::English))));
    }
    Ok(hash_password(&SystemRng, password)?)
}
