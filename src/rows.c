/* SPDX-License-Identifier: MIT */
/*
 * Which rows, in what order. Two steps: the tree is flattened into candidates in the order of the
 * screen; from these, filter and folds choose the rows. No walk recurses.
 */
#include "rows.h"
#include "filter.h"
#include "sort.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

#define UNFOLDED UINT32_MAX
#define SUMMARY_ID_BIT (UINT64_C(1) << 63)
#define KTHREADD_PID 2
/* Of each parent's children, as many as somebody could look at: a storm leaves thousands behind. */
#define LINGERING_MAX 32

/* What arranging sets in the row it sets anew each time; what is the process's own is kept beside.
 */
struct candidate {
	struct row row;
	uint64_t own_changed_ns;
	uint32_t above; /* the parent's index among the candidates, NO_ROW at the top */
	uint32_t place; /* index among the rows, if it is one */
	uint8_t own_change;
	bool is_match : 1;
	bool is_needed : 1;
	bool is_past : 1;    /* over, and no longer lingering: only there for its descendants */
	bool is_process : 1; /* counts when it is left out */
};

struct fold {
	uint64_t id;
	bool is_folded;
};

/* A parent whose children are being walked: they lie in the scratch list. */
struct frame {
	size_t at, end;
	uint32_t parent, depth;
};

struct rows {
	struct candidate *candidates;
	size_t candidate_count, candidate_capacity;
	uint32_t *order; /* the candidates that are rows */
	size_t row_count, row_capacity;
	const struct ptree_node **scratch;
	size_t scratch_count, scratch_capacity;
	struct frame *frames;
	size_t frame_count, frame_capacity;
	void *folds;	     /* tsearch(3) tree of struct fold */
	uint32_t fold_depth; /* rows from here on are folded unless told otherwise */
	bool unfolds_kernel;
	struct rows_tally tally;
	uint64_t next_departure_ns;
};

struct rows *rows_new(void)
{
	struct rows *rows = calloc(1, sizeof(*rows));

	if (rows)
		rows->fold_depth = UNFOLDED;
	return rows;
}

static void clear_folds(struct rows *rows)
{
	tdestroy(rows->folds, free);
	rows->folds = NULL;
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	clear_folds(rows);
	free(rows->candidates);
	free(rows->order);
	free(rows->scratch);
	free(rows->frames);
	free(rows);
}

static int grow(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = count + count / 8 + 64;
	void *bigger;

	if (count <= *capacity)
		return 0;
	memcpy(&bigger, array, sizeof(bigger));
	bigger = reallocarray(bigger, wanted, size);
	if (!bigger)
		return -ENOMEM;
	memcpy(array, &bigger, sizeof(bigger));
	*capacity = wanted;
	return 0;
}

/* ---- collecting ---- */

static bool lingers(const struct ptree_node *node, const struct rows_scope *scope)
{
	return scope->shows_exited || ptree_node_is_zombie(node) ||
	       (scope->linger_ns && ptree_node_end_ns(node) + scope->linger_ns > scope->now_ns);
}

static int push_child(struct rows *rows, const struct ptree_node *node)
{
	if (grow(&rows->scratch, &rows->scratch_capacity, rows->scratch_count + 1,
		 sizeof(*rows->scratch)))
		return -ENOMEM;
	rows->scratch[rows->scratch_count++] = node;
	return 0;
}

static int push_exited(struct rows *rows, const struct ptree_node *parent,
		       const struct rows_scope *scope)
{
	const struct ptree_node *node = ptree_node_last_exited(parent);
	size_t most = scope->shows_exited ? SIZE_MAX : LINGERING_MAX;

	/* The latest exit comes first, so that the first that is too old ends it. */
	for (; node && most-- && lingers(node, scope); node = ptree_node_prev_exited(node)) {
		if (push_child(rows, node))
			return -ENOMEM;
	}
	return 0;
}

static int push_by_parent(struct rows *rows, const struct ptree_node *parent,
			  const struct rows_scope *scope)
{
	const struct ptree_node *node = ptree_node_first_child(parent);

	for (; node; node = ptree_node_next_sibling(node)) {
		if (push_child(rows, node))
			return -ENOMEM;
	}
	return push_exited(rows, parent, scope);
}

