#![no_main]

use gatehouse_fuzz::{checks::config, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&config::seeds()), |data: &[u8]| config::check(data));
