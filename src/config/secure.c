/* SPDX-License-Identifier: MIT */
/*
 * Started with capabilities of the file's; see secure.h. libc drops what it knows of itself
 * (LD_*, LOCPATH, NLSPATH, ...) in most versions; curses reads its terminals from wherever TERMINFO
 * and the home directory say.
 */
#include "config/secure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

static bool is_dangerous(const char *variable)
{
	/* Those that end in an underscore are prefixes. */
	static const char *const names[] = { "TERMINFO", "TERMINFO_DIRS", "TERMCAP",
					     "TERMPATH", "NCURSES_",	  "LOCPATH",
					     "NLSPATH",	 "XDG_",	  "HOME" };
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t size = strlen(names[i]);
		bool is_prefix = names[i][size - 1] == '_';

		if ((is_prefix ? length >= size : length == size) &&
		    !strncmp(variable, names[i], size))
			return true;
	}
	return false;
}

/* In place: nobody has read any of it yet. */
static void drop_dangerous_variables(void)
{
	char **to = environ;

	for (char **from = environ; from && *from; from++) {
		if (!is_dangerous(*from))
			*to++ = *from;
	}
	if (to)
		*to = NULL;
}

bool secure_start(char *error, size_t size)
{
	if (getuid() != geteuid() || getgid() != getegid()) {
		snprintf(
		    error, size,
		    "it must not be setuid or setgid; give it the capabilities it can use instead: "
		    "setcap cap_net_admin,cap_sys_nice+ep FILE");
		return false;
	}
	if (getauxval(AT_SECURE))
		drop_dangerous_variables();
	return true;
}
