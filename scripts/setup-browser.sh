#!/bin/sh
# What the end-to-end tests need: Node with npm, a Chromium, and the packages of end2end/package-lock.json.
set -eu
. "$(dirname -- "$0")/lib.sh"

if ! have node || ! have npm; then
  apt_install nodejs npm || die "Node and npm are missing: install Node 18 or newer from https://nodejs.org"
fi
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 18 ] || die "Node $(node --version) is too old: 18 or newer is needed"

if [ -z "$(scripts/browser.sh)" ]; then
  apt_install chromium || die "no Chrome or Chromium found: install one, or set CHROMIUM to its path"
fi

stamp=$(cat end2end/package-lock.json | hash)
if [ "$(cat end2end/node_modules/.stamp 2>/dev/null)" != "$stamp" ]; then
  # The browser is the machine's own; Playwright must not download one.
  step "installing the end-to-end tests' packages" \
    env PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --silent --no-audit --no-fund --prefix end2end
  printf '%s\n' "$stamp" >end2end/node_modules/.stamp
fi