/* most: how many more lingering ones there is room for. */
static bool has_place_in_lineage(const struct ptree_node *node, const struct rows_scope *scope,
				 size_t *most)
{
	if (!ptree_node_has_ended(node) || ptree_node_last_forked(node))
		return true;
	return lingers(node, scope) && (scope->shows_exited || (*most && (*most)--));
}

/* Those it forked; and of its children those of whom nobody knows who forked them. */
static int push_by_origin(struct rows *rows, const struct ptree_node *parent,
			  const struct rows_scope *scope)
{
	const struct ptree_node *node = ptree_node_last_forked(parent);
	size_t most = LINGERING_MAX;

	for (; node; node = ptree_node_prev_forked(node)) {
		if (has_place_in_lineage(node, scope, &most) && push_child(rows, node))
			return -ENOMEM;
	}
	for (node = ptree_node_first_child(parent); node; node = ptree_node_next_sibling(node)) {
		if (!ptree_node_origin(node) && push_child(rows, node))
			return -ENOMEM;
	}
	for (node = ptree_node_last_exited(parent); node; node = ptree_node_prev_exited(node)) {
		if (!ptree_node_origin(node) && has_place_in_lineage(node, scope, &most) &&
		    push_child(rows, node))
			return -ENOMEM;
	}
	return 0;
}

/* What a scan found has begun by the tick, so that many begin at once. */
static int compare_birth(const void *a, const void *b)
{
	const struct ptree_node *x = *(const struct ptree_node *const *)a;
	const struct ptree_node *y = *(const struct ptree_node *const *)b;
	/* Those of whom nobody saw the begin come last: 0 wraps to the largest. */
	uint64_t bx = ptree_node_begin_ns(x) - 1, by = ptree_node_begin_ns(y) - 1;

	if (bx != by)
		return bx < by ? -1 : 1;
	return (ptree_node_pid(x) > ptree_node_pid(y)) - (ptree_node_pid(x) < ptree_node_pid(y));
}

/* Children mostly are in order already. */
static void sort_by_birth(const struct ptree_node **nodes, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		if (compare_birth(&nodes[i - 1], &nodes[i]) > 0) {
			qsort(nodes, count, sizeof(*nodes), compare_birth);
			return;
		}
	}
}

/* row: of the node, or, when it has none itself, of the first above that has one. */
static bool has_summary(const struct rows *rows, const struct ptree_node *node, uint32_t row,
			const struct rows_scope *scope)
{
	return !scope->hides_summaries && !scope->is_list && row != NO_ROW &&
	       rows->candidates[row].row.process == ptree_node_id(node) &&
	       (!ptree_node_has_ended(node) || scope->shows_exited) && ptree_node_summary(node);
}

static int push_frame(struct rows *rows, const struct ptree_node *node, uint32_t parent,
		      uint32_t depth, const struct rows_scope *scope)
{
	struct frame frame = { .at = rows->scratch_count, .parent = parent, .depth = depth };
	int err = scope->by_origin ? push_by_origin(rows, node, scope)
				   : push_by_parent(rows, node, scope);

	if (err || grow(&rows->frames, &rows->frame_capacity, rows->frame_count + 1,
			sizeof(*rows->frames)))
		return -ENOMEM;
	sort_by_birth(rows->scratch + frame.at, rows->scratch_count - frame.at);
	/* Standing among its own children, it stands for the summary of those that are over. */
	if (has_summary(rows, node, parent, scope) && push_child(rows, node))
		return -ENOMEM;
	frame.end = rows->scratch_count;
	rows->frames[rows->frame_count++] = frame;
	return 0;
}

static struct candidate *add_candidate(struct rows *rows)
{
	struct candidate *candidate;

	if (grow(&rows->candidates, &rows->candidate_capacity, rows->candidate_count + 1,
		 sizeof(*rows->candidates)))
		return NULL;
	candidate = &rows->candidates[rows->candidate_count++];
	*candidate = (struct candidate){ 0 };
	return candidate;
}

static void note_departure(struct rows *rows, uint64_t when_ns)
{
	if (!rows->next_departure_ns || when_ns < rows->next_departure_ns)
		rows->next_departure_ns = when_ns;
}

