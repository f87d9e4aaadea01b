//! ISA-L's igzip. The safe binding knows no flush between pieces, so this calls the C function itself: the one
//! unsafe place of the crate.
#![expect(unsafe_code, reason = "a C library; each block says why it is sound")]

use std::io::{self, Read};
use std::ops::Range;

use isal_sys::igzip_lib::{
    COMP_OK, ISAL_DEF_LVL1_DEFAULT, SYNC_FLUSH, inflate_state, isal_block_state_ISAL_BLOCK_FINISH,
    isal_deflate, isal_deflate_init, isal_deflate_reset, isal_inflate, isal_inflate_init, isal_zstream,
};

use super::{LAST, Packer, stored};
use crate::error::Error;

const LEVEL: u32 = 1;

/// The compressor and the memory that its level asks for.
pub(super) struct Igzip {
    stream: Box<isal_zstream>,
    _level: Box<[u8]>,
}

// SAFETY: the stream points to its own level memory, which moves with it, to tables that never change, and outside
// of `piece` to nothing else. The library keeps nothing by thread.
unsafe impl Send for Igzip {}

impl Igzip {
    pub(super) fn new() -> Self {
        let mut level = vec![0; ISAL_DEF_LVL1_DEFAULT as usize].into_boxed_slice();
        // SAFETY: it consists of integers, of arrays of them and of pointers; all may be zero, and `init` sets
        // those that may not stay so.
        let mut stream: Box<isal_zstream> = unsafe { Box::new_zeroed().assume_init() };
        // SAFETY: the pointer is to a whole stream that nobody else has.
        unsafe { isal_deflate_init(&raw mut *stream) };
        stream.level = LEVEL;
        stream.level_buf = level.as_mut_ptr();
        stream.level_buf_size = ISAL_DEF_LVL1_DEFAULT;
        Self { stream, _level: level }
    }
}

impl Packer for Igzip {
    fn piece(&mut self, raw: &[u8], packed: &mut Vec<u8>) -> Result<(), Error> {
        // A stream counts its input in 32 bits; a piece is far from that.
        let length = u32::try_from(raw.len()).map_err(io::Error::other)?;
        let stream = &mut *self.stream;
        // SAFETY: the stream was initialised; after a reset it looks back at nothing from before.
        unsafe { isal_deflate_reset(stream) };
        stream.flush = SYNC_FLUSH as u16;
        // It is only read from, though C does not say so.
        stream.next_in = raw.as_ptr().cast_mut();
        stream.avail_in = length;
        loop {
            // More than incompressible bytes take, so one round is the rule.
            packed.reserve(raw.len() + raw.len() / 8 + 1_024);
            let room = packed.spare_capacity_mut();
            let room_len = u32::try_from(room.len()).unwrap_or(u32::MAX);
            stream.next_out = room.as_mut_ptr().cast();
            stream.avail_out = room_len;
            // SAFETY: `raw` is borrowed and `packed` is not touched while the library has pointers to them, and it
            // keeps to the lengths that it is told.
            let done = unsafe { isal_deflate(stream) };
            let written = (room_len - stream.avail_out) as usize;
            // SAFETY: the library has written so many bytes behind the length.
            unsafe { packed.set_len(packed.len() + written) };
            if done != COMP_OK as i32 {
                return Err(io::Error::other(format!("igzip: error {done}")).into());
            }
            // With room left over, the flush is complete too.
            if stream.avail_in == 0 && stream.avail_out > 0 {
                return Ok(());
            }
        }
    }

    fn fixed(&self, raw: &[u8]) -> Vec<u8> {
        stored(raw)
    }

    fn end(&self) -> &'static [u8] {
        LAST
    }
}

/// Input of the decompressor at a time.
const INPUT_LEN: usize = 64 << 10;

/// The decompressor over what it reads from.
pub(super) struct Inflate<R> {
    packed: R,
    input: Box<[u8]>,
    /// What of `input` was not yet taken.
    left: Range<usize>,
    state: Box<inflate_state>,
}

impl<R: Read> Inflate<R> {
    pub(super) fn new(packed: R) -> Self {
        // SAFETY: as for the compressor's stream; its memory lies within it.
        let mut state: Box<inflate_state> = unsafe { Box::new_zeroed().assume_init() };
        // SAFETY: the pointer is to a whole state that nobody else has.
        unsafe { isal_inflate_init(&raw mut *state) };
        Self { packed, input: vec![0; INPUT_LEN].into_boxed_slice(), left: 0..0, state }
    }
}

impl<R: Read> Read for Inflate<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let room = u32::try_from(buf.len()).unwrap_or(u32::MAX);
        while room > 0 && self.state.block_state != isal_block_state_ISAL_BLOCK_FINISH {
            let mut ended = false;
            if self.left.is_empty() {
                self.left = 0..self.packed.read(&mut self.input)?;
                ended = self.left.is_empty();
            }
            let state = &mut *self.state;
            // It is only read from, though C does not say so.
            state.next_in = self.input[self.left.clone()].as_ptr().cast_mut();
            state.avail_in = u32::try_from(self.left.len()).map_err(io::Error::other)?;
            state.next_out = buf.as_mut_ptr();
            state.avail_out = room;
            // SAFETY: both buffers outlive the call, and the library keeps to the lengths that it is told; it is given
            // new pointers at each call.
            let done = unsafe { isal_inflate(state) };
            self.left.start = self.left.end - state.avail_in as usize;
            if done < 0 {
                return Err(io::Error::new(io::ErrorKind::InvalidData, format!("igzip: error {done}")));
            }
            match (room - state.avail_out) as usize {
                0 if ended => return Err(io::ErrorKind::UnexpectedEof.into()),
                0 => {}
                written => return Ok(written),
            }
        }
        Ok(0)
    }
}
