//! A document as a multipart form brings it.

use crate::{http::Problem, service::acts::paper};
use app::model::NewDocument;
use axum::{
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
    http::StatusCode,
};

/// The largest document, and the fields beside it.
pub(super) const BODY: usize = paper::LARGEST + 64 * 1024;
/// Longest other field, in bytes.
const FIELD: usize = 16 * 1024;
/// Fields that a form may have.
const FIELDS: usize = 32;

/// The document, and where its form leads back to.
#[derive(Debug, Default)]
pub(in crate::http) struct Upload {
    pub(in crate::http) document: NewDocument,
    pub(in crate::http) back: String,
}

impl<S: Send + Sync> FromRequest<S> for Upload {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let mut parts = Multipart::from_request(request, state).await.map_err(|_| {
            let title = "Send the document as multipart/form-data";
            Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", title)
        })?;
        let mut upload = Self::default();
        let (mut fields, mut files) = (0, 0);
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            fields += 1;
            if fields > FIELDS {
                return Err(Problem::invalid("the form has too many fields"));
            }
            let name = part.name().unwrap_or_default().to_owned();
            if name == "file" {
                files += 1;
                upload.document.file_name = part.file_name().unwrap_or_default().to_owned();
                upload.document.declared = part.content_type().map(str::to_owned);
                upload.document.bytes = part.bytes().await.map_err(broken)?.to_vec();
                continue;
            }
            let bytes = part.bytes().await.map_err(broken)?;
            let text = std::str::from_utf8(&bytes).ok().filter(|text| text.len() <= FIELD);
            let text = text.ok_or_else(|| Problem::invalid(format!("{name}: too long, or not text")))?.to_owned();
            match name.as_str() {
                "signed_by" => upload.document.signed_by = text,
                "lacks" => upload.document.lacks.push(text),
                "note" => upload.document.note = text,
                "back" => upload.back = text,
                _ => {}
            }
        }
        // Read to its end first: a browser that is still sending would not hear the answer.
        if files > 1 {
            return Err(Problem::invalid("file: one document at a time; attach the others after it"));
        }
        Ok(upload)
    }
}

fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "A document may have 10 MiB");
    }
    Problem::new(StatusCode::BAD_REQUEST, "body_unreadable", "The form broke off, or is none")
}