/* The beginning of a name as a number, so that the smaller comes first. */
static uint64_t key_of_text(const char *text)
{
	uint64_t key = 0;

	for (int i = 0; i < 8; i++) {
		key = key << 8 | (unsigned char)*text;
		text += *text != '\0';
	}
	return UINT64_MAX - key;
}

static uint64_t used_ns(const struct ptree_node *node, const struct ptree_usage *usage)
{
	const struct ptree_summary *summary = ptree_node_summary(node);

	return usage->cpu_ns + (summary ? summary->cpu_ns : 0);
}

/* Its own; those that are sums get what is below later. */
static uint64_t key_of(const struct ptree_node *node, const struct ptree_usage *usage,
		       enum sort_order sort)
{
	switch (sort) {
	case SORT_BY_TIME:
		return used_ns(node, usage);
	case SORT_BY_THREADS:
		return ptree_node_thread_count(node) + 1;
	case SORT_BY_PID:
		return UINT32_MAX - (uint64_t)ptree_node_pid(node);
	case SORT_BY_USER:
		return UINT32_MAX - (uint64_t)ptree_node_euid(node);
	case SORT_BY_COMMAND:
		return key_of_text(ptree_node_comm(node));
	case SORT_BY_CPU:
	case SORT_BY_MEMORY:
	case SORT_BY_BIRTH:
		break;
	}
	return 0;
}

static void set_usage(struct candidate *candidate, const struct ptree_node *node)
{
	const struct ptree_activity *activity = ptree_node_activity(node);
	struct ptree_usage usage;

	ptree_node_usage(node, &usage);
	candidate->row.sum_cpu_permille =
	    usage.cpu_permille + (activity ? activity->exited_cpu_permille : 0);
	candidate->row.sum_rss_kib = (uint32_t)(usage.rss_bytes / 1024);
}

static int add_process(struct rows *rows, const struct ptree_node *node, uint32_t parent,
		       uint32_t depth, const struct rows_scope *scope)
{
	struct candidate *candidate = add_candidate(rows);

	if (!candidate)
		return -ENOMEM;
	candidate->row.id = candidate->row.process = ptree_node_id(node);
	candidate->row.pid = ptree_node_pid(node);
	candidate->above = parent;
	candidate->row.depth = depth;
	candidate->row.is_kernel = ptree_node_is_kernel_thread(node);
	candidate->own_change = (uint8_t)ptree_node_last_change(node, &candidate->own_changed_ns);
	set_usage(candidate, node);
	candidate->is_past = ptree_node_has_ended(node) && !lingers(node, scope);
	candidate->is_process = true;
	if (ptree_node_has_ended(node) && !candidate->is_past && !scope->shows_exited)
		note_departure(rows, ptree_node_end_ns(node) + scope->linger_ns);
	return 0;
}

static int add_summary(struct rows *rows, const struct ptree_node *node, const struct frame *frame)
{
	const struct ptree_activity *activity = ptree_node_activity(node);
	struct candidate *candidate = add_candidate(rows);

	if (!candidate)
		return -ENOMEM;
	candidate->row.id = ptree_node_id(node) | SUMMARY_ID_BIT;
	candidate->row.process = ptree_node_id(node);
	candidate->row.pid = ptree_node_pid(node);
	candidate->above = frame->parent;
	candidate->row.depth = frame->depth;
	candidate->row.is_summary = true;
	candidate->row.is_kernel = ptree_node_is_kernel_thread(node);
	candidate->row.sum_cpu_permille = activity ? activity->exited_cpu_permille : 0;
	return 0;
}

static int compare_tids(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	return (x->row.pid > y->row.pid) - (x->row.pid < y->row.pid);
}

static int add_threads(struct rows *rows, const struct ptree_node *node, uint32_t parent,
		       uint32_t depth)
{
	const struct ptree_thread *thread = ptree_node_first_thread(node);
	size_t first = rows->candidate_count;

	for (; thread; thread = ptree_thread_next(thread)) {
		struct candidate *candidate = add_candidate(rows);

		if (!candidate)
			return -ENOMEM;
		candidate->row.id = ptree_thread_id(thread);
		candidate->row.process = ptree_node_id(node);
		candidate->row.pid = ptree_thread_tid(thread);
		candidate->above = parent;
		candidate->row.depth = depth;
		candidate->row.is_thread = true;
		candidate->own_change = PTREE_CHANGE_FORKED;
		candidate->own_changed_ns = ptree_thread_begin_ns(thread);
	}
	qsort(rows->candidates + first, rows->candidate_count - first, sizeof(*rows->candidates),
	      compare_tids);
	return 0;
}

