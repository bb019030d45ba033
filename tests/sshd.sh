#!/bin/sh
# SPDX-License-Identifier: MIT
# proctop -w in tmux, and a real login through a real sshd on 127.0.0.1, with keys, a port and a name
# of the test's own, whatever other sshd runs: it waits for the sshd that is not there yet, shows what
# the login does, and follows the titles that sshd gives itself.
. "${srcdir:-.}/tests/tap.sh"

[ -x ./proctop ] || skip_all 'proctop is not built'
[ "$(id -u)" -eq 0 ] || skip_all 'not root, so sshd cannot log anybody in'
for tool in tmux ssh ssh-keygen /usr/sbin/sshd; do
	command -v "$tool" >/dev/null || skip_all "no $tool"
done
./proctop log --require-events --duration=0.1 >/dev/null 2>&1 || skip_all 'no process events here'
locale -a | grep -qi '^c\.utf-\?8$' || skip_all 'there is no C.UTF-8 locale'

work=$(mktemp -d) || exit 1
socket=$work/tmux
name=sshd-$$ # what is watched: its program's name, which it gives its titles, too

clean_up()
{
	tmux -S "$socket" kill-server 2>/dev/null
	[ ! -f "$work/pid" ] || kill "$(cat "$work/pid")" 2>/dev/null
	rm -rf "$work"
}
trap clean_up EXIT

screen()
{
	tmux -S "$socket" capture-pane -p
}

# shows PATTERN: within ten seconds.
shows()
{
	for _ in $(seq 100); do
		screen | grep -q -- "$1" && return 0
		sleep 0.1
	done
	screen
	return 1
}

start_proctop()
{
	LC_ALL=C.UTF-8 tmux -S "$socket" -f /dev/null new-session -d -x 100 -y 40 \
		"TERM=screen-256color LC_ALL=C.UTF-8 ./proctop -w $name"
}

# It writes its pid when it listens: where somebody else does, it goes without a word.
listens()
{
	for _ in $(seq 30); do
		[ -s "$work/pid" ] && return 0
		sleep 0.1
	done
	return 1
}

# A port that nobody listens on.
start_sshd()
{
	mkdir -p /run/sshd
	cp /usr/sbin/sshd "$work/$name" || return 1
	for port in 2299 2399 2499 2599; do
		"$work/$name" -f /dev/null -o Port=$port -o ListenAddress=127.0.0.1 \
			-o HostKey="$work/host" -o PidFile="$work/pid" -o UsePAM=no \
			-o StrictModes=no -o PermitRootLogin=yes \
			-o AuthorizedKeysFile="$work/user.pub" 2>/dev/null || continue
		echo "$port" >"$work/port"
		listens && return 0
	done
	return 1
}

log_in()
{
	ssh -tt -q -F /dev/null -p "$(cat "$work/port")" -i "$work/user" -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile=/dev/null root@127.0.0.1 "$@" </dev/null >"$work/out" 2>&1
}

ssh-keygen -q -t ed25519 -N '' -f "$work/host" || exit 1
ssh-keygen -q -t ed25519 -N '' -f "$work/user" || exit 1

check 'it starts where there is no sshd' start_proctop
check 'an empty watch says what it waits for' shows "waiting for a process named $name"
check 'sshd starts' start_sshd
check 'sshd is seen as soon as it is there' shows "$name: $work"
log_in 'sleep 3.25; sh -c "sleep 0.6; exit 7"; sleep 1.5' &
login=$!
check 'what the login runs is below it' shows 'sleep 3.25'
check 'the title that sshd gave itself is followed' shows 'sshd[^ ]*: root@pts/'
check 'what it ran is seen to fail, with its status' shows 'sh -c sleep 0.6; exit 7 .* exit 7'
wait "$login"
check 'nothing but sshd is shown' sh -c "! tmux -S '$socket' capture-pane -p | grep -q kthreadd"
kill "$(cat "$work/pid")"
check 'the watch goes on when it is over' shows "waiting for a process named $name"
tmux -S "$socket" send-keys q
done_testing
