#!/bin/sh
# Builds the browser's half: app → wasm → bindings → small wasm, into target/site/pkg/{app.js,app_bg.wasm}, where server/build.rs finds
# it. Cargo decides whether to compile; the later steps run only when its result or a tool has changed.
set -eu
. "$(dirname -- "$0")/lib.sh"
use_rust
bindgen=$(scripts/wasm-bindgen.sh)
opt=$(scripts/wasm-opt.sh)

# As cdylib alone: with an rlib beside it, link-time optimisation leaves more in.
step "compiling the interface for the browser" \
  cargo rustc --quiet -p app --lib --crate-type cdylib --target wasm32-unknown-unknown --no-default-features --features hydrate \
    --profile wasm-release

raw=$TARGET/wasm32-unknown-unknown/wasm-release/app.wasm
pkg=$SITE/pkg
stamp=$({ hash <"$raw"; echo "$bindgen $opt"; } | hash)
if [ "$(cat "$SITE/stamp" 2>/dev/null)" = "$stamp" ] && [ -s "$pkg/app.js" ] && [ -s "$pkg/app_bg.wasm" ]; then
  say "browser bindings are up to date"
  exit 0
fi

# Built beside the folder and moved in whole: a server build never sees half of it.
next=$SITE/next
rm -rf "$next"
mkdir -p "$next" "$pkg"
step "generating the browser bindings" "$bindgen" --target web --no-typescript --out-name app --out-dir "$next" "$raw"
if [ -n "$opt" ]; then
  # What rustc emits for this target is on by default in every browser since 2023; wasm-opt wants it named.
  step "shrinking the wasm" "$opt" -Oz --enable-bulk-memory --enable-bulk-memory-opt --enable-nontrapping-float-to-int \
    --enable-sign-ext --enable-mutable-globals --enable-reference-types --enable-multivalue \
    "$next/app_bg.wasm" -o "$next/app_small.wasm"
  mv "$next/app_small.wasm" "$next/app_bg.wasm"
fi
rm -rf "$pkg"
mv "$next" "$pkg"
printf '%s\n' "$stamp" >"$SITE/stamp"
say "wasm: $(wc -c <"$pkg/app_bg.wasm" | tr -d ' ') bytes before compression"
