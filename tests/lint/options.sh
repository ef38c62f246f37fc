#!/bin/sh
# Every setting is in the manual, and something reads it: a setting that does
# nothing misleads. Run in the build directory.
top=${top_srcdir:-$(dirname "$0")/../..}
weir=${WEIR:-./weir}

# report NUMBER NAME MISSING: one line of TAP and what is missing.
report() {
	if [ -z "$3" ]; then
		echo "ok $1 - $2"
		return 0
	fi
	echo "$3" | sed 's/^/# /'
	echo "not ok $1 - $2"
	return 1
}

undocumented() {
	for name in $("$weir" options | sed -n 's/^\([A-Z_]*\)=.*/\1/p'); do
		grep -q "^\.It Ev $name\$" "$top/app/weir.env.5" || echo "$name"
	done
}

unread() {
	sources=$(find "$top/app" "$top/drivers" "$top/middleware" \
		-name '*.c' ! -path '*/base/options_*.c')
	sed -n 's/.*MEMBER(\([a-z_]*\)).*/\1/p' "$top"/app/base/options_*.c |
		while read -r member; do
			# shellcheck disable=SC2086 # names without blanks
			grep -qE "(->|\.)$member\>" $sources || echo "$member"
		done
}

echo 1..2
bad=0
report 1 'every setting is in weir.env(5)' "$(undocumented)" || bad=1
report 2 'every setting is read by the program' "$(unread)" || bad=1
exit "$bad"
