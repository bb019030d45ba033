/* SPDX-License-Identifier: MIT */
/*
 * Figures that cost to read; see readings.h. Entries lie in an array, and are found by a table of
 * open addressing; both are made anew when some of them go.
 */
#include "model/readings.h"
#include "model/array.h"
#include "model/io-sums.h"
#include "model/waited-io.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define PAUSE_NS (50 * NS_PER_MS) /* between two batches */
#define PATIENCE_NS (2 * NS_PER_S)
#define SECOND_NS (900 * NS_PER_MS) /* ticks come a little late or early */
#define BACKOFF_MAX_S 30
#define IDLE_IO_BACKOFF_MAX_S 240 /* who does something is read before that */
#define NEW_NS (2 * NS_PER_S)	  /* since it began: nobody can have seen it do something */
#define COST_FACTOR 100		  /* a reading costs no more than a hundredth of the time */
#define SEEN_FOR_NS (3 * NS_PER_S)
#define KEPT_MAX 512 /* of those that are not seen any more */
#define RATE_LEAST_NS (200 * NS_PER_MS)
#define YOUNG_NS (10 * NS_PER_S) /* its rate since it began is one of now */
#define PIECE_IO (1u << PTREE_PIECE_IO)
#define NO_ENTRY UINT32_MAX

struct entry {
	uint64_t id;
	uint64_t seen_ns, due_ns;
	uint32_t asked;	   /* pieces as of the last reading */
	uint8_t backoff_s; /* 0: it was never read */
	bool is_pending;   /* in the batch that is being read */
	bool is_handed_on; /* it has ended, and what was told of it is noted as its parent's */
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
	size_t asked_count;
	uint64_t reading, reading_ns; /* whom the thread is at, and since when that is known */
	struct changes changes;
	uint64_t exits; /* in the tree, when it was last looked who has ended */
	struct waited_io waited;
	struct io_sums io_sums;
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
	if (!readings->slots)
		return;
	memset(readings->slots, 0xff, readings->slot_count * sizeof(*readings->slots));
	for (uint32_t i = 0; readings->entries && i < readings->count; i++)
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

static bool does_something(const struct ptree_node *node, uint64_t now_ns)
{
	struct ptree_usage usage;

	ptree_node_usage(node, &usage);
	return (usage.known & PTREE_USAGE_RATE && usage.cpu_permille) ||
	       (ptree_node_is_begin_exact(node) && now_ns < ptree_node_begin_ns(node) + NEW_NS);
}

static bool is_seen(const struct entry *entry, uint64_t now_ns)
{
	return entry->seen_ns && now_ns < entry->seen_ns + SEEN_FOR_NS;
}

/* What a sum lacks without it. */
static bool is_busy(const struct readings *readings, const struct entry *entry,
		    const struct ptree_node *node, uint64_t now_ns)
{
	return readings->wish.sums_io &&
	       (entry->reading.read_per_s || entry->reading.written_per_s ||
		does_something(node, now_ns));
}

/* Who has ended. Zombies, too: the parent may wait for them at any time. */
static void hand_on_all(struct readings *readings, const struct ptree_tree *tree, uint64_t now_ns)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(tree, &counts);
	if (counts.exits == readings->exits)
		return;
	readings->exits = counts.exits;
	for (size_t i = 0; i < readings->count; i++) {
		struct entry *entry = &readings->entries[i];
		const struct process_figures *figures = &entry->reading.figures;
		const struct ptree_node *node = ptree_tree_find_id(tree, entry->id);
		const struct ptree_node *parent = node ? ptree_node_parent(node) : NULL;

		if (entry->is_handed_on || !parent || !ptree_node_has_ended(node))
			continue;
		entry->is_handed_on = true;
		if (figures->known & PIECE_IO && (figures->read_bytes || figures->written_bytes))
			waited_io_note(&readings->waited, ptree_node_id(parent), now_ns,
				       figures->read_bytes, figures->written_bytes);
	}
}

