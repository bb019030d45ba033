#!/bin/sh
# SPDX-License-Identifier: MIT
# The RPM packages: built from a copy, unpacked beside it, and used from there.
. "${srcdir:-.}/tests/tap.sh"

for tool in rpmbuild rpm2cpio cpio; do
	command -v "$tool" >/dev/null || skip_all "no $tool"
done
[ -z "$SANITIZER_CFLAGS" ] || skip_all 'one build of them is enough'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
spec=${srcdir:-.}/rpm/proctop.spec
version=$(sed -n 's/^Version: *//p' "$spec")
mkdir -p "$work/proctop-$version" "$work/rpm/SOURCES" "$work/root"
tar -C "${srcdir:-.}" --exclude=./build --exclude=./.git -cf - . |
	tar -C "$work/proctop-$version" -xf - || skip_all 'the sources cannot be copied'
# What was built in the source directory would be built from.
[ ! -e "$work/proctop-$version/Makefile" ] ||
	(cd "$work/proctop-$version" && make distclean) >/dev/null 2>&1
tar -C "$work" -czf "$work/rpm/SOURCES/proctop-$version.tar.gz" "proctop-$version"

is_of_this_version()
{
	./proctop --version | grep -qF " $version"
}

# What it needs to build is not among the packages that rpm knows here.
builds()
{
	env -u MAKEFLAGS -u MAKELEVEL -u MAKE -u CC -u CXX \
		rpmbuild -bb --nodeps --define "_topdir $work/rpm" "$spec" >"$work/log" 2>&1 && return 0
	tail -n 30 "$work/log"
	return 1
}

unpacks()
{
	for package in "$work"/rpm/RPMS/*/*.rpm; do
		case $package in
		*debuginfo* | *debugsource*) continue ;;
		esac
		rpm2cpio "$package" | (cd "$work/root" && cpio -idm --quiet) || return 1
	done
}

runs()
{
	library=$(find "$work/root" -name libproctree.so.0)
	LD_LIBRARY_PATH=${library%/*} "$work/root/usr/bin/proctop" tree $$ >"$work/out" &&
		grep -q "($$)" "$work/out"
}

has_parts()
{
	[ "$(find "$work/rpm/RPMS" -name '*.rpm' | grep -cE '/(proctop|libproctree|libproctree-devel)-[0-9][^/]*$')" -eq 3 ]
}

check 'the packages are of this version' is_of_this_version
check 'they build' builds
check 'there are three' has_parts
check 'they unpack' unpacks
check 'the program runs with its library' runs
done_testing
