# SPDX-License-Identifier: MIT
# fish completion for proctop(1)

function __proctop_names
    ps -eo comm= 2>/dev/null | sort -u
end

set -l tree '__fish_seen_subcommand_from tree'
set -l log '__fish_seen_subcommand_from log'
set -l why '__fish_seen_subcommand_from why'
set -l live 'not __fish_seen_subcommand_from tree log why'
set -l select 'not __fish_seen_subcommand_from why'
set -l events 'not __fish_seen_subcommand_from tree why'
set -l pictured 'not __fish_seen_subcommand_from log why'
set -l drawn 'not __fish_seen_subcommand_from log'
set -l json '__fish_seen_subcommand_from tree log why'
set -l kinds fork exec exit uid gid sid ptrace comm coredump unknown rule

complete -c proctop -f
complete -c proctop -n __fish_use_subcommand -a tree -d 'One picture of the process tree'
complete -c proctop -n __fish_use_subcommand -a log -d 'Events as they happen, a line each'
complete -c proctop -n __fish_use_subcommand -a why -d 'Why it runs, or who holds it'
complete -c proctop -n $tree -a '(__proctop_names)'
complete -c proctop -n $why -F -a '(__proctop_names)'

complete -c proctop -n $select -s u -l user -x -a '(__fish_complete_users)' -d 'Only this user\'s processes'
complete -c proctop -n $select -s f -l filter -x -d 'Only what matches'
complete -c proctop -s h -l help -d 'Print the options and exit'
complete -c proctop -s V -l version -d 'Print the version and exit'
complete -c proctop -n $events -s w -l watch -x -a '(__proctop_names)' -d 'Only the subtree under these'
complete -c proctop -n $events -l poll -d 'Scan /proc on a timer, without events'
complete -c proctop -n $events -l require-events -d 'Exit with 3 where there are no events'
complete -c proctop -n $events -l summary -d 'On leaving, print what was seen and lost'
complete -c proctop -n $events -l no-realtime -d 'Ask for no real-time priority'
complete -c proctop -n $drawn -l ascii -d 'Draw with ASCII only'
complete -c proctop -n $tree -l short -d 'Names only, leaves that are alike merged'
complete -c proctop -n $tree -s s -l ancestors -d 'Also those above the PID'
complete -c proctop -n $json -l json -d 'One JSON object a line'
complete -c proctop -n $live -s d -l delay -x -d 'How often CPU and memory are sampled'
complete -c proctop -n $live -s H -l highlight -x -d 'How many seconds a change glows'
complete -c proctop -n $live -l color -x -a 'auto always never' -d 'Use colours'
complete -c proctop -n $live -l no-mouse -d 'Leave the mouse to the terminal'
complete -c proctop -n $pictured -l columns -x -a "(__fish_append , pid ppid origin uid user real-user comm start session tty state cpu sum-cpu rss rss-share pss swap shared sum-rss threads time user-time system-time max-rss read written io-read io-write io sum-io age exit signal nice priority group virtual minor-faults major-faults faults forks execs cgroup unit container namespaces)" -d 'These columns'
complete -c proctop -n $live -l sort -x -a 'birth CPU memory time threads pid user comm ppid origin uid real-user start session tty state rss rss-share pss swap shared user-time system-time max-rss read written io-read io-write io sum-io exit signal nice priority group virtual minor-faults major-faults faults forks execs cgroup unit container namespaces' -d 'Siblings by it'
complete -c proctop -n $live -l group -x -a 'none user unit container session command' -d 'In groups'
complete -c proctop -n $live -l meters -x -a "(__fish_append , cpu memory swap forks execs failures disk-read disk-write net-receive net-send tasks pressure short-lived threads spawner longer-lived load cores history)" -d 'These meters'
complete -c proctop -n $live -l graphs -x -a 'auto braille block' -d 'Made of'
complete -c proctop -n $live -l theme -x -a 'default light high-contrast colour-blind mono' -d 'How it looks'
complete -c proctop -n $live -l config -r -F -d 'Read this instead of one\'s own file'
complete -c proctop -n $log -l events -x -a "(__fish_append , $kinds)" -d 'Only these events'
complete -c proctop -n $events -l on -x -d 'EXPR => mark, bell, log, stop or run'
complete -c proctop -n $log -l by-command -d 'At the end, a table of commands'
complete -c proctop -n $log -l duration -x -d 'Stop after so many seconds'
