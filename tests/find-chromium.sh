#!/usr/bin/env bash
# Sees to it that there is a Chromium for tests/browser: the one that CHROMIUM names, the machine's
# own, else Debian's package (tests/install.sh). Never fails: whether the tests can do without
# a browser, they say themselves (tests/support/browser/chromium.py, which looks for the same names).
set -euo pipefail
for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done

# shellcheck source=tests/install.sh
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"
install_or_tell chromium CHROMIUM
