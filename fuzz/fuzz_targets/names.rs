#![no_main]

use gatehouse_fuzz::{checks::names, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&names::seeds()), |data: &[u8]| names::check(data));
