#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that links the static library may call its own functions as it likes: it sees no name
# that does not begin with ptree_.
. "${srcdir:-.}/tests/tap.sh"

library=lib/.libs/libproctree.a
[ -e "$library" ] || skip_all 'built without a static library'
command -v nm >/dev/null || skip_all 'no nm'
[ -n "${OBJCOPY:-}" ] || skip_all 'built without objcopy'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# What the library's files share, under the names of the source. The compiler's begin with _.
nm -g --defined-only lib/.libs/libproctree-internal.a |
	awk 'NF == 3 && $2 == "T" && $3 !~ /^(ptree_|_)/ && $3 !~ /\./ { print $3 }' |
	sort -u >"$work/internal"
nm -g --defined-only "$library" |
	awk 'NF == 3 && $3 !~ /^(ptree_|_)/ && $3 !~ /\./ { print $3 }' >"$work/without-prefix"

# One of each name, and what pulls in every room.
{
	echo '#include <proctree.h>'
	echo 'int called;'
	sed 's/.*/int &(void); int &(void) { return ++called; }/' "$work/internal"
	cat <<'C'
int main(void)
{
	struct ptree_monitor *monitor;

	if (ptree_version() != PTREE_VERSION || ptree_monitor_new(&monitor, 0) < 0)
		return 1;
	ptree_monitor_wait_ready(monitor, false, 5000);
	ptree_monitor_free(monitor);
	return called || map_find() != 1;
}
C
} >"$work/own.c"

# CC may hold flags, too.
# shellcheck disable=SC2086
link_own()
{
	${CC:-cc} $SANITIZER_CFLAGS -std=gnu17 -Wall -Werror -pthread -I"${srcdir:-.}/lib" \
		-o "$work/own" "$work/own.c" "$library"
}

check 'the files of the library share functions, map_find() is one' \
	grep -qx map_find "$work/internal"
check 'no name without ptree_ is left' test ! -s "$work/without-prefix"
check 'a program with functions of the same names links' link_own
check 'that program runs, and each calls its own' timeout 30 "$work/own"
done_testing