static bool is_in_scope(const struct ptree_node *node, const struct rows_scope *scope)
{
	return !scope->only_watched || ptree_node_is_watched(node);
}

/* The next node of the walk in progress, with the frame that it belongs to. */
static const struct ptree_node *next_node(struct rows *rows, struct frame *frame)
{
	while (rows->frame_count) {
		struct frame *top = &rows->frames[rows->frame_count - 1];

		if (top->at < top->end) {
			*frame = *top;
			return rows->scratch[top->at++];
		}
		rows->scratch_count = top->end;
		rows->frame_count--;
		if (rows->frame_count)
			rows->scratch_count = rows->frames[rows->frame_count - 1].end;
	}
	return NULL;
}

static int collect_node(struct rows *rows, const struct ptree_node *node, const struct frame *frame,
			const struct rows_scope *scope)
{
	uint32_t parent = frame->parent;
	uint32_t depth = frame->depth;

	if (parent != NO_ROW && rows->candidates[parent].row.process == ptree_node_id(node))
		return add_summary(rows, node, frame);
	if (scope->hides_kernel_threads && ptree_node_is_kernel_thread(node))
		return 0;
	if (is_in_scope(node, scope)) {
		if (add_process(rows, node, scope->is_list ? NO_ROW : parent,
				scope->is_list ? 0 : depth, scope))
			return -ENOMEM;
		parent = (uint32_t)rows->candidate_count - 1;
		depth++;
		if (scope->shows_threads && !scope->is_list &&
		    add_threads(rows, node, parent, depth))
			return -ENOMEM;
	}
	return push_frame(rows, node, parent, depth, scope);
}

/* A child comes after its parent, so that one pass from the end adds up what is below each. */
static void sum_up(struct rows *rows)
{
	for (size_t i = rows->candidate_count; i-- > 0;) {
		const struct candidate *candidate = &rows->candidates[i];
		struct candidate *parent;

		/* A summary says once more what its process has in its own sum. */
		if (candidate->above == NO_ROW || candidate->row.is_summary)
			continue;
		parent = &rows->candidates[candidate->above];
		parent->row.sum_cpu_permille += candidate->row.sum_cpu_permille;
		parent->row.sum_rss_kib += candidate->row.sum_rss_kib;
	}
}

static uint64_t own_key(const struct candidate *candidate, size_t index,
			const struct ptree_tree *tree, const struct rows_scope *scope)
{
	const struct ptree_node *node = ptree_tree_find_id(tree, candidate->row.process);
	struct ptree_usage usage;

	if (scope->sort == SORT_BY_CPU)
		return candidate->row.sum_cpu_permille;
	if (scope->sort == SORT_BY_MEMORY)
		return candidate->row.sum_rss_kib;
	if (scope->sort == SORT_BY_BIRTH && scope->is_list)
		return UINT32_MAX - (uint64_t)candidate->row.pid;
	if (scope->sort == SORT_BY_BIRTH) /* that is the order that they are in */
		return UINT32_MAX - index;
	if (!node)
		return 0;
	ptree_node_usage(node, &usage);
	return key_of(node, &usage, scope->sort);
}

/* Threads stay right below their process, and its summary stays last. */
static uint64_t key_in_order(const struct candidate *candidate, uint64_t key,
			     const struct rows_scope *scope)
{
	if (candidate->row.is_thread)
		return UINT64_MAX;
	if (candidate->row.is_summary)
		return 0;
	/* Room at both ends for the two above. */
	key = key > UINT64_MAX - 2 ? UINT64_MAX - 2 : key;
	return scope->is_reversed ? UINT64_MAX - 2 - key + 1 : key + 1;
}

static void reorder(struct rows *rows, const uint32_t *order, uint32_t *place,
		    struct candidate *sorted)
{
	for (size_t i = 0; i < rows->candidate_count; i++)
		place[order[i]] = (uint32_t)i;
	for (size_t i = 0; i < rows->candidate_count; i++) {
		sorted[i] = rows->candidates[order[i]];
		if (sorted[i].above != NO_ROW)
			sorted[i].above = place[sorted[i].above];
	}
	free(rows->candidates);
	rows->candidates = sorted;
	rows->candidate_capacity = rows->candidate_count;
}

