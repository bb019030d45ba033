/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_THEME_H
#define PROCTOP_THEME_H

#include "draw/canvas.h"

#include <proctree.h>

/* What a piece of the screen means; the theme says how that looks. */
enum theme_role {
	THEME_NORMAL,
	THEME_DIM,
	THEME_TITLE,
	THEME_STATE_GOOD,
	THEME_STATE_WARNING,
	THEME_STATE_BAD,
	THEME_COLUMN_TITLE,
	THEME_TREE_LINE,
	THEME_PID,
	THEME_USER_ROOT,
	THEME_USER_OWN,
	THEME_USER_0, /* others, a stable colour each */
	THEME_USER_LAST = THEME_USER_0 + 5,
	THEME_DIRECTORY,
	THEME_PROGRAM,
	THEME_ARGUMENTS,
	THEME_GONE, /* exited rows and kernel threads */
	THEME_SUCCESS,
	THEME_FAILURE,
	THEME_COUNT, /* what is folded away */
	THEME_METER_LOW,
	THEME_METER_MIDDLE,
	THEME_METER_HIGH,
	THEME_MATCH,
	THEME_SELECTED,
	THEME_SCOPE_LABEL,
	THEME_FOOTER_KEY,
	THEME_FOOTER_LABEL,
	THEME_ERROR,
	THEME_PROMPT,
	THEME_ROLE_COUNT,
};

/* The steps in which a highlight fades; 0 is none. */
#define GLOW_LEVELS 4

/* What can happen to a process, as far as it is highlighted each in its own way. */
enum theme_glow {
	THEME_GLOW_FORK,
	THEME_GLOW_EXEC,
	THEME_GLOW_EXIT,
	THEME_GLOW_FAILURE, /* an exit that was no success, a core dump */
	THEME_GLOW_OTHER,   /* another user, session, tracer, name */
	THEME_GLOW_COUNT,
};

struct glow {
	int32_t letter;
	int32_t background[GLOW_LEVELS]; /* by level - 1: from faded to fresh */
};

/* How all of it looks, on a terminal of so many colours. */
struct theme {
	int colors;
	struct style styles[THEME_ROLE_COUNT];
	struct glow glows[THEME_GLOW_COUNT];
};

/* The one that there is unless somebody asks for another. colors: what the terminal has: 0, 8, 256,
   or more. */
void theme_init(struct theme *theme, int colors);

/*
 * One line of a theme: "title" and "bold", "selected" and "on 238", "glow-fork" and "111 18 17 235
 * 234". What the terminal has not enough colours for changes nothing. False: error says what was
 * expected.
 */
bool theme_set(struct theme *theme, const char *name, const char *value, char *error, size_t size);

/* Colours as a theme has them: indices of 256, or STYLE_RGB. */
void theme_set_style(struct theme *theme, enum theme_role role, struct style style);
void theme_set_glow(struct theme *theme, enum theme_glow which, struct glow glow);

/* What theme_set() knows, by number; NULL: there are no more. */
const char *theme_name_at(size_t number);

/* NULL: without colours. */
struct style theme_style(const struct theme *theme, enum theme_role role);

/* The letter for a change in the gutter, ' ' for none. */
char theme_change_letter(enum ptree_change_kind change);

/* How a highlighted row's gutter and background look; failed: an exit that was not a success. */
struct style theme_gutter(const struct theme *theme, enum ptree_change_kind change, bool failed,
			  int level);
int32_t theme_glow_background(const struct theme *theme, enum ptree_change_kind change, bool failed,
			      int level);

/* A stable role for a user who is neither root nor oneself. */
enum theme_role theme_user(uint32_t uid, uint32_t own_uid);

#endif
