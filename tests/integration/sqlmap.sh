#!/bin/bash
# sqlmap finds nothing to inject into in the demo: in no parameter, path, body or
# header line of the Data API. And it finds what there is in a server that pastes
# a parameter into its SQL, or the rest would say nothing.
#   tests/integration/sqlmap.sh        needs Debian's package sqlmap
# Builds and runs a demo of its own in a folder that is removed afterwards.
set -eu -o pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
# shellcheck source=deploy/lib.sh
. "$top/deploy/lib.sh"

seconds=900 # for one target
state=$(mktemp -d)
failed=0

export DEMO_DIR=$state/demo DEMO_PORT
DEMO_PORT=$(port_free)

# shellcheck disable=SC2317 # the trap runs it
clean() {
	proc_stop "$state/injectable.run" 5
	"$top/deploy/demo" down >/dev/null || true
	rm -rf "$state"
}
trap clean EXIT

# attack WORD...: what sqlmap says of the places marked with "*".
attack() {
	timeout "$seconds" sqlmap --batch --disable-coloring --flush-session \
		--output-dir="$state/sqlmap" --dbms=SQLite --level=5 --risk=3 \
		--time-sec=2 --threads=4 --ignore-code=400,404,405 --skip-waf \
		--retries=1 --timeout=20 "$@" </dev/null 2>&1
}

is_found() {
	grep -q 'identified the following injection point' <<<"$1"
}

# safe NAME WORD...: none of the places of that target can be injected into.
safe() {
	local name=$1 said
	shift

	said=$(attack -H "X-DreamFactory-API-Key: $key" "$@") || true
	if ! is_found "$said" &&
		grep -q 'all tested parameters do not appear' <<<"$said"; then
		printf 'ok %s\n' "$name"
		return
	fi
	printf 'not ok %s\n%s\n' "$name" "$said"
	failed=1
}

json='Content-Type: application/json'

attack_reads() {
	safe page -u "$api/country?fields=code*&limit=3*&offset=1*&order=name*"
	safe filter -u "$api/country?filter=name%3D%27France*%27&limit=1"
	safe number -u "$api/orders?filter=id%3D5*&limit=1"
	safe list -u "$api/country?filter=code%20in%20(FR,DE*)&limit=1"
	safe pattern -u "$api/country?filter=name%20like%20Fr*&limit=1"
	safe field -u "$api/country?filter=name*%3DFrance&limit=1"
	safe params -u "$api/country?filter=name%3D:n&params%5B:n%5D=France*"
	safe related -u \
		"$api/country?filter=currency.name%3DEuro*&related=currency*"
	safe options -u "$api/country?related=currency&currency.order=name*&currency.filter=code%3DEUR*&currency.limit=1*&limit=2"
	safe group -u "$api/currency?group=country_code*&fields=country_code,MAX(code)*&having=MAX_code%3DEUR*&limit=2"
	safe ids -u "$api/country?ids=FR*&id_field=code*"
	safe path -u "$api/country*/FR*?fields=name"
	safe forms -u "$api/country?limit=1&file=x*&accept=json*&as_list=0*&include_schema=0*&count_only=0*"
	safe schema -u "${api%_table}_schema/country*/_field/code*"
	safe key -u "$api/country?limit=1" -H "X-API-Key: x*"
}

attack_bodies() {
	safe body -u "$api/country?method=GET" -H "$json" --data \
		'{"filter":"name = :n","params":{":n":"France*"},"order":"name*"}'
	safe change --method=PATCH -u "$api/country/FR*" -H "$json" --data \
		'{"name":"France*"}'
	safe changes --method=PATCH -u "$api/country?filter=code%3DFR*" \
		-H "$json" --data '{"name":"France*"}'
	safe create --method=POST -u "$api/country" -H "$json" --data \
		'{"resource":[{"code":"FR*","name":"x*"}]}'
	safe delete --method=DELETE -u "$api/country?filter=code%3DZZZ*"
}

# A page that pastes what it is given into its SQL.
find_injectable() {
	local port said
	port=$(port_free)
	proc_start "$state/injectable.run" "$state/injectable.log" \
		python3 "$top/tests/integration/injectable.py" "$port"
	wait_for 10 port_taken "$port" || die 'the injectable server is not up'
	said=$(attack -u "http://127.0.0.1:$port/?id=1*") || true
	if is_found "$said"; then
		echo 'ok injectable: found'
		return
	fi
	printf 'not ok injectable: sqlmap does not find it\n%s\n' "$said"
	failed=1
}

command -v sqlmap >/dev/null || die 'sqlmap is not installed'
find_injectable
"$top/deploy/demo"
key=$(cat "$DEMO_DIR/key")
api=http://127.0.0.1:$DEMO_PORT/api/v2/db/_table
attack_reads
attack_bodies
exit "$failed"
