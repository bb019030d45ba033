# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# bash completion for proctop(1)

# Replaces what is typed after the last comma of a list.
_proctop_list()
{
	local word=$1 before=
	[[ $word == *,* ]] && before=${word%,*},
	mapfile -t COMPREPLY < <(compgen -P "$before" -W "$2" -- "${word##*,}")
}

# _proctop_value OPTION WORD: false if the option takes none.
_proctop_value()
{
	case $1 in
	-u | --user) mapfile -t COMPREPLY < <(compgen -u -- "$2") ;;
	-w | --watch) mapfile -t COMPREPLY < <(compgen -W "$(ps -eo comm= 2>/dev/null)" -- "$2") ;;
	--color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$2") ;;
	--events) _proctop_list "$2" 'fork exec exit uid gid sid ptrace comm coredump unknown rule' ;;
	--on) COMPREPLY=() ;;
	-f | --filter)
		mapfile -t COMPREPLY < <(compgen -W 'cmd: comm: user: pid: ppid: origin: uid: real-user: session: tty: state: cpu rss rss-share pss swap shared threads: time max-rss read written io-read io-write io age exit: signal: nice: priority: group: virtual minor-faults: major-faults: faults: forks execs cgroup: unit: container: namespaces: kernel-thread: zombie: under:' -- "$2")
		compopt -o nospace 2>/dev/null
		;;
	--columns) _proctop_list "$2" 'pid ppid origin uid user real-user comm start session tty state cpu sum-cpu rss rss-share pss swap shared sum-rss threads time user-time system-time max-rss read written io-read io-write io sum-io age exit signal nice priority group virtual minor-faults major-faults faults forks execs cgroup unit container namespaces' ;;
	--sort) mapfile -t COMPREPLY < <(compgen -W 'birth CPU memory time threads pid user comm ppid origin uid real-user start session tty state rss rss-share pss swap shared user-time system-time max-rss read written io-read io-write io sum-io exit signal nice priority group virtual minor-faults major-faults faults forks execs cgroup unit container namespaces' -- "$2") ;;
	--group) mapfile -t COMPREPLY < <(compgen -W 'none user unit container session command' -- "$2") ;;
	--meters) _proctop_list "$2" 'cpu memory swap forks execs failures disk-read disk-write net-receive net-send tasks pressure short-lived threads spawner longer-lived load cores history' ;;
	--graphs) mapfile -t COMPREPLY < <(compgen -W 'auto braille block' -- "$2") ;;
	--theme) mapfile -t COMPREPLY < <(compgen -W 'default light high-contrast colour-blind mono' -- "$2") ;;
	--config) mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
	-d | --delay | -H | --highlight | --duration) COMPREPLY=() ;;
	*) return 1 ;;
	esac
}

_proctop_options()
{
	local all='--user= --filter= --help --version'
	local events='--watch= --poll --require-events --summary --no-realtime --on='
	case $1 in
	tree) echo "$all --columns= --ascii --json --short --ancestors" ;;
	why) echo '--help --version --ascii --json' ;;
	log) echo "$all $events --json --events= --duration= --by-command" ;;
	*) echo "$all $events --ascii --delay= --highlight= --color= --no-mouse --columns= --sort= --group= --meters= --graphs= --theme= --config=" ;;
	esac
}

_proctop()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]}

	COMPREPLY=()
	# "--option=value" comes as three words.
	if [[ $word == = ]]; then
		word=
	elif [[ $before == = ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	_proctop_value "$before" "$word" && return
	if [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_proctop_options "$command")" -- "$word")
		[[ ${COMPREPLY[*]} == *= ]] && compopt -o nospace 2>/dev/null
	elif ((COMP_CWORD == 1)); then
		mapfile -t COMPREPLY < <(compgen -W 'tree log why' -- "$word")
	elif [[ $command == tree ]]; then
		_proctop_value --watch "$word"
	elif [[ $command == why ]]; then
		mapfile -t COMPREPLY < <(compgen -f -W "$(ps -eo comm= 2>/dev/null)" -- "$word")
	fi
	return 0
}

complete -F _proctop proctop
