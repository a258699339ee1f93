#!/usr/bin/env bash
# tests/find-program.sh pgbouncer: sees to it that there is one for the tests that need it. The one
# that PGBOUNCER names, the machine's own, else Debian's package (tests/install.sh). Never
# fails: whether the tests can do without, they say themselves (tests/support/programs.py, which
# looks at the same places).
set -euo pipefail
PATH="$PATH:/usr/sbin"
program=$1
setting=${program^^}
for name in "${!setting:-}" "$program"; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done

# shellcheck source=tests/install.sh
source "$(dirname "${BASH_SOURCE[0]}")/install.sh"
install_or_tell "$program" "$setting"
