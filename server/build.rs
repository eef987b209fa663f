//! Puts the browser's files into the server: content-hashed names, brotli beside the plain bytes, one table in `OUT_DIR`.
//!
//! `scripts/build-wasm.sh` fills the site folder. Without it the server builds all the same: style only, and pages that work
//! without script.

use sha2::{Digest, Sha256};
use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

#[expect(clippy::disallowed_methods, reason = "cargo speaks to build scripts through the environment")]
fn main() -> Outcome<()> {
    let workspace = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..");
    println!("cargo::rerun-if-env-changed=WAYBILL_SITE");
    let site = env::var_os("WAYBILL_SITE").map_or_else(|| workspace.join("target/site"), PathBuf::from);

    let mut table = Table::new(PathBuf::from(env::var("OUT_DIR")?), env::var("PROFILE")? == "release");
    let style = workspace.join("style/main.css");
    let style = table.add(&style, "css", "text/css; charset=utf-8")?;
    let script = table.add(&site.join("pkg/app.js"), "js", "text/javascript; charset=utf-8")?;
    let wasm = table.add(&site.join("pkg/app_bg.wasm"), "wasm", "application/wasm")?;
    // A script without its wasm would only fail in the browser.
    let both = script.is_some() && wasm.is_some();
    table.constant("STYLE", style.as_deref());
    table.constant("SCRIPT", script.as_deref().filter(|_| both));
    table.constant("WASM", wasm.as_deref().filter(|_| both));
    table.write()
}

/// The generated table, under way.
struct Table {
    out: PathBuf,
    thorough: bool,
    rows: String,
    constants: String,
}

impl Table {
    fn new(out: PathBuf, thorough: bool) -> Self {
        Self { out, thorough, rows: String::new(), constants: String::new() }
    }

    /// Takes a file in, if it is there, and tells its address.
    fn add(&mut self, file: &Path, ending: &str, content_type: &str) -> Outcome<Option<String>> {
        watch(file)?;
        if !file.is_file() {
            return Ok(None);
        }
        let plain = fs::read(file)?;
        let hash = Sha256::digest(&plain).iter().take(8).fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
            text
        });
        let stem = file.file_stem().and_then(|stem| stem.to_str()).ok_or("an asset's name is not UTF-8")?;
        let name = format!("{stem}-{hash}.{ending}");
        let (plain_at, brotli_at) = (self.out.join(&name), self.out.join(format!("{name}.br")));
        fs::write(&brotli_at, compress(&plain, self.thorough)?)?;
        fs::write(&plain_at, plain)?;
        writeln!(
            self.rows,
            "    Asset {{ name: {name:?}, content_type: {content_type:?}, hash: {hash:?}, plain: include_bytes!({plain_at:?}), \
             brotli: include_bytes!({brotli_at:?}) }},"
        )?;
        Ok(Some(format!("/assets/{name}")))
    }

    fn constant(&mut self, name: &str, address: Option<&str>) {
        let address = address.unwrap_or_default();
        writeln!(self.constants, "const {name}: &str = {address:?};").expect("writing to a string cannot fail");
    }

    fn write(&self) -> Outcome<()> {
        let text = format!("{}static TABLE: &[Asset] = &[\n{}];\n", self.constants, self.rows);
        Ok(fs::write(self.out.join("assets.rs"), text)?)
    }
}

/// Asks cargo to look at a file that may not be there yet. Cargo takes a missing path for changed at every build, so the nearest
/// folder that exists is watched in its place.
fn watch(file: &Path) -> Outcome<()> {
    if file.is_file() {
        println!("cargo::rerun-if-changed={}", file.display());
        return Ok(());
    }
    let folder = file.parent().ok_or("an asset lies in a folder")?;
    // Made here if need be: watching `target` itself would mean at every build, too.
    fs::create_dir_all(folder)?;
    println!("cargo::rerun-if-changed={}", folder.display());
    Ok(())
}

/// Brotli: as small as it gets for a release, quickly otherwise.
fn compress(plain: &[u8], thorough: bool) -> Outcome<Vec<u8>> {
    let params = brotli::enc::BrotliEncoderParams {
        quality: if thorough { 11 } else { 4 },
        lgwin: 22,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut packed, &params)?;
    Ok(packed)
}
