#!/bin/sh
# Prints the path of a Chrome or Chromium, or nothing. CHROMIUM names one outright.
set -eu
if [ -n "${CHROMIUM:-}" ]; then echo "$CHROMIUM"; exit 0; fi
for name in chromium chromium-browser google-chrome google-chrome-stable chrome; do
  if command -v "$name" 2>/dev/null; then exit 0; fi
done
for app in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
  if [ -x "$app" ]; then echo "$app"; exit 0; fi
done
