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

: "${SANITIZER_CFLAGS:=}"

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

# Here the name service's modules are still loaded at run time; the manual says what that means.
cat >"$work/users.c" <<'C'
#include <proctree.h>
#include <string.h>

int main(void)
{
	struct ptree_users *users;
	int differs;

	if (ptree_users_new(&users) < 0)
		return 1;
	differs = strcmp(ptree_users_name(users, 0), "root");
	ptree_users_free(users);
	return differs != 0;
}
C

# shellcheck disable=SC2086
link_static()
{
	${CC:-cc} -static -pthread -I"${srcdir:-.}/lib" -o "$work/$1" "$work/$1.c" "$library"
}

can_link_static()
{
	echo 'int main(void) { return 0; }' >"$work/nothing.c"
	[ -z "$SANITIZER_CFLAGS" ] && link_static nothing >/dev/null 2>&1
}

check 'the files of the library share functions, map_find() is one' \
	grep -qx map_find "$work/internal"
check 'no name without ptree_ is left' test ! -s "$work/without-prefix"
check 'a program with functions of the same names links' link_own
check 'that program runs, and each calls its own' timeout 30 "$work/own"
if can_link_static && grep -q '^root:[^:]*:0:' /etc/passwd; then
	check 'a program without any shared library links' link_static users
	check 'that program knows the users of /etc/passwd' "$work/users"
else
	skip 'no static C library, or sanitizers' 'a program without any shared library links'
fi
check 'the manual tells of getpwuid() in a static program' \
	grep -q 'getpwuid 3' "${srcdir:-.}/man/libproctree.3"
done_testing
