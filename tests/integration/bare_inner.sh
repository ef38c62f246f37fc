#!/bin/bash
# What bare.sh runs inside the bare system; the checkout is /weir.
set -eu -o pipefail

die() {
	printf 'bare: %s\n' "$*" >&2
	exit 1
}

# demo_curls OUTPUT: runs the curl lines as they are printed.
demo_curls() {
	local line
	grep '^curl ' "$1" >"$1.curls"
	[ "$(wc -l <"$1.curls")" -eq 5 ] || die 'not five curl lines'
	while read -r line; do
		printf '\n%s\n' "$line"
		bash -c "$line" </dev/null || die 'that line failed'
	done <"$1.curls" | tee "$1.answers"
	grep -q 'fwd=' "$1.answers" || die 'no answer was a miss'
	grep -q '; *hit' "$1.answers" || die 'no answer was a hit'
	grep -q '"code":"NO"\|"resource"' "$1.answers" || die 'no records'
	grep -q ' 401' "$1.answers" || die 'no refusal without a key'
}

# demo_tour WHO COMMAND...: start, try, start again, end; COMMAND runs the demo.
demo_tour() {
	local out=/tmp/$1.out
	shift

	"$@" | tee "$out"
	tail -n 1 "$out" | grep -Eq \
		'^ready url=http://127\.0\.0\.1:8089 key=.+ email=.+ password=.+' ||
		die 'no ready line'
	demo_curls "$out"
	"$@" >"$out.again"
	[ "$(tail -n 1 "$out")" = "$(tail -n 1 "$out.again")" ] ||
		die 'the second run has another key'
	curl -sS -H "X-DreamFactory-API-Key: $(sed -n '$s/.*key=\([^ ]*\).*/\1/p' "$out")" \
		"http://127.0.0.1:$DEMO_PORT/api/v2/db/_table/orders/1" |
		grep -q '"status":"returned"' ||
		die 'the second run lost the data'
	"$@" down
	[ ! -e /weir/.demo ] || die 'down left something'
}

cd /weir
export DEBIAN_FRONTEND=noninteractive
export DEMO_PORT=8089
demo_tour root deploy/demo

# The user finds a package missing, and installs it through sudo.
apt-get -qq -y install sudo >/dev/null
apt-get -qq -y remove iso-codes >/dev/null
useradd --create-home --shell /bin/bash tester
printf 'tester ALL=(ALL) NOPASSWD: ALL\n' >/etc/sudoers.d/tester
chown -R tester /weir
demo_tour tester runuser -u tester -- env DEMO_PORT=8089 deploy/demo
printf 'bare: all well\n'
