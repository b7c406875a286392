//! Bytes of a file as text. Everything that is parsed is UTF-8; another encoding is named rather than guessed.

use serde::de::{DeserializeOwned, IgnoredAny};

use crate::limits::Limits;

/// The file as text, if it is not too large and is UTF-8.
pub(crate) fn utf8<'a>(content: &'a [u8], limits: &Limits) -> Result<&'a str, String> {
    if content.len() > limits.document {
        return Err(format!("has {} bytes; at most {} are read", content.len(), limits.document));
    }
    match content {
        [0xEF, 0xBB, 0xBF, ..] => {
            Err("begins with a byte order mark; save it as UTF-8 without one".to_owned())
        }
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [0, _, ..] | [_, 0, ..] => {
            Err("is UTF-16 or UTF-32; save it as UTF-8".to_owned())
        }
        _ => std::str::from_utf8(content)
            .map_err(|error| format!("is not UTF-8 from byte {} on", error.valid_up_to() + 1)),
    }
}

/// The line that a byte lies in, counted from 1.
pub(crate) fn line_of(text: &str, position: usize) -> usize {
    text.char_indices().take_while(|(at, _)| *at < position).filter(|(_, c)| *c == '\n').count() + 1
}

/// Is the file one JSON object? For documents whose contents do not matter here.
pub(crate) fn check_json(content: &[u8], limits: &Limits) -> Result<(), String> {
    let IgnoredAny = json(content, limits)?;
    match content.trim_ascii_start() {
        [b'{', ..] => Ok(()),
        _ => Err("is JSON, but not an object".to_owned()),
    }
}

/// The file as JSON of a known shape.
pub(crate) fn json<T: DeserializeOwned>(content: &[u8], limits: &Limits) -> Result<T, String> {
    serde_json::from_str(utf8(content, limits)?).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s1_04_another_encoding_is_named() {
        let utf16: Vec<u8> = "{}".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: [(&[u8], &str); 5] = [
            (b"\xEF\xBB\xBF{}", "byte order mark"),
            (b"\xFF\xFE{\0}\0", "UTF-16"),
            (&utf16, "UTF-16"),
            (b"\0{\0}", "UTF-16"),
            (b"{\"name\":\"Z\xFCrich\"}", "not UTF-8 from byte 11 on"),
        ];
        for (content, expected) in cases {
            let reason = utf8(content, &Limits::RELEASE).unwrap_err();
            assert!(reason.contains(expected), "{reason}");
        }
        assert_eq!(utf8("Zürich".as_bytes(), &Limits::RELEASE), Ok("Zürich"));
    }

    #[test]
    fn a_document_that_is_too_large_is_not_parsed() {
        let limits = Limits { document: 3, ..Limits::RELEASE };
        assert_eq!(utf8(b"1234", &limits).unwrap_err(), "has 4 bytes; at most 3 are read");
    }

    #[test]
    fn json_that_is_nested_too_deeply_is_refused_and_does_not_exhaust_the_stack() {
        let deep = "[".repeat(100_000);
        assert!(
            json::<serde_json::Value>(deep.as_bytes(), &Limits::RELEASE).unwrap_err().contains("recursion")
        );
    }
}
