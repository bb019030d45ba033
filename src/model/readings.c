/* SPDX-License-Identifier: MIT */
/*
 * Figures that cost to read; see readings.h. Entries lie in an array, and are found by a table of
 * open addressing; both are made anew when some of them go.
 */
#include "model/readings.h"
#include "model/array.h"
#include "model/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define PAUSE_NS (50 * NS_PER_MS) /* between two batches */
#define PATIENCE_NS (2 * NS_PER_S)
#define SECOND_NS (900 * NS_PER_MS) /* ticks come a little late or early */
#define BACKOFF_MAX_S 30
#define COST_FACTOR 100 /* a reading costs no more than a hundredth of the time */
#define SEEN_FOR_NS (3 * NS_PER_S)
#define KEPT_MAX 512 /* of those that are not seen any more */
#define RATE_LEAST_NS (200 * NS_PER_MS)
#define NO_ENTRY UINT32_MAX

struct entry {
	uint64_t id;
	uint64_t seen_ns, due_ns;
	uint32_t asked;	   /* pieces as of the last reading */
	uint8_t backoff_s; /* 0: it was never read */
	bool is_pending;   /* in the batch that is being read */
	struct reading reading;
};

struct readings {
	struct process_reader *reader;
	struct readings_wish wish;
	struct entry *entries;
	size_t count, capacity;
	uint32_t *slots; /* ids -> entries; a power of two */
	size_t slot_count;
	size_t next; /* from whom on the next batch is looked for */
	bool is_asking;
	bool owes; /* somebody was never read, or found no room in the batch */
	uint64_t asked_ns, next_ns, scan_ns;
	struct changes changes;
};

int readings_new(struct readings **out, const char *proc_path)
{
	struct readings *readings = calloc(1, sizeof(*readings));
	int err = readings ? process_reader_new(&readings->reader, "proctop-figures", proc_path)
			   : -ENOMEM;

	if (err)
		free(readings);
	else
		*out = readings;
	return err;
}

/* ---- entries ---- */

/* The slot of an id, or the empty one where it would be. */
static uint32_t *slot_of(const struct readings *readings, uint64_t id)
{
	size_t at = (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 20);

	for (;; at++) {
		uint32_t *slot = &readings->slots[at & (readings->slot_count - 1)];

		if (*slot == NO_ENTRY || readings->entries[*slot].id == id)
			return slot;
	}
}

static void index_all(struct readings *readings)
{
	memset(readings->slots, 0xff, readings->slot_count * sizeof(*readings->slots));
	for (uint32_t i = 0; i < readings->count; i++)
		*slot_of(readings, readings->entries[i].id) = i;
}

static bool grow_index(struct readings *readings)
{
	size_t count = readings->slot_count ? 2 * readings->slot_count : 256;
	uint32_t *slots;

	if (2 * (readings->count + 1) <= readings->slot_count)
		return true;
	slots = reallocarray(readings->slots, count, sizeof(*slots));
	if (!slots)
		return false;
	readings->slots = slots;
	readings->slot_count = count;
	index_all(readings);
	return true;
}

static struct entry *find(const struct readings *readings, uint64_t id)
{
	uint32_t at = readings->slot_count ? *slot_of(readings, id) : NO_ENTRY;

	return at == NO_ENTRY ? NULL : &readings->entries[at];
}

/* With one if there is none; NULL: no memory. */
static struct entry *ensure(struct readings *readings, uint64_t id)
{
	struct entry *entry = find(readings, id);

	if (entry)
		return entry;
	if (!grow_index(readings) || array_reserve(&readings->entries, &readings->capacity,
						   readings->count + 1, sizeof(*readings->entries)))
		return NULL;
	*slot_of(readings, id) = (uint32_t)readings->count;
	entry = &readings->entries[readings->count++];
	*entry = (struct entry){ .id = id };
	readings->owes = true;
	return entry;
}

static bool is_over(const struct ptree_node *node)
{
	return !node || (ptree_node_has_ended(node) && !ptree_node_is_zombie(node));
}

static bool is_seen(const struct entry *entry, uint64_t now_ns)
{
	return entry->seen_ns && now_ns < entry->seen_ns + SEEN_FOR_NS;
}

/* Who is over, and once they are many, whom nobody looks at. */
static void drop_needless(struct readings *readings, const struct ptree_tree *tree, uint64_t now_ns)
{
	bool is_full = !readings->wish.all && readings->count > KEPT_MAX;
	size_t kept = 0;

	for (size_t i = 0; i < readings->count; i++) {
		const struct entry *entry = &readings->entries[i];

		if (!is_seen(entry, now_ns) &&
		    (is_full || is_over(ptree_tree_find_id(tree, entry->id))))
			continue;
		readings->entries[kept++] = *entry;
	}
	if (kept == readings->count)
		return;
	readings->count = kept;
	readings->next = 0;
	index_all(readings);
}

