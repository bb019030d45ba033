#!/bin/sh
# SPDX-License-Identifier: MIT
# proctop log, with real events: what is printed about processes of the test's own making, and how
# it ends.
. "${srcdir:-.}/tests/tap.sh"

proctop=./proctop
[ -x "$proctop" ] || skip_all 'proctop is not built'
command -v bash >/dev/null || skip_all 'no bash to rename processes with'

work=$(mktemp -d) || exit 1
trap '[ ! -f "$work/log" ] || kill "$(cat "$work/log")"; rm -rf "$work"' EXIT
LC_ALL=C
export LC_ALL

# Polling works everywhere, and goes first: the rest needs events.

polls_and_says_so()
{
	"$proctop" log --poll --json --duration=1 >"$work/out" 2>"$work/err" || return 1
	grep -q '^proctop: no process events (asked to poll)' "$work/err" &&
		tail -n 1 "$work/out" | grep -q '"event":"summary".*"mode":"polling","reason":"asked'
}
check 'polling is said on stderr and in the summary' polls_and_says_so

requires_events_elsewhere()
{
	unshare -n "$proctop" log --require-events --duration=1 >"$work/out" 2>"$work/err"
	[ $? -eq 3 ] && [ ! -s "$work/out" ] && grep -q '^proctop: no process events: ' "$work/err"
}
if unshare -n true 2>/dev/null; then
	check 'where there are no events, requiring them exits 3' requires_events_elsewhere
else
	skip 'no unshare' 'where there are no events, requiring them exits 3'
fi

"$proctop" log --require-events --duration=0.1 >/dev/null 2>&1
if [ $? -eq 3 ]; then
	skip 'no process events here' 'events are printed'
	done_testing
	exit
fi

# Checks run in subshells, so what is in the background is known by this file.
run_in_background()
{
	: >"$work/out"
	"$proctop" log "$@" >"$work/out" 2>"$work/err" &
	echo $! >"$work/log"
}

end_log()
{
	kill "$(cat "$work/log")" && rm "$work/log"
}

# until_printed PATTERN COMMAND...: again and again, until its events are there.
until_printed()
{
	pattern=$1
	shift
	tries=0
	until grep -aqE "$pattern" "$work/out"; do
		"$@"
		tries=$((tries + 1))
		[ $tries -lt 1000 ] || return 1
	done
}

mark()
{
	bash -c 'exec -a "$1" true' bash "$1"
}

# log_of COMMAND ARG...: what it prints while the command runs, in $work/out.
log_of()
{
	command=$1
	shift
	run_in_background --summary "$@"
	until_printed "$marker" mark "$marker" || return 1
	"$command" 2>/dev/null
	until_printed "last-$marker" mark "last-$marker" || return 1
	log=$(cat "$work/log")
	end_log
	wait "$log"
}

marker=mark$$

# The load: each process's pid is written down before it becomes what is looked for.
make_load()
{
	bash -c 'echo $$ >"$work/code"; exec -a "$hostile" bash -c "exit 7"'
	bash -c 'echo $$ >"$work/killed"; kill -KILL $$' 2>/dev/null
	bash -c 'echo $$ >"$work/leader"; exec setsid -w true'
	bash -c 'echo $$ >"$work/renamed"; printf "new\033name" >/proc/$$/comm; true'
	bash -c 'echo $$ >"$work/parent"; bash -c "echo \$\$ >\"$work/child\"; true"; true'
}
hostile=$(printf 'a"b\033[31m\n\377\303\251')
export work hostile

# ---- text ----

check 'SIGTERM ends it with 0' log_of make_load

pid_of()
{
	cat "$work/$1"
}

# prints PATTERN: a line of the log.
prints()
{
	grep -qE -- "$1" "$work/out" && return 0
	grep -E "$(cat "$work/code" "$work/killed" "$work/renamed" | paste -sd '|')" "$work/out"
	return 1
}

