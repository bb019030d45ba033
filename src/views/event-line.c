/* SPDX-License-Identifier: MIT */
/*
 * One event: its letter, when, who, what; behind it under whom. How something ended comes before
 * its command, so that it is not cut. What a process ran is told as of then, if that is kept.
 */
#include "views/ancestry.h"
#include "views/events.h"

#include <stdio.h>
#include <string.h>

#define GUTTER_WIDTH 3
#define EXIT_WIDTH 7 /* "✓ 1.31s": so that commands stand below each other */
#define LEAST_COLS_FOR_MS 60
#define LEAST_COLS_FOR_CLOCK 56
#define LEAST_COLS_FOR_ANCESTRY 24 /* behind what is said before */
#define PID_WIDTH 7
#define WORDS_SIZE 96
#define GAP 2
#define ANCESTRY_WIDTH 30 /* where there is room; more of them tell little */

/* What is said of it before the command. */
struct words {
	char text[WORDS_SIZE];
	enum theme_role role;
};

static enum ptree_change_kind change_of(const struct event *event)
{
	switch ((enum ptree_event_kind)event->kind) {
	case PTREE_EVENT_FORK:
		return PTREE_CHANGE_FORKED;
	case PTREE_EVENT_EXEC:
		return PTREE_CHANGE_EXECED;
	case PTREE_EVENT_EXIT:
		return PTREE_CHANGE_EXITED;
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
		return PTREE_CHANGE_CREDENTIALS;
	case PTREE_EVENT_SID:
		return PTREE_CHANGE_SESSION;
	case PTREE_EVENT_PTRACE:
		return PTREE_CHANGE_TRACED;
	case PTREE_EVENT_COMM:
		return PTREE_CHANGE_RENAMED;
	case PTREE_EVENT_COREDUMP:
		return PTREE_CHANGE_COREDUMP;
	case PTREE_EVENT_ACK:
	case PTREE_EVENT_LOST:
	case PTREE_EVENT_UNKNOWN:
		break;
	}
	return PTREE_CHANGE_NONE;
}

/* ---- what is said of it ---- */

static void describe_user(const struct scene *scene, const struct event *event, struct words *words)
{
	const char *name = ptree_users_name_later(scene->world.users, event->effective);

	if (name)
		snprintf(words->text, WORDS_SIZE, "now %s", name);
	else
		snprintf(words->text, WORDS_SIZE, "now uid %u", event->effective);
}

/* "✓ 0.80s", "✗ exit 1 1.2s". */
static void describe_exit(const struct area *area, const struct event *event,
			  const struct ptree_node *node, struct words *words)
{
	const char *mark = !area->utf8 ? "" : event->status ? "✗ " : "✓";
	char how[64] = "", lived[16] = "";
	struct ptree_usage usage = { 0 };

	if (event->status)
		ptree_status_format(event->status, how, sizeof(how));
	else if (!area->utf8)
		snprintf(how, sizeof(how), "ok");
	if (node)
		ptree_node_usage(node, &usage);
	if (usage.known & PTREE_USAGE_ELAPSED)
		column_format_time(lived, sizeof(lived), usage.elapsed_ns);
	words->role = event->status ? THEME_FAILURE : THEME_SUCCESS;
	if (!event->is_status_known)
		snprintf(words->text, WORDS_SIZE, "over, how is not known");
	else
		snprintf(words->text, WORDS_SIZE, "%s%s%s%s", mark, how, *lived ? " " : "", lived);
}

static void describe_loss(const struct event *event, struct words *words)
{
	words->role = THEME_STATE_WARNING;
	if (event->kind == PTREE_EVENT_UNKNOWN)
		snprintf(words->text, WORDS_SIZE, "an event of a kind that is not known: 0x%08llx",
			 (unsigned long long)event->count);
	else if (event->is_comparison)
		snprintf(words->text, WORDS_SIZE, "compared with /proc after a loss");
	else
		snprintf(words->text, WORDS_SIZE, "lost %llu events",
			 (unsigned long long)event->count);
}

