//! A bound on what the code under test may hold. libFuzzer has one, but it hears of allocations only from a sanitizer.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(usize::MAX);

#[global_allocator]
static COUNTING: Counting = Counting;

/// Runs `work`, which may hold `bytes` more than is held already; an allocation beyond that is a finding.
pub fn within<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    MOST.store(HELD.load(Relaxed).saturating_add(bytes), Relaxed);
    let done = work();
    MOST.store(usize::MAX, Relaxed);
    done
}

struct Counting;

fn more(bytes: usize) {
    let held = HELD.fetch_add(bytes, Relaxed).saturating_add(bytes);
    if held > MOST.load(Relaxed) {
        MOST.store(usize::MAX, Relaxed);
        eprintln!("memory: an allocation of {bytes} bytes is too much, it makes {held}");
        // libFuzzer catches the signal and keeps the input; a panic must not start in an allocator.
        std::process::abort();
    }
}

fn less(bytes: usize) {
    HELD.fetch_sub(bytes, Relaxed);
}

// SAFETY: every call is handed to the system's allocator as it came; only sizes are counted beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        more(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        less(layout.size());
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, bytes: usize) -> *mut u8 {
        // Old and new may both be there for a moment.
        more(bytes);
        less(layout.size());
        unsafe { System.realloc(at, layout, bytes) }
    }
}
