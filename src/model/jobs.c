/* SPDX-License-Identifier: MIT */
/* The rules of the rows of what is over; see jobs.h. */
#include "model/jobs.h"
#include "model/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROOM_SHARE 5 /* a fifth of the lines, however many live */
#define FEW 32
#define SLOTS_MIN 128
#define NO_ITEM UINT32_MAX

void jobs_clear(struct jobs *jobs)
{
	free(jobs->items);
	free(jobs->lanes);
	free(jobs->displaced);
	free(jobs->slots);
	*jobs = (struct jobs){ 0 };
}

uint32_t jobs_room(uint32_t height, uint32_t living)
{
	uint32_t share = height / ROOM_SHARE ? height / ROOM_SHARE : 1;

	return living < height && height - living > share ? height - living : share;
}

/* ---- order and finding ---- */

static int compare_u64(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int compare_lines(const struct jobs_line *a, const struct jobs_line *b)
{
	int order = compare_u64(a->key, b->key);

	return order ? order : compare_u64(a->tie, b->tie);
}

static int compare_places(const void *a, const void *b)
{
	const struct job *x = a;
	const struct job *y = b;
	int order = compare_u64(x->above, y->above);

	order = order ? order : compare_lines(&x->line, &y->line);
	return order ? order : compare_u64(x->id, y->id);
}

static uint64_t bit_of(uint64_t above)
{
	return UINT64_C(1) << ((above * UINT64_C(0x9e3779b97f4a7c15)) >> 58);
}

static void note_aboves(struct jobs *jobs)
{
	jobs->aboves = 0;
	for (size_t i = 0; i < jobs->count; i++)
		jobs->aboves |= bit_of(jobs->items[i].above);
	for (size_t i = 0; i < jobs->lane_count; i++)
		jobs->aboves |= bit_of(jobs->lanes[i].above);
}

/* ---- by ids ---- */

static size_t home_of(const struct jobs *jobs, uint64_t id)
{
	return (size_t)(id * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (jobs->slot_count - 1);
}

static void put_slot(struct jobs *jobs, uint64_t id, uint32_t item)
{
	size_t at = home_of(jobs, id);

	while (jobs->slots[at] != NO_ITEM)
		at = (at + 1) & (jobs->slot_count - 1);
	jobs->slots[at] = item;
}

/* A power of two, at most half full. */
static void reserve_slots(struct jobs *jobs)
{
	size_t wanted = jobs->slot_count ? jobs->slot_count : SLOTS_MIN;

	while (wanted < 4 * jobs->count)
		wanted *= 2;
	if (wanted == jobs->slot_count)
		return;
	free(jobs->slots);
	jobs->slots = reallocarray(NULL, wanted, sizeof(*jobs->slots));
	jobs->slot_count = jobs->slots ? wanted : 0;
}

/* After items came, went, or stand elsewhere. */
static void note_ids(struct jobs *jobs)
{
	if (jobs->count < FEW) { /* these are as quickly looked through */
		free(jobs->slots);
		jobs->slots = NULL;
		jobs->slot_count = 0;
		return;
	}
	reserve_slots(jobs);
	for (size_t i = 0; i < jobs->slot_count; i++)
		jobs->slots[i] = NO_ITEM;
	for (size_t i = 0; i < jobs->count && jobs->slots; i++) {
		put_slot(jobs, jobs->items[i].id, (uint32_t)i);
		if (jobs->items[i].newest != jobs->items[i].id)
			put_slot(jobs, jobs->items[i].newest, (uint32_t)i);
	}
}

static bool is_sorted(const struct jobs *jobs)
{
	for (size_t i = 1; i < jobs->count; i++) {
		if (compare_places(&jobs->items[i - 1], &jobs->items[i]) > 0)
			return false;
	}
	return true;
}

void jobs_sort(struct jobs *jobs)
{
	if (!is_sorted(jobs))
		qsort(jobs->items, jobs->count, sizeof(*jobs->items), compare_places);
	note_aboves(jobs);
	note_ids(jobs);
}

bool jobs_has_lines(const struct jobs *jobs, uint64_t above)
{
	return (jobs->aboves & bit_of(above)) != 0;
}

/* The index of the first with at least that `above`. */
static size_t first_below(const struct jobs *jobs, uint64_t above)
{
	size_t from = 0, to = jobs->count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (jobs->items[middle].above < above)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct job *jobs_below(const struct jobs *jobs, uint64_t above, size_t *count)
{
	size_t first = jobs_has_lines(jobs, above) ? first_below(jobs, above) : jobs->count;
	size_t end = first;

	while (end < jobs->count && jobs->items[end].above == above)
		end++;
	*count = end - first;
	return *count ? &jobs->items[first] : NULL;
}

static bool has_id(const struct job *job, uint64_t id)
{
	return job->id == id || job->newest == id;
}

struct job *jobs_find(const struct jobs *jobs, uint64_t id)
{
	if (jobs->slots) {
		for (size_t at = home_of(jobs, id); jobs->slots[at] != NO_ITEM;
		     at = (at + 1) & (jobs->slot_count - 1)) {
			if (has_id(&jobs->items[jobs->slots[at]], id))
				return &jobs->items[jobs->slots[at]];
		}
		return NULL;
	}
	for (size_t i = 0; i < jobs->count; i++) {
		if (has_id(&jobs->items[i], id))
			return &jobs->items[i];
	}
	return NULL;
}

bool jobs_shares(const struct jobs *jobs, uint64_t above, uint64_t alike, uint64_t end_ns)
{
	size_t count;
	const struct job *job = jobs_below(jobs, above, &count);

	for (; count; count--, job++) {
		if (job->count > 1 && job->alike == alike && end_ns >= job->first_end_ns &&
		    end_ns <= job->end_ns)
			return true;
	}
	return false;
}

/* ---- lanes ---- */

static size_t lane_index(const struct jobs *jobs, uint64_t id)
{
	size_t from = 0, to = jobs->lane_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (jobs->lanes[middle].id < id)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

const struct jobs_lane *jobs_lane(const struct jobs *jobs, uint64_t id)
{
	size_t at = lane_index(jobs, id);

	return at < jobs->lane_count && jobs->lanes[at].id == id ? &jobs->lanes[at] : NULL;
}

/* Without memory it stands where it was born. */
void jobs_keep_line(struct jobs *jobs, uint64_t above, uint64_t id, struct jobs_line line)
{
	size_t at = lane_index(jobs, id);

	if (at == jobs->lane_count || jobs->lanes[at].id != id) {
		if (array_reserve(&jobs->lanes, &jobs->lane_capacity, jobs->lane_count + 1,
				  sizeof(*jobs->lanes)))
			return;
		memmove(&jobs->lanes[at + 1], &jobs->lanes[at],
			(jobs->lane_count++ - at) * sizeof(*jobs->lanes));
	}
	jobs->lanes[at] = (struct jobs_lane){ .id = id, .above = above, .line = line };
	jobs->aboves |= bit_of(above);
}

void jobs_keep_lanes(struct jobs *jobs, bool (*stands)(uint64_t id, void *what), void *what)
{
	size_t kept = 0;

	for (size_t i = 0; i < jobs->lane_count; i++) {
		if (stands(jobs->lanes[i].id, what))
			jobs->lanes[kept++] = jobs->lanes[i];
	}
	jobs->lane_count = kept;
	note_aboves(jobs);
}

/* ---- coming ---- */

static int append(struct jobs *jobs, const struct job *job)
{
	if (array_reserve(&jobs->items, &jobs->capacity, jobs->count + 1, sizeof(*jobs->items)))
		return -ENOMEM;
	jobs->items[jobs->count++] = *job;
	return 0;
}

int jobs_add(struct jobs *jobs, const struct job *job)
{
	int err = append(jobs, job);

	if (!err)
		jobs_sort(jobs);
	return err;
}

static void remove_job(struct jobs *jobs, struct job *job)
{
	size_t at = (size_t)(job - jobs->items);

	memmove(job, job + 1, (--jobs->count - at) * sizeof(*job));
	note_ids(jobs);
}

bool jobs_drop_gone(struct jobs *jobs)
{
	size_t before = jobs->count, kept = 0;

	for (size_t i = 0; i < jobs->count; i++) {
		if (!jobs->items[i].is_gone)
			jobs->items[kept++] = jobs->items[i];
	}
	jobs->count = kept;
	if (kept != before)
		note_ids(jobs);
	return kept != before;
}

static bool may_leave(const struct job *job)
{
	return !job->is_pinned && !job->is_unfolded;
}

static void displace(struct jobs *jobs, struct job *job)
{
	job->is_gone = true;
	job->lines = 0;
	if (!array_reserve(&jobs->displaced, &jobs->displaced_capacity, jobs->displaced_count + 1,
			   sizeof(*jobs->displaced)))
		jobs->displaced[jobs->displaced_count++] = job->newest;
}

bool jobs_was_displaced(const struct jobs *jobs, uint64_t id)
{
	for (size_t i = 0; i < jobs->displaced_count; i++) {
		if (jobs->displaced[i] == id)
			return true;
	}
	return false;
}

bool jobs_take_line(struct jobs *jobs, uint64_t above, uint64_t id)
{
	size_t count;
	const struct job *first = jobs_below(jobs, above, &count);
	struct job *oldest = NULL;

	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs->items[first - jobs->items + (ptrdiff_t)i];

		if (job->count == 1 && job->lines && may_leave(job) &&
		    (!oldest || job->end_ns < oldest->end_ns))
			oldest = job;
	}
	if (!oldest)
		return false;
	jobs_keep_line(jobs, above, id, oldest->line);
	displace(jobs, oldest);
	return true;
}

/* ---- room ---- */

static uint32_t lines_of(const struct jobs *jobs)
{
	uint32_t lines = 0;

	for (size_t i = 0; i < jobs->count; i++)
		lines += jobs->items[i].lines;
	return lines;
}

static size_t rows_of(const struct jobs *jobs)
{
	size_t rows = 0;

	for (size_t i = 0; i < jobs->count; i++)
		rows += jobs->items[i].lines > 0;
	return rows;
}

/* NULL: none may leave. */
static struct job *oldest_of(const struct jobs *jobs, bool has_failed, bool only_below_new)
{
	struct job *oldest = NULL;

	for (size_t i = 0; i < jobs->count; i++) {
		struct job *job = &jobs->items[i];

		if (job->lines && may_leave(job) && job->has_failed == has_failed &&
		    (job->is_below_new || !only_below_new) &&
		    (!oldest || job->end_ns < oldest->end_ns))
			oldest = job;
	}
	return oldest;
}

/* The oldest success goes first, then the oldest failure. */
static struct job *oldest_to_leave(const struct jobs *jobs, bool only_below_new)
{
	struct job *oldest = oldest_of(jobs, false, only_below_new);

	return oldest ? oldest : oldest_of(jobs, true, only_below_new);
}

bool jobs_fit(struct jobs *jobs, uint32_t room)
{
	bool has_changed = false;

	while (lines_of(jobs) > room && rows_of(jobs) > 1) {
		struct job *oldest = oldest_to_leave(jobs, false);

		if (!oldest)
			break;
		remove_job(jobs, oldest);
		has_changed = true;
	}
	return has_changed;
}

bool jobs_give_up(struct jobs *jobs, uint32_t room, bool is_urgent)
{
	struct job *oldest;

	if (lines_of(jobs) <= room || rows_of(jobs) <= 1)
		return false;
	oldest = oldest_to_leave(jobs, true);
	if (!oldest && is_urgent)
		oldest = oldest_to_leave(jobs, false);
	if (oldest)
		displace(jobs, oldest);
	return oldest != NULL;
}

/* ---- batches ---- */

bool jobs_is_batch_due(const struct jobs *jobs, uint64_t now_ns)
{
	return now_ns >= jobs->batch_ns + JOBS_BATCH_NS || now_ns < jobs->batch_ns;
}

static uint64_t leaves_ns(const struct job *job)
{
	return job->end_ns + (job->has_failed ? JOBS_BRIEF_FAILED_NS : JOBS_BRIEF_NS);
}

static bool is_time_over(const struct job *job, enum jobs_mode mode, uint64_t now_ns)
{
	switch (mode) {
	case JOBS_BRIEF:
		return leaves_ns(job) <= now_ns;
	case JOBS_NONE:
		return true;
	case JOBS_STAY:
		break;
	}
	return false;
}

static bool drop_past(struct jobs *jobs, enum jobs_mode mode, uint64_t now_ns)
{
	size_t kept = 0;
	bool has_changed;

	for (size_t i = 0; i < jobs->count; i++) {
		const struct job *job = &jobs->items[i];
		bool leaves = job->is_inside || is_time_over(job, mode, now_ns);

		if (!job->is_gone && !(leaves && may_leave(job)))
			jobs->items[kept++] = *job;
	}
	has_changed = kept != jobs->count;
	jobs->count = kept;
	return has_changed;
}

/* The row stands on the oldest one's line, and names the newest. */
static void join(struct job *to, const struct job *from)
{
	to->processes += from->processes;
	to->failed += from->failed;
	to->cpu_ns += from->cpu_ns;
	to->cpu_unknown += from->cpu_unknown;
	to->matching += from->matching;
	to->kept += from->kept;
	to->count += from->count;
	if (from->first_end_ns < to->first_end_ns)
		to->first_end_ns = from->first_end_ns;
	if (from->end_ns >= to->end_ns) {
		to->newest = from->newest;
		to->end_ns = from->end_ns;
	}
	if (may_leave(to) && compare_lines(&from->line, &to->line) < 0) {
		to->line = from->line;
		to->id = from->id;
	}
}

static int compare_alike(const void *a, const void *b)
{
	const struct job *x = a;
	const struct job *y = b;
	int order = compare_u64(x->above, y->above);

	order = order ? order : compare_u64(x->alike, y->alike);
	/* What stays as it is comes first: the others join it, unless it is a row of its own. */
	order = order ? order : compare_u64(may_leave(x), may_leave(y));
	order = order ? order : compare_u64(y->count > 1, x->count > 1);
	return order ? order : compare_lines(&x->line, &y->line);
}

/* Somebody's chosen single row is nobody else's. */
static bool may_join(const struct job *to, const struct job *from)
{
	return to->above == from->above && to->alike == from->alike && may_leave(from) &&
	       (to->count > 1 || may_leave(to));
}

/* Those who are alike, one after the other, become one. Returns how many are left. */
static size_t merge(struct job *jobs, size_t count)
{
	size_t kept = 0;

	if (!count)
		return 0;
	qsort(jobs, count, sizeof(*jobs), compare_alike);
	for (size_t i = 1; i < count; i++) {
		if (may_join(&jobs[kept], &jobs[i]))
			join(&jobs[kept], &jobs[i]);
		else
			jobs[++kept] = jobs[i];
	}
	return kept + 1;
}

static bool merge_rows(struct jobs *jobs)
{
	size_t before = jobs->count;

	jobs->count = merge(jobs->items, jobs->count);
	jobs_sort(jobs);
	return jobs->count != before;
}

static struct job *find_alike(const struct jobs *jobs, const struct job *arrived)
{
	size_t count;
	const struct job *first = jobs_below(jobs, arrived->above, &count);

	for (size_t i = 0; i < count; i++) {
		struct job *job = &jobs->items[first - jobs->items + (ptrdiff_t)i];

		if (job->lines && may_join(job, arrived))
			return job;
	}
	return NULL;
}

/* Failures first, and of each kind the newest. */
static int compare_news(const void *a, const void *b)
{
	const struct job *x = a;
	const struct job *y = b;

	if (x->has_failed != y->has_failed)
		return x->has_failed ? -1 : 1;
	return compare_u64(y->end_ns, x->end_ns);
}

/* A failure takes the row of the oldest success. */
static bool make_room(struct jobs *jobs, const struct job *arrived, uint32_t room)
{
	struct job *oldest;

	while (lines_of(jobs) + arrived->lines > room) {
		oldest = arrived->has_failed ? oldest_of(jobs, false, false) : NULL;
		if (!oldest)
			return rows_of(jobs) == 0;
		remove_job(jobs, oldest);
	}
	return true;
}

/* Those who are alike to a row that is there need none of their own. Returns how many are left. */
static size_t join_rows(struct jobs *jobs, struct job *arrived, size_t count, bool *has_changed)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		struct job *alike = arrived[i].lines ? find_alike(jobs, &arrived[i]) : NULL;

		*has_changed |= alike != NULL;
		if (alike)
			join(alike, &arrived[i]);
		else if (arrived[i].lines)
			arrived[left++] = arrived[i];
	}
	return left;
}

static bool admit(struct jobs *jobs, struct job *arrived, size_t count, enum jobs_mode mode,
		  uint32_t room)
{
	bool has_changed = false;

	if (count)
		qsort(arrived, count, sizeof(*arrived), compare_news);
	for (size_t i = 0; i < count; i++) {
		if (mode == JOBS_STAY || make_room(jobs, &arrived[i], room))
			has_changed |= append(jobs, &arrived[i]) == 0;
	}
	return has_changed;
}

/* The time of those who never had a row can be over, too. */
static size_t drop_late(struct job *arrived, size_t count, enum jobs_mode mode, uint64_t now_ns)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (!is_time_over(&arrived[i], mode, now_ns))
			arrived[kept++] = arrived[i];
	}
	return kept;
}

