/* SPDX-License-Identifier: MIT */
/*
 * Who is in which cgroup; see cgroups.h. Processes are a sorted array: ids only grow, so that who
 * comes is added at the end. Paths are kept once, however many share one.
 */
#include "model/cgroups.h"
#include "model/array.h"
#include "model/changes.h"
#include "model/process-reader.h"

#include <errno.h>
#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS UINT64_C(1000000)
#define NS_PER_S UINT64_C(1000000000)
#define PAUSE_NS (50 * NS_PER_MS) /* between two batches */
/* Who was forked is moved before it does its work, and most are over by then. */
#define YOUNG_NS (200 * NS_PER_MS)
#define PATIENCE_NS (2 * NS_PER_S)
/* Once they are known: so many a second, so that all are within some minutes. */
#define AGAIN_NS NS_PER_S
#define AGAIN_SHARE 60
#define AGAIN_MAX 16
#define PATH_MAX_KEPT 1024
#define PLACES_BYTES_MAX ((size_t)2 << 20)
#define CGROUP_PIECE (1u << PTREE_PIECE_CGROUPS)
#define SHORT_ID 12 /* of a container's 64 digits */

/* A cgroup that somebody is in. */
struct place {
	struct cgroup_names cgroup;
	size_t bytes;
	unsigned holders;
	char text[];
};

struct resident {
	uint64_t id;
	const struct place *place; /* NULL: it is not known */
	uint8_t state;		   /* enum cgroup_state */
	bool is_over;		   /* to be dropped */
};

struct cgroups {
	struct process_reader *reader;
	bool is_wanted, is_followed;
	struct ptree_feed_reader feed;
	struct resident *residents; /* by id */
	size_t count, capacity;
	size_t unread, over; /* so many; who is over is not unread */
	size_t unread_from;  /* none before it is unread */
	size_t again_at;     /* who is read again next */
	void *places;	     /* tsearch(3) tree, by path */
	size_t places_bytes;
	bool is_asking;
	uint64_t asked_ns, next_ns, again_ns;
	struct changes changes;
};

int cgroups_new(struct cgroups **out, const char *proc_path)
{
	struct cgroups *cgroups = calloc(1, sizeof(*cgroups));
	int err =
	    cgroups ? process_reader_new(&cgroups->reader, "proctop-cgroups", proc_path) : -ENOMEM;

	if (err)
		free(cgroups);
	else
		*out = cgroups;
	return err;
}

/* ---- places ---- */

static int compare_places(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	return strcmp(x->cgroup.path, y->cgroup.path);
}

static void describe_unit(const struct ptree_cgroup_owner *owner, char *out, size_t size)
{
	if (*owner->user_unit)
		snprintf(out, size, "%s in %s", owner->user_unit, owner->unit);
	else
		snprintf(out, size, "%s", owner->unit);
}

static void describe_container(const struct ptree_cgroup_owner *owner, char *out, size_t size)
{
	bool is_hash = strlen(owner->container) == 64;

	if (*owner->container)
		snprintf(out, size, "%s %.*s", owner->runtime, is_hash ? SHORT_ID : 128,
			 owner->container);
	else
		*out = '\0';
}

/* Of the whole path, also if only its beginning is kept. */
static struct place *new_place(const char *path)
{
	char unit[528], container[160];
	size_t path_size = strnlen(path, PATH_MAX_KEPT) + 1, unit_size, container_size;
	struct ptree_cgroup_owner owner;
	struct place *place;

	ptree_cgroup_owner(path, &owner);
	describe_unit(&owner, unit, sizeof(unit));
	describe_container(&owner, container, sizeof(container));
	unit_size = strlen(unit) + 1;
	container_size = strlen(container) + 1;
	place = calloc(1, sizeof(*place) + path_size + unit_size + container_size);
	if (!place)
		return NULL;
	place->bytes = sizeof(*place) + path_size + unit_size + container_size;
	memcpy(place->text, path, path_size - 1);
	memcpy(place->text + path_size, unit, unit_size);
	memcpy(place->text + path_size + unit_size, container, container_size);
	place->cgroup = (struct cgroup_names){ place->text, place->text + path_size,
					       place->text + path_size + unit_size };
	return place;
}

static void let_go(struct cgroups *cgroups, const struct place *place)
{
	struct place *mine;

	if (!place)
		return;
	mine = *(struct place **)tfind(place, &cgroups->places, compare_places);
	if (--mine->holders)
		return;
	tdelete(mine, &cgroups->places, compare_places);
	cgroups->places_bytes -= mine->bytes;
	free(mine);
}

