#!/usr/bin/env bash
# Sees to it that there is a Chromium for tests/browser: the one that CHROMIUM names, the machine's
# own, else Debian's package, where we may install it. Never fails: whether the tests can do without
# a browser, they say themselves (tests/support/browser/chromium.py, which looks for the same names).
set -euo pipefail
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" = 0 ]; then root=(); else root=(sudo -n); fi
if ! command -v apt-get >/dev/null || ! "${root[@]}" true 2>/dev/null; then
    echo "No Chromium here, and no right to install it: install it, or name one in CHROMIUM=/path/to/it" >&2
    exit 0
fi
echo "installing Chromium, in which the pages are tested"
export DEBIAN_FRONTEND=noninteractive
if ! { "${root[@]}" apt-get -qq update && "${root[@]}" apt-get -qq install -y --no-install-recommends chromium; } >/dev/null; then
    echo "Chromium could not be installed: install it yourself, or name one in CHROMIUM=/path/to/it" >&2
fi
