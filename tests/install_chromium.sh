#!/usr/bin/env bash
# Makes sure that a Chromium is there for the browser suite: the one without windows, which opens twice as fast, found or
# installed as a package; else the machine's; else the system's package, else Playwright's.
set -euo pipefail

find_any() {
    local name
    for name in "$@"; do
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
    as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

SHELL_ALONE=chromium-headless-shell
WHOLE=(chromium chromium-browser google-chrome google-chrome-stable)

if find_any "$SHELL_ALONE" >/dev/null; then exit 0; fi
echo "Installation de Chromium…"
if install_package "$SHELL_ALONE" && find_any "$SHELL_ALONE" >/dev/null; then exit 0; fi
if find_any "${WHOLE[@]}" >/dev/null; then exit 0; fi
if install_package chromium && find_any "${WHOLE[@]}" >/dev/null; then exit 0; fi
.venv/bin/playwright install chromium
