#!/bin/sh
# SPDX-License-Identifier: MIT
# Rules of proctop log, with real processes: who is told of, what is run and what is stopped.
# shellcheck disable=SC2317,SC2016,SC2009
. "${srcdir:-.}/tests/tap.sh"

proctop=./proctop
[ -x "$proctop" ] || skip_all 'proctop is not built'
command -v bash >/dev/null || skip_all 'no bash to rename processes with'

work=$(mktemp -d) || exit 1
trap '[ ! -f "$work/log" ] || kill "$(cat "$work/log")"; rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL
time='^[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9][0-9][0-9]'

# A name that nobody else has, of a program that begins as another.
name=ru$$
cp /bin/true "$work/$name"
cp /bin/sleep "$work/sl$$"

begin_log()
{
	: >"$work/out"
	"$proctop" log "$@" >"$work/out" 2>"$work/err" &
	echo $! >"$work/log"
}

end_log()
{
	kill "$(cat "$work/log")" && wait "$(cat "$work/log")"
	rm "$work/log"
}

# until_printed PATTERN COMMAND...: again and again, until it is there.
until_printed()
{
	pattern=$1
	shift
	tries=0
	until grep -aqE "$pattern" "$work/out" "$work/err"; do
		"$@"
		tries=$((tries + 1))
		[ $tries -lt 500 ] || { cat "$work/out" "$work/err"; return 1; }
	done
}

# soon COMMAND...: within some seconds it is true.
soon()
{
	tries=0
	until "$@"; do
		sleep 0.02
		tries=$((tries + 1))
		[ $tries -lt 500 ] || return 1
	done
}

try()
{
	"$work/$name"
	sleep 0.02
}

# begin_ready_log ARG...: a log with these, and a rule that tells when it is there, has begun.
begin_ready_log()
{
	cp /bin/true "$work/rd$$"
	begin_log --on="comm=rd$$ => log ready" "$@" && until_printed 'ready' ready_once
}

ready_once()
{
	"$work/rd$$"
	sleep 0.02
}

state_of()
{
	sed 's/.*) \(.\).*/\1/' "/proc/$1/stat" 2>/dev/null
}

has_state()
{
	[ "$(state_of "$1")" = "$2" ]
}

# Polling works everywhere, and goes first: the rest needs events.

polls()
{
	begin_log --poll --events=rule --on="comm=sl$$ => log found it"
	sleep 0.5
	"$work/sl$$" 60 &
	sleeper=$!
	until_printed "^[0-9:.]+ rule $sleeper .*found it" sleep 0.05
	found=$?
	kill $sleeper
	end_log
	return $found
}
check 'where there are no events, a scan finds who matches' polls

"$proctop" log --require-events --duration=0.1 >/dev/null 2>&1
if [ $? -eq 3 ]; then
	skip 'no process events here' 'rules see what is short-lived'
	done_testing
	exit
fi

# ---- who is told of ----

tells_an_exec()
{
	begin_ready_log --events=rule --on="cmd~\"^$work/$name\" => log it ran" && try && end_log &&
		! grep -vE "$time rule [0-9]+ " "$work/out" &&
		[ "$(grep -c "$work/$name  => it ran  \.\.\." "$work/out")" = 1 ]
}
check 'an exec is told once, and nothing else with --events=rule' tells_an_exec

tells_beside_events()
{
	begin_ready_log --on="comm=$name => log" && try && end_log &&
		grep -qE "$time exec [0-9]+ $work/$name" "$work/out" &&
		grep -qE "$time rule [0-9]+ $work/$name  => comm=$name => log" "$work/out"
}
check 'without a text the rule is told, beside the events' tells_beside_events

tells_a_status()
{
	begin_ready_log --events=rule --on='exit>=200 => log bad' --on='signal=KILL => log killed' &&
		{ sh -c 'exit 201'; sh -c 'kill -9 $$'; sleep 0.1; } 2>/dev/null && end_log &&
		grep -q "sh -c exit 201  => bad" "$work/out" && grep -q '=> killed' "$work/out"
}
check 'how one ended is told' tells_a_status

