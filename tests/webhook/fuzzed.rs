//! What the fuzzer sets out from and whatever it found, without a fuzzer.
//!
//! An input that broke something lies in `fuzz/regressions/<target>/`, named after what it broke.

use std::{collections::BTreeSet, fs, panic, path::PathBuf};

use crate::fuzz::checks;

macro_rules! targets {
    ($($target:ident)*) => {
        const TARGETS: &[&str] = &[$(stringify!($target)),*];

        mod what_was_found_stays_found {
            $(
                #[test]
                fn $target() {
                    super::repeat(stringify!($target), super::checks::$target::check);
                }
            )*
        }

        mod what_the_fuzzer_sets_out_from_is_right {
            $(
                #[test]
                fn $target() {
                    let seeds = super::checks::$target::seeds();
                    assert!(!seeds.is_empty());
                    for seed in seeds {
                        super::checks::$target::check(&seed);
                    }
                }
            )*
        }
    };
}

targets! { answers config custom_id gateway interaction names signature words }

fn names(directory: &str) -> BTreeSet<PathBuf> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz")
        .join(directory);
    let entries = fs::read_dir(path).into_iter().flatten();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn repeat(target: &str, check: fn(&[u8])) {
    for path in names(&format!("regressions/{target}")) {
        let input = fs::read(&path).unwrap();
        let checked = panic::catch_unwind(|| check(&input));
        assert!(checked.is_ok(), "{} breaks again", path.display());
    }
}

#[test]
fn every_target_is_repeated_here() {
    let here: BTreeSet<&str> = TARGETS.iter().copied().collect();
    let stems = |directory| -> BTreeSet<String> {
        let paths = names(directory).into_iter();
        let stem = |path: PathBuf| path.file_stem().unwrap().to_str().unwrap().to_owned();
        paths.map(stem).collect()
    };
    let targets = stems("fuzz_targets");
    assert!(targets.iter().map(String::as_str).eq(here.iter().copied()));
    let found = stems("regressions");
    assert!(found.is_subset(&targets), "{found:?}");
}
