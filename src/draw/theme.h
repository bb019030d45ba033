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

/* colors: what the terminal has: 0, 8 or 256. */
struct style theme_style(enum theme_role role, int colors);

/* The letter for a change in the gutter, ' ' for none. */
char theme_change_letter(enum ptree_change_kind change);

/* How a highlighted row's gutter and background look; failed: an exit that was not a success. */
struct style theme_gutter(enum ptree_change_kind change, bool failed, int level, int colors);
int theme_glow_background(enum ptree_change_kind change, bool failed, int level, int colors);

/* A stable role for a user who is neither root nor oneself. */
enum theme_role theme_user(uint32_t uid, uint32_t own_uid);

#endif