has_no_control_bytes()
{
	LC_ALL=C tr -d '\n' <"$work/out" | LC_ALL=C grep -q '[[:cntrl:]]' && return 1
	LC_ALL=C tr -d '\000-\177' <"$work/out" | grep -q . && return 1
	return 0
}

is_said_before()
{
	first=$(grep -nE "$1" "$work/out" | head -n 1 | cut -d : -f 1)
	second=$(grep -nE "$2" "$work/out" | head -n 1 | cut -d : -f 1)
	[ -n "$first" ] && [ -n "$second" ] && [ "$first" -lt "$second" ]
}

time='^[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}'
code=$(pid_of code)
check 'an exec has its parent, with the pid' prints "exec $code .*[^ ]+\\([0-9]+\\)$"
check 'an exit has its parent, with the pid' \
	prints "exit $(pid_of child) .*bash\\($(pid_of parent)\\)$"
check 'a fork has a line with who forked' prints "$time fork $code <- [^ ]+\([0-9]+\)"
check 'an exit has how long it lived and its code' \
	prints "$time exit $code .*  [0-9.]+m?s (cpu <?[0-9.]+m?s )?exit 7"
check 'a killed one has its signal' prints "exit $(pid_of killed) .*killed by SIGKILL"
check 'a new session is told' prints "sid  $(pid_of leader) .*leads a new session"
check 'a rename is told, escaped' prints "comm $(pid_of renamed) .*now called new\\\\x1bname"
check 'hostile arguments are escaped' has_no_control_bytes
check 'a fork comes before what the child does' \
	is_said_before "fork $code " "exec $code "
check 'an exec comes before the exit' is_said_before "exec $code " "exit $code "
check 'the summary is on stderr' grep -qE \
	'^proctop: [0-9]+\.[0-9] s, [0-9]+ events, 0 lost, [0-9]+ of [0-9]+ command lines read, 0 resyncs$' \
	"$work/err"

# ---- JSON ----

check 'SIGTERM ends it with 0 after JSON, too' log_of make_load --json
code=$(pid_of code)

