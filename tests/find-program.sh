#!/usr/bin/env bash
# tests/find-program.sh pgbouncer: sees to it that there is one for the tests that need it. The one
# that PGBOUNCER names, the machine's own, else Debian's package, where we may install it. Never
# fails: whether the tests can do without, they say themselves (tests/support/programs.py, which
# looks at the same places).
set -euo pipefail
PATH="$PATH:/usr/sbin"
program=$1
setting=${program^^}
for name in "${!setting:-}" "$program"; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" = 0 ]; then root=(); else root=(sudo -n); fi
if ! command -v apt-get >/dev/null || ! "${root[@]}" true 2>/dev/null; then
    echo "No $program here, and no right to install it: install it, or name one in $setting=/path/to/it" >&2
    exit 0
fi
echo "installing $program, behind which the service is tested"
export DEBIAN_FRONTEND=noninteractive
if ! { "${root[@]}" apt-get -qq update && "${root[@]}" apt-get -qq install -y --no-install-recommends "$program"; } >/dev/null; then
    echo "$program could not be installed: install it yourself, or name one in $setting=/path/to/it" >&2
fi