static void describe(const struct events_view *view, const struct area *area,
		     const struct event *event, struct words *words)
{
	const struct scene *scene = view->view.scene;

	*words = (struct words){ .role = THEME_COUNT };
	switch ((enum ptree_event_kind)event->kind) {
	case PTREE_EVENT_EXIT:
		describe_exit(area, event, scene_node(scene, event->id), words);
		break;
	case PTREE_EVENT_UID:
		describe_user(scene, event, words);
		break;
	case PTREE_EVENT_GID:
		snprintf(words->text, WORDS_SIZE, "now gid %u", event->effective);
		break;
	case PTREE_EVENT_SID:
		snprintf(words->text, WORDS_SIZE, "leads a new session");
		break;
	case PTREE_EVENT_PTRACE:
		snprintf(words->text, WORDS_SIZE, event->other ? "traced by %d" : "traced no more",
			 event->other);
		break;
	case PTREE_EVENT_COMM:
		snprintf(words->text, WORDS_SIZE, "now called %s", event->comm);
		break;
	case PTREE_EVENT_COREDUMP:
		words->role = THEME_FAILURE;
		snprintf(words->text, WORDS_SIZE, "begins a core dump");
		break;
	case PTREE_EVENT_LOST:
	case PTREE_EVENT_UNKNOWN:
		describe_loss(event, words);
		break;
	case PTREE_EVENT_FORK:
	case PTREE_EVENT_EXEC:
	case PTREE_EVENT_ACK:
		break;
	}
}

/* ---- the command ---- */

static void set_name(struct command *command, const char *before, const char *name)
{
	int size =
	    snprintf(command->line, sizeof(command->line), "%s%s", before, *name ? name : "?");

	command->size = command->program_size = (size_t)size;
}

/* A fork does not repeat the command line of who forked it, not when it ends either. */
static bool is_mere_fork(const struct event *event, const struct ptree_node *node)
{
	return event->kind == PTREE_EVENT_FORK || (node && column_is_mere_fork(node));
}

static void describe_command(const struct events_view *view, const struct area *area,
			     const struct event *event, struct command *command)
{
	const struct ptree_node *node = scene_node(view->view.scene, event->id);
	const struct ptree_image *image = node ? ptree_node_image_at(node, event->time_ns) : NULL;

	*command = (struct command){ .is_dim = is_mere_fork(event, node) };
	if (command->is_dim)
		set_name(command, area->utf8 ? "⑂ " : "fork of ", event->comm);
	else if (image)
		column_image(node, image, command);
	else
		set_name(command, "", event->comm);
}

static void draw_command(const struct area *area, int y, int x, int end,
			 const struct command *command)
{
	size_t head = command->directory_size + command->program_size;
	enum theme_role dim = command->is_dim ? THEME_GONE : THEME_DIRECTORY;
	int from = x, room = end - x;
	bool is_short = area_width_of(area, command->line, command->size) > room;
	size_t left_out = is_short ? command->directory_size : 0;

	if (room <= 0)
		return;
	x += area_put(area, y, x, end - x, command->line, command->directory_size - left_out,
		      area_style(area, dim));
	x += area_put(area, y, x, end - x, command->line + command->directory_size,
		      command->program_size,
		      area_style(area, command->is_dim ? THEME_GONE : THEME_PROGRAM));
	area_put(area, y, x, end - x, command->line + head, command->size - head,
		 area_style(area, command->is_dim ? THEME_GONE : THEME_ARGUMENTS));
	if (area_width_of(area, command->line + left_out, command->size - left_out) > room)
		area_puts(area, y, from + room - 1, 1, area_cut_mark(area),
			  area_style(area, THEME_TREE_LINE));
}

/* ---- the line ---- */

