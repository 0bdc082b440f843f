#![no_main]

use gatehouse_fuzz::{checks::interaction, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&interaction::seeds()), |data: &[u8]| interaction::check(data));
