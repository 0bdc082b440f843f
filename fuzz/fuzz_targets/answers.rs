#![no_main]

use gatehouse_fuzz::{checks::answers, plant};
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: plant(&answers::seeds()), |data: &[u8]| answers::check(data));
