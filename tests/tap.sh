# SPDX-License-Identifier: MIT
# shellcheck shell=sh
# TAP for shell tests, to be sourced: `. "${srcdir:-.}/tests/tap.sh"`. A test calls skip_all, or ok
# and not_ok (or check) for each of its sentences, and done_testing last.

tap_count=0
tap_failed=0

# skip_all REASON: this whole test cannot run here.
skip_all()
{
	echo "1..0 # SKIP $*"
	exit 0
}

ok()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $*"
}

not_ok()
{
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $*"
}

# skip REASON SENTENCE
skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $2 # SKIP $1"
}

# check SENTENCE COMMAND [ARG...]: what the command prints explains a failure.
check()
{
	tap_name=$1
	shift
	if tap_output=$("$@" 2>&1); then
		ok "$tap_name"
	else
		not_ok "$tap_name"
		printf '%s\n' "$tap_output" | sed 's/^/# /'
	fi
}

done_testing()
{
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
}
