#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may know whom. An #include may point down in the rooms of the program and of the library,
# never up;
# curses, libunistring and PCRE2 have one user each; the library knows neither program nor terminal.
. "${srcdir:-.}/tests/tap.sh"

build=$PWD
cd "${srcdir:-.}" || exit 1

# The rooms of src/, and whom each may include, the higher ones first.
program_rooms_of()
{
	case $1 in
	main) echo 'ui headless views act config model draw' ;;
	ui) echo 'ui views act config model draw' ;;
	headless) echo 'headless config model draw' ;;
	views) echo 'views config model draw' ;;
	act) echo 'act config model draw' ;;
	config | model) echo 'config model draw' ;;
	draw) echo draw ;;
	esac
}

# What rules do to processes is the log's only deed: no other file there may act.
more_rooms_of()
{
	[ "$1" != headless/log-rules.c ] || echo act
}

# Prints "room/file included" for every #include "..." below src/; the room of main.c is main.
program_includes()
{
	grep -H '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src/*.[ch] src/*/*.[ch] |
		sed 's/^src\/\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/; s/^main\.c/main\/main.c/'
}

every_file_has_a_room()
{
	for file in src/*.[ch]; do
		[ "$file" = src/main.c ] || echo "$file"
	done | grep . && return 1
	for room in src/*/; do
		[ -n "$(program_rooms_of "$(basename "$room")")" ] || echo "$room"
	done | grep . && return 1
	return 0
}

arrows_point_down()
{
	program_includes | while read -r file included; do
		case " $(program_rooms_of "${file%%/*}") $(more_rooms_of "$file") " in
		*" ${included%%/*} "*) ;;
		*) echo "src/$file includes \"$included\"" ;;
		esac
	done | grep . && return 1
	return 0
}

# The rooms of lib/, the lower ones first. kernel and proc know nobody but base;
# the model knows nothing that does I/O; the monitor knows all.
rooms_of()
{
	case $1 in
	base) echo base ;;
	kernel | proc) echo "$1 base" ;;
	model) echo 'model base' ;;
	monitor) echo 'monitor model proc kernel base' ;;
	esac
}

# Prints "room file included" for every #include "..." below lib/.
library_includes()
{
	grep -H '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' lib/*/*.[ch] |
		sed 's/^lib\/\([^/]*\)\/\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2 \3/'
}

library_arrows_point_down()
{
	library_includes | while read -r room file included; do
		case $included in
		proctree.h) continue ;;
		*/*) to=${included%%/*} path=lib/$included ;;
		*) to=$room path=lib/$room/$included ;;
		esac
		[ -e "$path" ] || echo "lib/$room/$file: there is no $path"
		case " $(rooms_of "$room") " in
		*" $to "*) ;;
		*) echo "lib/$room/$file includes \"$included\"" ;;
		esac
	done | grep . && return 1
	return 0
}

# Those whose source is still there.
library_objects()
{
	for source in lib/*/*.c; do
		module=$(basename "$source" .c)
		ls "$build/$(dirname "$source")/.libs"/*-"$module".o
	done
}

# Prints "room/module room/module" for every call, or other use of a symbol, between two modules of
# the library that was built.
library_calls()
{
	library_objects | xargs nm -A -g | awk '
		{
			path = $1
			sub(/:.*/, "", path)
			n = split(path, part, "/")
			module = part[n]
			sub(/^[^-]*-/, "", module)
			sub(/\.o$/, "", module)
			module = part[n - 2] "/" module
			type = $(NF - 1)
			sub(/.*:/, "", type)
			if (type == "U")
				uses[module, $NF] = 1
			else
				home[$NF] = module
		}
		END {
			for (use in uses) {
				split(use, pair, SUBSEP)
				if (pair[2] in home && home[pair[2]] != pair[1])
					print pair[1], home[pair[2]]
			}
		}' | sort -u
}