static void forget_all(struct readings *readings)
{
	free(readings->entries);
	free(readings->slots);
	readings->entries = NULL;
	readings->slots = NULL;
	readings->count = readings->capacity = readings->slot_count = readings->next = 0;
	readings->is_asking = readings->owes = false;
	changes_lose(&readings->changes);
	process_reader_give_up(readings->reader);
}

void readings_free(struct readings *readings)
{
	if (!readings)
		return;
	forget_all(readings);
	process_reader_free(readings->reader);
	free(readings);
}

/* ---- answers ---- */

static uint64_t in_a_second(uint64_t before, uint64_t after, uint64_t ns)
{
	uint64_t bytes = after > before ? after - before : 0;

	return (uint64_t)((double)bytes * (double)NS_PER_S / (double)ns);
}

static void set_rates(struct reading *reading, const struct process_figures *before)
{
	const struct process_figures *now = &reading->figures;
	uint32_t piece = 1u << PTREE_PIECE_IO;
	uint64_t ns = now->read_ns > before->read_ns ? now->read_ns - before->read_ns : 0;

	if (!(now->known & before->known & piece)) {
		reading->has_rates = false;
	} else if (ns >= RATE_LEAST_NS) {
		reading->has_rates = true;
		reading->read_per_s = in_a_second(before->read_bytes, now->read_bytes, ns);
		reading->written_per_s = in_a_second(before->written_bytes, now->written_bytes, ns);
	}
}

/* All but when it was read. */
static bool is_same(const struct reading *a, const struct reading *b)
{
	struct reading x = *a;

	x.figures.read_ns = b->figures.read_ns;
	x.figures.took_ns = b->figures.took_ns;
	return x.has_rates == b->has_rates && x.read_per_s == b->read_per_s &&
	       x.written_per_s == b->written_per_s &&
	       !memcmp(&x.figures, &b->figures, sizeof(x.figures));
}

static void put_off(struct entry *entry, bool has_changed, uint64_t now_ns)
{
	uint64_t wait_ns;

	entry->backoff_s = (uint8_t)(has_changed || !entry->backoff_s ? 1 : 2 * entry->backoff_s);
	if (entry->backoff_s > BACKOFF_MAX_S)
		entry->backoff_s = BACKOFF_MAX_S;
	wait_ns = entry->backoff_s * SECOND_NS;
	if (wait_ns < COST_FACTOR * entry->reading.figures.took_ns)
		wait_ns = COST_FACTOR * entry->reading.figures.took_ns;
	entry->due_ns = now_ns + wait_ns;
}

static void take(struct readings *readings, const struct process_answer *answer, uint64_t now_ns)
{
	struct entry *entry = find(readings, answer->id);
	struct reading before;
	bool has_changed;

	if (!entry)
		return;
	before = entry->reading;
	entry->is_pending = false;
	entry->asked = answer->pieces;
	if (!answer->error) {
		uint32_t refused = before.figures.refused;

		entry->reading.figures = answer->figures;
		entry->reading.figures.refused |= refused;
		set_rates(&entry->reading, &before.figures);
	}
	has_changed = !is_same(&before, &entry->reading);
	put_off(entry, has_changed, now_ns);
	if (has_changed)
		changes_note(&readings->changes, entry->id);
}

/* What hangs is left to itself, and whom it was about is asked again late; the others at once. */
static void give_up(struct readings *readings, uint64_t now_ns)
{
	struct entry *stuck = find(readings, process_reader_at(readings->reader));

	process_reader_give_up(readings->reader);
	for (size_t i = 0; i < readings->count; i++)
		readings->entries[i].is_pending = false;
	if (stuck) {
		stuck->asked = readings->wish.pieces;
		stuck->backoff_s = BACKOFF_MAX_S;
		stuck->due_ns = now_ns + BACKOFF_MAX_S * NS_PER_S;
	}
	readings->is_asking = false;
	readings->owes = true;
	readings->next_ns = now_ns + (stuck ? PAUSE_NS : PATIENCE_NS);
}

static void take_answers(struct readings *readings, uint64_t now_ns)
{
	struct process_batch *batch = process_reader_collect(readings->reader);

	if (!batch && readings->is_asking && now_ns >= readings->asked_ns + PATIENCE_NS)
		give_up(readings, now_ns);
	if (!batch)
		return;
	for (size_t i = 0; i < batch->count; i++)
		take(readings, &batch->items[i], now_ns);
	process_batch_free(batch);
	readings->is_asking = false;
}

/* ---- asking ---- */

/* It was found to do something since: the sampler looks at all, and is cheap. */
static bool has_done_something(const struct entry *entry, const struct ptree_node *node)
{
	struct ptree_usage usage;

	ptree_node_usage(node, &usage);
	return usage.sampled_ns > entry->reading.figures.read_ns;
}

