#![no_main]

use gatehouse_fuzz::{checks::signature, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&signature::seeds()), |data: &[u8]| signature::check(data));