if command -v jq >/dev/null; then
	# json_has EXPRESSION: true for some line.
	json_has()
	{
		jq -es --argjson code "$(pid_of code)" --argjson killed "$(pid_of killed)" \
			--argjson parent "$(pid_of parent)" --argjson child "$(pid_of child)" \
			"any(.[]; $1)" "$work/out" >/dev/null && return 0
		grep -E "\"pid\":($(pid_of code)|$(pid_of killed)|$(pid_of child))," "$work/out"
		return 1
	}
	json_all()
	{
		jq -es "all(.[]; $1)" "$work/out" >/dev/null
	}
	# The shell must not expand jq's variables.
	# shellcheck disable=SC2016
	{
		check 'every line is an object with event, time and boot time' json_all \
			'(.event | type) == "string" and
			(.time | test("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{9}Z$")) and
			(.boot_ns | type) == "number"'
		check 'every line about a process says which' json_all \
			'(.event | IN("summary", "lost", "resync", "unknown")) or
			([has("pid", "ppid", "uid", "user", "comm", "argv", "argv_status", "ancestry",
			"inferred", "origin_pid")] | all)'
		check 'an exit has its code and no signal' json_has \
			'.event == "exit" and .pid == $code and .exit_code == 7 and .signal == null and
			.core_dumped == false and .elapsed_ns > 0 and has("cpu_ns") and .cpu_ns != 0'
		check 'a killed one has its signal and no code' json_has \
			'.event == "exit" and .pid == $killed and .signal == 9 and .exit_code == null'
		check 'arguments are exact, bad UTF-8 replaced' json_has \
			'.event == "exec" and .argv_status == "read" and
			.argv == ["a\"b\u001b[31m\n\ufffd\u00e9", "-c", "exit 7"] or
			(.pid == $code and .argv_status == "late")'
		check 'an exec says what was before' json_has \
			'.event == "exec" and .pid == $code and (.previous_comm | type) == "string"'
		check 'a fork names its parent' json_has \
			'.event == "fork" and .pid == $child and .ppid == $parent and
			.ancestry[0].pid == $parent'
		check 'a rename has the new name' json_has \
			'.event == "comm" and .new_comm == "new\u001bname"'
		check 'the last line is the summary' jq -es \
			'last | .event == "summary" and .lost == 0 and .mode == "live" and
			.reason == null and .events > 0 and .execs >= .argv_read and .resyncs == 0' \
			"$work/out"
	}
	# Those who change their user right after the fork; another test may do so at the same time.
	become_nobody_often()
	{
		sh -c 'echo $PPID' >"$work/forker"
		for _ in $(seq 100); do
			setpriv --reuid=65534 true
		done
	}
	lines_tell_who_it_was_then()
	{
		log_of become_nobody_often --json || return 1
		jq -c "select(.ppid == $(pid_of forker))" "$work/out" >"$work/theirs"
		for expression in 'any(.event == "uid" and .uid == 65534)' \
			'any(.event == "exit" and .uid == 65534 and .comm == "true")' \
			'all(.event != "fork" or .uid != 65534 or
				(.comm // "" | test("^(ba|da)?sh$") | not))' \
			'all(.event != "exec" or .comm != "setpriv" or .uid == 0)'; do
			jq -es "$expression" "$work/theirs" >/dev/null && continue
			echo "not so: $expression"
			head -n 40 "$work/theirs"
			return 1
		done
	}
	if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null; then
		check 'a line tells who a process was then' lines_tell_who_it_was_then
	else
		skip 'not root, or no setpriv' 'a line tells who a process was then'
	fi
else
	skip 'no jq' 'every line is an object'
fi
check 'JSON is ASCII' has_no_control_bytes

# ---- by command ----

# Each of three has a name of its own: it forks, executes, and two of them fail.
make_commands()
{
	for code in 0 3 3; do
		cp /bin/true "$work/cm$$"
		bash -c 'printf "$1" >/proc/$$/comm; "$2"; exit "$3"' bash "fk$$" "$work/cm$$" "$code"
	done
}

# has_row COMMAND FORKS EXECS EXITS FAILED: a pattern each. One that gave itself a name while its exec
# waited to be told may have that, too.
has_row()
{
	awk -v name="$1" -v figures="^$2 $3 $4 $5$" '
		$1 == name { found = ($2 " " $3 " " $4 " " $5) ~ figures && NF == 7 }
		END { exit !found }' "$work/out" && return 0
	sed -n '/^COMMAND/,$p' "$work/out"
	return 1
}

check 'with --by-command it ends with 0' log_of make_commands --by-command --events=exec
check 'there is a heading' grep -qE '^COMMAND +FORKS +EXECS +EXITS +FAILED +CPU +ELAPSED$' "$work/out"
check 'a command has its forks and failures' has_row "fk$$" 3 "[0-3]" 3 2
check 'and its execs and exits' has_row "cm$$" 0 3 3 0
check 'of events that are not chosen there are no lines' sh -c \
	"! grep -E '^[0-9:.]+ (fork|exit) ' '$work/out'"
if command -v jq >/dev/null; then
	sums_up_in_json()
	{
		log_of make_commands --by-command --json --events=exec &&
			jq -es --arg fork "fk$$" 'any(.[]; .event == "command" and .comm == $fork and
				.forks == 3 and .exits == 3 and .failures == 2 and .elapsed_ns > 0 and
				has("cpu_ns") and (.boot_ns | type) == "number") and
				(last | .event == "summary")' "$work/out" >/dev/null
	}
	check 'JSON has an object a command, before the summary' sums_up_in_json
fi

# ---- what is chosen ----

only_exits()
{
	log_of make_load --events=exit,exec || return 1
	grep -q ' exit ' "$work/out" && ! grep -vE "$time (exit|exec) " "$work/out"
}
check 'of chosen events no others are printed' only_exits

