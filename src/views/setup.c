/* SPDX-License-Identifier: MIT */
/* Which columns or meters there are: a list at the right edge, so that they are seen. */
#include "views/setup.h"
#include "views/frame.h"

#define WIDTH 34
#define TITLE_WIDTH 9
#define METERS_WIDTH 44
#define METER_WIDTH 13

static struct setup_view *setup_of(struct view *view)
{
	return (struct setup_view *)view;
}

/* ---- what is chosen ---- */

static bool is_same(struct setup_item a, struct setup_item b)
{
	return a.field == b.field && a.meter == b.meter;
}

static void add(struct setup_view *setup, struct setup_item item)
{
	for (size_t i = 0; i < setup->count; i++) {
		if (is_same(setup->items[i], item))
			return;
	}
	if (setup->count < SETUP_ITEMS_MAX)
		setup->items[setup->count++] = item;
}

static void list_columns(struct setup_view *setup)
{
	const struct field *shown[COLUMNS_MAX];
	size_t count = columns_shown(setup->columns, setup->screen_cols, shown);

	for (size_t i = 0; i < setup->columns->count; i++)
		add(setup, (struct setup_item){ .field = setup->columns->fields[i] });
	for (size_t i = 0; i < count; i++)
		add(setup, (struct setup_item){ .field = shown[i] });
	setup->on = setup->count;
	for (const struct field *field = fields; field->name; field++) {
		if (field->width)
			add(setup, (struct setup_item){ .field = field });
	}
}

static void list_meters(struct setup_view *setup)
{
	struct meter_choice all;

	meter_choice_all(setup->meters, &all);
	for (size_t i = 0; i < all.count; i++)
		add(setup, (struct setup_item){ .meter = &meter_infos[all.meters[i]] });
	setup->on = setup->count;
	for (size_t i = 0; i < METER_COUNT; i++)
		add(setup, (struct setup_item){ .meter = &meter_infos[i] });
}

static void list(struct setup_view *setup)
{
	setup->count = 0;
	if (setup->is_meters)
		list_meters(setup);
	else
		list_columns(setup);
}

void setup_view_begin(struct setup_view *setup, struct columns *columns,
		      struct meter_choice *meters, int screen_cols)
{
	setup->columns = columns;
	setup->meters = meters;
	setup->screen_cols = screen_cols;
	list(setup);
}

void setup_view_turn(struct setup_view *setup)
{
	setup->is_meters = !setup->is_meters;
	setup->at = 0;
	list(setup);
}

static void choose_columns(struct setup_view *setup)
{
	struct columns chosen = { .count = 0 };

	while (chosen.count < setup->on && chosen.count < COLUMNS_MAX) {
		chosen.fields[chosen.count] = setup->items[chosen.count].field;
		chosen.count++;
	}
	*setup->columns = chosen;
}

static void choose_meters(struct setup_view *setup)
{
	struct meter_choice chosen = { .is_none = !setup->on };

	for (; chosen.count < setup->on; chosen.count++)
		chosen.meters[chosen.count] =
		    (uint8_t)(setup->items[chosen.count].meter - meter_infos);
	*setup->meters = chosen;
}

static void take_effect(struct setup_view *setup)
{
	if (setup->is_meters)
		choose_meters(setup);
	else
		choose_columns(setup);
}

static void move_item(struct setup_view *setup, size_t from, size_t to)
{
	struct setup_item item = setup->items[from];

	for (; from < to; from++)
		setup->items[from] = setup->items[from + 1];
	for (; from > to; from--)
		setup->items[from] = setup->items[from - 1];
	setup->items[to] = item;
}

/* Off it goes behind those that are on, and on it comes as the last of them; the cursor goes with
   it. The last column stays: without any the screen chooses. */
static void toggle(struct setup_view *setup)
{
	bool is_on = setup->at < setup->on;

	if (is_on && setup->on == 1 && !setup->is_meters)
		return;
	if (is_on) {
		move_item(setup, setup->at, --setup->on);
		setup->at = setup->on;
	} else { /* a meter comes first, so that there is room for it */
		size_t to = setup->is_meters ? 0 : setup->on;

		move_item(setup, setup->at, to);
		setup->on++;
		setup->at = to;
	}
	take_effect(setup);
}

void setup_view_shift(struct setup_view *setup, int by)
{
	size_t to = setup->at + (size_t)by;

	if (setup->at >= setup->on || to >= setup->on)
		return;
	move_item(setup, setup->at, to);
	setup->at = to;
	take_effect(setup);
}

