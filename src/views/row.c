/* SPDX-License-Identifier: MIT */
/*
 * One row: gutter, cells, tree lines, the command, and what stands behind it. Where the screen is
 * narrow, what stands behind goes first and the program's name last; what is cut ends in a mark.
 */
#include "views/row.h"
#include "model/field.h"

#include <stdio.h>
#include <string.h>

#define GUTTER_WIDTH 2	  /* the selection's mark, and the letter of what happened */
#define NAME_MAX_CELLS 15 /* of a program's name, for which all else makes room */

struct marks {
	const char *through, *branch, *last, *leaf, *open, *folded, *cut;
};

static const struct marks box_marks = { "│", "├", "└", "─", "▾", "▸", "…" };
static const struct marks ascii_marks = { "|", "|", "`", "_", "-", "+", "~" };

static const struct marks *marks_of(const struct area *area)
{
	return area->utf8 ? &box_marks : &ascii_marks;
}

/* What begins at the left would touch the letter. */
int row_cells_x(const struct tree_view *tree, int cols)
{
	const struct field *shown[COLUMNS_MAX];
	bool begins_left =
	    tree_view_columns(tree, cols, shown) > 0 && !field_is_right_aligned(shown[0]);

	return GUTTER_WIDTH + begins_left;
}

static int command_x(const struct tree_view *tree, int cols)
{
	const struct field *shown[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, cols, shown);
	int x = row_cells_x(tree, cols);

	for (size_t i = 0; i < count; i++)
		x += field_width(shown[i], cols) + 1;
	return x;
}

static bool has_time(const struct tree_view *tree)
{
	const struct field *shown[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, tree->cols, shown);
	size_t i = 0;

	while (i < count && strcmp(shown[i]->name, "time") != 0)
		i++;
	return i < count;
}

/* ---- cells ---- */

void row_draw_cell(const struct area *area, int y, int x, const struct field *field,
		   const struct column_text *text, struct style style)
{
	bool is_right_aligned = field_is_right_aligned(field);
	int room = field_width(field, area->cols);
	int width = area_width(area, text->text);
	int shift = is_right_aligned && width < room ? room - width : 0;

	area_puts(area, y, x + shift, room - shift, text->text, style);
	if (!is_right_aligned && width > room)
		area_puts(area, y, x + room - 1, 1, marks_of(area)->cut, style);
}

static void draw_cells(const struct tree_view *tree, const struct area *area, int y,
		       const struct column_subject *subject, bool is_dim)
{
	struct column_context context = scene_columns(tree->view.scene, area->utf8);
	const struct field *shown[COLUMNS_MAX];
	size_t count = tree_view_columns(tree, area->cols, shown);
	int x = row_cells_x(tree, area->cols);

	for (size_t i = 0; i < count; i++) {
		const struct field *field = shown[i];
		struct column_text text = { .role = THEME_NORMAL };

		field_show(field, &context, subject, &text);
		row_draw_cell(area, y, x, field, &text,
			      area_style(area, is_dim ? THEME_GONE : text.role));
		x += field_width(field, area->cols) + 1;
	}
}

/* ---- tree lines ---- */

/*
 * The lines before a row, one cell a level, from the row's own upwards. Levels that find no room
 * are cut at the left.
 */
static int draw_lines(const struct tree_view *tree, const struct area *area, int y, int x, int room,
		      const struct row *row)
{
	const struct marks *marks = marks_of(area);
	struct style style = area_style(area, THEME_TREE_LINE);
	int depth = (int)row->depth < room ? (int)row->depth : room;
	const struct row *at = row;

	for (int level = depth; level > 0; level--) {
		const char *mark = at->is_last ? " " : marks->through;

		if (at == row)
			mark = at->is_last ? marks->last : marks->branch;
		if (level == 1 && depth < (int)row->depth)
			mark = marks->cut;
		area_puts(area, y, x + level - 1, 1, mark, style);
		at = rows_at(tree->rows, rows_parent(tree->rows, at));
	}
	return x + depth;
}

/* Two thirds at most, and never so many that no name has room. */
static int lines_room(int cols, int x)
{
	int room = (cols - x) * 2 / 3;

	if (room > cols - x - NAME_MAX_CELLS)
		room = cols - x - NAME_MAX_CELLS;
	return room > 2 ? room : 2;
}

