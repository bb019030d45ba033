/* SPDX-License-Identifier: MIT */
/* The one table of colours. Colours carry no meaning that a letter or a word does not carry, too.
 */
#include "draw/theme.h"

struct look {
	struct style rich, plain, mono; /* 256 colours, 8, none */
};

#define DEFAULT (-1)
#define STYLE(fg_, bg_, attrs_)                                                                    \
	{                                                                                          \
		.fg = (fg_), .bg = (bg_), .attrs = (attrs_)                                        \
	}

static const struct look looks[THEME_ROLE_COUNT] = {
	[THEME_NORMAL] = { STYLE(DEFAULT, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, 0),
			   STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_DIM] = { STYLE(244, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, STYLE_DIM),
			STYLE(DEFAULT, DEFAULT, STYLE_DIM) },
	[THEME_TITLE] = { STYLE(DEFAULT, DEFAULT, STYLE_BOLD), STYLE(DEFAULT, DEFAULT, STYLE_BOLD),
			  STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_STATE_GOOD] = { STYLE(77, DEFAULT, 0), STYLE(2, DEFAULT, 0),
			       STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_STATE_WARNING] = { STYLE(221, DEFAULT, 0), STYLE(3, DEFAULT, STYLE_BOLD),
				  STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_STATE_BAD] = { STYLE(203, DEFAULT, STYLE_BOLD), STYLE(1, DEFAULT, STYLE_BOLD),
			      STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_COLUMN_TITLE] = { STYLE(244, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, STYLE_DIM),
				 STYLE(DEFAULT, DEFAULT, STYLE_UNDERLINE) },
	[THEME_TREE_LINE] = { STYLE(240, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, STYLE_DIM),
			      STYLE(DEFAULT, DEFAULT, STYLE_DIM) },
	[THEME_PID] = { STYLE(244, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, 0),
			STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_USER_ROOT] = { STYLE(DEFAULT, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, 0),
			      STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_USER_OWN] = { STYLE(DEFAULT, DEFAULT, STYLE_BOLD),
			     STYLE(DEFAULT, DEFAULT, STYLE_BOLD),
			     STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_USER_0] = { STYLE(110, DEFAULT, 0), STYLE(6, DEFAULT, 0),
			   STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_USER_0 + 1] = { STYLE(150, DEFAULT, 0), STYLE(2, DEFAULT, 0),
			       STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_USER_0 + 2] = { STYLE(180, DEFAULT, 0), STYLE(3, DEFAULT, 0),
			       STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_USER_0 + 3] = { STYLE(175, DEFAULT, 0), STYLE(5, DEFAULT, 0),
			       STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_USER_0 + 4] = { STYLE(116, DEFAULT, 0), STYLE(4, DEFAULT, STYLE_BOLD),
			       STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_USER_LAST] = { STYLE(146, DEFAULT, 0), STYLE(6, DEFAULT, STYLE_BOLD),
			      STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_DIRECTORY] = { STYLE(244, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, STYLE_DIM),
			      STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_PROGRAM] = { STYLE(255, DEFAULT, STYLE_BOLD), STYLE(DEFAULT, DEFAULT, STYLE_BOLD),
			    STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_ARGUMENTS] = { STYLE(DEFAULT, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, 0),
			      STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_GONE] = { STYLE(243, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, STYLE_DIM),
			 STYLE(DEFAULT, DEFAULT, STYLE_DIM) },
	[THEME_SUCCESS] = { STYLE(71, DEFAULT, 0), STYLE(2, DEFAULT, 0),
			    STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_FAILURE] = { STYLE(203, DEFAULT, 0), STYLE(1, DEFAULT, STYLE_BOLD),
			    STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_COUNT] = { STYLE(109, DEFAULT, 0), STYLE(6, DEFAULT, 0),
			  STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_METER_LOW] = { STYLE(71, DEFAULT, 0), STYLE(2, DEFAULT, 0),
			      STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_METER_MIDDLE] = { STYLE(178, DEFAULT, 0), STYLE(3, DEFAULT, 0),
				 STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_METER_HIGH] = { STYLE(167, DEFAULT, 0), STYLE(1, DEFAULT, 0),
			       STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_MATCH] = { STYLE(226, DEFAULT, STYLE_UNDERLINE), STYLE(3, DEFAULT, STYLE_UNDERLINE),
			  STYLE(DEFAULT, DEFAULT, STYLE_UNDERLINE) },
	[THEME_SELECTED] = { STYLE(DEFAULT, 238, 0), STYLE(DEFAULT, DEFAULT, STYLE_REVERSE),
			     STYLE(DEFAULT, DEFAULT, STYLE_REVERSE) },
	[THEME_SCOPE_LABEL] = { STYLE(16, 109, 0), STYLE(DEFAULT, DEFAULT, STYLE_REVERSE),
				STYLE(DEFAULT, DEFAULT, STYLE_REVERSE) },
	[THEME_FOOTER_KEY] = { STYLE(DEFAULT, DEFAULT, 0), STYLE(DEFAULT, DEFAULT, 0),
			       STYLE(DEFAULT, DEFAULT, 0) },
	[THEME_FOOTER_LABEL] = { STYLE(16, 109, 0), STYLE(0, 6, 0),
				 STYLE(DEFAULT, DEFAULT, STYLE_REVERSE) },
	[THEME_ERROR] = { STYLE(203, DEFAULT, STYLE_BOLD), STYLE(1, DEFAULT, STYLE_BOLD),
			  STYLE(DEFAULT, DEFAULT, STYLE_BOLD) },
	[THEME_PROMPT] = { STYLE(DEFAULT, 236, 0), STYLE(DEFAULT, DEFAULT, 0),
			   STYLE(DEFAULT, DEFAULT, 0) },
};

