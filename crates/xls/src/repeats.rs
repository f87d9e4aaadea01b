//! The bounded table of texts that were already written, for columns of few values. It forgets nothing and
//! grows to a fixed size; a text it has no room for is simply written again, which every reader accepts.

/// Slots of the table, a power of two.
const SLOTS: usize = 4_096;
/// Slots looked at for one text. Bounds the time that hostile texts with equal hashes can take.
const PROBES: usize = 8;
/// Bytes of the longest text that is kept; longer ones seldom repeat.
const TEXT_LEN_MAX: usize = 512;

/// Where in the string table a text is.
pub(crate) struct Repeats {
    slots: Vec<Option<(Box<str>, u32)>>,
}

impl Repeats {
    /// An empty table; it takes its memory with the first text.
    pub(crate) fn new() -> Self {
        Self { slots: Vec::new() }
    }

    /// The string index of `text` if it is known.
    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        if self.slots.is_empty() || text.len() > TEXT_LEN_MAX {
            return None;
        }
        for slot in probes(text) {
            let (known, index) = self.slots[slot].as_ref()?;
            if **known == *text {
                return Some(*index);
            }
        }
        None
    }

    /// Remembers `text`, if it is short and one of its slots is free.
    pub(crate) fn remember(&mut self, text: &str, index: u32) {
        if text.len() > TEXT_LEN_MAX {
            return;
        }
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        if let Some(free) = probes(text).find(|slot| self.slots[*slot].is_none()) {
            self.slots[free] = Some((text.into(), index));
        }
    }
}

fn probes(text: &str) -> impl Iterator<Item = usize> {
    let start = hash(text.as_bytes());
    (0..PROBES).map(move |step| start.wrapping_add(step) % SLOTS)
}

/// A multiplicative hash, eight bytes at a time: SipHash takes longer than writing the text again.
fn hash(bytes: &[u8]) -> usize {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    let mut hash = bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        hash = mix(hash, u64::from_le_bytes(word));
    }
    let mut word = [0; 8];
    word[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    // The high bits of the product are the well-mixed ones.
    (mix(hash, u64::from_le_bytes(word)) >> 40) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_texts_are_found_and_the_table_stays_bounded() {
        let mut repeats = Repeats::new();
        assert_eq!(repeats.find("Success"), None);
        for index in 0..100_000 {
            repeats.remember(&format!("value {index}"), index);
        }
        assert_eq!(repeats.find("value 0"), Some(0));
        assert_eq!(repeats.find("value 17"), Some(17));
        assert_eq!(repeats.slots.len(), SLOTS);
        let long = "x".repeat(TEXT_LEN_MAX + 1);
        repeats.remember(&long, 1);
        assert_eq!(repeats.find(&long), None);
    }
}
