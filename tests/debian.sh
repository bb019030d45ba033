#!/bin/sh
# SPDX-License-Identifier: MIT
# The Debian packages: built from a copy, unpacked beside it, and used from there.
. "${srcdir:-.}/tests/tap.sh"

for tool in dpkg-buildpackage dh dpkg-deb; do
	command -v "$tool" >/dev/null || skip_all "no $tool"
done
[ -d "${srcdir:-.}/debian" ] || skip_all 'no debian/ here'
[ -z "$SANITIZER_CFLAGS" ] || skip_all 'one build of them is enough'

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
mkdir "$work/proctop"
tar -C "${srcdir:-.}" --exclude='./build*' --exclude=./.git -cf - . | tar -C "$work/proctop" -xf - ||
	skip_all 'the sources cannot be copied'
# What was built in the source directory would be built from.
[ ! -e "$work/proctop/Makefile" ] || (cd "$work/proctop" && make distclean) >/dev/null 2>&1

builds()
{
	(cd "$work/proctop" && env -u MAKEFLAGS -u MAKELEVEL -u MAKE -u CC -u CXX \
		DEB_BUILD_OPTIONS="parallel=$(nproc)" dpkg-buildpackage -us -uc -b -d) \
		>"$work/log" 2>&1 && return 0
	tail -n 30 "$work/log"
	return 1
}

unpacks()
{
	for package in "$work"/proctop_*.deb "$work"/libproctree0_*.deb "$work"/libproctree-dev_*.deb; do
		dpkg-deb -x "$package" "$work/root" || return 1
	done
}

runs()
{
	library=$(echo "$work"/root/usr/lib/*/libproctree.so.0)
	LD_LIBRARY_PATH=${library%/*} "$work/root/usr/bin/proctop" tree $$ >"$work/out" &&
		grep -q "($$)" "$work/out"
}

has()
{
	[ -e "$work/root/$1" ]
}

programs_link()
{
	library=$(echo "$work"/root/usr/lib/*/libproctree.so.0)
	printf '#include <proctree.h>\nint main(void) { return !ptree_version(); }\n' >"$work/use.c"
	${CC:-cc} -D_GNU_SOURCE -I"$work/root/usr/include" -o "$work/use" "$work/use.c" \
		-L"${library%/*}" -lproctree && LD_LIBRARY_PATH=${library%/*} "$work/use"
}

check 'the packages build' builds
check 'and unpack' unpacks
check 'the program runs with its library' runs
check 'the manual is there' has usr/share/man/man1/proctop.1.gz
check 'the library has its pages' has usr/share/man/man3/libproctree.3.gz
check 'so are the themes' has usr/share/proctop/themes/light
check 'so is the completion of bash' has usr/share/bash-completion/completions/proctop.bash
check 'programs link with the library' programs_link
done_testing
