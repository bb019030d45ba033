#!/bin/sh
# SPDX-License-Identifier: MIT
# The figures of the README, and those of the peers that are installed, in one run on one machine.
# Nothing here passes or fails.
#
#   make bench                            all of it, in some eleven minutes
#   PROCTOP=./proctop bench/bench.sh PART...   in the build directory; a PART is one of
#       short        processes that live for less than a millisecond: who sees them, at what cost
#       accounting   what is known about them when they have ended
#       sleepers     a screen, and one picture, of many processes that sleep
#       keys         from a key to the screen
#       storm        forks at the machine's full rate with the screen on
#       calm         how much of the screen lives under real loads, and how still it stands
#       soak         forks at a steady pace for SOAK seconds; of `make bench` only if SOAK is set
#
# A round runs the variants one after the other, and ratios are taken within it: the machine drifts.
# Medians of three rounds are printed. It runs as anybody; what needs root is marked.
set -u
PROCTOP=${PROCTOP:-./proctop}
LOAD=${LOAD:-bench/load}
SCREEN=${SCREEN:-bench/screen}
CALM=${CALM:-bench/calm}
CALM_S=${CALM_S:-8}
ROUNDS=${ROUNDS:-3}
SHORT=${SHORT:-6000}
SPAWNERS=${SPAWNERS:-1 2 8}
SLEEPERS=${SLEEPERS:-10000}
IDLE_S=${IDLE_S:-10}
PEER_IDLE_S=${PEER_IDLE_S:-4}
KEYS=${KEYS:-200}
PEER_KEYS=${PEER_KEYS:-30}
FORKS=${FORKS:-500000}
SOAK_RATE=${SOAK_RATE:-2000}
live=LIVE
top=$(cd "$(dirname "$0")/.." && pwd)
run=0
storm=
work=$(mktemp -d) || exit 1
trap 'kill $storm 2>/dev/null; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

has()
{
	command -v "$1" >/dev/null 2>&1
}

is_root()
{
	[ "$(id -u)" -eq 0 ]
}

rounds()
{
	seq 1 "$ROUNDS"
}

# A copy that nobody can read, too. Of what libtool has linked the program itself: its wrapper would
# be measured otherwise.
copy_proctop()
{
	directory=$(dirname "$PROCTOP")
	chmod 755 "$work" || exit 1
	if [ -x "$directory/.libs/$(basename "$PROCTOP")" ]; then
		cp "$directory/.libs/$(basename "$PROCTOP")" "$work/proctop" &&
			cp "$directory"/lib/.libs/libproctree.so.* "$work" || exit 1
		LD_LIBRARY_PATH=$work
		export LD_LIBRARY_PATH
	else
		cp "$PROCTOP" "$work/proctop" || exit 1
	fi
	PROCTOP=$work/proctop
}

# What the screen of proctop says once it has the whole tree.
find_live_marker()
{
	"$PROCTOP" log --require-events --duration=0.01 >/dev/null 2>&1
	[ $? -ne 3 ] || live=POLLING
}

# note TABLE NAME COLUMN VALUE: a figure of this round.
note()
{
	printf '%s\t%s\t%s\t%s\n' "$2" "$3" "$round" "$4" >>"$work/$1"
}

# table TITLE WIDTH FILE COLUMN...: medians. A COLUMN is HEADING|COLUMN|REFERENCE|FORMAT: with a
# REFERENCE the ratio to the row of that name. A row in whose column "why" is a text has only that.
table()
{
	title=$1 width=$2 file=$3
	shift 3
	echo
	printf '%s\n' "$@" | awk -v title="$title" -v width="$width" -F '\t' '
	function median(name, column, reference,    n, i, j, v, value, by) {
		n = 0
		for (i = 1; i <= rounds; i++) {
			if (!((name, column, i) in figure))
				continue
			by = 1
			if (reference != "") {
				if (!((reference, column, i) in figure) || figure[reference, column, i] + 0 == 0)
					continue
				by = figure[reference, column, i]
			}
			value = figure[name, column, i] / by
			for (j = n++; j > 0 && v[j] > value; j--)
				v[j + 1] = v[j]
			v[j + 1] = value
		}
		return n ? v[int((n + 1) / 2)] : ""
	}
	NR == FNR { split($0, part, "|"); head[++columns] = part[1]; of[columns] = part[2]
		    reference[columns] = part[3]; form[columns] = part[4]; next }
	{ if (!($1 in known)) { known[$1] = 1; names[++rows] = $1 }
	  if ($2 == "why") why[$1] = $4
	  else figure[$1, $2, $3] = $4
	  if ($3 > rounds) rounds = $3 }
	END {
		printf "%-" width "s", title
		for (c = 1; c <= columns; c++)
			printf " %12s", head[c]
		print ""
		for (r = 1; r <= rows; r++) {
			printf "%-" width "s", "  " names[r]
			if (names[r] in why) {
				print " " why[names[r]]
				continue
			}
			for (c = 1; c <= columns; c++) {
				value = median(names[r], of[c], reference[c])
				printf " %12s", value == "" ? "-" : sprintf(form[c], value)
			}
			print ""
		}
	}' - "$file"
}

