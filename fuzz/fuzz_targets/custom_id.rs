#![no_main]

use gatehouse_fuzz::{checks::custom_id, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&custom_id::seeds()), |data: &[u8]| custom_id::check(data));