struct style theme_style(enum theme_role role, int colors)
{
	const struct look *look = &looks[role];

	return colors >= 256 ? look->rich : colors >= 8 ? look->plain : look->mono;
}

/* One kind of highlight: its backgrounds from fresh to faded, and its letter's colour. */
struct glow {
	char letter;
	int16_t letter_rich, letter_plain;
	int16_t background[GLOW_LEVELS]; /* by level - 1 */
};

static const struct glow forked = { 'F', 111, 4, { 234, 235, 17, 18 } };
static const struct glow execed = { 'X', 119, 2, { 233, 234, 235, 22 } };
static const struct glow exited = { 'E', 250, DEFAULT, { 233, 234, 235, 236 } };
static const struct glow failed_exit = { 'E', 210, 1, { 233, 234, 235, 52 } };
static const struct glow credentials = { 'U', 213, 5, { 233, 234, 235, 53 } };
static const struct glow session = { 'S', 213, 5, { 233, 234, 235, 53 } };
static const struct glow traced = { 'T', 213, 5, { 233, 234, 235, 53 } };
static const struct glow renamed = { 'C', 213, 5, { 233, 234, 235, 53 } };
static const struct glow dumped = { 'D', 210, 1, { 233, 234, 235, 52 } };

static const struct glow *glow_of(enum ptree_change_kind change, bool failed)
{
	switch (change) {
	case PTREE_CHANGE_FORKED:
		return &forked;
	case PTREE_CHANGE_EXECED:
		return &execed;
	case PTREE_CHANGE_EXITED:
		return failed ? &failed_exit : &exited;
	case PTREE_CHANGE_CREDENTIALS:
		return &credentials;
	case PTREE_CHANGE_SESSION:
		return &session;
	case PTREE_CHANGE_TRACED:
		return &traced;
	case PTREE_CHANGE_RENAMED:
		return &renamed;
	case PTREE_CHANGE_COREDUMP:
		return &dumped;
	case PTREE_CHANGE_NONE:
		break;
	}
	return NULL;
}

char theme_change_letter(enum ptree_change_kind change)
{
	const struct glow *glow = glow_of(change, false);

	return glow ? glow->letter : ' ';
}

struct style theme_gutter(enum ptree_change_kind change, bool failed, int level, int colors)
{
	const struct glow *glow = glow_of(change, failed);
	struct style style = STYLE(DEFAULT, DEFAULT, 0);

	if (!glow || level <= 0)
		return theme_style(THEME_DIM, colors);
	if (colors >= 256)
		style.fg = glow->letter_rich;
	else if (colors >= 8)
		style.fg = glow->letter_plain;
	style.attrs = level >= GLOW_LEVELS / 2 ? STYLE_BOLD : level == 1 ? STYLE_DIM : 0;
	return style;
}

int theme_glow_background(enum ptree_change_kind change, bool failed, int level, int colors)
{
	const struct glow *glow = glow_of(change, failed);

	if (!glow || level <= 0 || level > GLOW_LEVELS || colors < 256)
		return DEFAULT;
	return glow->background[level - 1];
}

enum theme_role theme_user(uint32_t uid, uint32_t own_uid)
{
	if (uid == 0)
		return THEME_USER_ROOT;
	if (uid == own_uid)
		return THEME_USER_OWN;
	return (enum theme_role)(THEME_USER_0 + uid % (THEME_USER_LAST - THEME_USER_0 + 1));
}
