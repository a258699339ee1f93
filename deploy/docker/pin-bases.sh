#!/usr/bin/env bash
# Writes the digests anew that the Dockerfile and the compose files pin: those that the registries
# have now for the same versions. Needs docker buildx and the network; look at the diff, then commit.
set -euo pipefail
cd "$(dirname "$0")/../.."
files=(Dockerfile compose.yaml compose.test.yaml)
mapfile -t pinned < <(grep -hoE '[a-z0-9./-]+:[A-Za-z0-9._-]+@sha256:[0-9a-f]{64}' "${files[@]}" | sort -u)
for image in "${pinned[@]}"; do
    name=${image%@*}
    digest=$(docker buildx imagetools inspect "$name" --format '{{.Manifest.Digest}}')
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "$name: no digest" >&2; exit 1; }
    sed -i "s|$image|$name@$digest|" "${files[@]}"
    echo "$name@$digest"
done
