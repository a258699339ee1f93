#!/usr/bin/env bash
# Sees to it that there is a pgbouncer for the tests behind one: the one that PGBOUNCER names, the
# machine's own, else Debian's package, where we may install it. Never fails: whether the tests can
# do without one, they say themselves (tests/support/pgbouncer.py, which looks at the same places).
set -euo pipefail
PATH="$PATH:/usr/sbin"
for name in "${PGBOUNCER:-}" pgbouncer; do
    if [ -n "$name" ] && command -v "$name" >/dev/null; then exit 0; fi
done

if [ "$(id -u)" = 0 ]; then root=(); else root=(sudo -n); fi
if ! command -v apt-get >/dev/null || ! "${root[@]}" true 2>/dev/null; then
    echo "No pgbouncer here, and no right to install it: install it, or name one in PGBOUNCER=/path/to/it" >&2
    exit 0
fi
echo "installing pgbouncer, behind which the service is tested"
export DEBIAN_FRONTEND=noninteractive
if ! { "${root[@]}" apt-get -qq update && "${root[@]}" apt-get -qq install -y --no-install-recommends pgbouncer; } >/dev/null; then
    echo "pgbouncer could not be installed: install it yourself, or name one in PGBOUNCER=/path/to/it" >&2
fi
