#!/bin/sh
# Each header compiles alone: it includes what it needs and nothing warns. Run
# in the build directory, where config.h is; CC and LINT_CPPFLAGS come from
# make.
top=${top_srcdir:-$(dirname "$0")/../..}
# Nobody includes them --without-mysql, and its header may not be there.
without=mysql_
grep -q 'define WITH_MYSQL' config.h && without=-
headers=$(cd "$top" && find app drivers middleware tests -name '*.h' \
	! -name "$without*" | sort)
bad=0

echo 1..1
for header in $headers; do
	# shellcheck disable=SC2086 # flags are words
	said=$(${CC:-cc} -std=c11 -include config.h -I. -I"$top" \
		$LINT_CPPFLAGS -Wall -Wextra -Wpedantic -Wno-unused-function -Werror \
		-fsyntax-only -x c "$top/$header" 2>&1) && continue
	echo "# $header does not compile alone:"
	echo "$said" | sed 's/^/#   /'
	bad=1
done
if [ "$bad" -eq 0 ]; then
	echo 'ok 1 - each header compiles alone'
else
	echo 'not ok 1 - each header compiles alone'
fi
exit "$bad"
