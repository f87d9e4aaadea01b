//! Reads bytes as the body of an upload and judges what is taken for its file, beside a second reading that knows nothing
//! of streams.
//!
//! An input is a line with the boundary, a line of numbers (the most bytes of a file, how often the middle of the body comes,
//! then the lengths of the pieces that the body comes in, again and again), and the body. Lines `%%` cut its middle out.

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use futures_util::stream;
use types::Fault;

use crate::batch_files::parts::{OTHER_PARTS_MAX, Parts, no_file, read_max};
use crate::memory;
use crate::pieces::GATHERED;

/// Of a body, its middle repeated.
const BODY_MAX: usize = 4 << 20;
const PIECE_MAX: usize = 64 << 10;
const FILE_MAX: u64 = 64 << 10;
/// Beside the file itself: how far the body may be ahead, doubled by a buffer that grows.
const MEMORY_BYTES: usize = 2 << 20;
/// A body that is all there is waited for only to let the reader look at what it has.
const PAUSES_MAX: usize = BODY_MAX / 1024;

/// What came of a body.
#[derive(Debug, PartialEq)]
struct Taken {
    file_name: String,
    bytes: Vec<u8>,
}

/// Reads an input.
pub fn read(input: &[u8]) {
    let Some((boundary, rest)) = line(input) else { return };
    let Some((numbers, body)) = line(rest) else { return };
    let numbers = String::from_utf8_lossy(numbers);
    let mut numbers = numbers.split_ascii_whitespace().filter_map(|number| number.parse::<u64>().ok());
    let file_max = numbers.next().unwrap_or(FILE_MAX).min(FILE_MAX);
    let times = numbers.next().unwrap_or(1) as usize;
    let lengths: Vec<usize> = numbers.map(|length| (length as usize).clamp(1, PIECE_MAX)).collect();
    let kind = [b"multipart/form-data; boundary=", boundary].concat();
    let Ok(kind) = HeaderValue::from_bytes(&kind) else { return };
    let body = repeated(body, times);

    let taken = parts_of(&kind, &body, &lengths, file_max);
    let at_once = parts_of(&kind, &body, &[PIECE_MAX], file_max);
    if let (Ok(taken), Ok(at_once)) = (&taken, &at_once) {
        assert!(taken == at_once, "what is taken depends on the pieces");
    }
    let plain = boundary.iter().all(u8::is_ascii_alphanumeric) && (1..=70).contains(&boundary.len());
    if plain {
        judge(&taken, &body, boundary, file_max);
    }
}

/// The first line, and the rest.
fn line(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    Some((&bytes[..end], &bytes[end + 1..]))
}

fn repeated(body: &[u8], times: usize) -> Bytes {
    let Some((first, rest)) = cut(body, b"\n%%\n") else { return Bytes::copy_from_slice(body) };
    let (middle, last) = cut(rest, b"\n%%\n").unwrap_or((rest, b""));
    let times = times.min(BODY_MAX / middle.len().max(1));
    [first, &middle.repeat(times), last].concat().into()
}

fn cut<'b>(bytes: &'b [u8], mark: &[u8]) -> Option<(&'b [u8], &'b [u8])> {
    let at = bytes.windows(mark.len()).position(|window| window == mark)?;
    Some((&bytes[..at], &bytes[at + mark.len()..]))
}

/// What the server takes of a body that comes in pieces of these lengths.
fn parts_of(kind: &HeaderValue, body: &Bytes, lengths: &[usize], file_max: u64) -> Result<Taken, Fault> {
    let read = Arc::new(AtomicU64::new(0));
    let (mut rest, mut lengths, counted) = (body.clone(), lengths.to_vec().into_iter().cycle(), read.clone());
    let pieces = std::iter::from_fn(move || {
        let length = lengths.next().unwrap_or(PIECE_MAX).min(rest.len());
        counted.fetch_add(length as u64, Relaxed);
        (length > 0).then(|| Ok::<_, Infallible>(rest.split_to(length)))
    });
    let taken = memory::within(file_max as usize * 2 + MEMORY_BYTES, || {
        now(take(kind, Body::from_stream(stream::iter(pieces)), file_max))
    });
    // One piece on its way, and small ones that are gathered for it.
    let (read, most) = (read.load(Relaxed), read_max(file_max) + OTHER_PARTS_MAX + (PIECE_MAX + GATHERED) as u64);
    assert!(read <= most, "{read} bytes were read of a body of which {most} may be");
    taken
}

/// As the server does, but that it keeps in memory what the server writes to its disk.
async fn take(kind: &HeaderValue, body: Body, file_max: u64) -> Result<Taken, Fault> {
    let mut parts = Parts::of(Some(kind), body, file_max).await?;
    while let Some(mut part) = parts.next().await? {
        if !part.is_file() {
            part.pass_over().await?;
            continue;
        }
        let file_name = part.file_name()?;
        let mut bytes = Vec::new();
        while let Some(piece) = part.piece().await? {
            if part.len() <= file_max {
                bytes.extend_from_slice(&piece);
            }
        }
        part.fits()?;
        assert_eq!(part.len(), bytes.len() as u64);
        return Ok(Taken { file_name, bytes });
    }
    Err(no_file())
}

/// Waits for what has all that it needs: whoever still waits then waits for ever.
fn now<T>(work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..PAUSES_MAX {
        if let Poll::Ready(done) = work.as_mut().poll(&mut context) {
            return done;
        }
    }
    panic!("the reader waits for more than there is");
}

/// Finds what was taken between two boundaries, in a part that says it is the file; and finds a file that must be taken.
fn judge(taken: &Result<Taken, Fault>, body: &[u8], boundary: &[u8], file_max: u64) {
    let mut parts = plainly(body, boundary);
    match taken {
        Ok(taken) => {
            assert!(taken.bytes.len() as u64 <= file_max, "more is taken than allowed");
            assert!((1..=60).contains(&taken.file_name.chars().count()), "{}", taken.file_name);
            let is_it = |(head, bytes): (&[u8], &[u8])| *bytes == taken.bytes && cut(head, b"file").is_some();
            assert!(parts.any(is_it), "what is taken stands between no boundaries");
        }
        Err(refused) => {
            const HEAD: &[u8] = b"Content-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"";
            let first = parts.next();
            // What nobody sends may stand before the first boundary, and is not held however long it is.
            let at_once = body.strip_prefix(b"--").is_some_and(|rest| rest.starts_with(boundary));
            let fine =
                at_once && first.is_some_and(|(head, bytes)| head == HEAD && bytes.len() as u64 <= file_max);
            assert!(!fine, "a good file is refused: {refused:?}");
        }
    }
}

/// Every part that is whole: what stands before its empty line, and what stands between that and the next boundary.
fn plainly<'b>(body: &'b [u8], boundary: &[u8]) -> impl Iterator<Item = (&'b [u8], &'b [u8])> {
    let (first, next) = ([b"--", boundary].concat(), [b"\r\n--", boundary].concat());
    let mut rest = cut(body, &first).map(|(_, rest)| rest);
    std::iter::from_fn(move || {
        let padded = rest.take().filter(|rest| !rest.starts_with(b"--"))?;
        let padding = padded.iter().take_while(|byte| b" \t".contains(byte)).count();
        let (head, bytes) = cut(padded[padding..].strip_prefix(b"\r\n")?, b"\r\n\r\n")?;
        let (bytes, after) = cut(bytes, &next)?;
        rest = Some(after);
        Some((head, bytes))
    })
}
