#!/bin/sh
# SPDX-License-Identifier: MIT
# proctop why, of processes of its own making: a port, a deleted file, a double fork, something like
# cron, and a login through a real sshd.
. "${srcdir:-.}/tests/tap.sh"

proctop=./proctop
[ -x "$proctop" ] || skip_all 'proctop is not built'
for tool in bash perl jq; do
	command -v "$tool" >/dev/null || skip_all "no $tool"
done

work=$(mktemp -d) || exit 1
pids=
clean_up()
{
	for pid in $pids; do
		kill "$pid" 2>/dev/null
	done
	[ ! -f "$work/pid" ] || kill "$(cat "$work/pid")" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT

# waits_for COMMAND...: until it succeeds, ten seconds at most.
waits_for()
{
	for _ in $(seq 200); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.05
	done
	return 1
}

# says PATTERN ARG...: a line of the answer matches.
says()
{
	pattern=$1
	shift
	"$proctop" why "$@" >"$work/out" 2>&1
	grep -qE -- "$pattern" "$work/out" && return 0
	cat "$work/out"
	return 1
}

# is EXPRESSION ARG...: of the one object.
is()
{
	expression=$1
	shift
	"$proctop" why --json "$@" >"$work/json" && [ "$(wc -l <"$work/json")" -eq 1 ] &&
		jq -e "$expression" "$work/json" >/dev/null && return 0
	cat "$work/json"
	return 1
}

# ---- a process, a port, a file ----

perl -MIO::Socket::INET -e '
	$s = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1", Proto => "tcp") or die;
	open my $out, ">", "$ARGV[0].new"; print $out $s->sockport, "\n"; close $out;
	rename "$ARGV[0].new", $ARGV[0];
	sleep 600' "$work/port" &
listener=$!
pids="$pids $listener"
waits_for test -s "$work/port"
port=$(cat "$work/port")

check 'a process has a reason, a begin and a lineage' says '^  lineage    inferred from' "$listener"
check 'its parent is in it' says " $$ .*why\.sh" "$listener"
check 'what it listens on is said' says "^  listens    tcp 127\.0\.0\.1:$port\$" "$listener"
check 'who listens on a port is found' says "^perl\($listener\)" ":$port"
check 'and as which descriptor' says 'as descriptor [0-9]+, tcp .* LISTEN' ":$port"
check 'the same as JSON' is \
	".pid == $listener and .holds[0].local == \"127.0.0.1:$port\" and .lineage_inferred and
		.lineage[0].pid == $listener and .lineage[1].pid == $$ and .listens[0].socket_state ==
		\"LISTEN\" and (.exe | endswith(\"perl\")) or (.exe | contains(\"perl\"))" ":$port"

bash -c 'exec 7>"$0"; exec sleep 600' "$work/kept" &
keeper=$!
pids="$pids $keeper"
waits_for test -e "/proc/$keeper/fd/7"
check 'who has a file open is found' says '^  holds it   as descriptor 7, to write$' "$work/kept"
rm "$work/kept"
check 'also when it is deleted' says 'as descriptor 7, to write, though it is deleted' "$work/kept"
is_kept_json()
{
	is ".pid == $keeper and .holds[0].deleted and .holds[0].descriptor == 7" "$work/kept"
}
check 'the same as JSON, too' is_kept_json

fails_with()
{
	text=$1
	shift
	"$proctop" why "$@" >"$work/out" 2>"$work/err"
	[ $? -eq 1 ] && [ ! -s "$work/out" ] && grep -qF "$text" "$work/err"
}
check 'a file that nobody holds is an error' fails_with 'no process holds the file' "$work/port"
check 'a port that nobody has is an error' fails_with 'no process listens on port 1' :1
check 'a name that nobody has is an error' fails_with 'no process or file has the name nobody-' nobody-

# That is what fdopendir(3) meets if the process goes right after its directory was opened.
ends_nothing()
{
	# The leak checker cannot work beside strace.
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -o /dev/null -P "/proc/$keeper/fd" \
		-e 'inject=?newfstatat,?fstat:error=ENOENT' "$proctop" why :1 >"$work/out" 2>&1
	cat "$work/out"
	grep -q 'no process listens on port 1' "$work/out"
}
if strace -qq -o /dev/null true 2>/dev/null; then
	check 'one that goes while it is looked into ends no search' ends_nothing
else
	skip 'strace cannot trace here' 'one that goes while it is looked into ends no search'
fi

# ---- names may be hostile ----

hostile=$(printf 'x\033[31m\ny')
bash -c 'exec -a "$0" sleep 600' "$hostile" &
pids="$pids $!"
hostile_pid=$!
waits_for grep -q sleep "/proc/$hostile_pid/comm"
is_escaped()
{
	"$proctop" why "$hostile_pid" >"$work/out"
	LC_ALL=C tr -d '\n' <"$work/out" | LC_ALL=C grep -q '[[:cntrl:]]' && return 1
	grep -qF 'x\x1b[31m\ny' "$work/out"
}
check 'hostile arguments are escaped' is_escaped
is_ascii()
{
	LC_ALL=C.UTF-8 "$proctop" why --ascii "$hostile_pid" | LC_ALL=C tr -d '\000-\177' | grep -q . &&
		return 1
	return 0
}
check 'with --ascii all is ASCII' is_ascii

# ---- a double fork, and something like cron ----

# The first shell ends, so that the second is left to init or a subreaper.
bash -c 'bash -c "echo \$\$ >\"\$0\"; exec sleep 600" "$0/orphan" & exit' "$work" &
wait $!
waits_for test -s "$work/orphan"
orphan=$(cat "$work/orphan")
pids="$pids $orphan"
waits_for grep -q sleep "/proc/$orphan/comm"
is_not_claimed()
{
	"$proctop" why --json "$orphan" >"$work/json"
	jq -e ".lineage_inferred and (.lineage[1].pid != $$)" "$work/json" >/dev/null
}
check 'after a double fork nobody is said to have forked it' is_not_claimed

# cron forks a child that runs the job in a shell; its name is all that tells it.
cp "$(command -v bash)" "$work/cron"
# shellcheck disable=SC2016
"$work/cron" -c 'sh -c "echo \$\$ >$0/job; sleep 600; true"; true' "$work" &
pids="$pids $!"
cron=$!
waits_for test -s "$work/job"
job=$(cat "$work/job")
waits_for pgrep -P "$job"
sleeper=$(pgrep -P "$job")
pids="$sleeper $pids"
check 'what cron started is a job of cron' says "^  why        a job of cron, by cron\($cron\)" "$sleeper"
check 'and the job is named' says '^  job        sh -c echo ' "$sleeper"
check 'the same of JSON' is ".cause == \"cron-job\" and .cause_pid == $cron" "$sleeper"

# ---- a login ----

has_sshd()
{
	[ "$(id -u)" -eq 0 ] && command -v ssh >/dev/null && command -v ssh-keygen >/dev/null &&
		[ -x /usr/sbin/sshd ]
}

start_sshd()
{
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$work/host" || return 1
	ssh-keygen -q -t ed25519 -N '' -f "$work/user" || return 1
	for ssh_port in 2699 2799 2899 2999; do
		/usr/sbin/sshd -f /dev/null -o Port=$ssh_port -o ListenAddress=127.0.0.1 \
			-o HostKey="$work/host" -o PidFile="$work/pid" -o UsePAM=no \
			-o StrictModes=no -o PermitRootLogin=yes \
			-o AuthorizedKeysFile="$work/user.pub" 2>/dev/null || continue
		waits_for test -s "$work/pid" && return 0
	done
	return 1
}

log_in()
{
	ssh -q -F /dev/null -p "$ssh_port" -i "$work/user" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null root@127.0.0.1 "$@" </dev/null >/dev/null 2>&1
}

if has_sshd && start_sshd; then
	log_in "echo \$\$ >$work/login; exec sleep 600" &
	pids="$pids $!"
	waits_for test -s "$work/login"
	login=$(cat "$work/login")
	pids="$login $pids"
	waits_for grep -q sleep "/proc/$login/comm"
	check 'what a login runs is of a login over ssh' \
		says '^  why        a login over ssh, by sshd[^ ]*\([0-9]+\): sshd' "$login"
	check 'who listens on its port is sshd' says "^sshd\($(cat "$work/pid")\)" ":$ssh_port"
else
	skip 'no sshd' 'what a login runs is of a login over ssh'
fi

# ---- as nobody ----

# A copy that nobody may run, without libtool's wrapper.
if [ "$(id -u)" -eq 0 ] && command -v setpriv >/dev/null && [ -x tests/proctop-alone ]; then
	cp tests/proctop-alone "$work/alone" && chmod 755 "$work" "$work/alone"
	is_refused()
	{
		setpriv --reuid=65534 --regid=65534 --clear-groups "$work/alone" why "$listener" \
			>"$work/out" 2>&1
		grep -q '^  program    not permitted; its user, or CAP_SYS_PTRACE,' "$work/out" &&
			grep -q '^  listens    not permitted' "$work/out" && return 0
		cat "$work/out"
		return 1
	}
	check 'what is refused says what it takes' is_refused
	is_counted()
	{
		setpriv --reuid=65534 --regid=65534 --clear-groups "$work/alone" why ":$port" \
			>"$work/out" 2>"$work/err" && return 1
		grep -q "somebody listens, but who may not be seen: port $port (.*CAP_SYS_PTRACE" \
			"$work/err" && return 0
		cat "$work/err"
		return 1
	}
	check 'that somebody listens is said even so' is_counted
else
	skip 'not root' 'what is refused says what it takes'
fi
done_testing
