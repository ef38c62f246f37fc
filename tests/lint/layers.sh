#!/bin/sh
# Includes point one way: app -> middleware/stages -> middleware (+ registry)
# -> drivers -> app/base; and a library's header stands in its own file only.
top=${top_srcdir:-.}
cd "$top" || exit 1
bad=0

# deny FILES PATTERN WHY: no file of the list may match the pattern.
deny() {
	# shellcheck disable=SC2086 # a list of files
	found=$(grep -nE "$2" $1 /dev/null 2>/dev/null)
	if [ -n "$found" ]; then
		echo "# $3:"
		echo "$found" | sed 's/^/#   /'
		bad=1
	fi
}

sources=$(find app drivers middleware -name '*.[ch]')
base=$(echo "$sources" | grep '^app/base/')
drivers=$(echo "$sources" | grep '^drivers/')
middleware=$(echo "$sources" | grep '^middleware/')
core=$(echo "$middleware" | grep -v '^middleware/stages/' |
	grep -v '^middleware/pipeline.c')
db=$(echo "$drivers" | grep '^drivers/db/')
file=$(echo "$drivers" | grep '^drivers/file/')
cache=$(echo "$drivers" | grep '^drivers/cache/' |
	grep -v '^drivers/cache/database')

# outside FILES-PATTERN HEADER: only files of that name may include it.
outside() {
	deny "$(echo "$sources" | grep -vE "$1")" "#include <$2" \
		"<$2...> belongs in $1"
}

echo 1..1
deny "$base" '#include "(drivers|middleware|app/(services|commands|[a-z_]+\.h))' \
	"app/base includes only app/base"
deny "$drivers" '#include "(middleware|app/(services|commands|[a-z_]+\.h))' \
	"drivers include only drivers and app/base"
deny "$db" '#include "drivers/cache' "drivers/db knows no cache"
deny "$file" '#include "drivers/(cache|db)' "drivers/file knows no other"
deny "$db $cache" '#include "drivers/file' "only services know files"
deny "$cache" '#include "drivers/db' \
	"only drivers/cache/database.c looks sideways"
deny "$middleware" '#include "app/(services|commands|[a-z_]+\.h)' \
	"middleware includes no app"
deny "$core" '#include "middleware/stages' \
	"only the pipeline knows the stages"
outside '^app/fcgi\.c$' 'fcgi'
outside '^drivers/cache/local' 'lmdb'
outside '^drivers/file/local' 'linux/openat2'
outside '^drivers/cache/redis' 'hiredis/'
outside '^(drivers/cache/redis|app/base/aes\.c$)' 'openssl/'
outside '^drivers/cache/memcached' 'libmemcached'
outside '^drivers/db/sqlite' 'sqlite3'
outside '^drivers/db/mysql' '(mysql|mariadb)'
outside '^app/base/(secret|hash|password)\.c$' 'sodium'
outside '^app/base/password\.c$' 'crypt'
outside '^middleware/json' 'json-c'
if [ "$bad" -eq 0 ]; then
	echo 'ok 1 - includes point one way'
else
	echo 'not ok 1 - includes point one way'
fi
exit "$bad"
