#!/bin/sh
# SPDX-License-Identifier: MIT
# A program that has only what `make install` installs compiles, links and runs: the one in the
# manual page of the library (between the comments "example begin" and "example end"), and one
# that needs neither a privilege nor /proc.
. "${srcdir:-.}/tests/tap.sh"

command -v "${PKG_CONFIG:-pkg-config}" >/dev/null || skip_all 'no pkg-config'
[ -f Makefile ] || skip_all 'not in a build directory'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
root=$work/root

# The make that runs this test has a jobserver that is not ours.
install_all()
{
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL "${MAKE:-make}" install DESTDIR="$root"
}

find_package()
{
	PKG_CONFIG_LIBDIR=$(dirname "$(find "$root" -name libproctree.pc)")
	PKG_CONFIG_PATH=
	PKG_CONFIG_SYSROOT_DIR=$root
	LD_LIBRARY_PATH=$(dirname "$(find "$root" -name 'libproctree.so' -o -name 'libproctree.a' |
		sort | tail -n 1)")
	export PKG_CONFIG_LIBDIR PKG_CONFIG_PATH PKG_CONFIG_SYSROOT_DIR LD_LIBRARY_PATH
}

# compile SOURCE PROGRAM. CC and what pkg-config says are lists of words.
# shellcheck disable=SC2046,SC2086
compile()
{
	${CC:-cc} $SANITIZER_CFLAGS -std=gnu17 -Wall -Wextra -Werror -o "$2" "$1" \
		$("${PKG_CONFIG:-pkg-config}" --cflags --libs libproctree)
}

# The roff of an example becomes C again.
example_of_manual()
{
	sed -n '/^\.\\" example begin/,/^\.\\" example end/p' "$1" |
		sed -e '/^\./d' -e 's/\\&//g' -e 's/\\-/-/g' -e "s/\\\\(aq/'/g" -e 's/\\(dq/"/g' \
			-e 's/\\e/\\/g' -e 's/\\\\/\\/g'
}

cat >"$work/builtin.c" <<'C'
#include <proctree.h>
#include <stdio.h>
#include <string.h>

int main(void)
{
	struct ptree_event event = {.kind = PTREE_EVENT_FORK, .pid = 2, .tgid = 2};
	char text[64];

	if (ptree_event_format(&event, text, sizeof(text)) < 0)
		return 1;
	return strncmp(text, "fork 2", 6) != 0;
}
C

check 'make install works with DESTDIR' install_all
find_package
check 'one header is installed' test "$(cd "$root" && find . -name '*.h' | sed 's,.*/,,')" = proctree.h
check 'pkg-config asks for no other library' test \
	"$("${PKG_CONFIG:-pkg-config}" --libs-only-l libproctree | tr -d ' ')" = -lproctree
check 'a program compiles with what pkg-config says' compile "$work/builtin.c" "$work/builtin"
check 'that program runs' "$work/builtin"

# Without a suffix such as -rc1: that is not in the header.
cat >"$work/version.c" <<'C'
#include <proctree.h>
#include <stdio.h>

int main(void)
{
	unsigned version = ptree_version();

	printf("%u.%u.%u\n", version / 10000, version / 100 % 100, version % 100);
	return version != PTREE_VERSION;
}
C
says_the_package_version()
{
	compile "$work/version.c" "$work/version" && version=$("$work/version") &&
		[ "$version" = "$("${PKG_CONFIG:-pkg-config}" --modversion libproctree | sed 's/-.*//')" ]
}
check "header, library and package have one version" says_the_package_version

manual=${srcdir:-.}/man/libproctree.3
if [ -f "$manual" ] && example_of_manual "$manual" >"$work/example.c" && [ -s "$work/example.c" ]; then
	check 'the example of the manual compiles' compile "$work/example.c" "$work/example"
	check 'the example of the manual runs' timeout 20 "$work/example" 1
else
	skip 'it has no example yet' 'the example of the manual compiles'
fi

# ---- examples/ ----

examples=${srcdir:-.}/examples

every_example_compiles()
{
	for source in "$examples"/*.c; do
		compile "$source" "$work/$(basename "$source" .c)" || return 1
	done
}

# shellcheck disable=SC2046,SC2086
the_example_in_cxx_compiles()
{
	$CXX $SANITIZER_CFLAGS -std=c++14 -Wall -Wextra -Werror -o "$work/count-users" \
		"$examples/count-users.cpp" $("${PKG_CONFIG:-pkg-config}" --cflags --libs libproctree)
}

# Runs something beside it now and then, so that there is something to see.
with_company()
{
	"$@" >"$work/out" 2>"$work/err" &
	example=$!
	while kill -0 "$example" 2>/dev/null; do
		/bin/true
		sleep 0.05
	done
	wait "$example"
}

# Without events it says why, and fails.
poll_loop_prints_events()
{
	if with_company "$work/poll-loop" 1; then
		grep -qE '^[0-9]+\.[0-9]{9} cpu [0-9]+ (fork|exec|exit) [0-9]+' "$work/out" &&
			with_company "$work/poll-loop" 1 json &&
			grep -q '^{"event":"exec","time_ns":[0-9]*,.*}$' "$work/out"
	else
		grep -q '^no events: ' "$work/err"
	fi
}

epoll_monitor_counts()
{
	with_company "$work/epoll-monitor" 2 &&
		[ "$(grep -cE '^[1-9][0-9]* processes, [0-9]+ forks seen' "$work/out")" = 2 ]
}

watch_command_tells_and_has_its_status()
{
	# shellcheck disable=SC2016
	"$work/watch-command" sh -c 'sleep 0.1; (exit 4); exit 3' >"$work/out" 2>"$work/err"
	[ $? = 3 ] && grep -qE '^[0-9]+ sh: (exit 3|ended)' "$work/out"
}

who_forked_leads_to_this_shell()
{
	"$work/who-forked" >"$work/out" && grep -q "($$)" "$work/out" && tail -n 1 "$work/out" |
		grep -q '^\[{"pid":.*"argv":\[".*who-forked"\]}.*\]$'
}

follow_feed_ends_with_the_same()
{
	with_company "$work/follow-feed" 1 && grep -q 'begun 1 times: the same' "$work/out"
}

one_that_is_overtaken_begins_anew()
{
	with_company "$work/follow-feed" 1 2000 && grep -q ': the same' "$work/out" &&
		! grep -q 'begun 1 times' "$work/out"
}

count_users_counts()
{
	"$work/count-users" >"$work/out" && grep -qE '^ *[1-9][0-9]* .' "$work/out"
}

check 'the examples compile' every_example_compiles
check 'poll-loop prints events' poll_loop_prints_events
check 'epoll-monitor counts processes' epoll_monitor_counts
check 'watch-command tells what its command did' watch_command_tells_and_has_its_status
check 'who-forked leads to who started it' who_forked_leads_to_this_shell
check 'follow-feed ends with the same tree' follow_feed_ends_with_the_same
check 'follow-feed begins anew when it was overtaken' one_that_is_overtaken_begins_anew
if [ -n "${CXX:-}" ]; then
	check 'the example in C++ compiles' the_example_in_cxx_compiles
	check 'count-users counts' count_users_counts
else
	skip 'no C++ compiler' 'the example in C++ compiles'
fi
done_testing
