//! What the fuzz targets share: the checks, and the corpus that they begin with.

#![expect(
    dead_code,
    unused_imports,
    reason = "the rules are the tests' own, and have tests beside them that are not built here"
)]

pub mod checks;

/// The rules that the tests hold every body against.
#[path = "../../tests/webhook"]
mod tests {
    pub(crate) mod discord_rules;
    pub(crate) mod names {
        pub(crate) mod inert;
    }
}

use tests::{discord_rules, names};

use std::{env, fs, path::Path};

/// Puts seeds into the corpus, which is the first directory that the command line names: made anew
/// from the fixtures each time, they cannot grow stale.
///
/// # Panics
///
/// The directory cannot be written to.
pub fn plant(seeds: &[Vec<u8>]) {
    let mut arguments = env::args().skip(1);
    let Some(corpus) = arguments.find(|argument| Path::new(argument).is_dir()) else {
        return;
    };
    for (number, seed) in seeds.iter().enumerate() {
        let path = Path::new(&corpus).join(format!("seed-{number:03}"));
        fs::write(path, seed).expect("the corpus can be written to");
    }
}
