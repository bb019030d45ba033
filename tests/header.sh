#!/bin/sh
# SPDX-License-Identifier: MIT
# proctree.h needs nothing before it and nothing but the standard, in C and in C++.
. "${srcdir:-.}/tests/tap.sh"

lib=${srcdir:-.}/lib

# compiles LANGUAGE-FLAG COMPILER FLAG...
compiles()
{
	language=$1
	shift
	echo '#include <proctree.h>' |
		"$@" -I"$lib" -Wall -Wextra -pedantic -Werror -fsyntax-only -x "$language" -
}

# CC may hold flags, too.
# shellcheck disable=SC2086
{
	check 'the header compiles alone as C11' compiles c ${CC:-cc} -std=c11
	check 'the header compiles alone as C17' compiles c ${CC:-cc} -std=c17
	if [ -n "${CXX:-}" ]; then
		check 'the header compiles alone as C++11' compiles c++ $CXX -std=c++11
		check 'the header compiles alone as C++17' compiles c++ $CXX -std=c++17
	else
		skip 'no C++ compiler' 'the header compiles alone as C++'
	fi
}
done_testing
