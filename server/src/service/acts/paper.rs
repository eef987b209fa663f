//! A document that somebody wants to attach: what it is by its bytes, and what it may be called.

use crate::{service::period::invalid, store::acts::MediaType};
use app::error::AppError;

/// Largest document: 10 MiB.
pub const LARGEST: usize = 10 * 1024 * 1024;
/// Longest file name, in characters.
const LONGEST_NAME: usize = 120;

/// What the bytes are. What their sender says must agree.
pub fn media_type(bytes: &[u8], declared: Option<&str>) -> Result<MediaType, AppError> {
    if bytes.is_empty() {
        return Err(invalid("file", "Choose a file; this one is empty."));
    }
    if bytes.len() > LARGEST {
        return Err(invalid("file", "A document may have 10 MiB."));
    }
    let Some(found) = sniff(bytes) else {
        return Err(invalid("file", "A document is a PDF, PNG, JPEG or TIFF; this is none of them."));
    };
    let declared = declared.map(|declared| declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    match declared.as_deref() {
        // Who does not know says so.
        None | Some("" | "application/octet-stream") => Ok(found),
        Some("image/jpg") if found == MediaType::Jpeg => Ok(found),
        Some(declared) if declared == found.name() => Ok(found),
        Some(_) => Err(invalid("file", "Its bytes are not what its type says.")),
    }
}

fn sniff(bytes: &[u8]) -> Option<MediaType> {
    const STARTS: [(&[u8], MediaType); 5] = [
        (b"%PDF-", MediaType::Pdf),
        (b"\x89PNG\r\n\x1a\n", MediaType::Png),
        (b"\xff\xd8\xff", MediaType::Jpeg),
        (b"II*\0", MediaType::Tiff),
        (b"MM\0*", MediaType::Tiff),
    ];
    STARTS.into_iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, found)| found)
}

/// The name as text: no path, nothing that a header or a file system takes for more than a letter.
pub fn file_name(given: &str, media_type: MediaType) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = |c: &char| {
        !c.is_control()
            && !matches!(c, '"' | '<' | '>' | ':' | '|' | '?' | '*' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = last.chars().filter(plain).take(LONGEST_NAME).collect();
    let name = name.trim().trim_matches('.');
    if !name.is_empty() {
        return name.to_owned();
    }
    let ending = match media_type {
        MediaType::Pdf => "pdf",
        MediaType::Png => "png",
        MediaType::Jpeg => "jpg",
        MediaType::Tiff => "tif",
    };
    format!("document.{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n....";

    #[test]
    fn a_document_is_what_its_bytes_say() {
        for (bytes, found) in [
            (&b"%PDF-1.7\n..."[..], MediaType::Pdf),
            (PNG, MediaType::Png),
            (b"\xff\xd8\xff\xe0..", MediaType::Jpeg),
            (b"II*\0....", MediaType::Tiff),
            (b"MM\0*....", MediaType::Tiff),
        ] {
            for declared in [None, Some(""), Some("application/octet-stream"), Some(found.name())] {
                assert_eq!(media_type(bytes, declared), Ok(found));
            }
        }
        assert_eq!(media_type(b"\xff\xd8\xff\xe0", Some("IMAGE/JPG; x=1")), Ok(MediaType::Jpeg));
    }

    #[test]
    fn anything_else_is_refused() {
        for (bytes, declared) in [
            (&b""[..], None),
            (b"<html><script>", None),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Some("image/svg+xml")),
            (b"GIF89a", Some("image/gif")),
            (PNG, Some("application/pdf")),
            (b"%PDF-1.7", Some("text/html")),
        ] {
            assert!(media_type(bytes, declared).is_err(), "{declared:?}");
        }
        let mut large = vec![0; LARGEST + 1];
        large[..5].copy_from_slice(b"%PDF-");
        assert!(media_type(&large, None).is_err());
        assert_eq!(media_type(&large[..LARGEST], None), Ok(MediaType::Pdf));
    }

    #[test]
    fn a_name_is_text_and_no_path() {
        let name = |given| file_name(given, MediaType::Pdf);
        assert_eq!(name("POD 4711 – signé.pdf"), "POD 4711 – signé.pdf");
        assert_eq!(name("C:\\scans\\..\\pod.pdf"), "pod.pdf");
        assert_eq!(name("../../etc/passwd"), "passwd");
        assert_eq!(name("a\r\nset-cookie\": x.pdf"), "aset-cookie x.pdf");
        assert_eq!(name("fdp\u{202e}cod.exe"), "fdpcod.exe");
        for nothing in ["", "..", "/", "\u{7}"] {
            assert_eq!(name(nothing), "document.pdf");
        }
        assert_eq!(name(&"ä".repeat(500)).chars().count(), LONGEST_NAME);
    }
}
