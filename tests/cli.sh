#!/bin/sh
# SPDX-License-Identifier: MIT
# The command line as a person meets it: help, errors, exit codes, and that manual and completions
# know exactly the options that the program knows.
. "${srcdir:-.}/tests/tap.sh"

top=${srcdir:-.}
proctop=./proctop
[ -x "$proctop" ] || skip_all 'proctop is not built'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# run ARG...: leaves out, err and code in $work. Without a terminal.
run()
{
	"$proctop" "$@" </dev/null >"$work/out" 2>"$work/err"
	echo $? >"$work/code"
}

# exits CODE ARG...
exits()
{
	expected=$1
	shift
	run "$@"
	[ "$(cat "$work/code")" -eq "$expected" ] || {
		echo "exit $(cat "$work/code"), not $expected"
		cat "$work/err"
		return 1
	}
}

# refuses TEXT ARG...: wrong use, said in words, and nothing else happens.
refuses()
{
	text=$1
	shift
	exits 2 "$@" || return 1
	grep -qF -- "$text" "$work/err" && grep -q '^proctop: ' "$work/err" &&
		[ ! -s "$work/out" ] && return 0
	cat "$work/err"
	return 1
}

helps()
{
	exits 0 "$@" && grep -q '^Usage: proctop' "$work/out" && [ ! -s "$work/err" ]
}

names_version()
{
	exits 0 "$1" && grep -qE '^proctop [0-9]+\.[0-9]+' "$work/out" &&
		[ "$(wc -l <"$work/out")" -eq 1 ]
}

# fails_to FILE TEXT ARG...: an output that takes nothing is a failure.
fails_to()
{
	file=$1
	text=$2
	shift 2
	"$proctop" "$@" </dev/null >"$file" 2>"$work/err" && return 1
	grep -qF "$text" "$work/err"
}

fails_when_closed()
{
	"$proctop" "$@" </dev/null >&- 2>"$work/err"
	[ $? -eq 1 ] && grep -q '^proctop: cannot write' "$work/err"
}

check 'proctop --help prints the usage' helps --help
check 'proctop -h prints the usage' helps -h
check 'proctop log --help prints the usage' helps log --help
check 'proctop --version prints a line' names_version --version
check 'proctop -V prints a line' names_version -V
check 'without a terminal the live monitor points to tree' refuses 'proctop tree'
check 'without a terminal the live monitor points to log' refuses 'proctop log' --poll

# refuses_with TERM TEXT ARG...
refuses_with()
(
	TERM=$1
	export TERM
	shift
	refuses "$@"
)

check 'without a terminal and with a TERM that cannot do it the one is said' \
	refuses_with dumb 'stdin and stdout must be a terminal'
check 'and so is the other' refuses_with dumb 'this TERM cannot place its cursor'
check 'an unknown TERM is said without a terminal, too' \
	refuses_with no-such-terminal 'terminfo does not know this TERM'

for number in 1e9 0x10 -1 +1 1s 1. .5 '' ' 1' 99999999999999999999 nan inf; do
	check "the duration '$number' is refused" \
		refuses "--duration: '$number' is not a number of seconds" log --duration="$number"
	check "the highlight '$number' is refused" \
		refuses "--highlight: '$number' is not a number of seconds" -H "$number"
done
check 'a missing value is refused' refuses 'expected SECONDS after it' log --duration
check 'an unknown option is refused' refuses "'--nonsense' is not one of them" --nonsense
check 'an unknown group is refused' refuses 'expected none, user' --group=colour
check 'groups are for the live monitor' refuses 'not an option of proctop tree' tree --group=user
check 'an unknown letter is refused' refuses "'-x' is not one of them" log -x
check 'an option of another command is refused' refuses 'not an option of' tree --duration=1
check 'an unknown command is refused' refuses "'record' is not one of tree, log and why" record
check 'an operand too many is refused' refuses 'is not expected' log sshd
check 'an unknown user is refused' refuses 'is not a user here' -u 'no such user'
check 'an unknown event is refused' refuses 'is not a list of events' log --events=fork,spoon
check 'a wrong filter is refused' refuses "no field 'foo'" tree -f foo:bar
check 'a rule without an action is refused' refuses "expected '=>' and what is to be done" log --on=uid=0
check 'a rule of a wrong filter is refused' refuses "--on: no field 'foo'" log --on='foo:bar => bell'
check 'a rule of a wrong action is refused' refuses 'expected mark, bell, log TEXT, stop or run' log --on='uid=0 => kill'
check 'what a shell would be for is refused' refuses "no shell is started, which '|'" --on='uid=0 => run a | b'
check 'a rule is not for tree' refuses 'not an option of proctop tree' tree --on='uid=0 => bell'
check 'ancestors of nobody are refused' refuses '--ancestors: expected a PID' tree -s
check 'ancestors of a name are refused' refuses '--ancestors: expected a PID' tree -s sshd
check 'short JSON is refused' refuses '--short: not with --json' tree --short --json
check 'a pid that cannot be is refused' refuses 'is not a pid or a name' tree 0
check 'why needs somebody' refuses 'expected PID, NAME, :PORT or FILE' why
check 'why of one thing only' refuses 'is not expected' why 1 2
for port in : :0 :65536 :ssh :-1; do
	check "the port '$port' is refused" refuses 'is not a port' why "$port"