/* Who is over, and once they are many, of whom nobody asks. */
static void drop_needless(struct readings *readings, const struct ptree_tree *tree, uint64_t now_ns)
{
	bool is_full = !readings->wish.all && readings->count > KEPT_MAX;
	size_t kept = 0;

	for (size_t i = 0; i < readings->count; i++) {
		const struct entry *entry = &readings->entries[i];
		const struct ptree_node *node = ptree_tree_find_id(tree, entry->id);

		if (!is_seen(entry, now_ns) &&
		    (is_over(node) || (is_full && !is_busy(readings, entry, node, now_ns))))
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
	readings->waited.count = 0;
	io_sums_clear(&readings->io_sums);
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

static uint64_t more_than(uint64_t before, uint64_t after)
{
	return after > before ? after - before : 0;
}

static uint64_t in_a_second(uint64_t bytes, uint64_t ns)
{
	return (uint64_t)((double)bytes * (double)NS_PER_S / (double)ns);
}

static void set_rates(struct readings *readings, struct entry *entry,
		      const struct process_figures *before)
{
	struct reading *reading = &entry->reading;
	const struct process_figures *now = &reading->figures;
	uint64_t ns = now->read_ns > before->read_ns ? now->read_ns - before->read_ns : 0;
	uint64_t read, written;

	if (!(now->known & before->known & PIECE_IO)) {
		reading->has_rates = false;
		return;
	}
	/* Too soon for a rate: it is told with the next one. */
	if (ns < RATE_LEAST_NS) {
		reading->figures.read_bytes = before->read_bytes;
		reading->figures.written_bytes = before->written_bytes;
		reading->figures.read_ns = before->read_ns;
		return;
	}
	read = more_than(before->read_bytes, now->read_bytes);
	written = more_than(before->written_bytes, now->written_bytes);
	waited_io_subtract(&readings->waited, entry->id, readings->asked_ns, &read, &written);
	reading->has_rates = true;
	reading->read_per_s = in_a_second(read, ns);
	reading->written_per_s = in_a_second(written, ns);
}

/* Of one that was never read: it had nothing when it began, if that was not long ago. */
static struct process_figures figures_before(const struct entry *entry,
					     const struct ptree_node *node, uint64_t now_ns)
{
	struct process_figures before = entry->reading.figures;

	if (entry->backoff_s || !node || !ptree_node_is_begin_exact(node) ||
	    now_ns > ptree_node_begin_ns(node) + YOUNG_NS)
		return before;
	before.known = PIECE_IO;
	before.read_ns = ptree_node_begin_ns(node);
	return before;
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

static void put_off(const struct readings *readings, struct entry *entry, bool has_changed,
		    uint64_t now_ns)
{
	bool is_idle_io = readings->wish.pieces == PIECE_IO && !is_seen(entry, now_ns);
	unsigned max_s = is_idle_io ? IDLE_IO_BACKOFF_MAX_S : BACKOFF_MAX_S;
	unsigned wait_s =
	    has_changed || !entry->backoff_s ? 1 : (is_idle_io ? 4u : 2u) * entry->backoff_s;
	uint64_t wait_ns;

	entry->backoff_s = (uint8_t)(wait_s < max_s ? wait_s : max_s);
	wait_ns = entry->backoff_s * SECOND_NS;
	if (wait_ns < COST_FACTOR * entry->reading.figures.took_ns)
		wait_ns = COST_FACTOR * entry->reading.figures.took_ns;
	entry->due_ns = now_ns + wait_ns;
}

static void take(struct readings *readings, const struct ptree_tree *tree,
		 const struct process_answer *answer, uint64_t now_ns)
{
	struct entry *entry = find(readings, answer->id);
	struct process_figures figures;
	struct reading before;
	bool has_changed;

	if (!entry)
		return;
	before = entry->reading;
	figures = figures_before(entry, tree ? ptree_tree_find_id(tree, entry->id) : NULL, now_ns);
	entry->is_pending = false;
	entry->asked = answer->pieces;
	if (!answer->error) {
		uint32_t refused = before.figures.refused;

		entry->reading.figures = answer->figures;
		entry->reading.figures.refused |= refused;
		set_rates(readings, entry, &figures);
	}
	has_changed = !is_same(&before, &entry->reading);
	put_off(readings, entry, has_changed, now_ns);
	if (has_changed)
		changes_note(&readings->changes, entry->id);
}

static void set_none_pending(struct readings *readings)
{
	for (size_t i = 0; i < readings->count; i++)
		readings->entries[i].is_pending = false;
}

/* What hangs is left to itself, and whom it was about is asked again late; the others at once. */
static void give_up(struct readings *readings, uint64_t now_ns)
{
	struct entry *stuck = find(readings, process_reader_at(readings->reader));

	process_reader_give_up(readings->reader);
	set_none_pending(readings);
	if (stuck) {
		stuck->asked = readings->wish.pieces;
		stuck->backoff_s = BACKOFF_MAX_S;
		stuck->due_ns = now_ns + BACKOFF_MAX_S * NS_PER_S;
	}
	readings->is_asking = false;
	readings->owes = true;
	readings->next_ns = now_ns + (stuck ? PAUSE_NS : PATIENCE_NS);
}

/* Each has its time: many that are slow are no hang. */
static bool has_hung(struct readings *readings, uint64_t now_ns)
{
	uint64_t reading = process_reader_at(readings->reader);

	if (reading != readings->reading) {
		readings->reading = reading;
		readings->reading_ns = now_ns;
	}
	return now_ns >= readings->reading_ns + PATIENCE_NS;
}

static void take_answers(struct readings *readings, const struct ptree_tree *tree, uint64_t now_ns)
{
	struct process_batch *batch = process_reader_collect(readings->reader);

	if (!batch && readings->is_asking && has_hung(readings, now_ns))
		give_up(readings, now_ns);
	if (!batch)
		return;
	hand_on_all(readings, tree, now_ns);
	for (size_t i = 0; i < batch->count; i++)
		take(readings, tree, &batch->items[i], now_ns);
	if (batch->count < readings->asked_count) {
		set_none_pending(readings);
		readings->owes = true;
	}
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

	if (entry->is_pending || !wanted ||
	    (!readings->wish.all && !is_seen(entry, now_ns) &&
	     !is_busy(readings, entry, node, now_ns)))
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
	readings->asked_ns = readings->reading_ns = now_ns;
	readings->asked_count = batch->count;
	readings->reading = 0;
	readings->is_asking = true;
	if (process_reader_ask(readings->reader, batch))
		give_up(readings, now_ns);
}

static void add_wanted(struct readings *readings, const struct ptree_tree *tree, uint64_t now_ns)
{
	struct ptree_nodes all = { 0 };

	ptree_tree_descendants(tree, 0, &all);
	for (size_t i = 0; i < all.count; i++) {
		if (!is_over(all.node[i]) &&
		    (readings->wish.all || does_something(all.node[i], now_ns)))
			ensure(readings, ptree_node_id(all.node[i]));
	}
	ptree_nodes_clear(&all);
}

static void add_io_up(struct readings *readings, const struct ptree_tree *tree)
{
	struct io_sums before = readings->io_sums;

	readings->io_sums = (struct io_sums){ 0 };
	for (size_t i = 0; i < readings->count && readings->wish.sums_io; i++) {
		const struct reading *reading = &readings->entries[i].reading;
		uint64_t bytes = reading->read_per_s + reading->written_per_s;
		const struct ptree_node *node =
		    bytes ? ptree_tree_find_id(tree, readings->entries[i].id) : NULL;

		if (!is_over(node))
			io_sums_add(&readings->io_sums, node, readings->wish.by_origin, bytes);
	}
	io_sums_settle(&readings->io_sums);
	io_sums_note_changes(&before, &readings->io_sums, &readings->changes);
	io_sums_clear(&before);
}

bool readings_turn(struct readings *readings, const struct ptree_tree *tree,
		   const struct readings_wish *wish, uint64_t now_ns)
{
	uint64_t before = readings->changes.count;
	bool has_scanned = false;

	if (!wish->pieces && !wish->sums_io && readings->wish.pieces)
		forget_all(readings);
	readings->wish = *wish;
	readings->wish.pieces |= wish->sums_io ? PIECE_IO : 0;
	if (!readings->wish.pieces || wish->is_stopped)
		return false;
	take_answers(readings, tree, now_ns);
	if (!readings->is_asking && now_ns >= readings->scan_ns) {
		has_scanned = true;
		hand_on_all(readings, tree, now_ns);
		drop_needless(readings, tree, now_ns);
		readings->scan_ns = now_ns + SECOND_NS;
		readings->owes = true;
		if (wish->all || wish->sums_io)
			add_wanted(readings, tree, now_ns);
	}
	if (has_scanned || readings->changes.count != before)
		add_io_up(readings, tree);
	if (!readings->is_asking && readings->owes && now_ns >= readings->next_ns)
		ask(readings, tree, now_ns);
	return readings->changes.count != before;
}

uint64_t readings_next_ns(const struct readings *readings)
{
	if (!readings->wish.pieces || readings->wish.is_stopped)
		return UINT64_MAX;
	if (readings->is_asking)
		return readings->reading_ns + PATIENCE_NS;
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
	take(readings, NULL, &answer, ptree_boot_now_ns());
	free(answer.cgroup);
}

/* ---- reading ---- */

const struct reading *readings_find(const struct readings *readings, uint64_t id)
{
	const struct entry *entry = readings ? find(readings, id) : NULL;

	return entry && entry->backoff_s ? &entry->reading : NULL;
}

uint64_t readings_io_below(const struct readings *readings, uint64_t id)
{
	return readings ? io_sums_find(&readings->io_sums, id) : 0;
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
