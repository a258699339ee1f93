#!/usr/bin/env bash
# Whether what is deployed can be right, as far as that shows without an engine: the Dockerfile, the
# compose files against the compose specification, every shell script. In the folder given, else here.
set -euo pipefail
cd "${1:-$(dirname "$0")/..}"
failed=0

hadolint --failure-threshold style Dockerfile || failed=1
check-jsonschema --quiet --builtin-schema vendor.compose-spec compose*.yaml || failed=1

if ! command -v shellcheck >/dev/null; then
    echo "There is no shellcheck for this machine in PyPI; install your system's" >&2
    failed=1
else
    mapfile -d '' -t scripts < <(find . \( -name node_modules -o -name .venv -o -name .git \) -prune \
        -o -type f -name '*.sh' -print0)
    shellcheck "${scripts[@]}" || failed=1
fi
exit "$failed"