done
check 'a filter is not for why' refuses 'not an option of proctop why' why -f x 1
check 'why of a pid that does not exist is a failure' exits 1 why 4194304
check 'why of a file that does not exist is a failure' exits 1 why /no/such/file
check 'a pid to watch that does not exist is a failure' exits 1 log -w 4194304
check 'a full disk is a failure of the help' fails_to /dev/full 'No space left' --help
check 'a full disk is a failure of the tree' fails_to /dev/full 'No space left' tree
check 'a full disk is a failure of the log' \
	fails_to /dev/full 'No space left' log --json --duration=0.1
check 'a closed stdout is a failure of the help' fails_when_closed --help
check 'a closed stdout is a failure of the tree' fails_when_closed tree
check 'a full disk is a failure of why' fails_to /dev/full 'No space left' why $$
check 'a closed stdout is a failure of the log' fails_when_closed log --json --duration=0.1

# Options, one "--name" a line: of the program, for a command, of a file.

known_options()
{
	"$proctop" --help | grep -oE '^  (-.,|   ) --[a-z-]+' | grep -oE -- '--[a-z-]+' | sort
}

# options_of HEADING-WORDS: those under the headings that name the command.
options_of()
{
	"$proctop" --help | awk -v command="$1" '
		/^Options of / { is_its = index($0, command) > 0 }
		/^$/ { is_its = 0 }
		is_its && match($0, /--[a-z-]+/) { print substr($0, RSTART, RLENGTH) }' | sort
}

same()
{
	diff "$1" "$2"
}

known_options >"$work/known"
[ -s "$work/known" ] || not_ok 'the help lists options'

# Headings of the manual's section OPTIONS: the line after each .TP.
manual_options()
{
	sed 's/\\-/-/g' "$top/man/proctop.1" | awk '
		/^\.SH/ { is_here = /OPTIONS/ }
		is_tag && is_here { print }
		{ is_tag = /^\.TP/ }' | grep -oE -- '--[a-z-]+' | sort
}

manual_options >"$work/manual"
check 'the manual describes exactly the options there are' same "$work/known" "$work/manual"

# complete_bash WORD...: what bash's completion offers for the last word.
complete_bash()
{
	bash -c '
		. "$1/completions/proctop.bash" || exit 1
		shift
		COMP_WORDS=("$@")
		COMP_CWORD=$(($# - 1))
		_proctop
		printf "%s\n" "${COMPREPLY[@]}"' bash "$top" "$@" | sed 's/[= ]*$//' | sort
}

if command -v bash >/dev/null; then
	for command in tree log why; do
		options_of "proctop $command" >"$work/help"
		complete_bash proctop "$command" -- >"$work/bash"
		check "bash completes exactly the options of proctop $command" \
			same "$work/help" "$work/bash"
	done
	options_of 'the live monitor' >"$work/help"
	complete_bash proctop -- >"$work/bash"
	check 'bash completes exactly the options of the live monitor' \
		same "$work/help" "$work/bash"
	printf 'log\ntree\nwhy\n' >"$work/help"
	complete_bash proctop '' >"$work/bash"
	check 'bash completes the commands' same "$work/help" "$work/bash"
	printf 'exec\nexit\n' | sed 's/^/fork,/' >"$work/help"
	complete_bash proctop log --events = fork,ex >"$work/bash"
	check 'bash completes a list of events' same "$work/help" "$work/bash"
else
	skip 'no bash' 'bash completes exactly the options there are'
fi

grep -oE -- '--[a-z-]+' "$top/completions/_proctop" | sort -u >"$work/zsh"
check 'zsh knows exactly the options there are' same "$work/known" "$work/zsh"
grep '^complete' "$top/completions/proctop.fish" | grep -oE -- '-l [a-z-]+' |
	sed 's/^-l /--/' | sort -u >"$work/fish"
check 'fish knows exactly the options there are' same "$work/known" "$work/fish"
if command -v zsh >/dev/null; then
	check 'the completion of zsh has no syntax error' zsh -n "$top/completions/_proctop"
fi
if command -v fish >/dev/null; then
	check 'the completion of fish has no syntax error' \
		fish -n "$top/completions/proctop.fish"
	printf 'exec\nexit\n' | sed 's/^/--events=fork,/' >"$work/help"
	fish --no-config -c "source '$top/completions/proctop.fish'
		complete -C 'proctop log --events=fork,ex'" | cut -f 1 | sort >"$work/fish"
	check 'fish completes a list of events' same "$work/help" "$work/fish"
fi
if command -v man >/dev/null && man --version 2>&1 | grep -q man-db; then
	manual_is_clean()
	{
		MANWIDTH=80 man --warnings -E UTF-8 -l "$top/man/proctop.1" 2>&1 >/dev/null |
			grep . && return 1
		return 0
	}
	check 'the manual is set without a warning' manual_is_clean
fi
done_testing
