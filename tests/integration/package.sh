#!/bin/bash
# The Debian package: built on one bare Debian 12 with nothing but what it says it
# needs, seen by lintian, then on another installed, used, upgraded, removed and
# purged. Must be root; the caches of bare.sh help.
set -eu -o pipefail

here=$(cd "$(dirname "$0")" && pwd)
BARE_SHARE=$(mktemp -d "${TMPDIR:-/tmp}/weir-package.XXXXXX")
export BARE_SHARE
trap 'rm -rf "$BARE_SHARE"' EXIT

"$here/bare.sh" package_build.sh
"$here/bare.sh" package_life.sh
