#!/usr/bin/env bash
# The integration tests on a PostgreSQL of yours: the one that EXPENSEFLOW_DATABASE_URL names (as a
# user who may create databases; each test worker makes its own and drops it), else that of
# compose.test.yaml, which is started for the run.
set -euo pipefail
cd "$(dirname "$0")/.."
compose=(docker compose --file compose.test.yaml)

if [ -n "${EXPENSEFLOW_DATABASE_URL:-}" ]; then
    export EXPENSEFLOW_TEST_DATABASE_URL=$EXPENSEFLOW_DATABASE_URL
elif docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1; then
    trap '"${compose[@]}" down --volumes' EXIT
    "${compose[@]}" up --detach --wait
    export EXPENSEFLOW_TEST_DATABASE_URL=postgresql://postgres:test@127.0.0.1:5433/postgres
else
    echo "No server to test on: set EXPENSEFLOW_DATABASE_URL, or start Docker (with compose);" \
        "make test needs neither" >&2
    exit 2
fi
unset EXPENSEFLOW_DATABASE_URL # the tests say themselves which database a process works on
tests=(tests/integration) # all of them, unless some are named
for word in "$@"; do
    if [ -e "${word%%::*}" ]; then tests=(); fi
done
python -m pytest -n "${PYTEST_WORKERS:-auto}" --dist worksteal "${tests[@]}" "$@"
