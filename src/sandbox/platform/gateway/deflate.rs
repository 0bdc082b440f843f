//! The zstd stream of a connection, flushed at the end of each frame.

use zstd_safe::{CCtx, InBuffer, OutBuffer, zstd_sys::ZSTD_EndDirective::ZSTD_e_flush};

/// Room for what flushing adds to the longest that compressed data can be.
const FLUSH_BYTES: usize = 1024;

/// The stream, as far as it was sent.
pub(super) struct Deflater(CCtx<'static>);

impl Deflater {
    pub(super) fn new() -> Self {
        Self(CCtx::create())
    }

    /// The frame as bytes of the stream; `None` should zstd fail.
    pub(super) fn deflate(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let mut sent = Vec::with_capacity(zstd_safe::compress_bound(frame.len()) + FLUSH_BYTES);
        let mut input = InBuffer::around(frame);
        let mut output = OutBuffer::around(&mut sent);
        loop {
            let left = self
                .0
                .compress_stream2(&mut output, &mut input, ZSTD_e_flush)
                .ok()?;
            if left == 0 {
                return Some(sent);
            }
        }
    }
}
