#!/bin/sh
# SPDX-License-Identifier: MIT
# proctop tree, over processes of its own making.
. "${srcdir:-.}/tests/tap.sh"

proctop=./proctop
[ -x "$proctop" ] || skip_all 'proctop is not built'
command -v bash >/dev/null || skip_all 'no bash to rename processes with'

work=$(mktemp -d) || exit 1
top=
# The family ends with its head, which keeps the group.
trap '[ -z "$top" ] || kill -- "-$top" 2>/dev/null; rm -rf "$work"' EXIT

# A family: head, which has the children alpha and beta; alpha has the child gamma. Names hold the
# test's pid, so that no other process is called so.
head=hd$$ alpha=al$$ beta=be$$ gamma=ga$$
cat >"$work/family" <<'END'
bash -c 'bash -c '\''exec -a "$gamma" sleep 600'\'' & echo $! >"$work/gamma"; exec -a "$alpha" sleep 600' &
echo $! >"$work/alpha"
bash -c 'exec -a "$beta" bash -c "read <\$0" "$work/fifo" "$hostile"' &
echo $! >"$work/beta"
# It ends only when its parent is no shell any more, which would wait for it.
bash -c 'while [ "$(cat /proc/$PPID/comm)" = bash ]; do sleep 0.05; done; exit 3' &
echo $! >"$work/zombie"
echo $$ >"$work/head"
exec -a "$head" sleep 600
END
hostile=$(printf 'a b\033[31m\n\302\233x\377"\303\251')
export work head alpha beta gamma hostile
mkfifo "$work/fifo"
setsid bash "$work/family" &

pid_of()
{
	cat "$work/$1" 2>/dev/null
}

# Waits until all have their names.
is_complete()
{
	for member in head alpha beta gamma; do
		tr '\0' ' ' <"/proc/$(pid_of $member)/cmdline" |
			grep -q "^$(printenv $member) " || return 1
	done 2>/dev/null
	grep -q '^State:.Z' "/proc/$(pid_of zombie)/status" 2>/dev/null
}

tries=0
until is_complete; do
	tries=$((tries + 1))
	[ $tries -lt 500 ] || {
		top=$(pid_of head)
		not_ok 'the family starts'
		done_testing
		exit 1
	}
	sleep 0.02
done
top=$(pid_of head)
LC_ALL=$(locale -a 2>/dev/null | grep -iE '^C\.utf-?8$' | head -n 1)
LC_ALL=${LC_ALL:-C}
export LC_ALL

# shows PATTERN ARG...: a line of the picture matches, with the names of the family in it.
shows()
{
	pattern=$1
	shift
	"$proctop" tree "$@" >"$work/out" 2>&1
	grep -qE "$pattern" "$work/out" && return 0
	cat "$work/out"
	return 1
}

hides()
{
	shows "$@" >/dev/null && { cat "$work/out"; return 1; }
	[ -s "$work/out" ]
}

me=$(id -un)
a=$(pid_of alpha) b=$(pid_of beta) g=$(pid_of gamma) z=$(pid_of zombie)

is_family_picture()
{
	"$proctop" tree --ascii "$top" >"$work/out" || return 1
	cat >"$work/expected" <<END
sleep($top) $me $head 600
|-sleep($a) $me $alpha 600
| \`-sleep($g) $me $gamma 600
|-bash($b) $me $beta -c read <\$0 $work/fifo a b\\x1b[31m\\n\\xc2\\x9bx\\xff"\\xc3\\xa9
\`-bash($z) $me <defunct>
END
	# The two children and the zombie were forked within a tick: any order among them is one.
	sort "$work/expected" | tr -d '`|-' >"$work/a"
	sort "$work/out" | tr -d '`|-' >"$work/b"
	diff "$work/a" "$work/b" && sed -n 1p "$work/out" | grep -qF "sleep($top)" &&
		[ "$(grep -c '^`-' "$work/out")" -eq 1 ]
}

is_child_below_parent()
{
	shows '' "$top"
	grep -A 1 -F "sleep($a)" "$work/out" | tail -n 1 | grep -qF "sleep($g)"
}

has_no_control_bytes()
{
	"$proctop" tree "$@" | LC_ALL=C tr -d '\n' | LC_ALL=C grep -q '[[:cntrl:]]' && return 1
	return 0
}

is_ascii()
{
	"$@" | LC_ALL=C tr -d '\000-\177' | grep -q . && return 1
	return 0
}

shows_nothing()
{
	"$proctop" tree "$@" >"$work/out" && [ ! -s "$work/out" ]
}

is_not_in_own_picture()
{
	# shellcheck disable=SC2016
	sh -c 'echo $$ >"$work/self"; exec "$0" tree' "$proctop" >"$work/out"
	grep -q "($(cat "$work/self"))" "$work/out" && return 1
	grep -qF "($top)" "$work/out"
}

