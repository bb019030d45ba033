#!/bin/sh
# SPDX-License-Identifier: MIT
# The program itself, where events are lost or not to be had.
. "${srcdir:-.}/tests/tap.sh"

proctop=${PROCTOP:-./proctop}
[ -x "$proctop" ] || skip_all "there is no $proctop"
timeout 20 "$proctop" log --require-events --duration=1 >/dev/null 2>&1 ||
	skip_all 'there are no process events here'
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

# exits_3 COMMAND...: the rest is put behind it.
exits_3()
{
	"$@" timeout 20 "$proctop" log --require-events --duration=1
	got=$?
	echo "exit status $got"
	[ "$got" -eq 3 ]
}

# In another pid namespace the leak sanitizer cannot stop the threads whose stacks it wants to read.
for options in '-n' '-U -r' '-p -f'; do
	case $options in
	-p*) leaks='env ASAN_OPTIONS=detect_leaks=0' ;;
	*) leaks= ;;
	esac
	sentence="--require-events exits 3 under unshare $options"
	# shellcheck disable=SC2086
	if unshare $options true 2>/dev/null; then
		check "$sentence" exits_3 unshare $options $leaks
	else
		skip 'unshare is not permitted' "$sentence"
	fi
done

survives_enobufs()
{
	# The leak checker cannot work beside strace.
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -e inject=recvmmsg:error=ENOBUFS:when=3+7 \
		timeout 20 "$proctop" log --duration=2 >"$scratch/log" 2>&1
	got=$?
	cat "$scratch/log"
	[ "$got" -eq 0 ]
}

if strace -qq -o /dev/null true 2>/dev/null; then
	check 'ENOBUFS again and again ends nothing' survives_enobufs
else
	skip 'strace cannot trace here' 'ENOBUFS again and again ends nothing'
fi

# Stopped while others fork: what came meanwhile was kept, or is reported as lost. It ends by a signal:
# on a machine that is full it may take seconds to begin.
tells_after_stop()
{
	"$proctop" log --duration=120 >"$scratch/log" 2>&1 &
	pid=$!
	while ! grep -q . "$scratch/log" && kill -0 "$pid" 2>/dev/null; do
		/bin/true
	done
	kill -STOP "$pid"
	i=0
	while [ $i -lt 300 ]; do
		/bin/true
		i=$((i + 1))
	done
	/bin/sh -c 'exit 93'
	kill -CONT "$pid"
	i=0
	while ! grep -E -q 'exit(ed)? 93|lost' "$scratch/log" && [ $i -lt 100 ]; do
		sleep 0.1
		i=$((i + 1))
	done
	kill -TERM "$pid"
	wait "$pid" || return 1
	tail -n 5 "$scratch/log"
	[ $i -lt 100 ]
}
check 'what happens while it is stopped is told when it goes on' tells_after_stop

# More than one turn takes, and its time is over when it goes on.
tells_all_until_its_end()
{
	"$proctop" log --duration=5 >"$scratch/log" 2>&1 &
	pid=$!
	while ! grep -q . "$scratch/log" && kill -0 "$pid" 2>/dev/null; do
		/bin/true
	done
	kill -STOP "$pid"
	perl -e '$0 = "name-$_" for 1 .. 40000' # an event each, and no pid is used for it
	/bin/sh -c 'exit 94'
	sleep 5
	kill -CONT "$pid"
	wait "$pid" || return 1
	wc -l <"$scratch/log"
	grep -E -q 'exit(ed)? 94|lost' "$scratch/log"
}
check 'and all of it, though its time is over' tells_all_until_its_end

done_testing