void setup_view_reset(struct setup_view *setup)
{
	if (setup->is_meters)
		*setup->meters = (struct meter_choice){ .count = 0 };
	else
		setup->columns->count = 0;
	setup->at = 0;
	list(setup);
}

/* ---- on the screen ---- */

static struct frame frame_of_setup(const struct setup_view *setup, const struct area *area)
{
	int cols = setup->is_meters ? METERS_WIDTH : WIDTH;
	struct frame box = { .cols = area->cols < cols ? area->cols : cols };

	box.rows = (int)setup->count + FRAME_SIZE;
	if (box.rows > area->rows)
		box.rows = area->rows;
	box.x = area->cols - box.cols;
	box.y = area->rows - box.rows;
	return box;
}

static int update(struct view *view, const struct area *area)
{
	struct frame box = frame_of_setup(setup_of(view), area);
	int edge = frame_is_drawn(&box) ? 1 : 0;

	view->body_y = box.y + edge;
	view->body_rows = box.rows - 2 * edge;
	return 0;
}

static size_t first_of(const struct setup_view *setup)
{
	size_t room = (size_t)(setup->view.body_rows > 0 ? setup->view.body_rows : 1);

	return setup->at >= room ? setup->at - room + 1 : 0;
}

/* Two columns, the first one of that width. */
static void draw_words(const struct area *area, int y, int x, int cols, int width,
		       const char *first, const char *second, struct style style)
{
	area_puts_cut(area, y, x, width < cols ? width : cols, first, style);
	area_puts_cut(area, y, x + width + 1, cols - width - 1, second, style);
}

static void draw_item(const struct setup_view *setup, const struct area *area, int y, int x,
		      int cols, size_t index)
{
	const struct field *field = setup->items[index].field;
	const struct meter_info *meter = setup->items[index].meter;
	bool is_selected = index == setup->at, is_on = index < setup->on;
	struct style style = area_style(area, is_selected ? THEME_SELECTED : THEME_PROMPT);
	const char *title;

	style.attrs |= is_selected || is_on ? STYLE_BOLD : 0;
	area_fill(area, y, x, 1, cols, style);
	area_puts(area, y, x, 1, is_selected ? ">" : " ", style);
	area_puts_cut(area, y, x + 2, cols - 2, is_on ? "[x]" : "[ ]", style);
	if (meter) {
		draw_words(area, y, x + 6, cols - 6, METER_WIDTH, meter->name, meter->help, style);
		return;
	}
	title = area->utf8 || !field->ascii_title ? field->title : field->ascii_title;
	draw_words(area, y, x + 6, cols - 6, TITLE_WIDTH, title, field->name, style);
}

static void draw(const struct view *view, const struct area *area)
{
	const struct setup_view *setup = (const struct setup_view *)view;
	struct frame box = frame_of_setup(setup, area);
	int edge = frame_is_drawn(&box) ? 1 : 0;
	size_t first = first_of(setup);

	frame_draw(&box, area, setup->is_meters ? " meters " : " columns ");
	for (int line = 0; line < view->body_rows; line++) {
		if (first + (size_t)line < setup->count)
			draw_item(setup, area, view->body_y + line, box.x + edge,
				  box.cols - 2 * edge, first + (size_t)line);
	}
	frame_draw_position(&box, area, setup->at, setup->count);
}

static void move(struct view *view, int64_t lines)
{
	struct setup_view *setup = setup_of(view);
	int64_t at = (int64_t)setup->at + lines;

	setup->at = at < 0 ? 0 : at >= (int64_t)setup->count ? setup->count - 1 : (size_t)at;
}

/* Selects; on the selected one it is as Enter. */
static void click(struct view *view, int y, int x)
{
	struct setup_view *setup = setup_of(view);
	size_t at = first_of(setup) + (size_t)(y - view->body_y);

	(void)x;
	if (y < view->body_y || y >= view->body_y + view->body_rows || at >= setup->count)
		return;
	if (at == setup->at)
		toggle(setup);
	else
		setup->at = at;
}

static enum view_entered enter(struct view *view)
{
	toggle(setup_of(view));
	return VIEW_ENTERED;
}

const struct view_kind setup_view_kind = {
	.name = "setup",
	.context = VIEW_SETUP,
	.size = sizeof(struct setup_view),
	.update = update,
	.draw = draw,
	.move = move,
	.click = click,
	.enter = enter,
};
