//! What a person sees while the demo runs: one line a step, and one that is rewritten while a step takes its
//! time. Where the output is not a terminal, such a line appears a few times instead.

use std::{
    io::{IsTerminal, Write, stdout},
    time::Instant,
};

const QUARTER: usize = 25;

pub(super) struct Screen {
    is_terminal: bool,
    /// Whether the last line may be rewritten, so that it has no end yet.
    is_live: bool,
    /// The step that is under way, and the percentage from which on it is shown again.
    step: (String, usize),
}

impl Screen {
    pub(super) fn new() -> Self {
        Self { is_terminal: stdout().is_terminal(), is_live: false, step: (String::new(), 0) }
    }

    /// A step that is done.
    pub(super) fn line(&mut self, step: &str, text: &str) {
        let clear = if self.is_terminal { "\r\x1b[K" } else { "" };
        self.is_live = false;
        self.text(&format!("{clear}{}\n", aligned(step, text)));
    }

    /// A step that is done, and how long it took.
    pub(super) fn done(&mut self, step: &str, text: &str, begun: Instant) {
        self.line(step, &format!("{text}, {:.1} s", begun.elapsed().as_secs_f32()));
    }

    /// How far a step is.
    pub(super) fn live(&mut self, step: &str, text: &str, percent: usize) {
        if self.is_terminal {
            self.is_live = true;
            return self.text(&format!("\r\x1b[K{}", aligned(step, text)));
        }
        if self.step.0 != step {
            self.step = (step.to_owned(), 0);
        }
        if percent >= self.step.1 {
            self.step.1 = (percent / QUARTER + 1) * QUARTER;
            self.line(step, text);
        }
    }

    /// A text as it is. Nobody listening is no reason to stop: the file is what matters.
    pub(super) fn text(&mut self, text: &str) {
        let mut out = stdout().lock();
        let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    }
}

impl Drop for Screen {
    /// What failed is said on a line of its own.
    fn drop(&mut self) {
        if self.is_live {
            self.text("\n");
        }
    }
}

fn aligned(step: &str, text: &str) -> String {
    format!("{step:<12} {text}")
}
