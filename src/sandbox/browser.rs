//! Opens the page in the browser, with what the system has for that.

use std::process::{Command, Stdio};

/// What opens an address, in the order in which it is tried.
const OPENERS: [&str; 3] = if cfg!(target_os = "macos") {
    ["open", "xdg-open", "wslview"]
} else {
    ["xdg-open", "wslview", "open"]
};

/// Opens this address. Whoever has no browser reads the address and goes there by other ways.
pub(super) fn open(url: &str) {
    for opener in OPENERS {
        let opened = Command::new(opener)
            .arg(url)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if opened.is_ok() {
            return;
        }
    }
    tracing::debug!("nothing here opens a browser");
}
