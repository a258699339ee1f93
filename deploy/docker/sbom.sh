#!/usr/bin/env bash
# Writes what the locks hold as CycloneDX files into the folder given: one of the Python packages,
# one of what the front end is built from. What a built image holds tells `docker buildx build --sbom`.
set -euo pipefail
target=$1
mkdir -p "$target"
cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible \
    --output-format JSON --output-file "$target/python.cdx.json" requirements.lock
npm --prefix frontend sbom --sbom-format cyclonedx --package-lock-only --omit dev \
    >"$target/frontend.cdx.json"
ls -s "$target"