is_silent_at_the_start()
{
	"$work/sl$$" 60 &
	sleeper=$!
	soon grep -qx "sl$$" "/proc/$sleeper/comm"
	begin_ready_log --events=rule --on="comm=sl$$ => log" &&
		"$work/sl$$" 0.01 && sleep 1 && end_log
	told=$?
	kill $sleeper
		[ $told = 0 ] && ! grep -q " $sleeper .*sl$$ => log" "$work/out" && [ "$(grep -c "sl$$ => log" "$work/out")" = 1 ]
}
check 'who matches at the start is not told of' is_silent_at_the_start

under_a_name()
{
	begin_ready_log --events=rule --on="comm~\"^(ba|da)?sh\$\" under:$name => log a shell" &&
		bash -c "printf $name >/proc/\$\$/comm; sh -c :; true" && sh -c : && sleep 1 && end_log &&
		[ "$(grep -c 'a shell' "$work/out")" = 1 ]
}
check 'a shell under something is told, others are not' under_a_name

another=$((1000000 + $$))
becomes_another()
{
	# One that no test beside this one becomes.
	begin_ready_log --events=rule --on="uid=$another => log nobody" &&
		setpriv --reuid="$another" sh -c '/bin/true; /bin/true' && sleep 1 && end_log &&
		[ "$(grep -c '=> nobody' "$work/out")" = 1 ]
}
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	check 'who becomes another user is told once, and not with each fork' becomes_another
else
	skip 'not root' 'who becomes another user is told once, and not with each fork'
fi

if command -v jq >/dev/null; then
	tells_in_json()
	{
		begin_ready_log --json --events=rule --on="comm=$name => log it \"ran\"" \
			--on="comm=$name => run sh -c 'exit 3'" && try &&
			until_printed '"result":"exit 3"' sleep 0.02 && end_log &&
			jq -es --arg comm "$name" --arg rule "comm=$name => log it \"ran\"" '
				any(.[]; .event == "rule" and .rule == $rule and .action == "log" and
					.text == "it \"ran\"" and .comm == $comm and (.pid | type) == "number" and
					(.argv | length) == 1 and (.ancestry | length) > 0 and has("time") and
					(.boot_ns | type) == "number") and
				any(.[]; .event == "rule" and .action == "run" and .text == null) and
				any(.[]; .event == "rule_result" and .action == "run" and .failed and
					.result == "exit 3" and (.pid | type) == "number") and
				(last | .event == "summary")' "$work/out" >/dev/null
	}
	check 'JSON has an object for who matches, and one for what came of it' tells_in_json
fi

# ---- running ----

runs_with_facts()
{
	begin_ready_log --on="comm=$name => run sh -c 'env >\"\$1\"; cat >>\"\$1\"' x $work/env" &&
		"$work/$name" 'a  b' && soon grep -q '^PROCTOP_RULE=' "$work/env" && sleep 1 && end_log &&
		grep -qx "PROCTOP_CMD=$work/$name a  b" "$work/env" &&
		grep -qx "PROCTOP_COMM=$name" "$work/env" && grep -qx "PROCTOP_UID=$(id -u)" "$work/env" &&
		grep -qE '^PROCTOP_PID=[0-9]+$' "$work/env" && grep -qE '^PROCTOP_PPID=[0-9]+$' "$work/env" &&
		grep -q "^PROCTOP_RULE=comm=$name => run sh" "$work/env" && grep -q ^PATH= "$work/env" &&
		! grep -qE '^PROCTOP_(EXIT|SIGNAL|OLD)=' "$work/env"
}
PROCTOP_OLD=1
export PROCTOP_OLD
check 'a program is run with the facts in its environment' runs_with_facts

runs_with_an_end()
{
	cp /bin/false "$work/fa$$"
	begin_ready_log --on="exit=1 comm=fa$$ => run sh -c 'env >$work/env2'" &&
		{ "$work/fa$$" || soon grep -qx PROCTOP_EXIT=1 "$work/env2"; } && end_log
}
check 'and with how it ended' runs_with_an_end

runs_no_shell()
{
	begin_ready_log --on="comm=$name => run $work/args 'a b' '\$HOME;\`id\`' \"\\\"\"" || return 1
	printf '#!/bin/sh\nprintf "[%%s]" "$@" >"%s/got.new"; mv "%s/got.new" "%s/got"\n' \
		"$work" "$work" "$work" >"$work/args"
	chmod 755 "$work/args"
	try
	soon [ -s "$work/got" ] && end_log && [ "$(cat "$work/got")" = '[a b][$HOME;`id`]["]' ]
}
check 'arguments are what stands between the quotes' runs_no_shell