/* NULL: no memory, or there are too many. */
static const struct place *hold(struct cgroups *cgroups, const char *path)
{
	struct place *place = new_place(path);
	struct place **found = place ? tsearch(place, &cgroups->places, compare_places) : NULL;

	if (!found) {
		free(place);
		return NULL;
	}
	if (*found != place) {
		free(place);
		(*found)->holders++;
		return *found;
	}
	place->holders = 1;
	cgroups->places_bytes += place->bytes;
	if (cgroups->places_bytes <= PLACES_BYTES_MAX)
		return place;
	let_go(cgroups, place);
	return NULL;
}

/* ---- processes ---- */

/* Where it is, or would be. */
static size_t place_of(const struct cgroups *cgroups, uint64_t id)
{
	size_t from = 0, to = cgroups->count;

	if (cgroups->count && cgroups->residents[cgroups->count - 1].id < id)
		return cgroups->count;
	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (cgroups->residents[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

static struct resident *find(const struct cgroups *cgroups, uint64_t id)
{
	size_t at = place_of(cgroups, id);

	return at < cgroups->count && cgroups->residents[at].id == id ? &cgroups->residents[at]
								      : NULL;
}

static void note_unread(struct cgroups *cgroups, size_t at)
{
	cgroups->unread++;
	if (at < cgroups->unread_from)
		cgroups->unread_from = at;
}

static void revive(struct cgroups *cgroups, size_t at)
{
	struct resident *resident = &cgroups->residents[at];

	if (!resident->is_over)
		return;
	resident->is_over = false;
	cgroups->over--;
	if (resident->state == CGROUP_UNREAD)
		note_unread(cgroups, at);
}

/* Without memory it stays unread. */
static void add(struct cgroups *cgroups, uint64_t id)
{
	size_t at = place_of(cgroups, id);

	if (at < cgroups->count && cgroups->residents[at].id == id) {
		revive(cgroups, at);
		return;
	}
	if (array_reserve(&cgroups->residents, &cgroups->capacity, cgroups->count + 1,
			  sizeof(*cgroups->residents)))
		return;
	memmove(cgroups->residents + at + 1, cgroups->residents + at,
		(cgroups->count - at) * sizeof(*cgroups->residents));
	cgroups->residents[at] = (struct resident){ .id = id };
	cgroups->count++;
	note_unread(cgroups, at);
}

static void end(struct cgroups *cgroups, uint64_t id)
{
	struct resident *resident = find(cgroups, id);

	if (!resident || resident->is_over)
		return;
	resident->is_over = true;
	cgroups->over++;
	cgroups->unread -= resident->state == CGROUP_UNREAD;
}

static void set(struct cgroups *cgroups, struct resident *resident, enum cgroup_state state,
		const struct place *place)
{
	bool is_news = resident->state != state || resident->place != place;

	cgroups->unread -= resident->state == CGROUP_UNREAD && state != CGROUP_UNREAD;
	let_go(cgroups, resident->place);
	resident->state = (uint8_t)state;
	resident->place = place;
	if (is_news)
		changes_note(&cgroups->changes, resident->id);
}

/* Once they are many. */
static void drop_over(struct cgroups *cgroups)
{
	size_t kept = 0;

	if (cgroups->over < 64 || cgroups->over < cgroups->count / 4)
		return;
	for (size_t i = 0; i < cgroups->count; i++) {
		struct resident *resident = &cgroups->residents[i];

		if (!resident->is_over) {
			cgroups->residents[kept++] = *resident;
			continue;
		}
		let_go(cgroups, resident->place);
	}
	cgroups->count = kept;
	cgroups->over = cgroups->unread_from = cgroups->again_at = 0;
}

static void forget_all(struct cgroups *cgroups)
{
	for (size_t i = 0; i < cgroups->count; i++)
		let_go(cgroups, cgroups->residents[i].place);
	free(cgroups->residents);
	cgroups->residents = NULL;
	cgroups->count = cgroups->capacity = cgroups->unread = cgroups->over = 0;
	cgroups->unread_from = cgroups->again_at = 0;
	cgroups->is_followed = cgroups->is_asking = false;
	changes_lose(&cgroups->changes);
	process_reader_give_up(cgroups->reader);
}

void cgroups_free(struct cgroups *cgroups)
{
	if (!cgroups)
		return;
	forget_all(cgroups);
	process_reader_free(cgroups->reader);
	free(cgroups);
}

/* ---- following the tree ---- */

static bool is_over(const struct ptree_node *node)
{
	return !node || (ptree_node_has_ended(node) && !ptree_node_is_zombie(node));
}

/* All of them, as at the first time. */
static void look_at_all(struct cgroups *cgroups, const struct ptree_tree *tree)
{
	struct ptree_nodes all = { 0 };

	for (size_t i = 0; i < cgroups->count; i++) {
		if (is_over(ptree_tree_find_id(tree, cgroups->residents[i].id)))
			end(cgroups, cgroups->residents[i].id);
	}
	ptree_tree_descendants(tree, 0, &all);
	for (size_t i = 0; i < all.count; i++) {
		if (!is_over(all.node[i]))
			add(cgroups, ptree_node_id(all.node[i]));
	}
	ptree_nodes_clear(&all);
}

static void follow_one(struct cgroups *cgroups, const struct ptree_tree *tree, uint64_t id)
{
	if (is_over(ptree_tree_find_id(tree, id)))
		end(cgroups, id);
	else
		add(cgroups, id);
}

static void follow(struct cgroups *cgroups, const struct ptree_tree *tree)
{
	struct ptree_fact fact;
	int ret = cgroups->is_followed ? 0 : -ENOENT;

	while (!ret && (ret = ptree_tree_feed_read(tree, &cgroups->feed, &fact)) > 0) {
		ret = 0;
		if (fact.kind == PTREE_FACT_APPEARED || fact.kind == PTREE_FACT_ENDED ||
		    fact.kind == PTREE_FACT_REAPED || fact.kind == PTREE_FACT_REVIVED ||
		    fact.kind == PTREE_FACT_FORGOTTEN)
			follow_one(cgroups, tree, fact.id);
		else if (fact.kind >= PTREE_FACT_KEPT_IMAGE)
			ret = -ENOENT;
	}
	if (ret >= 0)
		return;
	ptree_tree_feed_end(tree, &cgroups->feed);
	look_at_all(cgroups, tree);
	cgroups->is_followed = true;
}

/* ---- asking ---- */

static bool put_in_batch(struct process_batch *batch, const struct ptree_tree *tree,
			 const struct resident *resident, uint64_t now_ns)
{
	const struct ptree_node *node =
	    resident->is_over ? NULL : ptree_tree_find_id(tree, resident->id);
	uint64_t begin_ns = node ? ptree_node_begin_ns(node) : 0;

	if (is_over(node) || begin_ns + YOUNG_NS > now_ns)
		return false;
	batch->items[batch->count++] = (struct process_answer){ .id = resident->id,
								.start_ns = begin_ns,
								.pid = ptree_node_pid(node),
								.pieces = CGROUP_PIECE };
	return true;
}

static void put_unread(struct cgroups *cgroups, const struct ptree_tree *tree,
		       struct process_batch *batch, uint64_t now_ns)
{
	size_t i = cgroups->unread_from;

	while (i < cgroups->count && cgroups->residents[i].state != CGROUP_UNREAD)
		i++;
	cgroups->unread_from = i;
	for (; i < cgroups->count && batch->count < PROCESS_BATCH_MAX; i++) {
		if (cgroups->residents[i].state == CGROUP_UNREAD)
			put_in_batch(batch, tree, &cgroups->residents[i], now_ns);
	}
}

static void put_known(struct cgroups *cgroups, const struct ptree_tree *tree,
		      struct process_batch *batch, uint64_t now_ns)
{
	size_t most = cgroups->count / AGAIN_SHARE + 1;

	most = most > AGAIN_MAX ? AGAIN_MAX : most;
	cgroups->again_ns = now_ns + AGAIN_NS;
	for (size_t looks = 0; looks < 2 * most && batch->count < PROCESS_BATCH_MAX && most;
	     looks++) {
		if (cgroups->again_at >= cgroups->count)
			cgroups->again_at = 0;
		if (cgroups->again_at < cgroups->count &&
		    cgroups->residents[cgroups->again_at].state != CGROUP_UNREAD &&
		    put_in_batch(batch, tree, &cgroups->residents[cgroups->again_at], now_ns))
			most--;
		cgroups->again_at++;
	}
}

static void ask(struct cgroups *cgroups, const struct ptree_tree *tree, bool is_stopped,
		uint64_t now_ns)
{
	struct process_batch *batch = calloc(1, sizeof(*batch));

	if (!batch)
		return;
	put_unread(cgroups, tree, batch, now_ns);
	if (now_ns >= cgroups->again_ns && !is_stopped)
		put_known(cgroups, tree, batch, now_ns);
	cgroups->next_ns = now_ns + (batch->count ? PAUSE_NS : YOUNG_NS / 2);
	if (!batch->count) {
		process_batch_free(batch);
		return;
	}
	cgroups->is_asking = !process_reader_ask(cgroups->reader, batch);
	cgroups->asked_ns = now_ns;
	if (!cgroups->is_asking)
		cgroups->next_ns = now_ns + PATIENCE_NS;
}

/* ---- answers ---- */

static void take(struct cgroups *cgroups, const struct process_answer *answer)
{
	struct resident *resident = find(cgroups, answer->id);
	const struct place *place;

	if (!resident || resident->is_over)
		return;
	place = answer->cgroup ? hold(cgroups, answer->cgroup) : NULL;
	set(cgroups, resident, place ? CGROUP_READ : CGROUP_UNKNOWN, place);
}

static void take_answers(struct cgroups *cgroups, uint64_t now_ns)
{
	struct process_batch *batch = process_reader_collect(cgroups->reader);

	if (!batch && cgroups->is_asking && now_ns >= cgroups->asked_ns + PATIENCE_NS) {
		/* Whoever it is that hangs: another batch may go round it. */
		process_reader_give_up(cgroups->reader);
		cgroups->is_asking = false;
		cgroups->next_ns = now_ns + PATIENCE_NS;
	}
	if (!batch)
		return;
	for (size_t i = 0; i < batch->count; i++)
		take(cgroups, &batch->items[i]);
	process_batch_free(batch);
	cgroups->is_asking = false;
}

bool cgroups_turn(struct cgroups *cgroups, const struct ptree_tree *tree, bool is_wanted,
		  bool is_stopped, uint64_t now_ns)
{
	uint64_t before = cgroups->changes.count;

	if (!is_wanted) {
		if (cgroups->is_wanted)
			forget_all(cgroups);
		cgroups->is_wanted = false;
		return false;
	}
	cgroups->is_wanted = true;
	if (!is_stopped || !cgroups->is_followed) {
		follow(cgroups, tree);
		drop_over(cgroups);
	}
	take_answers(cgroups, now_ns);
	if (!cgroups->is_asking && now_ns >= cgroups->next_ns &&
	    (cgroups->unread || now_ns >= cgroups->again_ns))
		ask(cgroups, tree, is_stopped, now_ns);
	return cgroups->changes.count != before;
}

void cgroups_read_now(struct cgroups *cgroups, const struct ptree_node *node)
{
	struct process_answer answer = { .id = ptree_node_id(node),
					 .start_ns = ptree_node_begin_ns(node),
					 .pid = ptree_node_pid(node),
					 .pieces = CGROUP_PIECE };

	add(cgroups, answer.id);
	if (process_reader_read_now(cgroups->reader, &answer))
		return;
	take(cgroups, &answer);
	free(answer.cgroup);
}

uint64_t cgroups_next_ns(const struct cgroups *cgroups)
{
	if (!cgroups->is_wanted)
		return UINT64_MAX;
	if (cgroups->is_asking)
		return cgroups->asked_ns + PATIENCE_NS;
	if (cgroups->unread || cgroups->again_ns < cgroups->next_ns)
		return cgroups->next_ns;
	return cgroups->again_ns;
}

int cgroups_fd(const struct cgroups *cgroups)
{
	return process_reader_fd(cgroups->reader);
}

/* ---- reading ---- */

enum cgroup_state cgroups_find(const struct cgroups *cgroups, uint64_t id,
			       struct cgroup_names *cgroup)
{
	const struct resident *resident = cgroups ? find(cgroups, id) : NULL;

	if (resident && resident->place)
		*cgroup = resident->place->cgroup;
	return resident ? (enum cgroup_state)resident->state : CGROUP_UNREAD;
}

uint64_t cgroups_changes(const struct cgroups *cgroups)
{
	return cgroups ? cgroups->changes.count : 0;
}

uint64_t cgroups_changed(const struct cgroups *cgroups, uint64_t change)
{
	return changes_at(&cgroups->changes, change);
}