bool jobs_batch(struct jobs *jobs, struct job *arrived, size_t arrived_count, enum jobs_mode mode,
		uint32_t room, uint64_t now_ns)
{
	bool has_changed = drop_past(jobs, mode, now_ns);
	size_t fresh = merge(arrived, drop_late(arrived, arrived_count, mode, now_ns));
	size_t alone;

	has_changed |= merge_rows(jobs);
	alone = join_rows(jobs, arrived, fresh, &has_changed);
	has_changed |= admit(jobs, arrived, alone, mode, room);
	if (mode != JOBS_STAY)
		has_changed |= jobs_fit(jobs, room);
	jobs_sort(jobs);
	jobs->displaced_count = 0;
	if (has_changed)
		jobs->batch_ns = now_ns;
	return has_changed;
}

uint64_t jobs_next_ns(const struct jobs *jobs, enum jobs_mode mode)
{
	uint64_t next_ns = 0;

	for (size_t i = 0; i < jobs->count; i++) {
		const struct job *job = &jobs->items[i];
		uint64_t when_ns = mode == JOBS_BRIEF ? leaves_ns(job) : 0;

		if (!may_leave(job) || (mode == JOBS_STAY && !job->is_inside))
			continue;
		if (job->is_inside || when_ns < jobs->batch_ns + JOBS_BATCH_NS)
			when_ns = jobs->batch_ns + JOBS_BATCH_NS;
		if (!next_ns || when_ns < next_ns)
			next_ns = when_ns;
	}
	return next_ns;
}
