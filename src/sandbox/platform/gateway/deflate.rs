//! The zstd stream of a connection, which comes to the end of a block with each frame.
//!
//! Nothing is made smaller but what repeats a single byte: a decoder goes the same way, and the
//! program need not carry a compressor for made-up data. See [RFC 8878, section 3.1.1].
//!
//! ```text
//! stream = magic descriptor window block…
//! block  = 24 bits, the lowest first: whether it is the last, how it is stored, length ─ bytes
//! ```
//!
//! [RFC 8878, section 3.1.1]: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1

/// How a stream begins: no length, no checksum, no dictionary, and a window of 8 MiB.
const BEGINNING: [u8; 6] = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3];

/// The longest that a block may be, in bytes, as it is read.
const BLOCK_MAX_BYTES: usize = 128 * 1024;

/// How the bytes of a block are stored.
#[derive(Clone, Copy)]
enum Stored {
    /// As they are.
    Raw = 0,
    /// One, for all of them.
    Repeated = 1,
}

/// The stream, as far as it was sent.
#[derive(Debug, Default)]
pub(super) struct Deflater {
    has_begun: bool,
}

impl Deflater {
    /// The frame as bytes of the stream.
    pub(super) fn deflate(&mut self, frame: &[u8]) -> Vec<u8> {
        let mut sent = Vec::new();
        if !self.has_begun {
            self.has_begun = true;
            sent.extend_from_slice(&BEGINNING);
        }
        for block in frame.chunks(BLOCK_MAX_BYTES) {
            let (first, rest) = (&block[..1], &block[1..]);
            let (stored, bytes) = if !rest.is_empty() && rest.iter().all(|byte| *byte == first[0]) {
                (Stored::Repeated, first)
            } else {
                (Stored::Raw, block)
            };
            let length = u32::try_from(block.len()).expect("a block is short");
            let header = length << 3 | (stored as u32) << 1;
            sent.extend_from_slice(&header.to_le_bytes()[..3]);
            sent.extend_from_slice(bytes);
        }
        sent
    }
}

#[cfg(test)]
mod tests {
    use zstd_safe::{DCtx, InBuffer, OutBuffer};

    use super::*;

    #[test]
    fn a_decoder_reads_each_frame_when_it_is_there() {
        let mut deflater = Deflater::default();
        let mut decoder = DCtx::create();
        let long = "long ".repeat(BLOCK_MAX_BYTES);
        let same = "x".repeat(2 * BLOCK_MAX_BYTES + 1);
        for frame in ["first", "", &long, "next", &same, "last"] {
            let sent = deflater.deflate(frame.as_bytes());
            let mut read = Vec::with_capacity(frame.len() + 1);
            let mut input = InBuffer::around(&sent);
            let mut output = OutBuffer::around(&mut read);
            while input.pos() < sent.len() {
                decoder.decompress_stream(&mut output, &mut input).unwrap();
            }
            assert_eq!(str::from_utf8(&read), Ok(frame));
        }
    }
}
