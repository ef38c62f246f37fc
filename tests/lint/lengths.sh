#!/bin/sh
# No file over 500 lines, no function over 80. Reports the longest of both; the
# functions only where Universal Ctags is installed.
file_max=500
function_max=80
shown=5
top=${top_srcdir:-$(dirname "$0")/../..}
cd "$top" || exit 1
sources=$(find app drivers middleware tests -name '*.[ch]')

# "LENGTH NAME" of each file, longest first.
files() {
	# shellcheck disable=SC2086 # names without blanks
	wc -l $sources | awk '$2 != "total" { print $1, $2 }' | sort -rn
}

# "LENGTH FILE:FUNCTION" of each function, longest first.
functions() {
	# shellcheck disable=SC2086
	ctags -f - --languages=C --kinds-C=f --fields=ne $sources |
		awk -F '\t' '
		{
			line = end = 0
			for (i = 4; i <= NF; i++) {
				if ($i ~ /^line:/)
					line = substr($i, 6)
				if ($i ~ /^end:/)
					end = substr($i, 5)
			}
			if (end > 0)
				print end - line + 1, $2 ":" $1
		}' | sort -rn
}

# verdict NUMBER NAME MAX: reads a list, reports its head, judges its maximum.
verdict() {
	awk -v number="$1" -v name="$2" -v max="$3" -v shown="$shown" '
		{ length_of[NR] = $1 }
		NR <= shown || $1 > max { print "#   " $1 " " $2 }
		$1 > max { bad = 1 }
		END {
			if (NR > 0)
				print "#   median " \
					length_of[int((NR + 1) / 2)] \
					", 90 % up to " \
					length_of[int((NR + 9) / 10)]
			print (bad ? "not ok " : "ok ") number " - no " name \
				" is over " max " lines"
			exit bad
		}'
}

bad=0
echo 1..2
files | verdict 1 file "$file_max" || bad=1
if ctags --version 2>/dev/null | grep -q Universal; then
	functions | verdict 2 function "$function_max" || bad=1
else
	echo 'ok 2 - no function is too long # SKIP no Universal Ctags'
fi
exit "$bad"
