//! Where the master key comes from: a file of the data directory, the environment, or a program that prints it, such as
//! a client of a vault.

use std::{process::Stdio, time::Duration};

use store::MasterKey;
use tokio::{io::AsyncReadExt, process::Command, time::timeout};

use crate::error::Error;

/// How long the program may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// What it may print: the key, and a line end or two.
const OUTPUT_BYTES_MAX: u64 = 256;
const SETTING: &str = "server.master_key_command";

/// Where the master key comes from.
pub(crate) enum KeySource {
    /// `master.key` of the data directory.
    File,
    /// `UNLADE_MASTER_KEY`.
    Environment(MasterKey),
    /// What a program prints, which is given by its path and its arguments.
    Command(Vec<String>),
}

impl KeySource {
    /// One of `variable` and `command`, which may be empty.
    pub(super) fn of(variable: Option<MasterKey>, command: &str) -> Result<Self, Error> {
        let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
        match (variable, words.is_empty()) {
            (Some(_), false) => Err(Error::Setting(format!(
                "{SETTING}: UNLADE_MASTER_KEY is set, too, and there is one master key"
            ))),
            (Some(key), true) => Ok(Self::Environment(key)),
            (None, false) => Ok(Self::Command(words)),
            (None, true) => Ok(Self::File),
        }
    }

    /// Whether it lies in the data directory.
    pub(crate) fn is_file(&self) -> bool {
        matches!(self, Self::File)
    }

    /// The key, if it does not lie in the data directory. A program is run for it.
    pub(crate) fn key(&self) -> Result<Option<MasterKey>, Error> {
        match self {
            Self::File => Ok(None),
            Self::Environment(key) => Ok(Some(key.clone())),
            Self::Command(words) => printed(words, PATIENCE).map(Some),
        }
    }
}

/// The key that a program prints. What it prints instead is not repeated: it may be a secret.
fn printed(words: &[String], patience: Duration) -> Result<MasterKey, Error> {
    let [program, arguments @ ..] = words else { return Err(Error::Setting(format!("{SETTING}: is empty"))) };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::system("start the runtime"))?;
    let failed = |why: String| Error::Refused(format!("{SETTING}: {program}: {why}"));
    let run = async {
        // No shell: nothing of the setting means anything but itself.
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout.take(OUTPUT_BYTES_MAX + 1).read_to_end(&mut output).await?;
        }
        Ok::<_, std::io::Error>((output, child.wait().await?))
    };
    let ended = runtime.block_on(async { timeout(patience, run).await });
    let (output, status) = match ended {
        Err(_) => return Err(failed(format!("did not end within {} s", patience.as_secs()))),
        Ok(Err(error)) => return Err(failed(error.to_string())),
        Ok(Ok(ended)) => ended,
    };
    if !status.success() {
        return Err(failed(format!("ended with {status}")));
    }
    let text = std::str::from_utf8(&output).ok().filter(|_| output.len() as u64 <= OUTPUT_BYTES_MAX);
    let key = text.and_then(|text| MasterKey::from_hex(text.trim()));
    key.ok_or_else(|| failed("must print 64 hex digits and nothing else".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

    fn from(words: &[&str]) -> Result<String, String> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let key = printed(&words, Duration::from_secs(60));
        key.map(|key| key.to_hex()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_program_that_prints_the_key_is_all_it_takes() {
        assert_eq!(from(&["echo", KEY]), Ok(KEY.to_owned()));
        assert_eq!(from(&["printf", "%s", KEY]), Ok(KEY.to_owned()));
    }

    #[test]
    fn whatever_else_a_program_does_is_said_and_what_it_printed_is_not() {
        for (words, said) in [
            (&["echo", "half-a-secret"][..], "64 hex digits"),
            (&["echo", KEY, "more"], "64 hex digits"),
            (&["false"], "exit status: 1"),
            (&["/no/such/program"], "No such file"),
            // It would print for ever, and is not listened to.
            (&["cat", "/dev/zero"], ""),
        ] {
            let refusal = from(words).unwrap_err();
            assert!(
                refusal.starts_with("server.master_key_command: ") && refusal.contains(said),
                "{refusal}"
            );
            assert!(!refusal.contains("half-a-secret") && !refusal.contains(KEY), "{refusal}");
        }
    }

    #[test]
    fn a_program_that_does_not_end_is_ended() {
        let words = ["sleep".to_owned(), "60".to_owned()];
        let refusal = printed(&words, Duration::from_millis(50)).unwrap_err().to_string();
        assert!(refusal.contains("did not end"), "{refusal}");
    }

    #[test]
    fn a_shell_is_never_asked() {
        assert_eq!(from(&["echo", "$(id)"]).unwrap_err().matches("uid").count(), 0);
        assert!(matches!(KeySource::of(None, "  "), Ok(KeySource::File)));
        assert!(KeySource::of(MasterKey::from_hex(KEY), "echo").is_err());
    }
}
