//! Holds the manuals in `docs/` against the code.

use std::{fs, path::PathBuf};

/// `UPDATE_DOCS=1 cargo test` rewrites what stands between the marks; what changed is then seen in the diff.
#[expect(clippy::disallowed_methods, reason = "asks the one who runs the test, not a setting")]
pub(crate) fn hold(file: &str, parts: &[(&str, String)]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs").join(file);
    let kept = fs::read_to_string(&path).expect("the manual is there");
    let mut wanted = kept.clone();
    for (mark, text) in parts {
        let mark = format!("<!-- {mark} -->\n");
        let begin = wanted.find(&mark).expect("the mark is there") + mark.len();
        let end = begin + wanted[begin..].find("<!-- end -->").expect("it ends");
        wanted.replace_range(begin..end, &format!("\n{text}\n"));
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("the manual can be written");
    } else {
        assert!(kept == wanted, "docs/{file} does not say what the code does; run again with UPDATE_DOCS=1");
    }
}
