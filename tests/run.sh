#!/usr/bin/env bash
# All rings with a coverage report. Starts one PostgreSQL for the run (set
# EXPENSEFLOW_TEST_DATABASE_URL to use your own). Rings by name: tests/run.sh unit integration
set -euo pipefail
cd "$(dirname "$0")/.."
rings=("$@")
[ ${#rings[@]} -gt 0 ] || rings=(unit integration contract migrations architecture acceptance browser)

export COVERAGE_FILE="$PWD/.coverage"
rm -f .coverage .coverage.*
python -m tests.support.with_postgres \
    python -m pytest -n "${PYTEST_WORKERS:-auto}" --dist worksteal --cov --cov-report= \
    "${rings[@]/#/tests/}"
python -m coverage report --format=total | sed 's/^/coverage: /; s/$/ %/'