# ---- processes that live for less than a millisecond ----

# beside MARKER COMMAND...: the load with the observer beside it. What the observer said is in said.
beside()
{
	marker=$1
	shift
	"$SCREEN" during "\"\$LOAD\" execs $SHORT $spawners $run" "$marker" "$@" \
		>"$work/figures" 2>"$work/said"
}

# The same with its output in a file.
beside_into_file()
{
	# The words are the inner shell's.
	# shellcheck disable=SC2016
	beside '' /bin/sh -c 'out=$1; shift; exec "$@" >"$out" 2>&1' sh "$work/out" "$@"
}

# The counters of proctop's summary. Of the command lines that it could not read each is taken for
# one of the load, and of the processes that it saw no more than the load has.
count_summary()
{
	sed 's/,//g' "$work/said" | awk -v all="$SHORT" '/command lines read/ {
		for (i = 2; i <= NF; i++) if ($i == "of") { read = $(i - 1); execs = $(i + 1) }
		seen = execs < all ? execs : all
		lines = seen - (execs - read)
		print seen, (lines > 0 ? lines : 0) }'
}

# Those of which the ending is told, with a spawner and the load as ancestors; and the command lines
# by their numbers.
count_json()
{
	awk -v run="$run" '
	/^{"event":"exit".*"ancestry":\[{"pid":[0-9]+,"comm":"load"},{"pid":[0-9]+,"comm":"load"}/ { seen++ }
	/^{"event":"exec"/ && match($0, "\"nothing\",\"" run "\",\"[0-9]+\"") {
		text = substr($0, RSTART, RLENGTH)
		if (!(text in known)) { known[text] = 1; lines++ } }
	END { print seen + 0, lines + 0 }' "$work/out"
}

# Those of which a pid is told (the third word of forkstat's lines; extrace also tells of whom it
# knows no more), and the command lines by their numbers.
count_text()
{
	awk -v run="$run" -v all="$SHORT" '
	{ pid = $2 == "exec" ? $3 : /vanished/ ? $NF : $1 }
	pid ~ /^[0-9]+$/ && !(pid in pids) { pids[pid] = 1; seen++ }
	match($0, "nothing " run " [0-9]+") {
		text = substr($0, RSTART, RLENGTH)
		if (!(text in known)) { known[text] = 1; lines++ } }
	END { print (seen < all ? seen : all) + 0, lines + 0 }' "$work/out"
}

# short_figures NAME COUNTER
short_figures()
{
	counts=$($2)
	rate=$(awk '/ processes in / { print $1 / $4 }' "$work/figures")
	cpu=$(awk 'NF == 6 { print $1 }' "$work/figures")
	if [ -z "$counts" ] || [ -z "$rate" ] || [ -z "$cpu" ]; then
		note "short.$spawners" "$1" why 'did not run'
		return
	fi
	note "short.$spawners" "$1" seen "$(echo "$counts" | awk -v all="$SHORT" '{ print $1 * 100 / all }')"
	note "short.$spawners" "$1" lines "$(echo "$counts" | awk -v all="$SHORT" '{ print $2 * 100 / all }')"
	note "short.$spawners" "$1" rate "$rate"
	note "short.$spawners" "$1" cpu "$cpu"
}

# observe NAME: by NAME, how it is run and what it writes.
observe()
{
	run=$((run + 1))
	: >"$work/out"
	case $1 in
	'nobody looks')
		"$LOAD" execs "$SHORT" "$spawners" "$run" >"$work/figures"
		note "short.$spawners" "$1" rate "$(awk '{ print $1 / $4 }' "$work/figures")"
		note "short.$spawners" "$1" life "$(awk '{ print $(NF - 1) }' "$work/figures")"
		;;
	'proctop')
		beside "$live" "$PROCTOP" --summary
		short_figures "$1" count_summary
		;;
	'proctop --no-realtime')
		beside "$live" "$PROCTOP" --summary --no-realtime
		short_figures "$1" count_summary
		;;
	'proctop as nobody')
		beside "$live" "$(command -v setpriv)" --reuid=65534 --regid=65534 --clear-groups \
			"$PROCTOP" --summary
		short_figures "$1" count_summary
		;;
	'proctop log --json')
		beside_into_file "$PROCTOP" log --json
		short_figures "$1" count_json
		! is_root || accounting_figures
		;;
	forkstat*)
		# Its name is also its options.
		# shellcheck disable=SC2086
		beside_into_file $1 -e exec,exit
		short_figures "$1" count_text
		;;
	extrace)
		beside_into_file extrace
		short_figures "$1" count_text
		;;
	esac
}