static bool is_due(const struct readings *readings, const struct entry *entry,
		   const struct ptree_node *node, uint64_t now_ns)
{
	uint32_t wanted = readings->wish.pieces & ~entry->reading.figures.refused;
	uint64_t least_ns = entry->reading.figures.read_ns + SECOND_NS +
			    COST_FACTOR * entry->reading.figures.took_ns;

	if (entry->is_pending || !wanted || (!readings->wish.all && !is_seen(entry, now_ns)))
		return false;
	if (!entry->backoff_s || wanted & ~entry->asked || now_ns >= entry->due_ns)
		return true;
	return entry->reading.figures.read_ns && now_ns >= least_ns &&
	       has_done_something(entry, node);
}

static struct process_answer question(const struct readings *readings, const struct entry *entry,
				      const struct ptree_node *node)
{
	return (struct process_answer){ .id = entry->id,
					.start_ns = ptree_node_begin_ns(node),
					.pid = ptree_node_pid(node),
					.pieces = readings->wish.pieces &
						  ~entry->reading.figures.refused };
}

static void fill(struct readings *readings, const struct ptree_tree *tree,
		 struct process_batch *batch, uint64_t now_ns)
{
	size_t looked;

	for (looked = 0; looked < readings->count && batch->count < PROCESS_BATCH_MAX; looked++) {
		size_t at = (readings->next + looked) % readings->count;
		struct entry *entry = &readings->entries[at];
		const struct ptree_node *node = ptree_tree_find_id(tree, entry->id);

		if (is_over(node) || !is_due(readings, entry, node, now_ns))
			continue;
		batch->items[batch->count++] = question(readings, entry, node);
		entry->is_pending = true;
	}
	readings->owes = looked < readings->count;
	readings->next = readings->count ? (readings->next + looked) % readings->count : 0;
}

static void ask(struct readings *readings, const struct ptree_tree *tree, uint64_t now_ns)
{
	struct process_batch *batch = calloc(1, sizeof(*batch));

	readings->next_ns = now_ns + PAUSE_NS;
	if (!batch)
		return;
	fill(readings, tree, batch, now_ns);
	if (!batch->count) {
		process_batch_free(batch);
		return;
	}
	readings->asked_ns = now_ns;
	readings->is_asking = true;
	if (process_reader_ask(readings->reader, batch))
		give_up(readings, now_ns);
}

static void add_all(struct readings *readings, const struct ptree_tree *tree)
{
	struct ptree_nodes all = { 0 };

	ptree_tree_descendants(tree, 0, &all);
	for (size_t i = 0; i < all.count; i++) {
		if (!is_over(all.node[i]))
			ensure(readings, ptree_node_id(all.node[i]));
	}
	ptree_nodes_clear(&all);
}

bool readings_turn(struct readings *readings, const struct ptree_tree *tree,
		   const struct readings_wish *wish, uint64_t now_ns)
{
	uint64_t before = readings->changes.count;

	if (!wish->pieces && readings->wish.pieces)
		forget_all(readings);
	readings->wish = *wish;
	if (!wish->pieces || wish->is_stopped)
		return false;
	take_answers(readings, now_ns);
	if (!readings->is_asking && now_ns >= readings->scan_ns) {
		drop_needless(readings, tree, now_ns);
		readings->scan_ns = now_ns + SECOND_NS;
		readings->owes = true;
		if (wish->all)
			add_all(readings, tree);
	}
	if (!readings->is_asking && readings->owes && now_ns >= readings->next_ns)
		ask(readings, tree, now_ns);
	return readings->changes.count != before;
}

uint64_t readings_next_ns(const struct readings *readings)
{
	if (!readings->wish.pieces || readings->wish.is_stopped)
		return UINT64_MAX;
	if (readings->is_asking)
		return readings->asked_ns + PATIENCE_NS;
	return readings->owes ? readings->next_ns : UINT64_MAX;
}

int readings_fd(const struct readings *readings)
{
	return process_reader_fd(readings->reader);
}

void readings_see(struct readings *readings, uint64_t id, uint64_t now_ns)
{
	struct entry *entry = ensure(readings, id);

	if (!entry)
		return;
	if (!is_seen(entry, now_ns))
		readings->owes = true;
	entry->seen_ns = now_ns;
}

void readings_read_now(struct readings *readings, const struct ptree_node *node, uint32_t pieces)
{
	struct entry *entry = ensure(readings, ptree_node_id(node));
	struct process_answer answer;

	readings->wish.pieces = pieces;
	if (!entry)
		return;
	answer = question(readings, entry, node);
	if (process_reader_read_now(readings->reader, &answer))
		return;
	take(readings, &answer, ptree_boot_now_ns());
	free(answer.cgroup);
}

/* ---- reading ---- */

const struct reading *readings_find(const struct readings *readings, uint64_t id)
{
	const struct entry *entry = readings ? find(readings, id) : NULL;

	return entry && entry->backoff_s ? &entry->reading : NULL;
}

size_t readings_count(const struct readings *readings)
{
	return readings->count;
}

uint64_t readings_changes(const struct readings *readings)
{
	return readings ? readings->changes.count : 0;
}

uint64_t readings_changed(const struct readings *readings, uint64_t change)
{
	return changes_at(&readings->changes, change);
}
