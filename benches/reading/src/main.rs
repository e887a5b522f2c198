//! Files in, how long it takes to see all of their bytes out: by `read` into one buffer of several sizes, and mapped.
//!
//!     cargo run --release --manifest-path benches/reading/Cargo.toml -- LOG...
//!
//! A byte of each 1,200 is looked at, as a walk over record headers does. Each way is tried eight times, in turn, so that
//! whatever else the machine does meets all; the first is not counted. Out comes a row of Markdown for each way: the median of
//! the CPU seconds (user and system) of this thread. Linux alone tells these without unsafe code.

use std::fs::{self, File};
use std::hint::black_box;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

const RUNS: usize = 8;
const STEP: usize = 1200;

/// A way to see all bytes of a file.
enum Way {
    Read(usize),
    Map { populate: bool },
}

fn main() -> io::Result<()> {
    let logs: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let reads = [16, 64, 128, 256, 1024, 4096].map(|kib| (format!("`read`, {kib} KiB"), Way::Read(kib << 10)));
    let maps = [false, true].map(|populate| {
        let how = if populate { ", populated at once" } else { "" };
        (format!("`mmap`{how}"), Way::Map { populate })
    });
    let ways: Vec<(String, Way)> = reads.into_iter().chain(maps).collect();
    let mut seconds = vec![Vec::new(); ways.len()];
    for run in 0..RUNS {
        for ((_, way), seconds) in ways.iter().zip(&mut seconds) {
            let before = cpu_seconds()?;
            let mut sum = 0;
            for log in &logs {
                sum += see(log, way)?;
            }
            black_box(sum);
            if run > 0 {
                seconds.push(cpu_seconds()? - before);
            }
        }
    }
    for ((name, _), seconds) in ways.iter().zip(&mut seconds) {
        seconds.sort_by(f64::total_cmp);
        println!("| {name} | {:.3} |", seconds[seconds.len() / 2]);
    }
    Ok(())
}

/// Opens a file and looks at all of it.
fn see(log: &Path, way: &Way) -> io::Result<u64> {
    let mut file = File::open(log)?;
    match way {
        Way::Read(size) => {
            let mut buffer = vec![0; *size];
            let mut sum = 0;
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    return Ok(sum);
                }
                sum += look(&buffer[..read]);
            }
        }
        Way::Map { populate } => {
            let mut options = memmap2::MmapOptions::new();
            if *populate {
                options.populate();
            }
            // SAFETY: nobody writes to the files of a measurement; if somebody did, no more would come of it than a wrong sum,
            // or the end of this process.
            let map = unsafe { options.map(&file)? };
            Ok(look(&map))
        }
    }
}

fn look(bytes: &[u8]) -> u64 {
    bytes.iter().step_by(STEP).map(|byte| u64::from(*byte)).sum()
}

/// What this thread has had of the processor: the first number of this file, in nanoseconds.
fn cpu_seconds() -> io::Result<f64> {
    let status = fs::read_to_string("/proc/thread-self/schedstat")?;
    let nanoseconds = status.split(' ').next().and_then(|number| number.parse::<f64>().ok());
    Ok(nanoseconds.unwrap_or_default() / 1e9)
}
