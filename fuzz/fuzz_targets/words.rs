#![no_main]

use gatehouse_fuzz::{checks::words, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&words::seeds()), |data: &[u8]| words::check(data));