static const char *fold_mark(const struct area *area, const struct row *row)
{
	const struct marks *marks = marks_of(area);

	if (!row->has_children)
		return row->depth ? marks->leaf : " ";
	return row->is_folded ? marks->folded : marks->open;
}

int row_mark_x(const struct tree_view *tree, const struct row *row)
{
	int x = command_x(tree, tree->cols);
	int room = lines_room(tree->cols, x);

	return row->has_children ? x + ((int)row->depth < room ? (int)row->depth : room) : -1;
}

/* ---- the command ---- */

/* Restyles what the search is after, where it is seen. */
void row_mark_found(const struct tree_view *tree, const struct area *area, int y, int from, int to)
{
	struct style style = area_style(area, THEME_MATCH);
	char text[SEARCH_SIZE];
	size_t size = 0, start = 0, at, length;

	for (int x = from; x < to && size < sizeof(text); x++)
		text[size++] = area_cell(area, y, x)->bytes[0];
	while (start < size && search_find(&tree->search, text, size, start, &at, &length)) {
		area_restyle(area, y, from + (int)at, (int)length, style);
		start = at + length;
	}
}

struct part {
	const char *text;
	size_t size;
	struct style style;
};

/* Draws parts one after the other, shifted to the left by the sideways cells. */
static int draw_parts(const struct area *area, int y, int x, int end, int sideways,
		      const struct part *parts, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *at = parts[i].text;
		const char *stop = at + parts[i].size;
		struct text_piece piece;

		for (; sideways > 0 && text_next(&at, stop, area->canvas->utf8, &piece);
		     sideways -= piece.width)
			;
		x += area_put(area, y, x, end - x, at, (size_t)(stop - at), parts[i].style);
		if (x >= end)
			return end;
	}
	return x;
}

#define DIRECTORY_SHARE 4 /* of a command that is cut its directory has that part at most */

/* Without its directory if that is wished, or would take the place of what tells commands apart. */
static size_t directory_size(const struct tree_view *tree, const struct area *area,
			     const struct command *command, int room)
{
	size_t size = command->directory_size;

	if (tree->basenames)
		return 0;
	if (tree->sideways || area_width_of(area, command->line, command->size) <= room ||
	    area_width_of(area, command->line, size) * DIRECTORY_SHARE <= room)
		return size;
	return 0;
}

static int draw_command(const struct tree_view *tree, const struct area *area, int y, int x,
			int end, const struct command *command, bool is_context)
{
	bool is_dim = command->is_dim || is_context;
	size_t head = command->directory_size + command->program_size;
	size_t shown = directory_size(tree, area, command, end - x);
	const struct part parts[] = {
		{ command->line, shown, area_style(area, is_dim ? THEME_GONE : THEME_DIRECTORY) },
		{ command->line + command->directory_size, command->program_size,
		  area_style(area, is_dim ? THEME_GONE : THEME_PROGRAM) },
		{ command->line + head, command->size - head,
		  area_style(area, is_dim ? THEME_GONE : THEME_ARGUMENTS) },
	};
	size_t left_out = command->directory_size - shown;
	int width = area_width_of(area, command->line + left_out, command->size - left_out);
	int from = x;

	x = draw_parts(area, y, x, end, tree->sideways, parts, 3);
	if (search_is_set(&tree->search))
		row_mark_found(tree, area, y, from, x);
	/* What stands behind a command that is cut would pass for a part of it. */
	if (from < end && width - tree->sideways > end - from)
		area_puts(area, y, end - 1, 1, marks_of(area)->cut,
			  area_style(area, THEME_TREE_LINE));
	if (command->remark && x + 1 + area_width(area, command->remark) <= end)
		x += 1 + area_puts(area, y, x + 1, end - x - 1, command->remark,
				   area_style(area, THEME_DIM));
	return x;
}

/* ---- what stands behind ---- */

#define PIECES_MAX 8
#define PIECE_SIZE 128

/* Pieces in the order in which they stand, each with what it is worth: the least goes first. */
struct tail {
	struct {
		char text[PIECE_SIZE];
		enum theme_role role;
		int gap; /* cells before it */
	} pieces[PIECES_MAX];
	int count, width;
};

