/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_THEME_FILE_H
#define PROCTOP_THEME_FILE_H

#include "draw/theme.h"

/* A theme that the program has in it; in the order of their names. Ends with a NULL name. */
struct theme_text {
	const char *name, *text;
};
extern const struct theme_text theme_texts[];

/*
 * Makes a theme, for as many colours as it has, look as that one says, and as the default one where
 * it says nothing: a file if there is a slash in its name, else one of the person's own, or of the
 * program's. 0; -EINVAL: error says why, and it is the default one; -ENOMEM.
 */
int theme_load(struct theme *theme, const char *name, char *error, size_t size);

#endif