fails_with()
{
	text=$1
	shift
	"$proctop" tree "$@" >"$work/out" 2>"$work/err"
	[ $? -eq 1 ] && [ ! -s "$work/out" ] && grep -qF "$text" "$work/err"
}

check 'a subtree is printed a line a process' is_family_picture
check 'a child stands below its parent' is_child_below_parent
check 'everything is printed without a target' shows "$alpha 600"
check 'a name finds its process' shows "^sleep\($a\).*$alpha" "$alpha"
check 'a name is exact' fails_with 'no process has the name al' al
check 'a pid that does not exist is an error' fails_with 'no process has the pid 4194304' 4194304
check 'hostile arguments are escaped' has_no_control_bytes "$beta"
check 'in the C locale all is ASCII' is_ascii env LC_ALL=C "$proctop" tree
check 'with --ascii lines and text are ASCII' is_ascii "$proctop" tree --ascii
check 'proctop is not in its own picture' is_not_in_own_picture
check 'a filter keeps the ancestors of what matches' shows "^sleep\($top\)" -f "$gamma" "$top"
check 'a filter leaves out the others' hides "$beta" -f "$gamma" "$top"
check 'a user without processes has none' shows_nothing -u 4294967294

# The head's children that are alike: four sleeps more.
is_short_picture()
{
	bash -c 'echo $$ >"$work/crowd"; for _ in 1 2 3 4; do sleep 600 & done
		bash -c "sleep 600 & exec -a deep sleep 600" & exec sleep 600' &
	until [ "$(ps --no-headers --ppid "$(cat "$work/crowd" 2>/dev/null || echo 0)" | wc -l)" = 5 ] &&
		pgrep -f '^deep 600' >/dev/null; do
		sleep 0.02
	done
	crowd=$(cat "$work/crowd")
	"$proctop" tree --short --ascii "$crowd" >"$work/out"
	pkill -P "$(pgrep -P "$crowd" -f '^deep 600')"
	pkill -P "$crowd"
	kill "$crowd"
	# shellcheck disable=SC2016
	printf 'sleep\n|-4*[sleep]\n`-sleep\n  `-sleep\n' | diff - "$work/out"
}
check 'in a short picture leaves that are alike are one' is_short_picture

has_ancestors()
{
	"$proctop" tree --ascii -s "$g" >"$work/out" || return 1
	[ "$(tail -n 3 "$work/out" | grep -oE '[a-z]+\([0-9]+\)' | tr '\n' ' ')" = \
		"sleep($top) sleep($a) sleep($g) " ] && sed -n 1p "$work/out" | grep -qv '^ ' &&
		! grep -qF "($b)" "$work/out"
}
check 'with -s those above a process are shown, and none beside it' has_ancestors
check 'they end with what is below it' shows "^[ |]*.-sleep\($g\) " --ascii -s "$a"

if [ "$LC_ALL" != C ]; then
	check 'in a UTF-8 locale lines are drawn' shows "^├─|^└─" "$top"
fi
# Of those that are not renamed with their work; there may be none that is long.
names_are_whole()
{
	"$proctop" tree --ascii 2 >"$work/whole"
	"$proctop" tree --json 2 >"$work/json"
	for comm in /proc/[0-9]*/comm; do
		name=$(cat "$comm" 2>/dev/null)
		case $name in
		rcu_tasks_* | kworker/R-????????*) ;;
		*) continue ;;
		esac
		grep -qF "[$name](" "$work/whole" && grep -qF "\"$name\"" "$work/json" || return 1
		shows "^\[$name\]\(|-\[$name\]\(" --filter="comm:$name" --ascii 2 || return 1
	done
}
if [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ]; then
	check 'kernel threads stand below kthreadd' shows '^\[kthreadd\]\(2\)' 2
	check 'the names of kernel threads are whole' names_are_whole
	check 'kernel threads are in brackets' shows '\[.*\]\([0-9]+\) root$' 2
fi

# has_two: several of a name are a subtree each.
has_two()
{
	bash -c 'exec -a "$alpha" sleep 600' &
	other=$!
	until tr '\0' ' ' <"/proc/$other/cmdline" | grep -q "^$alpha "; do
		sleep 0.02
	done
	shows "^sleep\($other\)" "$alpha"
	result=$?
	kill "$other"
	[ $result -eq 0 ] && grep -qE "^sleep\($a\)" "$work/out"
}
check 'a name of several shows each' has_two

