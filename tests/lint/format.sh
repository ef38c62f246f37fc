#!/bin/sh
# The layout is what clang-format makes of it. Other versions than the one that
# .clang-format was tried with lay some lines out differently.
version=14
top=${top_srcdir:-$(dirname "$0")/../..}
cd "$top" || exit 1

echo 1..1
if ! clang-format --version 2>/dev/null | grep -q "version $version\."; then
	echo "ok 1 - layout # SKIP no clang-format $version"
	exit 0
fi
said=$(find app drivers middleware tests -name '*.[ch]' -exec \
	clang-format --dry-run -Werror {} + 2>&1)
if [ -z "$said" ]; then
	echo 'ok 1 - the sources are laid out by clang-format'
	exit 0
fi
echo "$said" | grep 'error:' | sed 's/^/# /'
echo 'not ok 1 - the sources are laid out by clang-format'
exit 1