# What is held back for a command line is told at the end all the same.
nothing_is_held_at_the_end()
{
	for i in 1 2 3 4 5; do
		run_in_background --events=exec
		until_printed exec mark "started-$i" || return 1
		mark "last-$i"
		end_log
		wait
		grep -q "last-$i" "$work/out" || return 1
	done
}
check 'what is held back is told at the end' nothing_is_held_at_the_end

# A shell that forks all the time, so that it is seen when it is watched.
only_subtree()
{
	: >"$work/inside"
	bash -c 'until [ -e "$work/go" ]; do bash -c true; done
		bash -c "echo \$\$ >\"$work/inside\"; true"; true' &
	watched=$!
	run_in_background --watch="$watched"
	until_printed fork sleep 0.02 || return 1
	make_load 2>/dev/null
	: >"$work/go"
	wait "$watched"
	until_printed "exit $watched " sleep 0.02 || return 1
	end_log
	grep -q "fork $(pid_of inside) " "$work/out" && grep -q "exit $(pid_of inside) " "$work/out" &&
		! grep -vE "bash\($watched\)|(exec|exit) .*bash\([0-9]+\)$| exit $watched " "$work/out" &&
		! grep -E " $(pid_of code) | $(pid_of killed) " "$work/out"
}
check 'of a watched process only the subtree is printed' only_subtree

only_matches()
{
	log_of make_load --filter="cmd:$marker" || return 1
	! grep -E " ($(pid_of code)|$(pid_of killed)|$(pid_of parent)) " "$work/out"
}
check 'with a filter what does not match is not printed' only_matches

watches_pid_that_is_not_there()
{
	"$proctop" log -w 4194304 >"$work/out" 2>"$work/err"
	[ $? -eq 1 ] && grep -q -- '^proctop: --watch: no process has the pid 4194304' "$work/err"
}
check 'a pid to watch that does not exist is an error' watches_pid_that_is_not_there

# ---- how it ends ----

leaves_with_its_reader()
{
	{
		"$proctop" log 2>"$work/err"
		echo $? >"$work/exit"
	} | head -n 1 >/dev/null &
	reader=$!
	tries=0
	until [ -s "$work/exit" ]; do
		true | true
		bash -c true
		tries=$((tries + 1))
		[ $tries -lt 500 ] || { kill $reader; return 1; }
	done
	[ "$(cat "$work/exit")" -eq 0 ] && [ ! -s "$work/err" ]
}
check 'a reader that has seen enough is no failure' leaves_with_its_reader

# Nobody reads; a pipe holds 64 KiB, and 1000 processes are more than that.
ends_with_a_full_pipe()
{
	mkfifo "$work/full"
	sleep 600 <>"$work/full" &
	holder=$!
	"$proctop" log --json 2>"$work/err" >"$work/full" &
	log=$!
	echo $log >"$work/log"
	i=0
	while [ $i -lt 300 ]; do
		bash -c true
		i=$((i + 1))
	done
	end_log
	wait "$log"
	code=$?
	kill "$holder"
	[ $code -eq 0 ]
}
check 'a signal ends it though nobody reads' ends_with_a_full_pipe

# With job control, since background jobs ignore SIGINT without it.
ends_with_interrupt()
{
	: >"$work/out"
	# shellcheck disable=SC2016
	bash -mc '"$1" log --json >"$2" & until [ -s "$2" ]; do bash -c true; done
		kill -INT $! && wait $!' bash "$proctop" "$work/out" >"$work/err" 2>&1 &&
		tail -n 1 "$work/out" | grep -q '"event":"summary"'
}
check 'SIGINT ends it with 0 and the summary' ends_with_interrupt

stops_after_its_time()
{
	timeout 10 "$proctop" log --duration=0.2 --json >"$work/out" 2>"$work/err" &&
		tail -n 1 "$work/out" | grep -q '"event":"summary"'
}
check 'it stops after its duration' stops_after_its_time
done_testing
