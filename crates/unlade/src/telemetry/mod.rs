//! Events to standard error, one a line. Standard output is for what was asked for.
//!
//! An event's values may hold what a caller sent; none of them can end its line and begin one that looks like
//! ours. Spans (a request, a job) say on each of their lines what it belongs to.

mod json;
mod text;

use std::io::{self, IsTerminal};

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Registry,
    fmt::{MakeWriter, format::JsonFields, layer},
    layer::SubscriberExt,
};

use crate::config::{Format, Level};

/// Shows Unlade's own events from `level` on, and of others what is at least a warning.
pub(crate) fn start(level: Level, format: Format) {
    let colours = io::stderr().is_terminal();
    // An earlier subscriber would be a test's: there the events go to it.
    let _ = match format {
        Format::Text => tracing::subscriber::set_global_default(text(level, io::stderr, colours)),
        Format::Json => tracing::subscriber::set_global_default(json(level, io::stderr)),
    };
    // The usual hook writes lines of its own, which no reader of JSON understands.
    std::panic::set_hook(Box::new(|panic| tracing::error!(%panic, "panicked")));
}

fn text<W>(level: Level, writer: W, colours: bool) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = layer().with_writer(writer).with_ansi(colours).fmt_fields(text::one_line());
    Registry::default().with(filter(level)).with(lines)
}

fn json<W>(level: Level, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'w> MakeWriter<'w> + Send + Sync + 'static,
{
    let lines = layer().with_writer(writer).fmt_fields(JsonFields::new()).event_format(json::Flat);
    Registry::default().with(filter(level)).with(lines)
}

fn filter(level: Level) -> EnvFilter {
    let (level, others) = match level {
        Level::Error => ("error", "error"),
        Level::Warn => ("warn", "warn"),
        Level::Info => ("info", "warn"),
        Level::Debug => ("debug", "warn"),
        Level::Trace => ("trace", "warn"),
    };
    EnvFilter::new(format!("{others},unlade={level}"))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use serde_json::Value as Json;
    use tracing::subscriber::with_default;

    use super::*;

    /// What a hostile caller sends: a line of its own, and an escape sequence for the terminal.
    const FORGED: &str = "x\n2026-01-01T00:00:00Z  INFO unlade: \"forged\"\r\u{1b}[2J{\"level\":\"ERROR\"}";

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is written of two events about a caller's text, in every way that a value can be recorded.
    fn written<S: Subscriber + Send + Sync>(subscriber: impl FnOnce(Paper) -> S) -> Vec<String> {
        let paper = Paper::default();
        with_default(subscriber(paper.clone()), || {
            let span =
                tracing::error_span!("request", request_id = 7, path = FORGED, key = tracing::field::Empty);
            let _within = span.enter();
            tracing::info!(status = 400u16, text = FORGED, shown = %FORGED, debugged = ?FORGED, "refused");
            span.record("key", tracing::field::display(FORGED));
            tracing::warn!("in the message: {FORGED}");
        });
        let text = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_caller_s_text_makes_no_line_of_its_own() {
        let lines = written(|paper| text(Level::Info, move || paper.clone(), false));
        assert_eq!(lines.len(), 2, "{lines:#?}");
        assert!(
            lines[0].contains("request{request_id=7") && lines[0].contains("refused status=400"),
            "{}",
            lines[0]
        );
        assert!(lines[1].contains("WARN") && lines[1].contains("key="), "{}", lines[1]);
    }

    #[test]
    fn each_line_of_json_is_one_flat_object_with_the_fields_of_its_spans() {
        let lines = written(|paper| json(Level::Info, move || paper.clone()));
        let objects: Vec<Json> = lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect();
        let [refused, warned] = objects.as_slice() else { panic!("{lines:#?}") };
        assert_eq!((&refused["message"], &refused["level"]), (&"refused".into(), &"INFO".into()));
        assert_eq!((&refused["request_id"], &refused["status"]), (&7.into(), &400.into()));
        assert!(["path", "text", "shown"].iter().all(|field| refused[field] == FORGED), "{refused}");
        assert!(refused["timestamp"].is_string() && refused["target"].is_string());
        assert_eq!(warned["key"], FORGED);
        assert!(refused.as_object().unwrap().values().all(|value| !value.is_object()), "{refused}");
    }
}
