/* SPDX-License-Identifier: MIT */
/* The rules of the rows of what is over, as tables: no process, no screen, no clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "model/jobs.h"

#include <stdio.h>
#include <string.h>

#define S UINT64_C(1000000000)
#define MS UINT64_C(1000000)
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOW (100 * S)
#define FAILED true
#define PARENT 7

static int teardown(void **state)
{
	jobs_clear(*state);
	return 0;
}

static int setup(void **state)
{
	static struct jobs jobs;

	jobs = (struct jobs){ 0 };
	*state = &jobs;
	return 0;
}

/* One of PARENT's that ended so long ago; alike to none. Its line is its id. */
static struct job job_of(uint64_t id, uint64_t ago_ms, bool has_failed)
{
	return (struct job){ .id = id,
			     .newest = id,
			     .above = PARENT,
			     .line = { .key = id },
			     .alike = id,
			     .end_ns = NOW - ago_ms * MS,
			     .count = 1,
			     .processes = 1,
			     .lines = 1,
			     .has_failed = has_failed };
}

static void add(struct jobs *jobs, struct job job)
{
	assert_int_equal(jobs_add(jobs, &job), 0);
}

/* ids: of the rows from the top, ending with 0. */
static void expect(struct jobs *jobs, const uint64_t *ids)
{
	size_t count = 0;

	jobs_drop_gone(jobs);
	for (; ids[count]; count++) {
		assert_true(count < jobs->count);
		assert_int_equal(jobs->items[count].id, ids[count]);
	}
	assert_int_equal(jobs->count, count);
}

#define EXPECT(jobs, ...) expect(jobs, (const uint64_t[]){ __VA_ARGS__ 0 })

static void batch(struct jobs *jobs, enum jobs_mode mode, uint32_t room)
{
	jobs_batch(jobs, NULL, 0, mode, room, NOW);
}

