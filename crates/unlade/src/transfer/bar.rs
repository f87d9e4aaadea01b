//! How far the copy is, on standard error: one line that is drawn anew on a terminal, and elsewhere a line every few
//! seconds.

use std::{
    io::{IsTerminal, Write, stderr},
    time::{Duration, Instant},
};

const WIDTH: u64 = 24;
const DRAWN_EVERY: Duration = Duration::from_millis(100);
const TOLD_EVERY: Duration = Duration::from_secs(3);

/// A step of known size. It ends its line when it is dropped.
pub(super) struct Bar {
    step: String,
    unit: &'static str,
    total: u64,
    done: u64,
    /// What was done before we began.
    before: u64,
    begun: Instant,
    shown: Instant,
    is_terminal: bool,
}

impl Bar {
    /// A step of `total`, of which `before` is done already.
    pub(super) fn new(step: impl Into<String>, unit: &'static str, before: u64, total: u64) -> Self {
        let (now, is_terminal) = (Instant::now(), stderr().is_terminal());
        Self { step: step.into(), unit, total, done: before, before, begun: now, shown: now, is_terminal }
    }

    /// So many more are done.
    pub(super) fn add(&mut self, more: u64) {
        self.done += more;
        let every = if self.is_terminal { DRAWN_EVERY } else { TOLD_EVERY };
        if self.shown.elapsed() >= every {
            self.shown = Instant::now();
            self.show(if self.is_terminal { "" } else { "\n" });
        }
    }

    /// Nobody looking is no reason to stop.
    fn show(&self, end: &str) {
        let start = if self.is_terminal { "\r\x1b[K" } else { "" };
        let line = line(self, self.begun.elapsed());
        let mut out = stderr().lock();
        let _ = out.write_all(format!("{start}{line}{end}").as_bytes()).and_then(|()| out.flush());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.total > 0 {
            self.show("\n");
        }
    }
}

fn line(bar: &Bar, elapsed: Duration) -> String {
    let Bar { step, unit, total, done, before, .. } = bar;
    let share = |of: u64| (done * of).checked_div(*total).map_or(of, |part| part.min(of));
    let full = usize::try_from(share(WIDTH)).unwrap_or_default();
    let drawn = "#".repeat(full) + &".".repeat(WIDTH as usize - full);
    let rate = (done - before) as f64 / elapsed.as_secs_f64().max(0.001);
    let mut line = format!("{step:<22} [{drawn}] {:>3} %  {done} of {total} {unit}", share(100));
    if done > before {
        line += &format!(", {rate:.0} {unit}/s");
        if done < total {
            line += &format!(", {:.0} s left", (total - done) as f64 / rate);
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_how_far_how_fast_and_how_much_longer() {
        let mut bar = Bar::new("copy subtask", "rows", 200, 1000);
        let second = Duration::from_secs(1);
        assert!(line(&bar, second).ends_with("20 %  200 of 1000 rows"), "nothing is known yet");
        bar.done = 600;
        let drawn = line(&bar, second);
        assert!(drawn.contains("[##############..........]"), "{drawn}");
        assert!(drawn.ends_with("60 %  600 of 1000 rows, 400 rows/s, 1 s left"), "{drawn}");
        bar.done = 1000;
        assert!(line(&bar, second).ends_with("100 %  1000 of 1000 rows, 800 rows/s"));
        bar.total = 0;
        drop(bar);
    }
}