/* Its letter and colour are those of the tree's highlights. */
static void draw_letter(const struct area *area, int y, const struct event *event)
{
	enum ptree_change_kind change = change_of(event);
	char letter[8];

	if (change == PTREE_CHANGE_NONE)
		snprintf(letter, sizeof(letter), "!");
	else if (change == PTREE_CHANGE_EXITED && area->utf8)
		snprintf(letter, sizeof(letter), "†");
	else
		snprintf(letter, sizeof(letter), "%c", theme_change_letter(change));
	area_puts(area, y, 1, 1, letter,
		  change == PTREE_CHANGE_NONE
		      ? area_style(area, THEME_STATE_WARNING)
		      : theme_gutter(area->theme, change, event->status, GLOW_LEVELS));
}

/* Returns where what happened begins. */
static int draw_who(const struct events_view *view, const struct area *area, int y,
		    const struct event *event)
{
	int x = GUTTER_WIDTH;
	char clock[16];

	if (area->cols >= LEAST_COLS_FOR_CLOCK) {
		world_format_clock(&view->view.scene->world, clock, sizeof(clock), event->time_ns,
				   area->cols >= LEAST_COLS_FOR_MS);
		x += 1 + area_puts(area, y, x, -1, clock, area_style(area, THEME_DIM));
	}
	if (event_is_about_process(event))
		area_printf(area, y, x, -1, area_style(area, THEME_PID), "%*d", PID_WIDTH,
			    event->pid);
	return x + PID_WIDTH + 1;
}

/* The ancestors have a third of what is left, and a little more if the command leaves it. */
static int draw_ancestry(const struct events_view *view, const struct area *area, int y, int x,
			 const struct event *event, const struct command *command)
{
	const struct ptree_node *node = scene_node(view->view.scene, event->id);
	int room = area->cols - x, width;
	int left = room - GAP - area_width_of(area, command->line, command->size);
	char ancestors[256] = "";

	if (left > ANCESTRY_WIDTH)
		left = ANCESTRY_WIDTH;
	if (node && room >= LEAST_COLS_FOR_ANCESTRY)
		ancestry_describe(area, node, left > room / 3 ? left : room / 3, ancestors,
				  sizeof(ancestors));
	width = area_width(area, ancestors);
	area_puts(area, y, area->cols - width, width, ancestors, area_style(area, THEME_DIM));
	return area->cols - (width ? width + GAP : 0);
}

void event_line_draw(const struct events_view *view, const struct area *area, int y,
		     const struct event *event)
{
	int x = draw_who(view, area, y, event);
	struct command command;
	struct words words;
	int width, end;

	draw_letter(area, y, event);
	describe(view, area, event, &words);
	width = area_puts(area, y, x, -1, words.text, area_style(area, words.role));
	if (event->kind == PTREE_EVENT_EXIT && width < EXIT_WIDTH)
		width = EXIT_WIDTH;
	x += width ? width + GAP : 0;
	if (!event_is_about_process(event))
		return;
	describe_command(view, area, event, &command);
	end = draw_ancestry(view, area, y, x, event, &command);
	draw_command(area, y, x, end, &command);
}

/* Without the places of a list, and the ancestors last. */
void event_line_draw_whole(const struct events_view *view, const struct area *area,
			   const struct event *event)
{
	const struct ptree_node *node = scene_node(view->view.scene, event->id);
	struct style plain = area_style(area, THEME_NORMAL);
	char ancestors[256] = "";
	struct command command;
	struct words words;
	int x = 0;

	describe(view, area, event, &words);
	describe_command(view, area, event, &command);
	if (event->pid)
		x += area_printf(area, 0, x, -1, plain, "%d ", event->pid);
	if (event_is_about_process(event))
		x += area_put(area, 0, x, -1, command.line, command.size, plain);
	if (*words.text)
		x += area_printf(area, 0, x, -1, plain, "%s%s", x ? ", " : "", words.text);
	if (node)
		ancestry_describe(area, node, area->cols - x, ancestors, sizeof(ancestors));
	if (*ancestors)
		x += area_printf(area, 0, x, -1, plain, ", under %s", ancestors);
	if (x >= area->cols)
		area_puts(area, 0, area->cols - 1, 1, area_cut_mark(area),
			  area_style(area, THEME_TREE_LINE));
}
