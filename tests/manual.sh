#!/bin/sh
# SPDX-License-Identifier: MIT
# The library's manual: every function is on a page, every page is named, and mandoc likes them.
. "${srcdir:-.}/tests/tap.sh"

sources=${srcdir:-.}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
pages=$(ls man/ptree_*.3 2>/dev/null)

# A function that is inline in the header has a page, too.
{
	sed -n 's/^[[:space:]]*\(ptree_[a-z0-9_]*\);$/\1/p' "$sources/lib/proctree.sym"
	sed -n 's/^[[:space:]]*\(ptree_[a-z0-9_]*\)_sized;$/\1/p' "$sources/lib/proctree.sym"
} | sort >"$work/functions"

# In a synopsis, and in the text below it.
every_function_is_on_a_page()
{
	# shellcheck disable=SC2086
	cat $pages >"$work/all"
	while read -r name; do
		[ "$name" != ptree_version ] || continue
		grep -q "^\.Fo $name\$" "$work/all" && grep -q "^\.It Fn $name\$" "$work/all" ||
			echo "# $name"
	done <"$work/functions" | grep . && return 1
	grep -q '^\.Fn ptree_version$' "$sources/man/libproctree.3"
}

only_functions_that_exist_are_on_a_page()
{
	# shellcheck disable=SC2086
	sed -n 's/^\.F[on] \(ptree_[a-z0-9_]*\).*/\1/p' $pages "$sources/man/libproctree.3" |
		sort -u | comm -23 - "$work/functions" | grep . && return 1
	return 0
}

every_page_is_named()
{
	for page in $pages; do
		grep -q "^\.Xr $(basename "$page" .3) 3" "$sources/man/libproctree.3" || echo "# $page"
	done | grep . && return 1
	return 0
}

# Whether a page that another one names is installed is not theirs to say. What mandoc finds and what
# it complains of come in buffers of their own, so that in one pipe lines could be torn.
is_clean()
{
	mandoc -T lint "$@" >"$work/found" 2>"$work/complaints"
	cat "$work/found" "$work/complaints" | grep -vE 'referenced manual not found|mandoc\.db' >"$work/lint"
	! grep . "$work/lint"
}

check 'there are pages' test -n "$pages"
check 'every function is on a page' every_function_is_on_a_page
check 'pages name only functions that exist' only_functions_that_exist_are_on_a_page
check 'libproctree(3) names every page' every_page_is_named
if command -v mandoc >/dev/null; then
	# shellcheck disable=SC2086
	check 'mandoc finds nothing in the library'\''s manual' is_clean $pages "$sources/man/libproctree.3"
else
	skip 'no mandoc' 'mandoc finds nothing in the library'\''s manual'
fi
done_testing
