//! The tests' fixtures, as seeds.

use std::{fs, path::PathBuf};

use serde_json::Value;

/// Entries of a captured list that a seed keeps: the fuzzer works best on small ones.
const ENTRIES_MAX: usize = 3;

fn directory(name: &str) -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let fixtures = package
        .ancestors()
        .map(|above| above.join("tests/fixtures"))
        .find(|fixtures| fixtures.is_dir());
    fixtures.expect("the fixtures are there").join(name)
}

/// Every JSON file of a directory of fixtures, in the order of their names.
fn files(name: &str) -> Vec<Value> {
    let entries = fs::read_dir(directory(name)).expect("the fixtures can be listed");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the fixtures can be listed").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    paths.sort();
    let read = |path: &PathBuf| {
        let text = fs::read(path).expect("a fixture can be read");
        serde_json::from_slice(&text).expect("a fixture is JSON")
    };
    paths.iter().map(read).collect()
}

/// Interactions as Discord sends them.
pub(super) fn interactions() -> Vec<Value> {
    let mut all = files("discord/interactions");
    all.retain(|interaction| interaction.get("type").is_some());
    all
}

/// The list of invites that Fluxer answered with.
pub(super) fn invites() -> Vec<u8> {
    let path = directory("fluxer").join("guild_invites_list_200.json");
    let text = fs::read(path).expect("a fixture can be read");
    let file: Value = serde_json::from_slice(&text).expect("a fixture is JSON");
    bytes(&file["response"]["body"])
}

/// Bodies that Fluxer answered with, long lists cut short.
pub(super) fn answers() -> Vec<Vec<u8>> {
    let cut = |mut file: Value| {
        let body = &mut file["response"]["body"];
        if let Some(list) = body.as_array_mut() {
            list.truncate(ENTRIES_MAX);
        }
        bytes(body)
    };
    let files = files("fluxer").into_iter();
    // Others are frames of the gateway.
    let of_answers = files.filter(|file| file.get("response").is_some());
    of_answers.map(cut).collect()
}

/// Frames of Fluxer's gateway.
pub(super) fn frames() -> Vec<Value> {
    let files = files("fluxer").into_iter();
    let frames = files.flat_map(|file| match file {
        Value::Array(frames) => frames,
        frame => vec![frame],
    });
    frames.filter(|frame| frame.get("op").is_some()).collect()
}

pub(super) fn bytes(json: &Value) -> Vec<u8> {
    serde_json::to_vec(json).expect("JSON can be written")
}
