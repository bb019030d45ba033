#!/bin/sh
# SPDX-License-Identifier: MIT
# Who may know whom. An #include may point down or sideways in the layers of the program and the
# rooms of the library, never up;
# curses and libunistring have one user each; the library knows neither program nor terminal.
. "${srcdir:-.}/tests/tap.sh"

build=$PWD
cd "${srcdir:-.}" || exit 1

# layer MODULE: the lower the number, the higher the module. A new module needs a line.
layer()
{
	case $1 in
	main) echo 0 ;;
	app | log | tree-dump) echo 1 ;;
	term | view | view-* | session | command | keymap | input | prompt | picker | config | selection | \
		log-line | log-scout | by-command)
		echo 2
		;;
	rows | rows-impl | collect | order | arrivals | living | tally | gone | cursor) echo 3 ;;
	match | column | filter | describe | churn | meters | page) echo 4 ;;
	theme) echo 5 ;;
	canvas) echo 6 ;;
	text | json | output | sort | summary | jobs | folds | memo | escape) echo 7 ;;
	*) return 1 ;;
	esac
}

every_module_has_a_layer()
{
	for file in src/*.[ch]; do
		module=$(basename "$file" | sed 's/\.[ch]$//')
		layer "$module" >/dev/null || echo "$file"
	done | grep . && return 1
	return 0
}

# Prints "file included" for every #include "..." below src/.
local_includes()
{
	grep -H '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' src/*.[ch] |
		sed 's/^\([^:]*\):[^"]*"\([^"]*\)".*/\1 \2/'
}

arrows_point_down()
{
	local_includes | while read -r file included; do
		from=$(layer "$(basename "$file" | sed 's/\.[ch]$//')")
		to=$(layer "$(basename "$included" .h)")
		[ "${from:-9}" -le "${to:--1}" ] || echo "$file includes \"$included\""
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

# own_headers_only DIRECTORY: -I would find those of the other one, too.
own_headers_only()
{
	cat "$1"/*.[ch] |
		sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*"\([^"]*\)".*/\1/p' |
		while read -r name; do
			[ -e "$1/$name" ] || echo "$name is not in $1/"
		done | grep . && return 1
	return 0
}

# However it is spelled: -I finds what is in lib/ by its name alone, too.
no_private_headers()
{
	cat src/*.[ch] |
		sed -n 's/^[[:space:]]*#[[:space:]]*include[[:space:]]*\([<"][^>"]*[>"]\).*/\1/p' |
		sort -u | while read -r name; do
			case $name in
			'<proctree.h>') ;;
			*lib/* | *proctree.h*) echo "$name" ;;
			'<'*) [ ! -e "lib/$(echo "$name" | tr -d '<>')" ] || echo "$name" ;;
			'"'*/*) echo "$name" ;;
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

include='^[[:space:]]*#[[:space:]]*include[[:space:]]*'
curses="${include}[<\"](ncursesw?/|curses|ncurses|term\\.h>|panel|menu|form)"
unistring="${include}[<\"]uni(str|width|case|ctype|gbrk|norm|conv|types|name|wbrk|lbrk|stdio|regex)"

[ "$(echo src/*.c)" != 'src/*.c' ] || skip_all 'src/ is empty'

check 'every module of the program has a layer' every_module_has_a_layer
check 'no include points up' arrows_point_down
check 'only term.c knows curses' none src/term.c "$curses" src/*.[ch] lib/*.h lib/*/*.[ch]
check 'only text.c knows libunistring' none src/text.c "$unistring" src/*.[ch] lib/*.h lib/*/*.[ch]
check 'the program knows nothing of lib/ but <proctree.h>' no_private_headers
check 'the program includes its own headers only' own_headers_only src
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
