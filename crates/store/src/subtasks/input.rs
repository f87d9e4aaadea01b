//! What a subtask keeps of its row of a file, as far as it is secret: sealed, as it will lie in the device's row.

use db::{Tx, args};

use crate::{Context, Error};

/// The place that a secret in a subtask's input is sealed for.
fn input_place(task_id: &str, ordinal: i64) -> String {
    format!("subtask/{task_id}/{ordinal}")
}

/// Seals a secret that a row of a file gives, as hex, to wait in the subtask's input.
pub fn seal_input(context: &Context, task_id: &str, ordinal: i64, secret: &str) -> String {
    let sealed = context.vault.seal(&*context.rng, &input_place(task_id, ordinal), secret.as_bytes());
    sealed.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Opens what [`seal_input`] has sealed.
pub fn open_input(context: &Context, task_id: &str, ordinal: i64, sealed: &str) -> Result<String, Error> {
    let bytes: Option<Vec<u8>> = sealed
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
        .collect();
    let secret = context.vault.open(&input_place(task_id, ordinal), &bytes.ok_or(Error::Sealed)?)?;
    String::from_utf8(secret).map_err(|_| Error::Sealed)
}

/// The key in a subtask's input that holds a sealed secret.
pub const SEALED_SECRET: &str = "sealed_secret";

/// Seals anew what waits in inputs under an older master key.
pub(crate) fn reseal(tx: &mut dyn Tx, context: &Context) -> Result<u64, Error> {
    let waiting = tx.all(
        "SELECT task_id, ordinal, input FROM subtask WHERE input LIKE '%\"sealed_secret\"%'",
        args![],
        |row| Ok((row.string(0)?, row.int(1)?, row.string(2)?)),
    )?;
    for (task_id, ordinal, input) in &waiting {
        let mut json: serde_json::Value = serde_json::from_str(input).map_err(|_| Error::Sealed)?;
        let sealed = json[SEALED_SECRET].as_str().ok_or(Error::Sealed)?;
        let secret = open_input(context, task_id, *ordinal, sealed)?;
        json[SEALED_SECRET] = seal_input(context, task_id, *ordinal, &secret).into();
        tx.execute(
            "UPDATE subtask SET input = ?3 WHERE task_id = ?1 AND ordinal = ?2",
            args![task_id, *ordinal, &json.to_string()],
        )?;
    }
    Ok(waiting.len() as u64)
}