static void the_living_leave_room_and_a_fifth_is_there_in_any_case(void **state)
{
	static const struct {
		uint32_t height, living, room;
	} rows[] = {
		{ 16, 4, 12 }, { 16, 10, 6 }, { 16, 13, 3 },  { 16, 14, 3 },
		{ 16, 15, 3 }, { 16, 16, 3 }, { 16, 400, 3 }, { 41, 17, 24 },
		{ 41, 40, 8 }, { 6, 5, 1 },   { 6, 6, 1 },    { 4, 9, 1 },
		{ 1, 1, 1 },   { 0, 0, 1 },   { 0, 5, 1 },    { UINT32_MAX, 1, UINT32_MAX - 1 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(jobs_room(rows[i].height, rows[i].living), rows[i].room);
}

static void who_comes_takes_the_line_of_the_oldest_of_the_same_parent(void **state)
{
	struct jobs *jobs = *state;
	struct job other = job_of(10, 900, false);

	other.above = PARENT + 1;
	add(jobs, other);
	add(jobs, job_of(21, 300, false));
	add(jobs, job_of(22, 500, FAILED));
	add(jobs, job_of(23, 400, false));
	assert_true(jobs_take_line(jobs, PARENT, 31));
	assert_int_equal(jobs_lane(jobs, 31)->line.key, 22);
	EXPECT(jobs, 21, 23, 10, );
	assert_true(jobs_take_line(jobs, PARENT, 32));
	assert_true(jobs_take_line(jobs, PARENT, 33));
	assert_false(jobs_take_line(jobs, PARENT, 34));
	assert_int_equal(jobs_lane(jobs, 33)->line.key, 21);
	EXPECT(jobs, 10, );
}

static void a_line_that_is_chosen_or_shared_or_unseen_is_not_taken(void **state)
{
	struct jobs *jobs = *state;
	struct job selected = job_of(21, 300, false), unfolded = job_of(22, 300, false);
	struct job shared = job_of(23, 300, false), unseen = job_of(24, 300, false);

	selected.is_pinned = true;
	unfolded.is_unfolded = true;
	shared.count = 4;
	unseen.lines = 0;
	add(jobs, selected);
	add(jobs, unfolded);
	add(jobs, shared);
	add(jobs, unseen);
	assert_false(jobs_take_line(jobs, PARENT, 31));
	assert_null(jobs_lane(jobs, 31));
}

static bool is_odd(uint64_t id, void *what)
{
	(void)what;
	return id % 2 == 1;
}

static void lanes_are_kept_as_long_as_their_processes_live(void **state)
{
	struct jobs *jobs = *state;

	for (uint64_t id = 40; id > 0; id--)
		jobs_keep_line(jobs, PARENT, id, (struct jobs_line){ .key = id * 10 });
	jobs_keep_line(jobs, PARENT, 3, (struct jobs_line){ .key = 33 });
	jobs_keep_lanes(jobs, is_odd, NULL);
	for (uint64_t id = 1; id <= 40; id++) {
		const struct jobs_lane *lane = jobs_lane(jobs, id);

		assert_int_equal(lane != NULL, id % 2);
		if (lane)
			assert_int_equal(lane->line.key, id == 3 ? 33 : id * 10);
	}
	assert_true(jobs_has_lines(jobs, PARENT));
}

static void without_room_the_oldest_success_goes_and_then_the_oldest_failure(void **state)
{
	struct jobs *jobs = *state;

	add(jobs, job_of(21, 5000, FAILED));
	add(jobs, job_of(22, 1000, false));
	add(jobs, job_of(23, 2000, false));
	add(jobs, job_of(24, 4000, FAILED));
	assert_false(jobs_fit(jobs, 4));
	assert_true(jobs_fit(jobs, 3));
	EXPECT(jobs, 21, 22, 24, );
	assert_true(jobs_fit(jobs, 2));
	EXPECT(jobs, 21, 24, );
	assert_true(jobs_fit(jobs, 1));
	EXPECT(jobs, 24, );
	assert_false(jobs_fit(jobs, 0)); /* one is always there */
	EXPECT(jobs, 24, );
}

static void between_batches_only_those_below_who_came_go(void **state)
{
	struct jobs *jobs = *state;
	struct job below = job_of(22, 100, false);

	below.is_below_new = true;
	add(jobs, job_of(21, 5000, false));
	add(jobs, below);
	add(jobs, job_of(23, 50, false));
	assert_false(jobs_give_up(jobs, 3, true));
	assert_true(jobs_give_up(jobs, 2, false));
	assert_false(jobs_give_up(jobs, 1, false)); /* it waits for the batch */
	assert_true(jobs_was_displaced(jobs, 22));
	EXPECT(jobs, 21, 23, );
	assert_true(jobs_give_up(jobs, 1, true)); /* the living would be hidden */
	EXPECT(jobs, 23, );
	batch(jobs, JOBS_BRIEF, 10);
	assert_false(jobs_was_displaced(jobs, 22));
}

static void what_is_chosen_stays_whatever_the_room(void **state)
{
	struct jobs *jobs = *state;
	struct job selected = job_of(21, 9999, false);

	selected.is_pinned = true;
	add(jobs, selected);
	add(jobs, job_of(22, 10, false));
	assert_true(jobs_fit(jobs, 1));
	EXPECT(jobs, 21, );
}

static void a_job_pays_for_the_ancestors_that_only_it_needs(void **state)
{
	struct jobs *jobs = *state;
	struct job costly = job_of(21, 10, false);

	costly.lines = 3;
	add(jobs, costly);
	add(jobs, job_of(22, 50, false));
	assert_false(jobs_fit(jobs, 4));
	assert_true(jobs_fit(jobs, 3));
	EXPECT(jobs, 21, );
	assert_false(jobs_fit(jobs, 2)); /* one with its ancestors is always there */
}

static void time_is_over_after_three_seconds_and_of_failures_after_nine(void **state)
{
	static const struct {
		uint64_t ago_ms;
		bool has_failed, stays[JOBS_MODE_COUNT];
	} rows[] = {
		{ 0, false, { [JOBS_BRIEF] = true, [JOBS_STAY] = true } },
		{ 2999, false, { [JOBS_BRIEF] = true, [JOBS_STAY] = true } },
		{ 3000, false, { [JOBS_STAY] = true } },
		{ 3000, FAILED, { [JOBS_BRIEF] = true, [JOBS_STAY] = true } },
		{ 8999, FAILED, { [JOBS_BRIEF] = true, [JOBS_STAY] = true } },
		{ 9000, FAILED, { [JOBS_STAY] = true } },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int mode = 0; mode < JOBS_MODE_COUNT; mode++) {
			struct jobs *jobs = *state;

			jobs_clear(jobs);
			add(jobs, job_of(21, rows[i].ago_ms, rows[i].has_failed));
			batch(jobs, (enum jobs_mode)mode, 10);
			assert_int_equal(jobs->count, rows[i].stays[mode]);
		}
	}
}

static void batches_come_three_times_a_second_at_most(void **state)
{
	struct jobs *jobs = *state;

	assert_true(jobs_is_batch_due(jobs, NOW));
	add(jobs, job_of(21, 3500, false));
	assert_int_equal(jobs_next_ns(jobs, JOBS_BRIEF), NOW - 500 * MS);
	assert_true(jobs_batch(jobs, NULL, 0, JOBS_BRIEF, 10, NOW));
	assert_false(jobs_is_batch_due(jobs, NOW + 333 * MS));
	assert_true(jobs_is_batch_due(jobs, NOW + 334 * MS));
	add(jobs, job_of(22, 2900, false));
	assert_int_equal(jobs_next_ns(jobs, JOBS_BRIEF), NOW + 334 * MS);
	assert_int_equal(jobs_next_ns(jobs, JOBS_NONE), NOW + 334 * MS);
	assert_int_equal(jobs_next_ns(jobs, JOBS_STAY), 0);
	/* One that changes nothing puts off nothing. */
	assert_false(jobs_batch(jobs, NULL, 0, JOBS_BRIEF, 10, NOW + 50 * MS));
	assert_int_equal(jobs->batch_ns, NOW);
}

static void what_became_a_part_of_a_larger_one_goes_with_the_next_batch(void **state)
{
	struct jobs *jobs = *state;
	struct job inside = job_of(21, 10, false), chosen = job_of(22, 10, false);

	inside.is_inside = chosen.is_inside = chosen.is_pinned = true;
	add(jobs, inside);
	add(jobs, chosen);
	assert_int_equal(jobs_next_ns(jobs, JOBS_STAY), JOBS_BATCH_NS);
	batch(jobs, JOBS_STAY, 10);
	EXPECT(jobs, 22, );
}

/* ---- who share a row ---- */

static struct job alike(uint64_t id, uint64_t ago_ms)
{
	struct job job = job_of(id, ago_ms, false);

	job.alike = 5;
	job.processes = 3;
	job.cpu_ns = id;
	return job;
}

static void those_who_are_alike_share_the_oldest_ones_line_and_name_the_newest(void **state)
{
	struct jobs *jobs = *state;
	const struct job *job;

	add(jobs, alike(23, 100));
	add(jobs, job_of(22, 100, false));
	add(jobs, alike(21, 300));
	add(jobs, alike(24, 200));
	batch(jobs, JOBS_BRIEF, 10);
	EXPECT(jobs, 21, 22, );
	job = jobs_find(jobs, 23);
	assert_int_equal(job->id, 21);
	assert_int_equal(job->newest, 23);
	assert_int_equal(job->count, 3);
	assert_int_equal(job->processes, 9);
	assert_int_equal(job->cpu_ns, 21 + 23 + 24);
	assert_int_equal(job->end_ns, NOW - 100 * MS);
}

static void of_other_parents_nobody_is_alike(void **state)
{
	struct jobs *jobs = *state;
	struct job other = alike(22, 100);

	other.above = PARENT + 1;
	add(jobs, alike(21, 100));
	add(jobs, other);
	batch(jobs, JOBS_BRIEF, 10);
	EXPECT(jobs, 21, 22, );
}

static void a_selected_row_is_nobody_elses(void **state)
{
	struct jobs *jobs = *state;
	struct job selected = alike(22, 100);

	selected.is_pinned = true;
	add(jobs, alike(21, 100));
	add(jobs, selected);
	add(jobs, alike(23, 50));
	batch(jobs, JOBS_BRIEF, 10);
	EXPECT(jobs, 21, 22, );
	assert_int_equal(jobs_find(jobs, 21)->count, 2);
	assert_int_equal(jobs_find(jobs, 22)->count, 1);
}

static void a_selected_shared_row_grows_and_keeps_its_line(void **state)
{
	struct jobs *jobs = *state;
	struct job selected = alike(22, 100);

	selected.is_pinned = true;
	selected.count = 4;
	add(jobs, alike(21, 100));
	add(jobs, selected);
	batch(jobs, JOBS_BRIEF, 10);
	EXPECT(jobs, 22, );
	assert_int_equal(jobs_find(jobs, 22)->count, 5);
	assert_int_equal(jobs_find(jobs, 22)->line.key, 22);
}

static void a_shared_row_stays_until_its_newest_ones_time_is_over(void **state)
{
	struct jobs *jobs = *state;

	add(jobs, alike(21, 2800));
	add(jobs, alike(22, 400));
	batch(jobs, JOBS_BRIEF, 10);
	jobs_batch(jobs, NULL, 0, JOBS_BRIEF, 10, NOW + 2 * S);
	EXPECT(jobs, 21, );
	jobs_batch(jobs, NULL, 0, JOBS_BRIEF, 10, NOW + 3 * S);
	assert_int_equal(jobs->count, 0);
}

/* ---- who was never seen alive ---- */

static void arrive(struct jobs *jobs, struct job *arrived, size_t count, uint32_t room)
{
	jobs_batch(jobs, arrived, count, JOBS_BRIEF, room, NOW);
}

static void who_was_never_seen_gets_a_row_only_where_room_is_free(void **state)
{
	struct jobs *jobs = *state;
	struct job arrived[] = { job_of(31, 300, false), job_of(32, 100, false),
				 job_of(33, 200, false) };

	add(jobs, job_of(21, 2900, false));
	arrive(jobs, arrived, COUNT(arrived), 3);
	EXPECT(jobs, 21, 32, 33, ); /* the newest, and nobody is displaced */
}

static void a_failure_takes_the_row_of_the_oldest_success(void **state)
{
	struct jobs *jobs = *state;
	struct job arrived[] = { job_of(31, 100, false), job_of(32, 200, FAILED),
				 job_of(33, 300, FAILED) };

	add(jobs, job_of(21, 2000, false));
	add(jobs, job_of(22, 1000, FAILED));
	add(jobs, job_of(23, 1500, false));
	arrive(jobs, arrived, 2, 3);
	EXPECT(jobs, 22, 23, 32, );
	arrive(jobs, arrived + 2, 1, 3);
	EXPECT(jobs, 22, 32, 33, );
	/* None that failed is displaced. */
	arrived[0] = job_of(34, 10, FAILED);
	arrive(jobs, arrived, 1, 3);
	EXPECT(jobs, 22, 32, 33, );
}

static void who_is_alike_to_a_row_needs_none(void **state)
{
	struct jobs *jobs = *state;
	struct job arrived[] = { alike(31, 50), alike(32, 20), alike(33, 10) };

	add(jobs, alike(21, 100));
	add(jobs, job_of(22, 100, false));
	arrive(jobs, arrived, COUNT(arrived), 2);
	EXPECT(jobs, 21, 22, );
	assert_int_equal(jobs_find(jobs, 21)->count, 4);
	assert_int_equal(jobs_find(jobs, 21)->newest, 33);
}

static void without_a_place_in_the_window_there_is_no_row(void **state)
{
	struct jobs *jobs = *state;
	struct job arrived[] = { job_of(31, 50, FAILED), job_of(32, 3100, false) };

	arrived[0].lines = 0;
	arrive(jobs, arrived, COUNT(arrived), 10); /* the other one's time is over */
	assert_int_equal(jobs->count, 0);
}

static void none_and_all_are_chosen_by_mode(void **state)
{
	struct jobs *jobs = *state;
	struct job arrived[] = { job_of(31, 50000, false), job_of(32, 10, false) };

	jobs_batch(jobs, arrived, 2, JOBS_NONE, 10, NOW);
	assert_int_equal(jobs->count, 0);
	arrived[0] = job_of(31, 50000, false);
	arrived[1] = job_of(32, 10, false);
	jobs_batch(jobs, arrived, 2, JOBS_STAY, 1, NOW);
	EXPECT(jobs, 31, 32, );
}

static void who_is_no_longer_kept_has_no_row(void **state)
{
	struct jobs *jobs = *state;
	struct job gone = job_of(21, 10, false);

	gone.is_gone = gone.is_pinned = true;
	add(jobs, gone);
	batch(jobs, JOBS_STAY, 10);
	assert_int_equal(jobs->count, 0);
}

/* All that are kept, at once. */
static void twenty_thousand_are_quick(void **state)
{
	static struct job arrived[20000];
	struct jobs *jobs = *state;

	for (uint64_t i = 0; i < COUNT(arrived); i++) {
		arrived[i] = job_of(i + 100, i, false);
		arrived[i].above = i % 300;
		arrived[i].alike = i / 2;
	}
	jobs_batch(jobs, arrived, COUNT(arrived), JOBS_STAY, 1, NOW);
	assert_int_equal(jobs->count, COUNT(arrived));
	for (uint64_t i = 0; i < 300; i++) {
		size_t count;

		assert_non_null(jobs_below(jobs, i, &count));
		assert_true(count >= COUNT(arrived) / 300);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_living_leave_room_and_a_fifth_is_there_in_any_case),
		TEST(who_comes_takes_the_line_of_the_oldest_of_the_same_parent),
		TEST(a_line_that_is_chosen_or_shared_or_unseen_is_not_taken),
		TEST(lanes_are_kept_as_long_as_their_processes_live),
		TEST(without_room_the_oldest_success_goes_and_then_the_oldest_failure),
		TEST(between_batches_only_those_below_who_came_go),
		TEST(what_is_chosen_stays_whatever_the_room),
		TEST(a_job_pays_for_the_ancestors_that_only_it_needs),
		TEST(time_is_over_after_three_seconds_and_of_failures_after_nine),
		TEST(batches_come_three_times_a_second_at_most),
		TEST(what_became_a_part_of_a_larger_one_goes_with_the_next_batch),
		TEST(those_who_are_alike_share_the_oldest_ones_line_and_name_the_newest),
		TEST(of_other_parents_nobody_is_alike),
		TEST(a_selected_row_is_nobody_elses),
		TEST(a_selected_shared_row_grows_and_keeps_its_line),
		TEST(a_shared_row_stays_until_its_newest_ones_time_is_over),
		TEST(who_was_never_seen_gets_a_row_only_where_room_is_free),
		TEST(a_failure_takes_the_row_of_the_oldest_success),
		TEST(who_is_alike_to_a_row_needs_none),
		TEST(without_a_place_in_the_window_there_is_no_row),
		TEST(none_and_all_are_chosen_by_mode),
		TEST(who_is_no_longer_kept_has_no_row),
		TEST(twenty_thousand_are_quick),
	};

	return cmocka_run_group_tests_name("jobs", tests, NULL, NULL);
}