/* CPU time with that of all that is below: from the end, as in sum_up(). */
static void add_up_times(const struct rows *rows, struct sort_item *items)
{
	for (size_t i = rows->candidate_count; i-- > 0;) {
		const struct candidate *candidate = &rows->candidates[i];

		if (candidate->above != NO_ROW && !candidate->row.is_thread &&
		    !candidate->row.is_summary)
			items[candidate->above].key += items[i].key;
	}
}

static int sort(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope)
{
	size_t count = rows->candidate_count;
	struct sort_item *items = reallocarray(NULL, count + 1, sizeof(*items));
	uint32_t *order = reallocarray(NULL, count + 1, 2 * sizeof(*order));
	struct candidate *sorted = reallocarray(NULL, count + 1, sizeof(*sorted));
	int err = items && order && sorted ? 0 : -ENOMEM;

	for (size_t i = 0; i < count && !err; i++)
		items[i] = (struct sort_item){ rows->candidates[i].above,
					       own_key(&rows->candidates[i], i, tree, scope) };
	if (!err && scope->sort == SORT_BY_TIME)
		add_up_times(rows, items);
	for (size_t i = 0; i < count && !err; i++)
		items[i].key = key_in_order(&rows->candidates[i], items[i].key, scope);
	if (!err)
		err = sort_forest(items, count, order);
	if (!err)
		reorder(rows, order, order + count + 1, sorted);
	else
		free(sorted);
	free(items);
	free(order);
	return err;
}

int rows_collect(struct rows *rows, const struct ptree_tree *tree, const struct rows_scope *scope)
{
	struct ptree_tree_counts counts;
	const struct ptree_node *node;
	struct frame frame;
	int err;

	ptree_tree_get_counts(tree, &counts);
	grow(&rows->candidates, &rows->candidate_capacity, counts.live, sizeof(*rows->candidates));
	rows->candidate_count = rows->scratch_count = rows->frame_count = 0;
	rows->row_count = 0;
	rows->next_departure_ns = 0;
	err = push_frame(rows, ptree_tree_root(tree), NO_ROW, 0, scope);
	while (!err && (node = next_node(rows, &frame)))
		err = collect_node(rows, node, &frame, scope);
	if (!err && !scope->is_list)
		sum_up(rows);
	if (!err && (scope->sort != SORT_BY_BIRTH || scope->is_reversed || scope->is_list))
		err = sort(rows, tree, scope);
	if (err)
		rows->candidate_count = 0;
	return err;
}

/* ---- arranging ---- */

static bool has_user(const struct ptree_node *node, const struct rows_match *match)
{
	for (size_t i = 0; i < match->uid_count; i++) {
		if (ptree_node_euid(node) == match->uids[i])
			return true;
	}
	return match->uid_count == 0;
}

static bool is_match(const struct candidate *candidate, const struct ptree_tree *tree,
		     const struct rows_match *match)
{
	const struct ptree_node *node;

	if (!match->filter && !match->uid_count)
		return true;
	if (match->filter && candidate->row.pid == match->ignored_pid)
		return false;
	node = ptree_tree_find_id(tree, candidate->row.process);
	return node && has_user(node, match) &&
	       (!match->filter || filter_matches(match->filter, tree, match->users, node));
}

static bool has_filter(const struct rows_match *match)
{
	return match->filter || match->uid_count;
}

/* A child comes after its parent, so that one pass from the end settles who is needed. */
static void mark_needed(struct rows *rows, const struct ptree_tree *tree,
			const struct rows_match *match)
{
	rows->tally = (struct rows_tally){ 0 };
	for (size_t i = rows->candidate_count; i-- > 0;) {
		rows->candidates[i].is_needed = false;
		rows->candidates[i].row.has_children = false;
	}
	for (size_t i = rows->candidate_count; i-- > 0;) {
		struct candidate *candidate = &rows->candidates[i];

		candidate->is_match = !candidate->is_past && is_match(candidate, tree, match);
		candidate->is_needed |= candidate->is_match;
		if (candidate->is_needed && candidate->above != NO_ROW) {
			rows->candidates[candidate->above].is_needed = true;
			rows->candidates[candidate->above].row.has_children = true;
		}
		if (candidate->is_process) {
			rows->tally.matching += candidate->is_match;
			rows->tally.context += candidate->is_needed && !candidate->is_match;
			rows->tally.left_out += !candidate->is_needed && !candidate->is_past;
		}
	}
}

