#![no_main]

use gatehouse_fuzz::{checks::gateway, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&gateway::seeds()), |data: &[u8]| gateway::check(data));
