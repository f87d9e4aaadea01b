//! Where packed pieces go: in order to the output, or out of order to the spool, to be copied behind the rest
//! at the end. It counts and checks bytes; it does not know what they mean.

use std::io::{Read, Seek, SeekFrom, Write};

use crc32fast::Hasher;

use crate::codec::Codec;
use crate::error::Error;
use crate::press::{Packed, Place, Press};

/// Bytes copied at a time from the spool.
const COPY_LEN: usize = 64 << 10;

/// What an output can do; a short name for the bounds.
pub(crate) trait Output: Write + Seek {}
impl<T: Write + Seek> Output for T {}

/// What a spool can do; a short name for the bounds.
pub(crate) trait Spool: Read + Write + Seek {}
impl<T: Read + Write + Seek> Spool for T {}

/// The output and the spool, with the codec between them and the caller's bytes.
pub(crate) struct Pieces<W, S> {
    press: Press,
    out: W,
    out_start: u64,
    spool: S,
    spool_end: u64,
    head_len: usize,
    /// Of what follows the head.
    raw_len: u64,
    packed_len: u64,
    crc: Hasher,
    /// What each writer has in the spool.
    shelves: Vec<Shelf>,
}

/// What one writer put aside.
#[derive(Default)]
pub(crate) struct Spooled {
    shelf: Option<usize>,
    pub(crate) raw_len: u64,
}

/// One writer's pieces in the spool, in its order.
#[derive(Default)]
struct Shelf {
    /// Offset and length in the spool; neighbours are one run.
    runs: Vec<(u64, u64)>,
    crc: Hasher,
}

/// The output, complete, and what an archive needs to know of it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Finished<W> {
    /// The output, positioned behind its last byte. It was not flushed.
    pub out: W,
    /// Bytes of the `.xls` file.
    pub raw_len: u64,
    /// Bytes written to the output.
    pub len: u64,
    /// CRC-32 of the `.xls` file.
    pub crc32: u32,
}

impl<W: Output, S: Spool> Pieces<W, S> {
    /// Reserves `head_len` raw bytes at the output's position, which may be anywhere in a larger file.
    pub(crate) fn new(mut out: W, mut spool: S, codec: Codec, head_len: usize) -> Result<Self, Error> {
        let packer = codec.packer();
        let out_start = out.stream_position()?;
        let reserve = packer.fixed(&vec![0; head_len]);
        out.write_all(&reserve)?;
        let spool_end = spool.stream_position()?;
        let packed_len = reserve.len() as u64;
        let (press, crc, shelves) = (Press::start(packer)?, Hasher::new(), Vec::new());
        Ok(Self { press, out, out_start, spool, spool_end, head_len, raw_len: 0, packed_len, crc, shelves })
    }

    /// Raw bytes so far, the reserved head included.
    pub(crate) fn raw_len(&self) -> u64 {
        self.head_len as u64 + self.raw_len
    }

    /// Appends `raw` to the output, and leaves an empty buffer in its place.
    pub(crate) fn append(&mut self, raw: &mut Vec<u8>) -> Result<(), Error> {
        if raw.is_empty() {
            return Ok(());
        }
        self.raw_len += raw.len() as u64;
        self.press.give(raw, Place::Output)?;
        self.store(false)
    }

    /// Puts `raw` aside, behind what `to` has already, and leaves an empty buffer in its place.
    pub(crate) fn spool(&mut self, raw: &mut Vec<u8>, to: &mut Spooled) -> Result<(), Error> {
        if raw.is_empty() {
            return Ok(());
        }
        let shelf = *to.shelf.get_or_insert_with(|| {
            self.shelves.push(Shelf::default());
            self.shelves.len() - 1
        });
        to.raw_len += raw.len() as u64;
        self.press.give(raw, Place::Spool(shelf))?;
        self.store(false)
    }

    /// Writes what has been packed; with `all`, everything that was given.
    fn store(&mut self, all: bool) -> Result<(), Error> {
        while let Some(piece) = self.press.take(all)? {
            self.store_piece(&piece)?;
            self.press.reuse(piece);
        }
        Ok(())
    }

    fn store_piece(&mut self, piece: &Packed) -> Result<(), Error> {
        let length = piece.bytes.len() as u64;
        match piece.place {
            Place::Output => {
                self.out.write_all(&piece.bytes)?;
                self.packed_len += length;
                self.crc.combine(&piece.crc);
            }
            Place::Spool(shelf) => {
                self.spool.write_all(&piece.bytes)?;
                let shelf = &mut self.shelves[shelf];
                match shelf.runs.last_mut() {
                    Some(run) if run.0 + run.1 == self.spool_end => run.1 += length,
                    _ => shelf.runs.push((self.spool_end, length)),
                }
                self.spool_end += length;
                shelf.crc.combine(&piece.crc);
            }
        }
        Ok(())
    }

    /// Appends to the output what was put aside.
    pub(crate) fn append_spooled(&mut self, from: &Spooled) -> Result<(), Error> {
        // What was appended before must lie before it.
        self.store(true)?;
        let Some(shelf) = from.shelf.map(|shelf| std::mem::take(&mut self.shelves[shelf])) else {
            return Ok(());
        };
        let mut buf = vec![0; COPY_LEN];
        for &(offset, length) in &shelf.runs {
            self.spool.seek(SeekFrom::Start(offset))?;
            let mut left = length;
            while left > 0 {
                let step = usize::try_from(left).map_or(COPY_LEN, |left| left.min(COPY_LEN));
                self.spool.read_exact(&mut buf[..step])?;
                self.out.write_all(&buf[..step])?;
                left -= step as u64;
            }
            self.packed_len += length;
        }
        self.raw_len += from.raw_len;
        self.crc.combine(&shelf.crc);
        Ok(())
    }

    /// Ends the output and writes `head` into its reserve.
    pub(crate) fn finish(mut self, head: &[u8]) -> Result<Finished<W>, Error> {
        debug_assert_eq!(head.len(), self.head_len);
        self.store(true)?;
        let packer = self.press.end()?;
        let end = packer.end();
        self.out.write_all(end)?;
        self.packed_len += end.len() as u64;
        self.out.seek(SeekFrom::Start(self.out_start))?;
        self.out.write_all(&packer.fixed(head))?;
        self.out.seek(SeekFrom::Start(self.out_start + self.packed_len))?;
        let mut crc = Hasher::new();
        crc.update(head);
        crc.combine(&self.crc);
        let raw_len = self.head_len as u64 + self.raw_len;
        Ok(Finished { out: self.out, raw_len, len: self.packed_len, crc32: crc.finalize() })
    }
}