# Why it cannot run here, or nothing.
obstacle()
{
	case $1 in
	forkstat* | extrace | *nobody)
		is_root || echo 'needs root'
		;;
	esac
	case $1 in
	forkstat* | extrace) has "${1%% *}" || echo 'not installed' ;;
	*nobody) has setpriv || echo 'needs setpriv' ;;
	esac
}

short_round()
{
	for name in 'nobody looks' 'proctop' 'proctop log --json' 'proctop --no-realtime' \
		'proctop as nobody' 'forkstat' 'forkstat -r' 'extrace'; do
		why=$(obstacle "$name" | head -n 1)
		if [ -n "$why" ]; then
			note "short.$spawners" "$name" why "$why"
		else
			observe "$name"
		fi
	done
}

short()
{
	for round in $(rounds); do
		for spawners in $SPAWNERS; do
			short_round
		done
	done
	for spawners in $SPAWNERS; do
		table "$SHORT processes by $spawners at a time" 32 "$work/short.$spawners" \
			'seen %|seen||%.2f' 'lines read %|lines||%.2f' 'per second|rate||%.0f' \
			'of the rate|rate|nobody looks|%.2f' 'CPU s|cpu||%.2f' \
			'x forkstat-r|cpu|forkstat -r|%.2f' 'life ms|life||%.2f'
	done
	echo
	echo "seen: processes whose existence was told; lines read: command lines, by exact count;"
	echo "life: median from before the spawn until the parent knew, waiting for a CPU included"
}

# ---- accounting ----

# Of the log in out. What the load's processes are: see count_json.
accounting_figures()
{
	awk '/^{"event":"exit".*"ancestry":\[{"pid":[0-9]+,"comm":"load"},{"pid":[0-9]+,"comm":"load"}/ {
		all++
		known += /"elapsed_ns":[0-9]/ && /"uid":[0-9]/
		used += /"cpu_ns":[0-9]/ || /"max_rss_bytes":[0-9]/ }
	END { if (all) printf "%.2f %.2f\n", known * 100 / all, used * 100 / all }' \
		"$work/out" >"$work/shares"
	read -r known used <"$work/shares" || return
	note accounting "$spawners at a time" known "$known"
	note accounting "$spawners at a time" used "$used"
}

accounting_round()
{
	for spawners in $SPAWNERS; do
		if is_root; then
			run=$((run + 1))
			beside_into_file "$PROCTOP" log --json
			accounting_figures
		else
			note accounting "$spawners at a time" why 'needs root'
		fi
	done
}

# The logs of the part before tell it, too.
accounting()
{
	if [ ! -s "$work/accounting" ]; then
		for round in $(rounds); do
			accounting_round
		done
	fi
	table "of $SHORT such processes that ended" 40 "$work/accounting" \
		'time, user %|known||%.2f' 'CPU or RSS %|used||%.2f'
}

# ---- many that sleep ----

# screen_figures NAME MARKER SECONDS COMMAND...
screen_figures()
{
	name=$1
	shift
	"$SCREEN" idle "$@" >"$work/figures" 2>/dev/null
	if ! read -r first idle rss <"$work/figures"; then
		note screens "$name" why 'did not run'
		return
	fi
	note screens "$name" first "$first"
	note screens "$name" idle "$idle"
	note screens "$name" rss "$rss"
}

# The markers are what no frame before the first full one has. proctop says LIVE when its first scan
# is in the tree; btop's comes with its list of processes.
screens_round()
{
	screen_figures proctop "$live" "$IDLE_S" "$PROCTOP" --no-mouse
	! has htop || screen_figures 'htop -t' F10 "$PEER_IDLE_S" "$(command -v htop)" -t
	! has top || screen_figures top COMMAND "$PEER_IDLE_S" "$(command -v top)"
	! has btop || screen_figures btop Program "$PEER_IDLE_S" "$(command -v btop)"
}

