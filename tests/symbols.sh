#!/bin/sh
# SPDX-License-Identifier: MIT
# What the header declares, the version script names and the shared library exports are the same.
. "${srcdir:-.}/tests/tap.sh"

library=lib/.libs/libproctree.so
[ -e "$library" ] || skip_all 'built without a shared library'
command -v nm >/dev/null || skip_all 'no nm'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

grep -v '^#' "${srcdir:-.}/lib/proctree.h" | tr '\n' ' ' |
	grep -o 'PTREE_API [^(;]*(' | grep -o 'ptree_[a-z0-9_]*($' | tr -d '(' |
	sort >"$work/declared"
sed -n 's/^[[:space:]]*\(ptree_[a-z0-9_]*\);$/\1/p' "${srcdir:-.}/lib/proctree.sym" |
	sort >"$work/named"
nm -D --defined-only "$library" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' |
	sort >"$work/exported"

check 'the header declares functions' test -s "$work/declared"
check 'the version script names what the header declares' diff "$work/declared" "$work/named"
check 'the library exports what the header declares' diff "$work/declared" "$work/exported"
done_testing
