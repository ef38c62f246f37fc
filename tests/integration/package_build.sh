#!/bin/bash
# What package.sh runs on the first bare system: leaves the package in /share/now,
# and the same with a higher version in /share/next.
set -eu -o pipefail

export DEBIAN_FRONTEND=noninteractive
apt-get -qq update
apt-get -qq -y --no-install-recommends install dpkg-dev git lintian >/dev/null
mkdir /control
cp -R /weir/deploy/debian /control/debian
apt-get -qq -y --no-install-recommends build-dep /control >/dev/null

# The files of the checkout are what git knows: nothing else was copied.
cd /weir
git init -q
git add -A -f
DEB_BUILD_OPTIONS="noautodbgsym parallel=$(nproc)"
export DEB_BUILD_OPTIONS
deploy/package /share/now
lintian --fail-on error --allow-root /share/now/*.changes

dpkg-deb --raw-extract /share/now/weir_*.deb /tmp/next
sed -i 's/^Version: .*/Version: 9999.0/' /tmp/next/DEBIAN/control
mkdir /share/next
dpkg-deb --build --root-owner-group /tmp/next /share/next/weir_9999.0.deb \
	>/dev/null