static void add_piece(const struct area *area, struct tail *tail, int gap, enum theme_role which,
		      const char *text)
{
	if (!*text || tail->count == PIECES_MAX)
		return;
	snprintf(tail->pieces[tail->count].text, PIECE_SIZE, "%s", text);
	tail->pieces[tail->count].role = which;
	tail->pieces[tail->count].gap = gap;
	tail->width += gap + area_width(area, text);
	tail->count++;
}

static void add_count(const struct area *area, struct tail *tail, enum theme_role which,
		      const char *format, uint64_t count)
{
	char text[PIECE_SIZE];

	if (!count)
		return;
		/* The formats are this file's own. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(text, sizeof(text), format, (unsigned long long)count);
#pragma GCC diagnostic pop
	add_piece(area, tail, 1, which, text);
}

/* From the end, as long as it is too wide. */
static void fit_tail(const struct area *area, struct tail *tail, int room)
{
	while (tail->count && tail->width > room) {
		tail->count--;
		tail->width -= tail->pieces[tail->count].gap +
			       area_width(area, tail->pieces[tail->count].text);
	}
}

/* How it ended, how many share the row, what else is in it, and what all of that cost. */
static void describe_job(const struct tree_view *tree, const struct area *area,
			 const struct row *row, const struct ptree_node *node, struct tail *tail)
{
	struct column_context context = scene_columns(tree->view.scene, area->utf8);
	struct column_text ending = { .role = THEME_NORMAL };
	struct rows_job job;
	char cost[32];

	column_ending(&context, node, &ending);
	add_piece(area, tail, 2, ending.role, ending.text);
	if (!rows_job(tree->rows, tree->view.scene->moment.tree, row, &job))
		return;
	add_count(area, tail, THEME_COUNT, area->utf8 ? "×%llu" : "x%llu",
		  job.count > 1 ? job.count : 0);
	if ((!has_time(tree) || job.more || job.count > 1) &&
	    column_cost(&context, node, &job.cpu_ns, job.cpu_unknown >= job.count + job.more, cost,
			sizeof(cost)))
		add_piece(area, tail, 1, THEME_DIM, cost);
	if (job.kept > 1 && job.matching < job.kept) {
		snprintf(cost, sizeof(cost), "%u of %u", job.matching, job.kept);
		add_piece(area, tail, 1, THEME_COUNT, cost);
	}
	add_count(area, tail, THEME_COUNT, "+%llu", job.more);
	add_count(area, tail, THEME_FAILURE, area->utf8 ? "%llu✗" : "%llu!", job.failed);
}

static void describe_living(const struct tree_view *tree, const struct area *area,
			    const struct row *row, const struct ptree_node *node, struct tail *tail)
{
	struct column_context context = scene_columns(tree->view.scene, area->utf8);
	struct column_text ending = { .role = THEME_NORMAL };

	if (column_ending(&context, node, &ending))
		add_piece(area, tail, 2, ending.role, ending.text);
	if (row->is_folded)
		add_count(area, tail, THEME_COUNT, "[+%llu]", rows_hidden(tree->rows, row));
}

static void describe_tail(const struct tree_view *tree, const struct area *area,
			  const struct row *row, const struct ptree_node *node, struct tail *tail)
{
	*tail = (struct tail){ 0 };
	if (row->is_thread || row->is_summary)
		return;
	if (row->is_job)
		describe_job(tree, area, row, node, tail);
	else
		describe_living(tree, area, row, node, tail);
}

static int draw_tail(const struct area *area, int y, int x, const struct tail *tail)
{
	for (int i = 0; i < tail->count; i++) {
		x += tail->pieces[i].gap;
		x += area_puts(area, y, x, -1, tail->pieces[i].text,
			       area_style(area, tail->pieces[i].role));
	}
	return x;
}

/* ---- what is gone below it ---- */

/* The first pieces of what is gone are worth more than a command's last arguments. */
static int least_suffix(const struct area *area, const struct column_gone *gone)
{
	char text[COLUMN_TEXT_SIZE];

	if (!gone->summary)
		return 0;
	column_suffix(area->utf8, gone, 0, text, sizeof(text));
	return 2 + area_width(area, text);
}

/* Up to `end`, what is told otherwise behind it aside. */
static int draw_suffix(const struct area *area, int y, int x, int end,
		       const struct column_gone *gone)
{
	char text[256];
	int room = end - x - 2;

	if (room <= 0)
		return x;
	column_suffix(area->utf8, gone, (size_t)room, text, sizeof(text));
	if (area_width(area, text) > room)
		return x;
	return x + 2 + area_puts(area, y, x + 2, -1, text, area_style(area, THEME_GONE));
}

static void describe_lineage(const struct tree_view *tree, const struct area *area,
			     const struct row *row, const struct ptree_node *node, char *out,
			     size_t size)
{
	struct column_context context = scene_columns(tree->view.scene, area->utf8);

	*out = '\0';
	if (!row->is_thread && !row->is_summary && !row->is_job && !tree->choice.by_origin &&
	    !tree->choice.is_list)
		column_lineage(&context, node, out, size);
}

/* Who forked it may take half of what the command would have. */
static int least_lineage(const struct area *area, const char *lineage, int room)
{
	int width = *lineage ? 2 + area_width(area, lineage) : 0;

	return width <= room / 2 ? width : 0;
}

static void draw_lineage(const struct area *area, int y, int x, const char *lineage)
{
	if (*lineage && x + 2 + area_width(area, lineage) <= area->cols)
		area_puts(area, y, x + 2, -1, lineage, area_style(area, THEME_DIM));
}

/* ---- the gutter ---- */

static bool has_failed(const struct ptree_node *node)
{
	uint32_t status;

	return node && ptree_node_exit_status(node, &status) && status;
}

static const char *selection_mark(const struct tree_view *tree, const struct area *area,
				  const struct row *row, bool is_selected)
{
	bool is_process = !row->is_thread && !row->is_summary;

	if (is_process && id_set_has(&tree->tags, row->process))
		return !is_selected ? "*" : area->utf8 ? "»" : "#";
	if (is_process && !is_selected && id_set_has(&tree->marked, row->process))
		return "!";
	return is_selected ? ">" : " ";
}

/* The highlight, and the letter that says the same without colour. */
static void draw_gutter(const struct tree_view *tree, const struct area *area, int y,
			const struct row *row, const struct ptree_node *node, bool is_selected)
{
	struct column_context context = scene_columns(tree->view.scene, area->utf8);
	/* A zombie is still there. */
	bool is_over = node && column_is_over(&context, node) && !row->is_summary &&
		       !ptree_node_is_zombie(node);
	uint8_t kind;
	int level = tree_view_glow(tree, rows_changed_ns(tree->rows, row, &kind));
	enum ptree_change_kind change = (enum ptree_change_kind)kind;
	char letter[8];
	int32_t background;

	if (is_over)
		change = PTREE_CHANGE_EXITED;
	snprintf(letter, sizeof(letter), "%c",
		 is_over || (level && !(node && ptree_node_is_zombie(node)))
		     ? theme_change_letter(change)
		     : ' ');
	if (is_over && area->utf8)
		snprintf(letter, sizeof(letter), "†");
	background = theme_glow_background(area->theme, change, has_failed(node), level);
	if (background >= 0)
		area_tint(area, y, 0, area->cols, background, 0);
	if (is_selected)
		area_tint(area, y, GUTTER_WIDTH, area->cols, area_style(area, THEME_SELECTED).bg,
			  area_style(area, THEME_SELECTED).attrs);
	area_puts(area, y, 0, 1, selection_mark(tree, area, row, is_selected),
		  area_style(area, tree->view.has_focus ? THEME_TITLE : THEME_DIM));
	area_puts(area, y, 1, 1, letter,
		  theme_gutter(area->theme, change, has_failed(node), level));
	if (background >= 0)
		area_tint(area, y, 0, GUTTER_WIDTH, background, 0);
}

/* ---- all of it ---- */

static struct column_subject subject_of(const struct row *row, const struct ptree_node *node,
					const struct ptree_thread *thread)
{
	return (struct column_subject){ .node = node,
					.thread = thread,
					.is_summary = row->is_summary,
					.has_sums = !row->is_thread && !row->is_job,
					.sum_cpu_permille = row->sum_cpu_permille,
					.sum_rss_kib = row->sum_rss_kib };
}

static void describe_summary(const struct tree_view *tree, const struct area *area,
			     const struct row *row, const struct ptree_node *node,
			     struct command *out)
{
	const struct ptree_summary *summary = rows_gone(tree->rows, row);
	struct column_gone gone;

	*out = (struct command){ .is_dim = true };
	if (summary) {
		gone = column_gone(node, summary);
		column_summary_text(area->utf8, &gone, out->line, sizeof(out->line));
	}
	out->size = strlen(out->line);
}

static void draw_behind(const struct tree_view *tree, const struct area *area, int y, int x,
			const struct row *row, const struct ptree_node *node,
			const struct command *command)
{
	const struct ptree_summary *summary = row->is_summary ? NULL : rows_gone(tree->rows, row);
	struct column_gone gone = { 0 };
	int name = (int)text_width(command->line + command->directory_size, command->program_size,
				   area->utf8);
	int room = area->cols - x - (name < NAME_MAX_CELLS ? name : NAME_MAX_CELLS);
	char lineage[96];
	struct tail tail;
	int suffix, end;

	if (summary)
		gone = column_gone(node, summary);
	suffix = least_suffix(area, &gone);
	describe_tail(tree, area, row, node, &tail);
	describe_lineage(tree, area, row, node, lineage, sizeof(lineage));
	fit_tail(area, &tail, room);
	if (tail.width + suffix > room)
		suffix = 0;
	end = area->cols - tail.width - suffix;
	end -= least_lineage(area, lineage, end - x);
	x = draw_command(tree, area, y, x, end, command, row->is_context);
	x = draw_tail(area, y, x, &tail);
	end = suffix ? draw_suffix(area, y, x, end + suffix, &gone) : x;
	draw_lineage(area, y, end, lineage);
}

static void draw_forgotten(const struct area *area, int y, const struct row *row)
{
	area_printf(area, y, GUTTER_WIDTH, -1, area_style(area, THEME_GONE),
		    "%*d (exited, no longer kept)", fields[0].width, row->pid);
}

static void draw_group(const struct tree_view *tree, const struct area *area, int y,
		       const struct row *row, bool is_selected)
{
	int x = command_x(tree, area->cols);

	row_group_draw_cells(tree, area, y, row);
	x += area_puts(area, y, x, 1, fold_mark(area, row), area_style(area, THEME_TREE_LINE)) + 1;
	row_group_draw(tree, area, y, x, row);
	draw_gutter(tree, area, y, row, NULL, is_selected);
}

void row_draw(const struct tree_view *tree, const struct area *area, int y, uint32_t index)
{
	const struct row *row = rows_at(tree->rows, index);
	const struct ptree_node *node = scene_node(tree->view.scene, row->process);
	const struct ptree_thread *thread = NULL;
	struct column_context context = scene_columns(tree->view.scene, area->utf8);
	struct column_subject subject;
	struct command command;
	int x = command_x(tree, area->cols);

	if (row->is_group) {
		draw_group(tree, area, y, row, index == tree->cursor.index);
		return;
	}
	if (!node && row->is_summary) /* the line that ends a list */
		node = ptree_tree_root(tree->view.scene->moment.tree);
	if (!node) {
		draw_forgotten(area, y, row);
		return;
	}
	if (row->is_thread) {
		thread = ptree_tree_find_thread(tree->view.scene->moment.tree, row->pid);
		if (!thread || ptree_thread_id(thread) != row->id)
			return;
	}
	subject = subject_of(row, node, thread);
	if (row->is_summary)
		describe_summary(tree, area, row, node, &command);
	else
		column_command(&context, node, thread, &command);
	draw_cells(tree, area, y, &subject, command.is_dim || row->is_context);
	x = draw_lines(tree, area, y, x, lines_room(area->cols, x), row);
	x += area_puts(area, y, x, 1, fold_mark(area, row), area_style(area, THEME_TREE_LINE)) + 1;
	draw_behind(tree, area, y, x, row, node, &command);
	draw_gutter(tree, area, y, row, node, index == tree->cursor.index);
}
