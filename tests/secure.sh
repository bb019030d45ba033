#!/bin/sh
# SPDX-License-Identifier: MIT
# With capabilities of the file's the environment of who starts it changes nothing; setuid is refused.
# shellcheck disable=SC2317
. "${srcdir:-.}/tests/tap.sh"

[ "$(id -u)" = 0 ] || skip_all 'not root: files cannot be given capabilities'
for tool in setcap setpriv script tic; do
	command -v $tool >/dev/null || skip_all "no $tool"
done
[ -x tests/proctop-alone ] || skip_all 'not built'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
mkdir "$work/terminfo" "$work/home" "$work/home/.terminfo"
infocmp xterm 2>/dev/null | sed 's/^xterm[^,]*,/only-here|a terminal that the system has not,/' \
	>"$work/source"
for folder in "$work/terminfo" "$work/home/.terminfo"; do
	tic -x -o "$folder" "$work/source" 2>/dev/null || skip_all 'tic does not make a terminal'
done
chmod -R a+rX "$work"

# copy NAME: what make built, debugging information aside.
copy()
{
	program=tests/proctop-alone
	[ ! -e tests/.libs/proctop-alone ] || program=tests/.libs/proctop-alone
	cp "$program" "$work/$1" && chmod 755 "$work/$1"
}
for name in plain capable killer setuid; do
	copy $name || skip_all 'cannot copy the program'
done
chmod 4755 "$work/setuid"
setcap cap_sys_nice+ep "$work/capable" 2>/dev/null || skip_all 'no capabilities on this file system'

setcap cap_kill,cap_sys_nice+ep "$work/killer" 2>/dev/null
cp "$(command -v sleep)" "$work/sl$$" && chmod 755 "$work/sl$$"

as_nobody()
{
	setpriv --reuid 65534 --regid 65534 --clear-groups -- "$@"
}

# starts PROGRAM VARIABLE=VALUE: on a terminal that only that variable leads to.
starts()
{
	(sleep 0.5; printf q) | as_nobody env -i PATH="$PATH" TERM=only-here "$2" \
		script -qec "$work/$1" /dev/null >"$work/out" 2>&1
}

refuses_terminal()
{
	starts capable "$1" && return 1
	grep -q 'terminfo does not know this TERM' "$work/out"
}

is_refused()
{
	as_nobody "$work/setuid" tree >"$work/out" 2>"$work/err"
	[ $? = 1 ] && [ ! -s "$work/out" ] && grep -q 'must not be setuid.*setcap' "$work/err"
}

# AT_SECURE is set, and it works all the same.
works_with_capabilities()
{
	as_nobody env -i PATH="$PATH" "$work/capable" tree $$ >"$work/out" && grep -q "($$)" "$work/out"
}

# Where the machine is slow keys may come too early: in the end it is left all the same.
leave()
{
	left=10
	while [ $left -gt 0 ] && printf '\033' && sleep 0.3 && printf 'q'; do
		sleep 0.3
		left=$((left - 1))
	done
}

# Another user's process: the file's cap_sys_nice would let it.
changes_nobody_elses()
{
	sleep 60 &
	victim=$!
	{
		sleep 1 && printf '%s\r' $victim && sleep 0.5 && printf ']' && sleep 0.5 && printf '\r'
		sleep 1
		leave
	} 2>/dev/null |
		as_nobody env -i PATH="$PATH" TERM=xterm LC_ALL=C.UTF-8 \
			script -qec "$work/capable" /dev/null >"$work/out" 2>&1
	nice=$(ps -o ni= -p $victim)
	kill $victim
	echo "nice $nice"
	grep -q 'not permitted' "$work/out" && [ "$nice" -eq 0 ]
}

# rules_of ARG...: by scans, which anybody may; meanwhile root starts processes that match, until a
# scan finds one that was not there before.
rules_of()
{
	as_nobody "$work/killer" log --poll --events=rule --duration=60 "$@" >"$work/out" 2>"$work/err" &
	log=$!
	victim=
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -z "$victim" ] || kill $victim
		"$work/sl$$" 60 &
		victim=$!
		sleep 1.5
		! grep -q rule "$work/out" || break
	done
	state=$(ps -o stat= -p $victim)
	pkill -x -u nobody killer
	wait $log
	kill $victim
	cat "$work/out" "$work/err"
}

# cap_kill would let it.
rules_stop_nobody_elses()
{
	rules_of --on="comm=sl$$ => stop"
	grep -q 'stop: not stopped: not permitted' "$work/out" && case $state in S*) ;; *) false ;; esac
}

rules_run_without_capabilities()
{
	rules_of --on="comm=sl$$ => run sh -c 'grep ^Cap /proc/self/status'"
	grep -q '^CapEff' "$work/err" && ! grep -E '^Cap(Inh|Prm|Eff|Amb):.*[1-9a-f]' "$work/err"
}

check 'without capabilities TERMINFO is heard' starts plain "TERMINFO=$work/terminfo"
check 'and so is the home directory' starts plain "HOME=$work/home"
check 'with capabilities TERMINFO is not' refuses_terminal "TERMINFO=$work/terminfo"
check 'nor TERMINFO_DIRS' refuses_terminal "TERMINFO_DIRS=$work/terminfo"
check 'nor the home directory' refuses_terminal "HOME=$work/home"
check 'with capabilities it works' works_with_capabilities
check "and changes no processes but its user's own" changes_nobody_elses
check "rules stop no processes but its user's own" rules_stop_nobody_elses
check 'and what they run has no capabilities' rules_run_without_capabilities
if [ "$(findmnt -no OPTIONS -T "$work" 2>/dev/null | grep -c nosuid)" = 0 ]; then
	check 'setuid it refuses to start, with a word on capabilities' is_refused
else
	skip 'nosuid' 'setuid it refuses to start, with a word on capabilities'
fi
done_testing
