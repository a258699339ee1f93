# Shared by find-program.sh and find-chromium.sh: installs what is not there. Sourced, not run.
# shellcheck shell=bash

install_or_tell() {  # install_or_tell PACKAGE SETTING: without asking only as root or in CI; else what to type
    local package=$1 otherwise="name one in $2=/path/to/it; its tests are left out" root=()
    if ! command -v apt-get >/dev/null; then
        echo "No $package here: install it, or $otherwise" >&2
        return
    fi
    if [ "$(id -u)" != 0 ]; then
        root=(sudo -n)
        case ${CI:-} in '' | 0 | false)
            echo "No $package here: sudo apt-get install --no-install-recommends $package, or $otherwise" >&2
            return ;;
        esac
    fi
    echo "installing $package, with which the service is tested"
    export DEBIAN_FRONTEND=noninteractive
    if ! { "${root[@]}" apt-get -qq update && "${root[@]}" apt-get -qq install -y --no-install-recommends "$package"; } >/dev/null; then
        echo "$package could not be installed: install it yourself, or $otherwise" >&2
        return
    fi
    # Tests start their own; Debian's package starts one for everybody.
    if command -v systemctl >/dev/null; then "${root[@]}" systemctl disable --now "$package" >/dev/null 2>&1 || true; fi
}
