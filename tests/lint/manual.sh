#!/bin/sh
# The lists of the manual pages are those of the tables, and mandoc finds
# nothing wrong. Run in the build directory; `manual.sh write` puts the lists
# into the pages instead (make manual).
top=${top_srcdir:-$(dirname "$0")/../..}
weir=${WEIR:-./weir}

# page FILE: its text with what the program prints between the marks.
page() {
	awk -v weir="$weir" '
		/^\.\\" end/ { inside = 0 }
		!inside { print }
		/^\.\\" begin: weir / {
			inside = 1
			sub(/^.* weir /, "")
			system(weir " " $0)
		}' "$1"
}

# Is everything built in that the tables may list?
has_all() {
	! grep -q 'undef WITH_' config.h
}

# check NUMBER PAGE: the page has the lists of the tables.
check() {
	if [ "$2" = app/weir-api.7 ] && ! has_all; then
		echo "ok $1 - $2 # SKIP it lists what is not built in"
		return 0
	fi
	if said=$(page "$top/$2" | diff "$top/$2" -); then
		echo "ok $1 - $2 lists what the tables say"
		return 0
	fi
	echo "$said" | sed 's/^/# /'
	echo "# run: make manual"
	echo "not ok $1 - $2 lists what the tables say"
	return 1
}

# lint NUMBER PAGE
lint() {
	if ! command -v mandoc >/dev/null; then
		echo "ok $1 - $2 is good mdoc # SKIP no mandoc"
		return 0
	fi
	if said=$(mandoc -Tlint -Wwarning "$top/$2"); then
		echo "ok $1 - $2 is good mdoc"
		return 0
	fi
	echo "$said" | sed 's/^/# /'
	echo "not ok $1 - $2 is good mdoc"
	return 1
}

pages='app/weir.1 app/weir.env.5 app/weir-api.7'
if [ "$1" = write ]; then
	for name in $pages; do
		page "$top/$name" >"$top/$name.new" &&
			mv "$top/$name.new" "$top/$name"
	done
	exit
fi
echo 1..6
bad=0
n=0
for name in $pages; do
	check $((n + 1)) "$name" || bad=1
	lint $((n + 2)) "$name" || bad=1
	n=$((n + 2))
done
exit "$bad"
