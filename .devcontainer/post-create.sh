#!/usr/bin/env bash
# What the container's image lacks: Chromium with Chinese for the browser tests, pg_dump for backups, and the development tools.
set -euo pipefail
cd "$(dirname "$0")/.."
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium-headless-shell fonts-noto-cjk postgresql-client >/dev/null
make hooks
