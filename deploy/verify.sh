#!/usr/bin/env bash
# Tests a deployment of ExpenseFlow from outside: deploy/verify.sh BASE_URL TOKEN (--help tells more).
# Needs a Python of its own, 3.9 or newer, and nothing else: no curl, no jq, no package.
set -euo pipefail
if ! python3 -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
    echo "deploy/verify.sh: needs python3, 3.9 or newer" >&2
    exit 2
fi
exec python3 -B "$(dirname "${BASH_SOURCE[0]}")/verification" "$@"