if command -v jq >/dev/null; then
	# json_is EXPRESSION: true for the one line of the family's beta.
	json_is()
	{
		"$proctop" tree --json "$top" >"$work/json" &&
			jq -es --argjson b "$b" --argjson top "$top" --arg beta "$beta" \
				--argjson g "$g" --argjson z "$z" \
				"(.[] | select(.pid == \$b)) as \$beta_line | $1" \
				"$work/json" >/dev/null && return 0
		cat "$work/json"
		return 1
	}
	# matches_only PID ARG...
	matches_only()
	{
		expected=$1
		shift
		"$proctop" tree --json "$@" |
			jq -es "map(select(.match).pid) == [$expected] and length == 3" >/dev/null
	}
	is_valid()
	{
		"$proctop" "$@" | jq -e . >/dev/null
	}
	# The shell must not expand jq's variables.
	# shellcheck disable=SC2016
	{
		check 'JSON has an object a process' json_is 'length == 5 and all(.[]; type == "object")'
		check 'JSON names the parent' json_is '$beta_line.ppid == $top'
		check 'JSON says that the origin is a guess' \
			json_is '$beta_line.origin_pid == $top and $beta_line.origin_inferred'
		check 'JSON has the arguments, bad UTF-8 replaced' json_is \
			'$beta_line.argv[0] == $beta and $beta_line.argv[4] == "a b\u001b[31m\n\u009bx\ufffd\"\u00e9"'
		check 'JSON says how they were read' json_is '$beta_line.argv_status == "read"'
		check 'JSON knows a zombie' json_is \
			'.[] | select(.pid == $z) | .zombie and .argv == null'
		check 'JSON says what matches' matches_only "$g" -f "$gamma" "$top"
	}
	check 'JSON is ASCII' is_ascii "$proctop" tree --json
	check 'all of /proc is valid JSON' is_valid tree --json
else
	skip 'no jq' 'JSON has an object a process'
fi

leaves_quietly()
{
	{
		"$proctop" tree 2>"$work/err"
		echo $? >"$work/code"
	} | head -n 1 >/dev/null
	[ "$(cat "$work/code")" -eq 0 ] && [ ! -s "$work/err" ]
}
check 'a reader that has seen enough is no failure' leaves_quietly

# The rest of the file is the live monitor's, and not even looked at.
keeps_filters()
{
	mkdir -p "$work/proctop" &&
		printf 'delay = never\nfilter both = @one | cmd:%s\nfilter one = cmd:%s\n' \
			"$beta" "$alpha" >"$work/proctop/config" &&
		XDG_CONFIG_HOME=$work "$proctop" tree -f "under:$head @both" >"$work/out" 2>"$work/err" &&
		[ ! -s "$work/err" ] && grep -q "$alpha" "$work/out" &&
		grep -q "$beta" "$work/out" && ! grep -q "$gamma" "$work/out"
}
check 'a filter is kept by a name in a file' keeps_filters

# Their titles, then a line a process; what one picture cannot know is empty.
has_columns()
{
	"$proctop" tree --columns=pid,state,cpu,sum-cpu,ppid "$(pid_of head)" >"$work/out" 2>"$work/err" &&
		[ ! -s "$work/err" ] &&
		head -n 1 "$work/out" | grep -qE '^ *PID +S +CPU% +[^ ]*CPU +PPID COMMAND$' &&
		grep -qE "^ *$(pid_of gamma) [SR] +$(pid_of alpha) .*$gamma 600$" "$work/out" &&
		grep -qE "^ *$(pid_of zombie) Z +$(pid_of head) .* <defunct>$" "$work/out" &&
		[ "$(wc -l <"$work/out")" -eq 6 ]
}
check 'a picture has columns' has_columns
check 'its columns hold no control byte' has_no_control_bytes

keeps_columns()
{
	printf 'columns few = pid,ppid\ncolumns none = guests\n' >"$work/proctop/config" &&
		XDG_CONFIG_HOME=$work "$proctop" tree --columns=@few "$(pid_of beta)" >"$work/out" \
			2>"$work/err" && grep -qE "^ *$(pid_of beta) +$(pid_of head) " "$work/out" &&
		grep -q ":2: columns none: no column is called 'guests'" "$work/err" &&
		! XDG_CONFIG_HOME=$work "$proctop" tree --columns=@none >"$work/out" 2>"$work/err" &&
		grep -q "no columns are kept as '@none'" "$work/err"
}
check 'columns are kept by a name in a file' keeps_columns

names_no_filter()
{
	XDG_CONFIG_HOME=$work "$proctop" tree -f 'user:0 @none' >"$work/out" 2>"$work/err"
	[ $? -eq 2 ] && [ ! -s "$work/out" ] && grep -q "no filter is kept as '@none'" "$work/err"
}
check 'a name that no filter has is wrong' names_no_filter
done_testing
