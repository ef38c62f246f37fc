#!/bin/sh
# What `make dist` packs is named in Makefile.am, by itself or by a folder above:
# a test or a guide that is not named there is missing in no build but in the
# archive.
top=${top_srcdir:-$(dirname "$0")/../..}
cd "$top" || exit 1

missing() {
	find deploy tests -type f \( -name '*.[ch]' -o -name '*.conf' \
		-o -name '*.json' -o -name '*.md' -o -name '*.mjs' \
		-o -name '*.png' -o -name '*.py' -o -name '*.service' \
		-o -name '*.sh' -o -name '*.socket' -o -name '*.sql' \
		-o -name '*.yaml' -o -name '*.yml' \) | sort |
		awk '
		NR == FNR {
			for (i = 1; i <= NF; i++)
				named[$i] = 1
			next
		}
		{
			path = $0
			while (!(path in named) && path ~ "/.*/")
				sub("/[^/]*$", "", path)
			if (!(path in named))
				print
		}' Makefile.am -
}

echo 1..1
found=$(missing)
if [ -z "$found" ]; then
	echo 'ok 1 - every test and every guide is in the archive'
	exit 0
fi
echo "$found" | sed 's/^/#   /'
echo 'not ok 1 - every test and every guide is in the archive'
exit 1