picture()
{
	has "$1" || return
	name=$*
	[ "$1" != "$PROCTOP" ] || name="proctop${name#"$PROCTOP"}"
	[ "$1" != "$LOAD" ] || name='stat and cmdline, only read'
	note pictures "$name" seconds "$("$LOAD" seconds "$@" 2>/dev/null)"
}

pictures_round()
{
	picture "$LOAD" read-proc
	picture "$PROCTOP" tree
	picture "$PROCTOP" tree --json
	picture ps -ef
	picture ps axf
	picture pstree -aclpu
}

over_sleepers()
{
	for round in $(rounds); do
		screens_round
		pictures_round
	done
	table "a screen of $SLEEPERS that sleep" 32 "$work/screens" \
		'first, s|first||%.3f' 'x proctop|first|proctop|%.1f' \
		'idle CPU %|idle||%.2f' 'x proctop|idle|proctop|%.0f' \
		'RSS kB|rss||%.0f' 'x proctop|rss|proctop|%.1f'
	table 'one picture of them' 32 "$work/pictures" 'seconds|seconds||%.3f' \
		'x only read|seconds|stat and cmdline, only read|%.2f'
}

# ---- keys ----

# keys_figures NAME COUNT MARKER KEY ANSWER KEY ANSWER COMMAND...
keys_figures()
{
	name=$1
	shift
	"$SCREEN" keys "$@" >"$work/figures" 2>/dev/null
	if ! read -r p50 p99 unanswered <"$work/figures"; then
		note "$keys" "$name" why 'did not run'
		return
	fi
	note "$keys" "$name" p50 "$p50"
	note "$keys" "$name" p99 "$p99"
	note "$keys" "$name" unanswered "$unanswered"
}

# Only once: the percentiles are of many keys already.
press_keys()
{
	keys=$1
	keys_figures 'the terminal alone' "$KEYS" READY j '>' k '>' "$SCREEN" echo
	keys_figures 'proctop: j, k' "$KEYS" "$live" j '>' k '>' "$PROCTOP" --no-mouse
	keys_figures 'proctop: help and back' "$PEER_KEYS" "$live" '?' 'next row' '?' COMMAND \
		"$PROCTOP" --no-mouse
	! has htop || keys_figures 'htop -t: help and back' "$PEER_KEYS" F10 h 'dev team' ' ' Load \
		"$(command -v htop)" -t
	! has top || keys_figures 'top: help and back' "$PEER_KEYS" COMMAND h Interactive q average \
		"$(command -v top)"
}

keys_over_sleepers()
{
	round=1
	press_keys keys.quiet
	"$LOAD" forks 100000000 4 >/dev/null 2>&1 &
	storm=$!
	press_keys keys.storm
	kill "$storm"
	wait "$storm" 2>/dev/null
	storm=
	for keys in quiet storm; do
		table "key to screen, $SLEEPERS asleep, $keys" 40 "$work/keys.$keys" \
			'p50 ms|p50||%.1f' 'p99 ms|p99||%.1f' 'unanswered|unanswered||%.0f'
	done
}

# Both need the sleepers: the load starts this script again for what is to be done beside them.
beside_sleepers()
{
	"$LOAD" sleepers "$SLEEPERS" "$0" "$1" | grep -v '^ready$'
}

# ---- a storm, and a long time ----

# storm_figures LOAD: prints the load's line and what the screen took during it.
storm_figures()
{
	"$SCREEN" during "$1" "$live" "$PROCTOP" --summary >"$work/figures" 2>"$work/said"
	awk '/ processes in / { print "  " $0; took = $4; next }
	NF == 6 { printf "  its CPU %.1f %% of a core; RSS %d kB, %d at the half, %d at the end; ",
			took ? $1 / took * 100 : 0, $2, $3, $4
		  printf "descriptors %d, %d at the end\n", $5, $6 }' "$work/figures"
	sed 's/^/  /' "$work/said"
}

storm()
{
	echo
	echo "$FORKS forks ($((2 * FORKS)) events) by 4 at a time, the screen of proctop on:"
	is_root || echo '  (not as root: the receive buffer is small, and losses are to be expected)'
	storm_figures "\"\$LOAD\" forks $FORKS 4"
}

soak()
{
	echo
	echo "$SOAK_RATE forks a second for ${SOAK:=60} s, the screen of proctop on:"
	storm_figures "\"\$LOAD\" forks-per-second $SOAK_RATE $SOAK"
}

# ---- how calm the screen is ----

