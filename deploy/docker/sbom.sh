#!/usr/bin/env bash
# Writes what the locks hold as CycloneDX files into the folder given: one of the Python packages,
# one of what the front end is built and tested from (the latter marked as development). What a built image holds tells `docker buildx build --sbom`.
set -euo pipefail
target=$1
mkdir -p "$target"
cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
    --output-format JSON --output-file "$target/python.cdx.json" requirements.lock

# npm describes only what has a version, and the front end takes that of the whole.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir "$copy/expenseflow-frontend"
cp frontend/package.json frontend/package-lock.json "$copy/expenseflow-frontend"
(cd "$copy/expenseflow-frontend" && npm pkg set version=0.0.0 \
    && npm sbom --sbom-format cyclonedx --package-lock-only) >"$target/frontend.cdx.json"
ls -s "$target"
