#!/usr/bin/env bash
# Makes sure that a Chromium is there for the browser suite: the machine's, else the system's package, else Playwright's.
set -euo pipefail

find_chromium() {
    local name
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        # Some systems ship a stub that only says how to install the browser.
        if "$name" --version >/dev/null 2>&1; then
            command -v "$name"
            return 0
        fi
    done
    return 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo -n "$@"; fi
}

install_package() {
    command -v apt-get >/dev/null || return 1
    export DEBIAN_FRONTEND=noninteractive
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null
}

if find_chromium >/dev/null; then exit 0; fi
echo "Installation de Chromium…"
if install_package && find_chromium >/dev/null; then exit 0; fi
.venv/bin/playwright install chromium
