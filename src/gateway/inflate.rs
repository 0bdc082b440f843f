//! The zstd stream of a connection: one context for all of its frames, each of which ends with a
//! flush.

use zstd_safe::{DCtx, DParameter, InBuffer, OutBuffer};

/// The longest frame that is read, in bytes, inflated. Messages take some thousand; what is longer
/// is a guild with all that it has, which nobody here asks for.
pub(super) const FRAME_MAX_BYTES: usize = 16 * 1024 * 1024;

/// The longest frame that is passed over, in bytes, inflated. What is said to be longer is made to
/// keep us busy.
pub(super) const SKIPPED_MAX_BYTES: usize = 64 * 1024 * 1024;

/// How far back the stream may refer, as a power of two: 8 MiB, as every decoder should allow.
/// See [RFC 8878, section 3.1.1.1.2].
///
/// [RFC 8878, section 3.1.1.1.2]: https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.2
const WINDOW_LOG_MAX: u32 = 23;

/// Bytes that are inflated in one step.
const STEP_BYTES: usize = 32 * 1024;

/// The stream does not hold what it should: nothing that comes after can be read either.
#[derive(Debug, thiserror::Error)]
pub(super) enum InflateError {
    /// Not a zstd stream.
    #[error("not a zstd stream: {0}")]
    Broken(&'static str),
    /// Longer than what is passed over.
    #[error("a frame of more than {SKIPPED_MAX_BYTES} bytes")]
    TooLong,
}

/// The stream, as far as it was read.
pub(super) struct Inflater {
    context: DCtx<'static>,
    step: Box<[u8]>,
}

impl Inflater {
    /// At the beginning of a stream.
    pub(super) fn new() -> Self {
        let mut context = DCtx::create();
        context
            .set_parameter(DParameter::WindowLogMax(WINDOW_LOG_MAX))
            .expect("8 MiB are a window that zstd knows");
        Self {
            context,
            step: vec![0; STEP_BYTES].into_boxed_slice(),
        }
    }

    /// Inflates a frame; `None` when it is too long to be read. The stream goes on behind it.
    pub(super) fn inflate(&mut self, frame: &[u8]) -> Result<Option<Vec<u8>>, InflateError> {
        let mut input = InBuffer::around(frame);
        let mut inflated = Vec::new();
        let mut length = 0;
        loop {
            let mut output = OutBuffer::around(&mut *self.step);
            self.context
                .decompress_stream(&mut output, &mut input)
                .map_err(|code| InflateError::Broken(zstd_safe::get_error_name(code)))?;
            let written = output.pos();
            length += written;
            if length > SKIPPED_MAX_BYTES {
                return Err(InflateError::TooLong);
            }
            if length <= FRAME_MAX_BYTES {
                inflated.extend_from_slice(&self.step[..written]);
            } else {
                inflated = Vec::new();
            }
            // A full step may have left something in the context.
            if input.pos() == frame.len() && written < self.step.len() {
                break;
            }
        }
        Ok((length <= FRAME_MAX_BYTES).then_some(inflated))
    }
}

#[cfg(test)]
mod tests {
    use zstd_safe::{CCtx, zstd_sys::ZSTD_EndDirective::ZSTD_e_flush};

    use super::*;

    /// What a gateway sends: one stream, flushed at the end of each frame.
    struct Deflater(CCtx<'static>);

    impl Deflater {
        fn new() -> Self {
            Self(CCtx::create())
        }

        fn deflate(&mut self, frame: &[u8]) -> Vec<u8> {
            let mut sent = Vec::with_capacity(zstd_safe::compress_bound(frame.len()) + 64);
            let mut input = InBuffer::around(frame);
            let mut output = OutBuffer::around(&mut sent);
            while self
                .0
                .compress_stream2(&mut output, &mut input, ZSTD_e_flush)
                .unwrap()
                > 0
            {}
            sent
        }
    }

    #[test]
    fn frames_share_one_stream() {
        let mut deflater = Deflater::new();
        let mut stream = Inflater::new();
        let text = "the same words, again and again. ".repeat(20);
        let first = deflater.deflate(text.as_bytes());
        let second = deflater.deflate(text.as_bytes());
        assert!(second.len() < first.len(), "the second refers to the first");
        for sent in [&first, &second, &deflater.deflate(b"")] {
            let inflated = stream.inflate(sent).unwrap().unwrap();
            assert!(inflated == text.as_bytes() || inflated.is_empty());
        }
    }

    #[test]
    fn a_frame_may_be_as_long_as_a_step_or_many() {
        let mut deflater = Deflater::new();
        let mut stream = Inflater::new();
        for length in [
            STEP_BYTES - 1,
            STEP_BYTES,
            STEP_BYTES + 1,
            5_000_000,
            FRAME_MAX_BYTES,
        ] {
            let sent = deflater.deflate(&vec![b'x'; length]);
            let inflated = stream.inflate(&sent).unwrap();
            assert_eq!(inflated.map(|frame| frame.len()), Some(length));
        }
    }

    #[test]
    fn a_frame_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let mut deflater = Deflater::new();
        let mut stream = Inflater::new();
        for length in [FRAME_MAX_BYTES + 1, SKIPPED_MAX_BYTES] {
            let sent = deflater.deflate(&vec![b'x'; length]);
            assert_eq!(stream.inflate(&sent).unwrap(), None);
            let next = deflater.deflate(b"next");
            assert_eq!(stream.inflate(&next).unwrap().unwrap(), b"next");
        }
    }

    #[test]
    fn what_would_never_end_is_refused() {
        let sent = Deflater::new().deflate(&vec![b'x'; SKIPPED_MAX_BYTES + 1]);
        assert!(sent.len() < 100_000, "a bomb is small: {}", sent.len());
        let refused = Inflater::new().inflate(&sent);
        assert!(matches!(refused, Err(InflateError::TooLong)));
    }

    #[test]
    fn what_is_no_stream_is_refused() {
        for garbage in [&b"garbage!"[..], &[0xff; 64]] {
            let refused = Inflater::new().inflate(garbage);
            assert!(matches!(refused, Err(InflateError::Broken(_))));
        }
    }
}