library_calls_point_down()
{
	library_calls | while read -r from to; do
		case " $(rooms_of "${from%%/*}") " in
		*" ${to%%/*} "*) ;;
		*) echo "$from calls $to" ;;
		esac
	done | grep . && return 1
	return 0
}

# tsort names the modules of each circle.
library_calls_go_round_in_no_circle()
{
	library_calls | grep -q . && library_calls | tsort >/dev/null
}

# Whoever changes links knows nobody who does anything else; what knows no processes does not count.
links_know_nobody()
{
	library_calls | grep '^model/links ' | grep -v ' base/' && return 1
	return 0
}

# As "room/header.h": -I would find those of lib/, too.
own_headers_only()
{
	program_includes | while read -r file included; do
		[ -e "src/$included" ] || echo "src/$file: there is no src/$included"
	done | grep . && return 1
	return 0
}

# However it is spelled: -I finds what is in lib/ by its name alone, too.
no_private_headers()
{
	cat src/*.[ch] src/*/*.[ch] |
		sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\([<"][^>"]*[>"]\).*/\1/p' |
		sort -u | while read -r name; do
			case $name in
			'<proctree.h>') ;;
			*lib/* | *proctree.h*) echo "$name" ;;
			'<'*) [ ! -e "lib/$(echo "$name" | tr -d '<>')" ] || echo "$name" ;;
			'"../'* | '"/'*) echo "$name" ;;
			esac
		done | grep . && return 1
	return 0
}

# none FILE-TO-EXCEPT PATTERN FILE...: no other of the files has a line that matches.
none()
{
	except=$1
	pattern=$2
	shift 2
	grep -nE "$pattern" "$@" /dev/null | grep -v "^$except:" && return 1
	return 0
}

# What changes another process. The program stops itself, and its whole job, in app.c, and dies of
# its own faults in term.c.
processes_are_changed_in_act_only()
{
	grep -nE '(^|[^_.>[:alnum:]])(kill|killpg|tgkill|tkill|sigqueue|pthread_kill|raise|setpriority|sched_set(scheduler|param|affinity|attr)|ptrace|process_madvise|process_vm_writev)[[:space:]]*\([^2]|SYS_[a-z_]*(kill|ioprio_set|sched_set[a-z]*|setpriority|pidfd_send_signal|sigqueueinfo|process_)' \
		src/*.[ch] src/*/*.[ch] |
		grep -vE '^src/act/|^src/ui/app\.c:[0-9]+:.*(kill\(0, SIGTSTP\)|raise\(SIGSTOP\))|^src/ui/term\.c:[0-9]+:.*raise\(' |
		grep . && return 1
	return 0
}

# By pid nothing is sent at all.
nothing_is_sent_by_pid()
{
	grep -nE '(^|[^_.>[:alnum:]])(kill|killpg|tgkill|tkill|sigqueue)[[:space:]]*\([^2]' src/act/*.[ch] &&
		return 1
	return 0
}

include='^[[:space:]]*#[[:space:]]*include[[:space:]]*'
curses="${include}[<\"](ncursesw?/|curses|ncurses|term\\.h>|panel|menu|form)"
unistring="${include}[<\"]uni(str|width|case|ctype|gbrk|norm|conv|types|name|wbrk|lbrk|stdio|regex)"

[ -e src/main.c ] || skip_all 'src/ is empty'

check 'every file of the program is in a room' every_file_has_a_room
check "no include of the program's rooms points up" arrows_point_down
check 'only src/act changes other processes' processes_are_changed_in_act_only
check 'and it sends nothing by pid' nothing_is_sent_by_pid
check 'only term.c knows curses' none src/ui/term.c "$curses" src/*.[ch] src/*/*.[ch] lib/*.h lib/*/*.[ch]
check 'only text.c knows libunistring' none src/draw/text.c "$unistring" \
	src/*.[ch] src/*/*.[ch] lib/*.h lib/*/*.[ch]
check 'only pattern.c knows PCRE2' none src/model/pattern.c "${include}[<\"]pcre2" \
	src/*.[ch] src/*/*.[ch] lib/*.h lib/*/*.[ch]
# The room, not the file: what is under the root goes through it.
check 'only procfs.c knows where /proc is' none lib/proc/procfs.c '"/proc[/"]' \
	src/*.[ch] src/*/*.[ch] lib/*.h lib/*/*.[ch]
check 'the program knows nothing of lib/ but <proctree.h>' no_private_headers
check 'the program includes its own headers only' own_headers_only
check "no include of the library's rooms points up" library_arrows_point_down
if ls "$build"/lib/model/.libs/*.o >/dev/null 2>&1; then
	check "no call between the library's rooms points up" library_calls_point_down
	check 'no calls of the library go round in a circle' library_calls_go_round_in_no_circle
	check 'the links of the tree know nobody' links_know_nobody
fi
check 'the library prints nothing' none - \
	'(^|[^_[:alnum:]])((v?printf|puts|putchar|perror|v?dprintf|v?warnx?|v?errx?|syslog)[[:space:]]*\(|std(out|err)([^_[:alnum:]]|$))' \
	lib/*.h lib/*/*.[ch]
check 'the library does not exit and handles no signal' none - \
	'(^|[^_[:alnum:]])(exit|_exit|_Exit|abort|quick_exit|signal|sigaction)[[:space:]]*\(' lib/*.h lib/*/*.[ch]
done_testing
