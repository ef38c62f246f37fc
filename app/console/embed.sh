#!/bin/sh
# embed.sh FOLDER NAME...: the files as the table of middleware/console.h, in C
# on standard output. Needs nothing but POSIX tools.
set -eu
folder=$1
shift

# symbol NAME: what its bytes are called.
symbol() {
	echo "file_$1" | tr -c 'A-Za-z0-9_\n' '_'
}

# bytes NAME: its content, as numbers.
bytes() {
	printf 'static const unsigned char %s[] = {\n' "$(symbol "$1")"
	od -An -v -tu1 "$folder/$1" |
		sed 's/^ *//; s/ *$//; s/  */,/g; s/$/,/'
	printf '};\n\n'
}

# row NAME: its place in the table. The tag is of its content alone.
row() {
	tag=$(cksum <"$folder/$1" | tr ' ' -)
	printf '\t{ "%s", "\\"%s\\"", %s, sizeof(%s) },\n' "$1" "$tag" \
		"$(symbol "$1")" "$(symbol "$1")"
}

printf '#include "middleware/console.h"\n\n'
for name; do
	bytes "$name"
done
printf 'const struct console_file console_files[] = {\n'
for name; do
	row "$name"
done
printf '\t{ .name = NULL },\n};\n'
