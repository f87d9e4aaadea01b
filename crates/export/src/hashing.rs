//! SHA-256 on a thread of its own: it takes as long as reading the rows, so whoever makes the bytes does not wait
//! for it. What is short, and where no thread can be had, is hashed on the spot.

use std::{
    sync::mpsc::{Receiver, SyncSender, channel, sync_channel},
    thread::{Builder, JoinHandle},
};

use sha2::{Digest, Sha256};

/// Bytes given to the thread at a time.
const PIECE_LEN: usize = 256 << 10;
/// Pieces that wait for the thread. With one in each hand, that bounds the memory.
const WAITING_MAX: usize = 2;

/// A hash that grows.
pub(crate) struct Hashing {
    /// What is not given away yet.
    piece: Vec<u8>,
    place: Place,
}

enum Place {
    Here(Sha256),
    Thread(Thread),
}

struct Thread {
    pieces: SyncSender<Vec<u8>>,
    /// Buffers to be used again.
    spare: Receiver<Vec<u8>>,
    thread: JoinHandle<Sha256>,
}

impl Hashing {
    pub(crate) fn new() -> Self {
        Self { piece: Vec::new(), place: Place::Here(Sha256::new()) }
    }

    #[inline]
    pub(crate) fn update(&mut self, bytes: &[u8]) {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE_LEN {
            self.give();
        }
    }

    #[cold]
    fn give(&mut self) {
        if let Place::Here(hash) = &mut self.place
            && let Some(thread) = Thread::start(hash)
        {
            self.place = Place::Thread(thread);
        }
        match &mut self.place {
            Place::Here(hash) => {
                hash.update(&self.piece);
                self.piece.clear();
            }
            Place::Thread(thread) => {
                let next = thread.spare.try_recv().unwrap_or_default();
                let piece = std::mem::replace(&mut self.piece, next);
                // It only stops taking pieces when it panicked, which `finish` passes on.
                let _ = thread.pieces.send(piece);
            }
        }
    }

    /// The hash of everything, in hex.
    pub(crate) fn finish(self) -> String {
        let mut hash = match self.place {
            Place::Here(hash) => hash,
            Place::Thread(Thread { pieces, thread, .. }) => {
                drop(pieces);
                thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
        };
        hash.update(&self.piece);
        hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl Thread {
    /// Goes on with `hash`, if a thread can be had.
    fn start(hash: &Sha256) -> Option<Self> {
        let (pieces, given) = sync_channel::<Vec<u8>>(WAITING_MAX);
        let (done, spare) = channel();
        let mut hash = hash.clone();
        let serve = move || {
            for mut piece in given {
                hash.update(&piece);
                piece.clear();
                // Nobody takes it back any more when the last pieces are hashed.
                let _ = done.send(piece);
            }
            hash
        };
        let thread = Builder::new().name("export-hash".into()).spawn(serve).ok()?;
        Some(Self { pieces, spare, thread })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_hash_of_all_bytes_whatever_their_pieces() {
        for length in [0, 1, PIECE_LEN - 1, PIECE_LEN, PIECE_LEN + 1, 20 * PIECE_LEN + 7] {
            let bytes: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            let expected: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
            for step in [1_000, PIECE_LEN, 3 * PIECE_LEN] {
                let mut hashing = Hashing::new();
                bytes.chunks(step).for_each(|piece| hashing.update(piece));
                assert_eq!(hashing.finish(), expected, "{length} by {step}");
            }
        }
    }
}
