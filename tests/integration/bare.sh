#!/bin/bash
# A script on a bare Debian 12, with the checkout at /weir.
#   tests/integration/bare.sh [SCRIPT]
# SCRIPT is of this folder; without, bare_inner.sh: the demo, as root, then as a
# user who has sudo. $BARE_SHARE, a folder, is /share inside.
#
# debootstrap makes the system from the mirror that this machine's apt uses;
# with $BARE_CACHE, a folder outside the repository, it is made once and kept
# there. Must be root. The system runs in mount and process namespaces of its
# own: whatever happens, nothing stays mounted and no process stays.
set -eu -o pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)

die() {
	printf 'bare: %s\n' "$*" >&2
	exit 1
}

mirror() {
	# shellcheck disable=SC2016 # apt fills it in
	apt-get indextargets --format '$(REPO_URI)' \
		'Codename: bookworm' 'Identifier: Packages' | head -n 1
}

# bare_make TARBALL: the smallest Debian 12.
bare_make() {
	local source made
	source=$(mirror)
	[ -n "$source" ] || die 'apt here has no source for bookworm'
	made=$(mktemp -d "${TMPDIR:-/tmp}/weir-bare.XXXXXX")
	debootstrap --variant=minbase bookworm "$made" "$source" ||
		die 'debootstrap failed'
	tar -C "$made" --one-file-system -cf "$1.new" .
	mv "$1.new" "$1"
	rm -rf "$made"
}

# bare_run FOLDER: the script in the system at FOLDER.
bare_run() {
	# shellcheck disable=SC2016 # the inner shell fills it in
	unshare --mount --propagation private --pid --fork --kill-child \
		bash -eu -c '
			mount -t proc proc "$1/proc"
			mount --rbind /dev "$1/dev"
			[ -z "$3" ] || mount --bind "$3" "$1/share"
			exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
				chroot "$1" "/weir/tests/integration/$2"
		' bare "$1" "$script" "${BARE_SHARE-}" </dev/null
}

script=${1-bare_inner.sh}
[ "$(id -u)" -eq 0 ] || die 'must be root'
command -v debootstrap >/dev/null || die 'missing: apt install debootstrap'
work=$(mktemp -d "${TMPDIR:-/tmp}/weir-bare.XXXXXX")
trap 'rm -rf --one-file-system "$work"' EXIT
tarball=${BARE_CACHE:-$work}/bookworm.tar
[ -e "$tarball" ] || bare_make "$tarball"
mkdir "$work/root"
tar -C "$work/root" -xf "$tarball"
chmod 755 "$work/root"
cp /etc/resolv.conf "$work/root/etc/resolv.conf"
mkdir "$work/root/weir" "$work/root/share"
(cd "$top" && git ls-files -z | tar --null -T - -cf -) |
	tar -C "$work/root/weir" -xf -
bare_run "$work/root"
