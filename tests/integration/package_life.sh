#!/bin/bash
# What package.sh runs on the second bare system, where no systemd is: install,
# use, upgrade, remove, install again, purge.
set -eu -o pipefail

env_file=/etc/weir/weir.env
socket=/tmp/weir.sock
server=
as_weir=(setpriv --reuid weir --regid weir --init-groups
	env "WEIR_ENV=$env_file")

die() {
	printf 'package: %s\n' "$*" >&2
	exit 1
}

# Nothing is asked: there is nobody to answer.
apt_get() {
	apt-get -qq -y --no-install-recommends "$@" </dev/null >/tmp/apt.log 2>&1 ||
		{ cat /tmp/apt.log && die "apt-get $* failed"; }
}

# The command of the unit, with a socket of its own.
serve() {
	local words
	words=$(sed -n 's/^ExecStart=//p' /lib/systemd/system/weir.service)
	# shellcheck disable=SC2086 # a list of words
	"${as_weir[@]}" "LISTEN=unix:$socket" $words >>/tmp/weir.log 2>&1 &
	server=$!
	for _ in $(seq 100); do
		[ ! -S "$socket" ] || return 0
		sleep 0.1
	done
	die "no server: $(cat /tmp/weir.log)"
}

serve_end() {
	kill -TERM "$server"
	wait "$server" || die "it ended badly: $(cat /tmp/weir.log)"
}

# get PATH: the answer of a server that runs for this one request.
get() {
	serve
	REQUEST_METHOD=GET REQUEST_URI=$1 REMOTE_ADDR=127.0.0.1 \
		HTTP_X_DREAMFACTORY_API_KEY=$(cat /tmp/key) \
		cgi-fcgi -bind -connect "$socket"
	serve_end
}

installs() {
	apt_get install /share/now/weir_*.deb
	[ "$(stat -c %U:%G:%a "$env_file")" = root:weir:640 ] ||
		die "$env_file: $(stat -c %U:%G:%a "$env_file")"
	[ "$(stat -c %U:%G /var/lib/weir/system.sqlite)" = weir:weir ] ||
		die 'the system database is not the service'\''s'
	"${as_weir[@]}" weir check || die 'weir check finds something'
	cp "$env_file" /tmp/env
}

is_used() {
	local sql='CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT);
		INSERT INTO t VALUES (1, "kept");'
	"${as_weir[@]}" sqlite3 /var/lib/weir/shop.sqlite "$sql"
	"${as_weir[@]}" weir service add shop --type sqlite \
		--set database=/var/lib/weir/shop.sqlite
	"${as_weir[@]}" weir role add reader
	"${as_weir[@]}" weir role grant reader --service shop --component '*' --verbs GET
	"${as_weir[@]}" weir key add till --role reader --json |
		sed -n 's/.*"api_key": *"\([^"]*\)".*/\1/p' >/tmp/key
	[ -s /tmp/key ] || die 'no key'
	works
}

works() {
	get /api/v2/shop/_table/t/1 >/tmp/answer
	grep -q '"word":"kept"' /tmp/answer ||
		die "not the record: $(cat /tmp/answer)"
	cmp "$env_file" /tmp/env || die 'the settings are others'
}

# version: what is installed.
version() {
	dpkg-query -W -f '${Version}' weir
}

nothing_is_left() {
	local left
	left=$(find / -xdev \( -path /proc -o -path /weir -o -path /share \
		-o -path /tmp \) -prune -o -name '*weir*' -print |
		grep -v '^/var/lib/dpkg/\|^/var/lib/apt/\|^/var/cache/apt/' || true)
	[ -z "$left" ] || die "a purge leaves $left"
}

apt-get -qq update
apt_get install libfcgi-bin sqlite3
installs
is_used
apt_get install /share/next/weir_*.deb
[ "$(version)" = 9999.0 ] || die "the version is $(version)"
works
apt_get remove weir
[ ! -e /usr/bin/weir ] || die 'it is still there'
apt_get install /share/now/weir_*.deb
works
apt_get purge weir
nothing_is_left
printf 'package: all well\n'
