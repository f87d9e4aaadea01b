//! A child that misbehaves as the file it is given says: what a reader may do that a hostile file has taken over.
//!
//! Each line of the file is written to standard output as it is, unless it starts with `!`: `!hang`, `!abort`, `!exit`.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let file = std::env::args().nth(2).unwrap_or_default();
    let script = std::fs::read_to_string(file).unwrap_or_default();
    let mut out = std::io::stdout().lock();
    for line in script.split_inclusive('\n') {
        match line.trim_end() {
            "!hang" => loop {
                std::thread::park();
            },
            "!abort" => std::process::abort(),
            "!exit" => return ExitCode::from(3),
            _ => {}
        }
        if out.write_all(line.as_bytes()).and_then(|()| out.flush()).is_err() {
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
