# shellcheck shell=bash
# Functions shared by the scripts of this folder; sourced, never run.
#
# Callers set `set -eu -o pipefail` themselves. Messages go to stdout as the
# work goes on, complaints to stderr.

# say TEXT: a progress line with the seconds since the script began.
say() {
	printf '[%4ds] %s\n' "$SECONDS" "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# as_root COMMAND...: runs it as root, through sudo where that is needed.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "must be root, or have sudo, to run: $*"
	fi
}

# logged FILE COMMAND...: appends its output to FILE; shows the tail of it when
# the command fails. Returns the command's status.
logged() {
	local file=$1
	local status=0
	shift

	printf '+ %s\n' "$*" >>"$file"
	"$@" >>"$file" 2>&1 </dev/null || status=$?
	[ "$status" -eq 0 ] && return 0
	printf -- '--- failed (%d): %s; the end of %s:\n' "$status" "$*" "$file"
	tail -n 40 "$file"
	printf -- '---\n'
	return "$status"
}

# -- packages ---------------------------------------------------------------

# What building weir takes, and what the demo runs beside it.
# shellcheck disable=SC2034 # for the scripts
packages_build=(autoconf automake gcc libc6-dev make pkgconf libcrypt-dev
	libfcgi-dev libhiredis-dev libjson-c-dev liblmdb-dev libmariadb-dev
	libmemcached-dev libsodium-dev libsqlite3-dev libssl-dev)
# shellcheck disable=SC2034
packages_run=(nginx-light sqlite3 iso-codes curl)

# apt_missing PACKAGE...: prints those that are not installed.
apt_missing() {
	local package
	for package; do
		dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null |
			grep -qx installed || printf '%s\n' "$package"
	done
}

apt_get() {
	as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 -o APT::Install-Recommends=false "$@"
}

# apt_need LOG PACKAGE...: installs what is missing, and says so. Services that
# packages bring along are not started: the scripts run their own.
apt_need() {
	local log=$1
	local missing
	shift

	missing=$(apt_missing "$@" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	say "apt installs: ${missing% }"
	logged "$log" apt_get update || say 'apt-get update failed; going on'
	# shellcheck disable=SC2086 # a list of words
	apt_quietly "$log" $missing || die "apt could not install: $missing"
}

# Debian starts a service as soon as it is installed, unless policy-rc.d says
# no. One that is there already is the administrator's and stays.
apt_quietly() (
	log=$1
	policy=/usr/sbin/policy-rc.d
	shift

	if [ ! -e "$policy" ]; then
		trap 'as_root rm -f "$policy"' EXIT
		printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
		as_root chmod 755 "$policy"
	fi
	logged "$log" apt_get install "$@" || exit 1
	for package; do
		case $package in
		nginx-light) service=nginx ;;
		apache2 | lighttpd) service=$package ;;
		mariadb-server) service=mariadb ;;
		redis-server) service=redis-server ;;
		memcached) service=memcached ;;
		sasl2-bin) service=saslauthd ;;
		*) continue ;;
		esac
		logged "$log" as_root update-rc.d "$service" disable || true
	done
)

# -- building ---------------------------------------------------------------

# build_configure SOURCE BUILD ARGUMENT...: makes BUILD a build folder of SOURCE.
# One that was configured with the same arguments is left as it is.
build_configure() {
	local source=$1 build=$2
	shift 2

	mkdir -p "$build"
	if [ ! "$source/configure" -nt "$source/configure.ac" ] ||
		[ ! "$source/Makefile.in" -nt "$source/Makefile.am" ]; then
		(cd "$source" && autoreconf -fi) || return 1
	fi
	if [ -e "$build/Makefile" ] &&
		[ "$(cat "$build/.arguments" 2>/dev/null)" = "$*" ]; then
		return 0
	fi
	(cd "$build" && "$source/configure" "$@") || return 1
	printf '%s\n' "$*" >"$build/.arguments"
}

# -- ports and processes ----------------------------------------------------

# port_taken PORT: does anything answer on the loopback address?
port_taken() {
	(exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null
}

# port_free: prints a port nobody listens on.
port_free() {
	local port
	while :; do
		port=$((20000 + RANDOM % 12000))
		port_taken "$port" || break
	done
	printf '%d\n' "$port"
}

# wait_for SECONDS COMMAND...: tries it every 0.1 s until it succeeds; returns
# 1 when the time is over.
wait_for() {
	local end=$((SECONDS + $1))
	shift

	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

# proc_born PID: when the process started, in ticks since boot; a PID that was
# given again to another process has another answer.
proc_born() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	# shellcheck disable=SC2086 # the fields behind "(name)"
	set -- ${stat##*) }
	[ "$1" != Z ] && printf '%s\n' "${20}"
}

# proc_start PIDFILE LOG COMMAND...: starts it in a process group of its own,
# which outlives this script.
proc_start() {
	local pidfile=$1 log=$2
	local pid
	shift 2

	setsid "$@" >>"$log" 2>&1 </dev/null &
	pid=$!
	printf '%d %s\n' "$pid" "$(proc_born "$pid")" >"$pidfile"
}

# proc_alive PIDFILE: is the process that was started so still there?
proc_alive() {
	local pid born
	[ -e "$1" ] && read -r pid born <"$1" &&
		[ -n "$born" ] && [ "$(proc_born "$pid")" = "$born" ]
}

proc_gone() {
	! proc_alive "$1"
}

# proc_stop PIDFILE SECONDS: asks it to end, and ends its group by force when
# the time is over.
proc_stop() {
	local pid born

	if proc_alive "$1"; then
		read -r pid born <"$1"
		kill -TERM "$pid" 2>/dev/null || true
		wait_for "$2" proc_gone "$1" ||
			kill -KILL -- "-$pid" 2>/dev/null || true
	fi
	rm -f "$1"
}
