/* SPDX-License-Identifier: MIT */
/* The default theme. Colours carry no meaning that a letter or a word does not carry, too. */
#include "draw/theme.h"
#include "draw/palette.h"

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

static struct style look_of(enum theme_role role, int colors)
{
	const struct look *look = &looks[role];

	return colors >= 256 ? look->rich : colors >= 8 ? look->plain : look->mono;
}

static void fit(struct style *style, int colors)
{
	style->fg = palette_color(style->fg, colors);
	style->bg = palette_color(style->bg, colors);
}

static void fit_glow(struct glow *glow, int colors)
{
	glow->letter = palette_color(glow->letter, colors);
	for (int i = 0; i < GLOW_LEVELS; i++)
		glow->background[i] = palette_color(glow->background[i], colors);
}

void theme_set_style(struct theme *theme, enum theme_role role, struct style style)
{
	fit(&style, theme->colors);
	theme->styles[role] = style;
}

void theme_set_glow(struct theme *theme, enum theme_glow which, struct glow glow)
{
	fit_glow(&glow, theme->colors);
	theme->glows[which] = glow;
}

struct style theme_style(const struct theme *theme, enum theme_role role)
{
	return theme ? theme->styles[role] : looks[role].mono;
}

/* ---- highlights ---- */

struct glow_look {
	int letter_rich, letter_plain;
	int background[GLOW_LEVELS]; /* by level - 1 */
};

static const struct glow_look glow_looks[THEME_GLOW_COUNT] = {
	[THEME_GLOW_FORK] = { 111, 4, { 234, 235, 17, 18 } },
	[THEME_GLOW_EXEC] = { 119, 2, { 233, 234, 235, 22 } },
	[THEME_GLOW_EXIT] = { 250, DEFAULT, { 233, 234, 235, 236 } },
	[THEME_GLOW_FAILURE] = { 210, 1, { 233, 234, 235, 52 } },
	[THEME_GLOW_OTHER] = { 213, 5, { 233, 234, 235, 53 } },
};

static struct glow glow_of_look(enum theme_glow which, int colors)
{
	const struct glow_look *look = &glow_looks[which];
	struct glow glow = { .letter = colors >= 256 ? look->letter_rich
				       : colors >= 8 ? look->letter_plain
						     : DEFAULT };

	for (int i = 0; i < GLOW_LEVELS; i++)
		glow.background[i] = colors >= 256 ? look->background[i] : DEFAULT;
	return glow;
}

void theme_init(struct theme *theme, int colors)
{
	theme->colors = colors;
	for (int i = 0; i < THEME_ROLE_COUNT; i++)
		theme_set_style(theme, (enum theme_role)i, look_of((enum theme_role)i, colors));
	for (int i = 0; i < THEME_GLOW_COUNT; i++)
		theme_set_glow(theme, (enum theme_glow)i, glow_of_look((enum theme_glow)i, colors));
}

struct change {
	char letter;
	uint8_t glow; /* enum theme_glow */
};

static struct change change_of(enum ptree_change_kind kind)
{
	static const struct change changes[] = {
		[PTREE_CHANGE_NONE] = { ' ', THEME_GLOW_OTHER },
		[PTREE_CHANGE_FORKED] = { 'F', THEME_GLOW_FORK },
		[PTREE_CHANGE_EXECED] = { 'X', THEME_GLOW_EXEC },
		[PTREE_CHANGE_EXITED] = { 'E', THEME_GLOW_EXIT },
		[PTREE_CHANGE_CREDENTIALS] = { 'U', THEME_GLOW_OTHER },
		[PTREE_CHANGE_SESSION] = { 'S', THEME_GLOW_OTHER },
		[PTREE_CHANGE_TRACED] = { 'T', THEME_GLOW_OTHER },
		[PTREE_CHANGE_RENAMED] = { 'C', THEME_GLOW_OTHER },
		[PTREE_CHANGE_COREDUMP] = { 'D', THEME_GLOW_FAILURE },
	};

	return changes[kind];
}

static const struct glow *glow_of(const struct theme *theme, enum ptree_change_kind kind,
				  bool failed)
{
	uint8_t which = change_of(kind).glow;

	if (!theme || kind == PTREE_CHANGE_NONE)
		return NULL;
	if (which == THEME_GLOW_EXIT && failed)
		which = THEME_GLOW_FAILURE;
	return &theme->glows[which];
}

char theme_change_letter(enum ptree_change_kind change)
{
	return change_of(change).letter;
}

struct style theme_gutter(const struct theme *theme, enum ptree_change_kind change, bool failed,
			  int level)
{
	const struct glow *glow = glow_of(theme, change, failed);
	struct style style = STYLE(DEFAULT, DEFAULT, 0);

	if (change == PTREE_CHANGE_NONE || level <= 0)
		return theme_style(theme, THEME_DIM);
	if (glow)
		style.fg = glow->letter;
	style.attrs = level >= GLOW_LEVELS / 2 ? STYLE_BOLD : level == 1 ? STYLE_DIM : 0;
	return style;
}

int32_t theme_glow_background(const struct theme *theme, enum ptree_change_kind change, bool failed,
			      int level)
{
	const struct glow *glow = glow_of(theme, change, failed);

	return glow && level > 0 && level <= GLOW_LEVELS ? glow->background[level - 1] : DEFAULT;
}

enum theme_role theme_user(uint32_t uid, uint32_t own_uid)
{
	if (uid == 0)
		return THEME_USER_ROOT;
	if (uid == own_uid)
		return THEME_USER_OWN;
	return (enum theme_role)(THEME_USER_0 + uid % (THEME_USER_LAST - THEME_USER_0 + 1));
}
