//! Reads `multipart/form-data`, as far as platform clients write it.
//!
//! ```text
//! --boundary CRLF
//! Content-Disposition: form-data; name="files[0]"; filename="a.csv" CRLF
//! (more headers) CRLF
//! CRLF
//! bytes CRLF
//! --boundary--
//! ```

use bytes::Bytes;

/// One part of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) filename: Option<String>,
    pub(super) body: Bytes,
}

/// The parts of a form in their order; `None` when it is none, or broken.
pub(super) fn parts(content_type: &str, body: &Bytes) -> Option<Vec<Part>> {
    if !content_type.starts_with("multipart/form-data") {
        return None;
    }
    let boundary = parameter(content_type, "boundary")?;
    let delimiter = format!("\r\n--{boundary}");
    let mut at = body
        .strip_prefix(&delimiter.as_bytes()[2..])
        .map(|_| delimiter.len() - 2)?;
    let mut parts = Vec::new();
    loop {
        let rest = body.slice(at..);
        if rest.starts_with(b"--") {
            return Some(parts);
        }
        let rest = rest
            .strip_prefix(b"\r\n")
            .map(|rest| body.slice_ref(rest))?;
        let end = find(&rest, delimiter.as_bytes())?;
        parts.push(part(&rest.slice(..end))?);
        at += 2 + end + delimiter.len();
    }
}

fn part(part: &Bytes) -> Option<Part> {
    let head_end = find(part, b"\r\n\r\n")?;
    let head = std::str::from_utf8(&part[..head_end]).ok()?;
    let disposition = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-disposition")
            .then_some(value)
    })?;
    let encoded = || parameter(disposition, "filename*").and_then(|value| decoded(&value));
    Some(Part {
        name: parameter(disposition, "name")?,
        filename: parameter(disposition, "filename").or_else(encoded),
        body: part.slice(head_end + 4..),
    })
}

/// The value of `key` behind the semicolons of a header, without its quotes.
fn parameter(header: &str, key: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let unquoted = value.trim().trim_matches('"');
        (name.trim() == key).then(|| unquoted.to_owned())
    })
}

/// A file name as `utf-8''` and percent-escapes write it.
fn decoded(value: &str) -> Option<String> {
    let mut rest = value.rsplit_once('\'')?.1.as_bytes();
    let mut bytes = Vec::new();
    while let [first, tail @ ..] = rest {
        if let (b'%', [high, low, tail @ ..]) = (first, tail) {
            let digits = [*high, *low];
            let digits = std::str::from_utf8(&digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = tail;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TYPE: &str = "multipart/form-data; boundary=\"b0\"";

    #[test]
    fn parts_keep_their_names_and_bytes() {
        let body = Bytes::from_static(
            b"--b0\r\nContent-Disposition: form-data; name=\"payload_json\"\r\n\r\n{\"a\":1}\r\n\
              --b0\r\ncontent-disposition: form-data; name=\"files[0]\"; filename=\"a.csv\"\r\n\
              Content-Type: text/csv\r\n\r\n\xff\r\n--b\r\n\r\n--b0--\r\n",
        );
        let parts = parts(TYPE, &body).expect("a form");
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].name, "payload_json");
        assert_eq!(parts[0].filename, None);
        assert_eq!(parts[0].body.as_ref(), b"{\"a\":1}");
        assert_eq!(parts[1].filename.as_deref(), Some("a.csv"));
        assert_eq!(parts[1].body.as_ref(), b"\xff\r\n--b\r\n");
    }

    #[test]
    fn an_encoded_file_name_is_decoded() {
        let body = Bytes::from_static(
            b"--b0\r\nContent-Disposition: form-data; name=\"f\"; filename*=utf-8''%F0%9F%AA%81.csv\
              \r\n\r\nx\r\n--b0--",
        );
        let parts = parts(TYPE, &body).expect("a form");
        assert_eq!(parts[0].filename.as_deref(), Some("🪁.csv"));
    }

    #[test]
    fn a_broken_form_is_none() {
        assert_eq!(parts("application/json", &Bytes::new()), None);
        assert_eq!(parts(TYPE, &Bytes::from_static(b"--b0\r\nno end")), None);
        assert_eq!(parts(TYPE, &Bytes::from_static(b"--b0")), None);
    }
}
