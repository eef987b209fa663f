//! How fast and how noisy the machine is: the same small work, over and over, before and after.

use crate::report::Spread;
use sha2::{Digest, Sha256};
use std::{
    io::Write,
    time::{Duration, Instant},
};

/// What the machine did.
#[derive(Debug)]
pub(crate) struct Calibration {
    /// SHA-256 over 32 MiB, in MiB/s.
    pub(crate) hashing: Spread,
    /// Commits of one page to a file (write and fsync), in microseconds.
    pub(crate) syncs: Spread,
    /// How late the machine wakes a sleeper, in microseconds.
    pub(crate) wake_ups: Spread,
}

/// Measures for about two seconds.
pub(crate) fn run() -> anyhow::Result<Calibration> {
    let block = vec![7_u8; 32 << 20];
    let hashing = Spread::of((0..7).map(|_| {
        let begun = Instant::now();
        std::hint::black_box(Sha256::digest(&block));
        32.0 / begun.elapsed().as_secs_f64()
    }));
    let mut file = tempfile::tempfile()?;
    let mut syncs = Vec::new();
    for _ in 0..200 {
        let begun = Instant::now();
        file.write_all(&block[..4096])?;
        file.sync_data()?;
        syncs.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    #[expect(clippy::disallowed_methods, reason = "how late a sleeping thread wakes is what is measured; no runtime is running")]
    let wake_ups = Spread::of((0..200).map(|_| {
        let pause = Duration::from_millis(2);
        let begun = Instant::now();
        std::thread::sleep(pause);
        (begun.elapsed() - pause).as_secs_f64() * 1e6
    }));
    Ok(Calibration { hashing, syncs: Spread::of(syncs), wake_ups })
}