is_in_a_session_of_its_own()
{
	begin_ready_log --on="comm=$name => run sh -c 'cat /proc/self/stat >$work/stat;
		readlink /proc/self/fd/0 >$work/stdin; grep SigBlk /proc/self/status >$work/blocked; echo said'" &&
		try && until_printed 'run: exit 0' sleep 0.02 && end_log || return 1
	read -r _ _ _ _ group session _ <"$work/stat"
	[ "$group" = "$session" ] && [ "$(cat "$work/stdin")" = /dev/null ] &&
		grep -qE '0{16}$' "$work/blocked" && grep -qx said "$work/err" && ! grep -qx said "$work/out"
}
check 'it has a session of its own, no stdin, and prints to stderr' is_in_a_session_of_its_own

says_what_cannot_be_run()
{
	begin_ready_log --events=rule --on="comm=$name => run $work/nobody has this" && try &&
		until_printed 'cannot run it: No such file or directory' sleep 0.02 && end_log
}
check 'what cannot be run is said' says_what_cannot_be_run

own_never_match()
{
	begin_ready_log --events=rule --on="comm=$name | cmd:again$$ => run bash -c '$work/$name; (sleep 0.1; exec -a again$$ $work/$name) & true'" &&
		try && sleep 1 && end_log && [ "$(grep -c "$work/$name  =>" "$work/out")" = 1 ]
}
check 'what it runs, and all that comes from that, matches nothing' own_never_match

many()
{
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
		"$work/$name"
	done
}
has_no_zombie()
{
	! ps -o stat= --ppid "$(cat "$work/log")" | grep -q Z
}
adds_up()
{
	told=$(grep "=> run sh" "$work/out" | grep -vc " run: ")
	left_out=$(awk '/left out/ { sum += $3 } END { print sum + 0 }' "$work/out")
	[ "$told" -gt 20 ] && [ "$left_out" -gt 0 ] &&
		[ $(($(wc -l <"$work/runs") + left_out)) = "$told" ]
}
is_limited()
{
	begin_ready_log --events=rule --on="comm=$name => run sh -c 'echo >>$work/runs; sleep 0.5'" &&
		many && soon adds_up && sleep 0.6 && soon has_no_zombie && end_log && adds_up
}
check 'no more than some are run at once; the rest is counted, and no zombie is left' is_limited

# The last of it is said though it is no second later.
counts_to_the_end()
{
	: >"$work/runs"
	begin_ready_log --events=rule --on="comm=$name => run sh -c 'echo >>$work/runs'" &&
		many && end_log && soon adds_up
}
check 'what was left out last is counted, too' counts_to_the_end

# ---- stopping ----

stops()
{
	begin_ready_log --events=rule --on="comm=sl$$ => stop" || return 1
	"$work/sl$$" 60 &
	sleeper=$!
	soon has_state $sleeper T
	stopped=$?
	until_printed "rule $sleeper stop: stopped  => comm=sl$$ => stop" sleep 0.02 || stopped=1
	kill -CONT $sleeper
	kill $sleeper
	end_log
	return $stopped
}
check 'who is to be stopped stands still' stops

# This shell is one that the log comes from.
stops_no_ancestor()
{
	: >"$work/out"
	bash -c '"$0" log --events=rule --duration=60 --on="comm=an$$ => stop" >"$1" &
		while ! [ -s "$1" ] && kill -0 $!; do
			printf "an$$" >/proc/$$/comm; sleep 0.2; printf other >/proc/$$/comm; sleep 0.1
		done
		kill $!; wait' "$proctop" "$work/out" &
	ancestor=$!
	soon grep -q "rule $ancestor stop: not stopped: no rule stops" "$work/out" &&
		! has_state $ancestor T
	spared=$?
	wait
	return $spared
}
check 'what it comes from is not stopped' stops_no_ancestor

says_who_was_over()
{
	begin_ready_log --events=rule --on="comm=$name => stop" && try &&
		until_printed 'stop: was over before it could be stopped' sleep 0.02 && end_log
}
check 'who was over before is said' says_who_was_over
done_testing
