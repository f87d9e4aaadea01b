//! Packs pieces on a thread of its own, in the order in which they are given, while the caller makes the next
//! ones. At most [`IN_HAND_MAX`] pieces are in hand, so that memory stays bounded however slow the packer is.

use std::io;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;

use crc32fast::Hasher;

use crate::codec::Packer;
use crate::error::Error;

/// Enough that neither side waits for the other's odd slow piece.
const IN_HAND_MAX: usize = 3;

/// Where a piece belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Place {
    /// Behind the output.
    Output,
    /// Into the spool, for this writer.
    Spool(usize),
}

struct Order {
    raw: Vec<u8>,
    packed: Vec<u8>,
    place: Place,
}

/// A piece that has been packed.
pub(crate) struct Packed {
    pub(crate) bytes: Vec<u8>,
    /// Of the raw bytes.
    pub(crate) crc: Hasher,
    pub(crate) place: Place,
    raw: Vec<u8>,
}

/// The thread and the pieces in its hand.
pub(crate) struct Press {
    orders: SyncSender<Order>,
    packed: Receiver<Result<Packed, Error>>,
    thread: JoinHandle<Box<dyn Packer>>,
    in_hand: usize,
    /// Buffers to be used again.
    spare: Vec<(Vec<u8>, Vec<u8>)>,
}

fn gone() -> Error {
    Error::Io(io::Error::other("the packing thread ended"))
}

impl Press {
    pub(crate) fn start(packer: Box<dyn Packer>) -> Result<Self, Error> {
        let (orders, given) = sync_channel(1);
        let (done, packed) = channel();
        let serve = move || {
            let mut packer = packer;
            for order in given {
                let piece = pack(&mut *packer, order);
                if done.send(piece).is_err() {
                    break;
                }
            }
            packer
        };
        let thread = std::thread::Builder::new().name("xls-press".into()).spawn(serve)?;
        Ok(Self { orders, packed, thread, in_hand: 0, spare: Vec::new() })
    }

    /// Gives a piece to be packed, and leaves an empty buffer in its place.
    pub(crate) fn give(&mut self, bytes: &mut Vec<u8>, place: Place) -> Result<(), Error> {
        let (mut raw, packed) = self.spare.pop().unwrap_or_default();
        raw.clear();
        std::mem::swap(&mut raw, bytes);
        self.orders.send(Order { raw, packed, place }).map_err(|_| gone())?;
        self.in_hand += 1;
        Ok(())
    }

    /// The next packed piece: at once if there is one, after a wait if `all` are wanted or too many are in hand.
    pub(crate) fn take(&mut self, all: bool) -> Result<Option<Packed>, Error> {
        let next = match self.in_hand {
            0 => return Ok(None),
            waiting if all || waiting >= IN_HAND_MAX => self.packed.recv().map_err(|_| gone())?,
            _ => match self.packed.try_recv() {
                Ok(piece) => piece,
                Err(_) => return Ok(None),
            },
        };
        self.in_hand -= 1;
        next.map(Some)
    }

    /// Takes the buffers of a piece that has been written.
    pub(crate) fn reuse(&mut self, piece: Packed) {
        self.spare.push((piece.raw, piece.bytes));
    }

    /// Ends the thread and gives its packer back.
    pub(crate) fn end(self) -> Result<Box<dyn Packer>, Error> {
        drop(self.orders);
        self.thread.join().map_err(|_| gone())
    }
}

fn pack(packer: &mut dyn Packer, order: Order) -> Result<Packed, Error> {
    let Order { raw, mut packed, place } = order;
    let mut crc = Hasher::new();
    crc.update(&raw);
    packed.clear();
    packer.piece(&raw, &mut packed)?;
    Ok(Packed { bytes: packed, crc, place, raw })
}