# A program of many files, for make; what it is made of lies beside this script.
write_sources()
{
	mkdir -p "$work/build"
	cp -R "$top"/src/* "$top"/lib/proctree.h "$work/build" && rm "$work/build/ui/term.c"
	flags='-D_GNU_SOURCE= -DPACKAGE_VERSION=\"0\" -std=gnu17 -O2 -g -w -I.'
	# shellcheck disable=SC2016 # they are make's
	printf '%s\n' 'OBJECTS := $(patsubst %.c,%.o,$(wildcard *.c */*.c))' 'all: $(OBJECTS)' \
		'%.o: %.c' "	cc $flags -c -o \$@ \$<" 'clean:' '	rm -f *.o */*.o' >"$work/build/Makefile"
}

# calm_figures NAME SIZE HOLD COMM LOAD ARG...: one line of figures; ARG are proctop's.
calm_figures()
{
	name=$1 size=$2 hold=$3 comm=$4 load=$5
	shift 5
	printf '  %-22s %7s  ' "$name" "$size"
	"$CALM" "$size" "$CALM_S" "$comm" "$hold" "$load" "$PROCTOP" "$@" 2>&1
}

# The same build, but in a login: sshd and keys of our own.
start_sshd()
{
	is_root && has ssh && has ssh-keygen && [ -x /usr/sbin/sshd ] || return 1
	ssh-keygen -q -t ed25519 -N '' -f "$work/host" && ssh-keygen -q -t ed25519 -N '' -f "$work/user" &&
		mkdir -p /run/sshd && cp /usr/sbin/sshd "$work/sshd-of-bench" || return 1
	for port in 2298 2398 2498; do
		"$work/sshd-of-bench" -f /dev/null -o Port=$port -o ListenAddress=127.0.0.1 \
			-o HostKey="$work/host" -o PidFile="$work/sshd.pid" -o UsePAM=no \
			-o StrictModes=no -o PermitRootLogin=yes \
			-o AuthorizedKeysFile="$work/user.pub" 2>/dev/null && sleep 1 &&
			[ -s "$work/sshd.pid" ] && return 0
	done
	return 1
}

calm_login()
{
	if ! start_sshd; then
		echo '  no login: that needs root, and sshd'
		return
	fi
	login="ssh -tt -q -F /dev/null -p $port -i $work/user -o StrictHostKeyChecking=no"
	login="$login -o UserKnownHostsFile=/dev/null root@127.0.0.1"
	for size in 80x24 160x50; do
		calm_figures 'make -j4 in a login' "$size" '' cc1 "$login '$make'" -w sshd-of-bench
	done
	kill "$(cat "$work/sshd.pid")"
}

calm()
{
	if ! has tmux; then
		echo 'calm: needs tmux'
		return
	fi
	write_sources
	make="cd $work/build; while :; do make -s clean; make -s -j4; done"
	echo
	echo "the screen, looked at every 33 ms for $CALM_S s (the head of bench/calm.c has the words):"
	for size in 80x24 160x50 40x10; do
		calm_figures 'make -j4' "$size" '' cc1 "$make" -w make
	done
	calm_figures 'make -j4, a row chosen' 80x24 jjj cc1 "$make" -w make
	calm_login
	calm_figures 'a shell loop' 80x24 '' sleep 'while :; do /bin/true; sleep .02; done'
	calm_figures configure 80x24 '' none "mkdir -p $work/cfg; cd $work/cfg; while :; do rm -rf *
		$top/configure -q; done" -w configure
	calm_figures 'a fork storm' 80x24 '' none "'$LOAD' forks 100000000 4"
	calm_figures '500 sleepers at once' 80x24 '' none "sleep 2; '$LOAD' sleepers 500 sleep 3"
	calm_figures 'a job each second' 80x24 '' sleep 'while :; do sleep 1; /bin/true; done'
}

# ---- ----

part()
{
	case $1 in
	short | accounting | storm | calm | soak | over_sleepers | keys_over_sleepers) "$1" ;;
	sleepers) beside_sleepers over_sleepers ;;
	keys) beside_sleepers keys_over_sleepers ;;
	*)
		echo "$0: '$1' is not a part: short accounting sleepers keys storm calm soak" >&2
		exit 2
		;;
	esac
}

for program in "$PROCTOP" "$LOAD" "$SCREEN" "$CALM"; do
	[ -x "$program" ] || { echo "$0: $program is missing: make it, or say where it is" >&2; exit 2; }
done
copy_proctop
find_live_marker
# btop and htop write their settings on leaving.
HOME=$work
TERM=xterm-256color
export HOME TERM PROCTOP LOAD SCREEN CALM
unset XDG_CONFIG_HOME
if [ $# -eq 0 ]; then
	set -- short accounting sleepers keys storm calm
	[ -z "${SOAK:-}" ] || set -- "$@" soak
fi
for name; do
	part "$name"
done
