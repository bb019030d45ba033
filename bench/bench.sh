#!/bin/sh
# SPDX-License-Identifier: MIT
# The figures of the README, and those of the peers that are installed, in one run on one machine:
# medians of three rounds. Nothing here passes or fails. Run it through `make bench`, as root for
# the figures that need a large receive buffer.
set -u
PROCTOP=${PROCTOP:-./proctop}
LOAD=${LOAD:-bench/load}
SCREEN=${SCREEN:-bench/screen}
SLEEPERS=${SLEEPERS:-10000}
FORKS=${FORKS:-500000}
export TERM=xterm-256color
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
# libtool's wrapper would be measured, too.
if [ -x .libs/proctop ]; then
	PROCTOP=.libs/proctop
	LD_LIBRARY_PATH=$PWD/lib/.libs
	export LD_LIBRARY_PATH
fi

median()
{
	sort -n | awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)]; else print "-" }'
}

has()
{
	command -v "$1" >/dev/null 2>&1
}

# seconds COMMAND...: how long it takes.
seconds()
{
	/usr/bin/env bash -c 'TIMEFORMAT=%R; time "$@" >/dev/null 2>&1' bash "$@" 2>&1
}

row()
{
	printf '%-44s %12s %12s %12s\n' "$@"
}

# What a screen of the program costs over the sleepers: three rounds, each figure's median.
screen_row()
{
	name=$1 marker=$2 keys=$3
	shift 3
	for _ in 1 2 3; do
		"$SCREEN" "$marker" 4 "$keys" "$@" 2>/dev/null
	done >"$work/rounds"
	row "$name" "$(awk '{ print $1 }' "$work/rounds" | median)" \
		"$(awk '{ print $2 }' "$work/rounds" | median)" \
		"$(awk '{ print $3 }' "$work/rounds" | median)"
}

picture_row()
{
	name=$1
	shift
	row "$name" "$(for _ in 1 2 3; do seconds "$@"; done | median)" '' ''
}

over_sleepers()
{
	row "over $SLEEPERS sleeping processes" 'first (s)' 'idle (%)' 'RSS (kB)'
	screen_row 'proctop' sleepers q "$PROCTOP" --no-mouse
	has htop && screen_row 'htop -t' F10 q "$(command -v htop)" -t
	has top && screen_row 'top' COMMAND q "$(command -v top)"
	echo
	row 'one picture of them' 'seconds' '' ''
	picture_row 'proctop tree' "$PROCTOP" tree
	picture_row 'proctop tree --json' "$PROCTOP" tree --json
	has pstree && picture_row 'pstree -aclpu' pstree -aclpu
	has ps && picture_row 'ps axf' ps axf
	has ps && picture_row 'ps -ef' ps -ef
}

if [ "${1:-}" = over-sleepers ]; then
	over_sleepers
	exit
fi

"$LOAD" sleepers "$SLEEPERS" "$0" over-sleepers | grep -v '^ready$'
echo
echo "a storm of $FORKS forks ($((2 * FORKS)) events) by 4 spawners, the screen on:"
"$LOAD" forks "$FORKS" 4 | tee "$work/storm" |
	"$SCREEN" COMMAND - q "$PROCTOP" --summary 2>&1 |
	awk 'NF == 3 { printf "  its CPU %s %% of a core, RSS %s kB\n", $2, $3; next } { print "  " $0 }'
sed 's/^/  /' "$work/storm"