static int compare_folds(const void *a, const void *b)
{
	const struct fold *x = a;
	const struct fold *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static bool is_folded(const struct rows *rows, const struct row *row, bool has_filter)
{
	const struct fold key = { .id = row->id };
	struct fold *const *told = rows->folds ? tfind(&key, &rows->folds, compare_folds) : NULL;

	if (!row->has_children)
		return false;
	if (told)
		return (*told)->is_folded;
	if (row->is_kernel && row->pid == KTHREADD_PID && !rows->unfolds_kernel && !has_filter)
		return true;
	return row->depth >= rows->fold_depth;
}

/* Passes over what is below a folded row, which counts it and changes when it changes. */
static size_t fold_away(struct rows *rows, size_t index, struct row *row)
{
	uint32_t depth = rows->candidates[index].row.depth;

	for (index++; index < rows->candidate_count && rows->candidates[index].row.depth > depth;
	     index++) {
		const struct candidate *candidate = &rows->candidates[index];

		if (!candidate->is_needed)
			continue;
		row->hidden += !candidate->row.is_summary;
		if (candidate->own_changed_ns <= row->changed_ns)
			continue;
		row->changed_ns = candidate->own_changed_ns;
		row->change = candidate->own_change;
	}
	return index;
}

/* From below, the first child that is met of each parent is its last. */
static void mark_last(struct rows *rows)
{
	bool has_top = false;

	for (size_t i = rows->row_count; i-- > 0;) {
		struct candidate *candidate = &rows->candidates[rows->order[i]];
		struct row *row = &candidate->row;
		struct row *parent =
		    candidate->above == NO_ROW ? NULL : &rows->candidates[candidate->above].row;

		row->is_last = parent ? !parent->has_children : !has_top;
		if (parent)
			parent->has_children = true;
		else
			has_top = true;
	}
}

static void begin_row(struct rows *rows, struct candidate *candidate)
{
	struct row *row = &candidate->row;

	row->parent =
	    candidate->above == NO_ROW ? NO_ROW : rows->candidates[candidate->above].place;
	row->changed_ns = candidate->own_changed_ns;
	row->change = candidate->own_change;
	row->hidden = 0;
	row->is_context = !candidate->is_match && !candidate->is_past;
}

int rows_arrange(struct rows *rows, const struct ptree_tree *tree, const struct rows_match *match)
{
	size_t i = 0;

	if (grow(&rows->order, &rows->row_capacity, rows->candidate_count, sizeof(*rows->order)))
		return -ENOMEM;
	mark_needed(rows, tree, match);
	rows->row_count = 0;
	while (i < rows->candidate_count) {
		struct candidate *candidate = &rows->candidates[i];
		struct row *row = &candidate->row;

		if (!candidate->is_needed) {
			i++;
			continue;
		}
		begin_row(rows, candidate);
		row->is_folded = is_folded(rows, row, has_filter(match));
		row->has_children = row->is_folded;
		candidate->place = (uint32_t)rows->row_count;
		rows->order[rows->row_count++] = (uint32_t)i;
		i = row->is_folded ? fold_away(rows, i, row) : i + 1;
	}
	mark_last(rows);
	return 0;
}

/* ---- reading ---- */

uint32_t rows_count(const struct rows *rows)
{
	return (uint32_t)rows->row_count;
}

const struct row *rows_at(const struct rows *rows, uint32_t index)
{
	return index < rows->row_count ? &rows->candidates[rows->order[index]].row : NULL;
}

uint32_t rows_find(const struct rows *rows, uint64_t id)
{
	for (size_t i = 0; i < rows->row_count; i++) {
		if (rows->candidates[rows->order[i]].row.id == id)
			return (uint32_t)i;
	}
	return NO_ROW;
}

struct rows_tally rows_tally(const struct rows *rows)
{
	return rows->tally;
}

uint64_t rows_next_departure_ns(const struct rows *rows)
{
	return rows->next_departure_ns;
}

static size_t find_candidate(const struct rows *rows, uint64_t id)
{
	size_t i = 0;

	while (i < rows->candidate_count && rows->candidates[i].row.id != id)
		i++;
	return i;
}

uint64_t rows_search(const struct rows *rows, uint64_t from, bool backwards,
		     bool (*matches)(const struct row *row, const void *what), const void *what)
{
	size_t count = rows->candidate_count;
	size_t at = find_candidate(rows, from);

	for (size_t i = 0; i < count; i++) {
		const struct candidate *candidate;

		if (backwards)
			at = at == 0 || at > count ? count - 1 : at - 1;
		else
			at = at + 1 >= count ? 0 : at + 1;
		candidate = &rows->candidates[at];
		if (candidate->is_needed && matches(&candidate->row, what))
			return candidate->row.id;
	}
	return 0;
}

/* ---- folding ---- */

void rows_set_folded(struct rows *rows, uint64_t id, bool folded)
{
	struct fold *fold = malloc(sizeof(*fold));
	struct fold **found;

	if (!fold)
		return;
	*fold = (struct fold){ .id = id };
	found = tsearch(fold, &rows->folds, compare_folds);
	if (!found || *found != fold)
		free(fold);
	if (found)
		(*found)->is_folded = folded;
}

void rows_fold_all(struct rows *rows)
{
	rows_fold_at_depth(rows, 1);
}

void rows_unfold_all(struct rows *rows)
{
	clear_folds(rows);
	rows->fold_depth = UNFOLDED;
	rows->unfolds_kernel = true;
}

void rows_fold_at_depth(struct rows *rows, uint32_t depth)
{
	clear_folds(rows);
	rows->fold_depth = depth - 1;
	rows->unfolds_kernel = false;
}

bool rows_reveal(struct rows *rows, uint64_t id)
{
	size_t at = find_candidate(rows, id);
	uint32_t parent;

	if (at == rows->candidate_count)
		return false;
	for (parent = rows->candidates[at].above; parent != NO_ROW;
	     parent = rows->candidates[parent].above) {
		if (is_folded(rows, &rows->candidates[parent].row, false))
			rows_set_folded(rows, rows->candidates[parent].row.id, false);
	}
	return true;
}

/* ---- the cursor ---- */

static uint32_t last_top(const struct rows *rows, uint32_t height)
{
	return rows->row_count > height ? (uint32_t)rows->row_count - height : 0;
}

static void keep_in_sight(struct cursor *cursor, const struct rows *rows, uint32_t height)
{
	uint32_t last = last_top(rows, height);

	if (cursor->index < cursor->top)
		cursor->top = cursor->index;
	if (height && cursor->index >= cursor->top + height)
		cursor->top = cursor->index - height + 1;
	if (cursor->top > last)
		cursor->top = last;
}

void cursor_move_to(struct cursor *cursor, const struct rows *rows, uint32_t index, uint32_t height)
{
	const struct row *row;

	if (index >= rows->row_count)
		index = rows->row_count ? (uint32_t)rows->row_count - 1 : 0;
	row = rows_at(rows, index);
	cursor->index = index;
	cursor->id = row ? row->id : 0;
	keep_in_sight(cursor, rows, height);
}

void cursor_settle(struct cursor *cursor, const struct rows *rows, uint32_t height)
{
	uint32_t line = cursor->index >= cursor->top ? cursor->index - cursor->top : 0;
	uint32_t index = rows_find(rows, cursor->id);

	if (index == NO_ROW) {
		cursor_move_to(cursor, rows, cursor->index, height);
		return;
	}
	/* At the very top it stays the top, so that what comes first is seen. */
	if (cursor->top)
		cursor->top = index > line ? index - line : 0;
	cursor->index = index;
	keep_in_sight(cursor, rows, height);
}

void cursor_scroll(struct cursor *cursor, const struct rows *rows, int lines, uint32_t height)
{
	int64_t top = (int64_t)cursor->top + lines;
	uint32_t last = last_top(rows, height);
	uint32_t index = cursor->index;

	cursor->top = top < 0 ? 0 : top > last ? last : (uint32_t)top;
	if (index < cursor->top)
		index = cursor->top;
	if (height && index >= cursor->top + height)
		index = cursor->top + height - 1;
	cursor_move_to(cursor, rows, index, height);
}
