/* SPDX-License-Identifier: MIT */
/*
 * What the witness hands over its testimonies through, and the queue of what waits for them. Its
 * post is included whole: its ring has no way in from outside but a thread of its own, which
 * live-witness.c tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "../lib/monitor/post.c"

#include "monitor/held.h"

#define WAIT_MS 60000
#define TEXT_MAX 4096

/* The same numbers with each run: xorshift64. */
static uint64_t draw(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random;
}

/* ---- the queue ---- */

static void push_held(struct held *held, uint32_t number)
{
	const struct ptree_event event = {
		.kind = PTREE_EVENT_EXEC, .cpu = number % 7, .seq = number, .pid = (pid_t)number + 1
	};

	assert_int_equal(held_push(held, &event, number + UINT64_C(5000000000)), 0);
}

static void pop_held(struct held *held, uint32_t number)
{
	const struct held_event *first = held_first(held);

	assert_non_null(first);
	assert_int_equal(first->event.kind, PTREE_EVENT_EXEC);
	assert_int_equal(first->event.cpu, number % 7);
	assert_int_equal(first->event.seq, number);
	assert_int_equal(first->event.pid, (pid_t)number + 1);
	assert_true(first->since_ns == number + UINT64_C(5000000000));
	held_pop(held);
}

static void an_empty_queue_has_no_first(void **state)
{
	struct held held = { 0 };

	(void)state;
	assert_null(held_first(&held));
	held_clear(&held);
	assert_null(held_first(&held));
	push_held(&held, 1);
	held_clear(&held);
	assert_null(held_first(&held));
	assert_null(held.ring);
}

static void what_is_held_keeps_its_order_while_the_queue_grows(void **state)
{
	struct held held = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 5000; i++)
		push_held(&held, i);
	assert_int_equal(held.count, 5000);
	for (uint32_t i = 0; i < 5000; i++)
		pop_held(&held, i);
	assert_null(held_first(&held));
}

/* It grows at every place where the first can be just then. */
static void it_grows_in_order_wherever_its_first_is(void **state)
{
	(void)state;
	for (uint32_t first = 0; first < 64; first++) {
		struct held held = { 0 };

		for (uint32_t i = 0; i <= first; i++)
			push_held(&held, i);
		for (uint32_t i = 0; i < first; i++)
			pop_held(&held, i);
		for (uint32_t i = first + 1; i < first + 200; i++)
			push_held(&held, i);
		for (uint32_t i = first; i < first + 200; i++)
			pop_held(&held, i);
		assert_null(held_first(&held));
		held_clear(&held);
	}
}

static void a_long_queue_gives_its_memory_back_and_a_short_one_keeps_it(void **state)
{
	struct held held = { 0 };
	const struct held_event *ring;

	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		push_held(&held, i);
	ring = held.ring;
	for (uint32_t i = 0; i < 10; i++)
		pop_held(&held, i);
	assert_ptr_equal(held.ring, ring);
	for (uint32_t i = 0; i < 20000; i++)
		push_held(&held, i);
	for (uint32_t i = 0; i < 20000; i++)
		pop_held(&held, i);
	assert_null(held.ring);
	assert_int_equal(held.capacity, 0);
	push_held(&held, 3);
	pop_held(&held, 3);
	held_clear(&held);
}

static void pushing_and_popping_at_random_is_a_queue(void **state)
{
	uint64_t random = 88172645463325252;
	uint32_t pushed = 0, popped = 0;
	struct held held = { 0 };

	(void)state;
	for (int i = 0; i < 200000; i++) {
		/* It tends to be long for a while, then short. */
		bool pushes = draw(&random) % 100 < (i / 10000 % 2 ? 40 : 60);

		if (pushes)
			push_held(&held, pushed++);
		else if (popped < pushed)
			pop_held(&held, popped++);
		assert_int_equal(held.count, pushed - popped);
		assert_int_equal(!held_first(&held), pushed == popped);
	}
	assert_true(popped > 50000);
	held_clear(&held);
}

/* ---- the ring ---- */

struct ring {
	struct post post;
	struct watcher watcher;
	struct tally tally;
	char text[TEXT_MAX];
	uint64_t pushed, taken; /* also the next number of each side */
	uint64_t position;	/* where in the ring the last one taken lay */
};

/* Its size is made from its number, so that both sides know it: also the least and the most. */
static size_t size_of(uint64_t number)
{
	uint64_t random = number + 88172645463325252;

	switch (draw(&random) % 8) {
	case 0:
		return 0;
	case 1:
		return TEXT_MAX;
	case 2:
		return draw(&random) % TEXT_MAX;
	}
	return draw(&random) % 200;
}

static void write_text(char *text, size_t size, uint64_t number)
{
	for (size_t i = 0; i < size; i++)
		text[i] = (char)(number * 31 + i * 7 + (i >> 8));
}

static bool has_text(const char *text, size_t size, uint64_t number)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] != (char)(number * 31 + i * 7 + (i >> 8)))
			return false;
	return true;
}

static bool push_sized(struct ring *ring, size_t size)
{
	const struct witness_testimony testimony = { .cpu = (uint32_t)(ring->pushed >> 32),
						     .seq = (uint32_t)ring->pushed,
						     .time_ns = ring->pushed * 3,
						     .read_ns = ring->pushed * 5,
						     .pid = (pid_t)(ring->pushed % 32768),
						     .argv_status = PTREE_ARGV_READ,
						     .argv = ring->text,
						     .argv_size = size };

	write_text(ring->text, size, ring->pushed);
	if (!push(&ring->post, &testimony))
		return false;
	ring->pushed++;
	return true;
}

static bool push_next(struct ring *ring)
{
	return push_sized(ring, size_of(ring->pushed));
}

static void check_testimony(const struct witness_testimony *testimony, uint64_t number, size_t size)
{
	assert_int_equal(testimony->cpu, number >> 32);
	assert_int_equal(testimony->seq, (uint32_t)number);
	assert_true(testimony->time_ns == number * 3);
	assert_true(testimony->read_ns == number * 5);
	assert_int_equal(testimony->pid, number % 32768);
	assert_int_equal(testimony->argv_status, PTREE_ARGV_READ);
	assert_int_equal(testimony->argv_size, size);
	assert_true(has_text(testimony->argv, size, number));
}

static bool take_sized(struct ring *ring, size_t size)
{
	struct witness_testimony testimony;

	if (!post_take(&ring->post, &testimony))
		return false;
	check_testimony(&testimony, ring->taken++, size);
	ring->position = (uint64_t)((const unsigned char *)testimony.argv - ring->post.ring) -
			 sizeof(struct record);
	return true;
}

static bool take_next(struct ring *ring)
{
	return take_sized(ring, size_of(ring->taken));
}

static void drain(struct ring *ring)
{
	while (take_next(ring))
		;
	assert_int_equal(ring->taken, ring->pushed);
}

static int setup(void **state)
{
	struct ring *ring = calloc(1, sizeof(*ring));

	if (!ring)
		return -1;
	ring->post.ring = malloc(RING_BYTES);
	ring->post.wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ring->post.argv_max = TEXT_MAX;
	ring->post.no_realtime = true;
	ring->post.watcher = &ring->watcher;
	ring->post.tally = ring->watcher.tally = &ring->tally;
	ring->watcher.post = &ring->post;
	*state = ring;
	return !ring->post.ring || ring->post.wake_fd < 0 ||
	       ptree_procfs_open(&ring->watcher.procfs, NULL);
}

static int teardown(void **state)
{
	struct ring *ring = *state;

	ptree_procfs_close(ring->watcher.procfs);
	close(ring->post.wake_fd);
	free(ring->post.ring);
	free(ring);
	return 0;
}

static void an_empty_ring_gives_nothing(void **state)
{
	struct ring *ring = *state;

	assert_false(take_next(ring));
	assert_true(push_next(ring));
	assert_true(take_next(ring));
	assert_false(take_next(ring));
	assert_false(take_next(ring));
}

static void testimonies_come_whole_and_in_order_over_many_wraps(void **state)
{
	uint64_t random = 4101842887655102017;
	struct ring *ring = *state;
	size_t refused = 0;

	while (atomic_load(&ring->post.head) < UINT64_C(200) * RING_BYTES) {
		/* Now the writer is ahead, now the taker. */
		size_t pushes = draw(&random) % 300, takes = draw(&random) % 300;

		while (pushes-- && push_next(ring))
			;
		refused += pushes != SIZE_MAX;
		while (takes-- && take_next(ring))
			;
	}
	drain(ring);
	assert_true(refused > 0); /* it was full now and then */
}

static void nothing_is_refused_while_each_is_taken(void **state)
{
	struct ring *ring = *state;

	while (atomic_load(&ring->post.head) < UINT64_C(20) * RING_BYTES) {
		assert_true(push_next(ring));
		assert_true(take_next(ring));
	}
}

/* A whole ring, but for the record that would not fit. */
static void nothing_is_refused_while_there_is_room(void **state)
{
	struct ring *ring = *state;

	while (push_next(ring))
		;
	assert_in_range(atomic_load(&ring->post.head),
			RING_BYTES - record_size(size_of(ring->pushed)) + 1, RING_BYTES);
	drain(ring);
}

static void a_ring_can_be_filled_to_its_last_byte(void **state)
{
	const size_t size = 1024 - sizeof(struct record);
	struct ring *ring = *state;

	for (int turn = 0; turn < 3; turn++) {
		for (size_t i = 0; i < RING_BYTES / 1024; i++)
			assert_true(push_sized(ring, size));
		assert_false(push_sized(ring, 0));
		for (size_t i = 0; i < RING_BYTES / 1024; i++)
			assert_true(take_sized(ring, size));
		assert_false(take_sized(ring, size));
	}
}

/* Wherever it was when it became empty, what it uses again has room for a burst. */
static void a_drained_ring_has_room_for_a_burst(void **state)
{
	uint64_t random = 1181783497276652981;
	struct ring *ring = *state;

	for (int turn = 0; turn < 500; turn++) {
		uint64_t burst = 0;

		for (uint64_t more = draw(&random) % 200; more && push_next(ring); more--)
			;
		drain(ring);
		while (burst + record_size(TEXT_MAX) <= RING_REUSED_BYTES) {
			burst += record_size(size_of(ring->pushed));
			assert_true(push_next(ring));
		}
		drain(ring);
	}
}

static void a_drained_ring_begins_anew(void **state)
{
	struct ring *ring = *state;
	size_t begins = 0;

	for (int i = 0; i < 100000; i++) {
		assert_true(push_next(ring));
		drain(ring);
		/* What lies before that has served once. */
		assert_in_range(ring->position, 0, RING_REUSED_BYTES);
		begins += ring->position == 0;
	}
	assert_true(begins > 100);
}

static void a_testimony_is_the_takers_until_the_next_take(void **state)
{
	struct witness_testimony testimony;
	struct ring *ring = *state;

	for (int turn = 0; turn < 200; turn++) {
		size_t size = size_of(ring->taken);

		assert_true(push_next(ring));
		assert_true(post_take(&ring->post, &testimony));
		while (push_next(ring))
			;
		check_testimony(&testimony, ring->taken++, size);
		drain(ring);
	}
}

static void a_text_longer_than_the_ring_is_refused_and_no_harm_is_done(void **state)
{
	struct ring *ring = *state;
	struct witness_testimony huge = { .argv_size = RING_BYTES };

	huge.argv = calloc(1, RING_BYTES);
	assert_non_null(huge.argv);
	for (int i = 0; i < 2000; i++) {
		assert_false(push(&ring->post, &huge));
		assert_true(push_next(ring));
		assert_true(take_next(ring));
	}
	free((void *)(uintptr_t)huge.argv);
}

/* ---- the watcher and the ring ---- */

/* Says the pid; 13 is refused, and 14 is gone. */
static int say_pid(struct ptree_procfs *procfs, pid_t pid, size_t max, char **argv, size_t *size,
		   enum ptree_argv_status *status)
{
	(void)procfs;
	if (pid == 13)
		return -EACCES;
	if (pid == 14)
		return -ESRCH;
	*argv = malloc(max);
	assert_non_null(*argv);
	*size = (size_t)snprintf(*argv, max, "%d", pid) + 1;
	*status = PTREE_ARGV_READ;
	return 0;
}

static struct ring *with_source(void **state)
{
	struct ring *ring = *state;

	ring->post.source.argv = say_pid;
	return ring;
}

static void testify_of(struct ring *ring, pid_t pid, uint32_t seq)
{
	const struct ptree_event event = { .kind = PTREE_EVENT_EXEC,
					   .cpu = 3,
					   .seq = seq,
					   .time_ns = 99,
					   .pid = pid,
					   .tgid = pid };

	assert_true(testify(&ring->watcher, &event));
}

static uint64_t count_wakes(const struct ring *ring)
{
	uint64_t count;

	return read(ring->post.wake_fd, &count, sizeof(count)) == sizeof(count) ? count : 0;
}

static void what_was_read_and_what_failed_is_told(void **state)
{
	struct ring *ring = with_source(state);
	uint64_t before_ns = ptree_boot_now_ns();
	struct witness_testimony said;

	ring->watcher.realtime.is_on = true;
	testify_of(ring, getpid(), 70);
	testify_of(ring, 13, 71);
	testify_of(ring, 14, 72);
	ring->watcher.realtime.is_on = false;
	testify_of(ring, getpid(), 73);
	assert_true(post_take(&ring->post, &said));
	assert_int_equal(said.cpu, 3);
	assert_int_equal(said.seq, 70);
	assert_int_equal(said.time_ns, 99);
	assert_int_equal(said.pid, getpid());
	assert_in_range(said.read_ns, before_ns, ptree_boot_now_ns());
	assert_int_equal(said.error, 0);
	assert_int_equal(said.argv_status, PTREE_ARGV_READ);
	assert_int_equal(strtol(said.argv, NULL, 10), getpid());
	assert_true(said.has_comm);
	assert_true(post_take(&ring->post, &said));
	assert_int_equal(said.seq, 71);
	assert_int_equal(said.error, -EACCES);
	assert_int_equal(said.argv_status, PTREE_ARGV_FAILED);
	assert_int_equal(said.argv_size, 0);
	assert_true(post_take(&ring->post, &said));
	assert_int_equal(said.error, -ESRCH);
	assert_int_equal(said.argv_status, PTREE_ARGV_LATE);
	assert_true(post_take(&ring->post, &said));
	assert_int_equal(said.argv_status, PTREE_ARGV_READ);
	assert_false(said.has_comm); /* it costs what the next one does not have */
	assert_false(post_take(&ring->post, &said));
}

static void what_nobody_takes_is_discarded_and_counted(void **state)
{
	enum { COUNT = 20000 };
	struct ring *ring = with_source(state);
	struct witness_testimony said;
	struct witness_stats stats;
	uint32_t taken = 0;

	for (uint32_t i = 0; i < COUNT; i++)
		testify_of(ring, 1000000 + (pid_t)i, i);
	/* The oldest stay. */
	for (; post_take(&ring->post, &said); taken++) {
		assert_int_equal(said.seq, taken);
		assert_int_equal(strtol(said.argv, NULL, 10), 1000000 + taken);
	}
	post_get_stats(&ring->post, &stats);
	assert_int_equal(stats.read, COUNT);
	assert_int_equal(stats.discarded, COUNT - taken);
	assert_in_range(taken, RING_BYTES / record_size(8), COUNT - 1);
	testify_of(ring, 5, COUNT);
	assert_true(post_take(&ring->post, &said));
	assert_int_equal(said.seq, COUNT);
}

static void the_taker_is_woken_once_and_only_when_it_awaits(void **state)
{
	struct ring *ring = with_source(state);
	struct witness_testimony said;

	testify_of(ring, 1, 1);
	assert_int_equal(count_wakes(ring), 0);
	assert_true(post_take(&ring->post, &said));
	post_await(&ring->post);
	assert_int_equal(count_wakes(ring), 0);
	testify_of(ring, 2, 2);
	testify_of(ring, 3, 3);
	assert_int_equal(count_wakes(ring), 1);
}

static void what_came_before_it_was_awaited_wakes_the_taker_too(void **state)
{
	struct ring *ring = with_source(state);
	struct witness_testimony said;

	testify_of(ring, 1, 1);
	post_await(&ring->post);
	assert_int_equal(count_wakes(ring), 1);
	assert_true(post_take(&ring->post, &said));
	post_await(&ring->post);
	assert_int_equal(count_wakes(ring), 0);
}

static void a_watcher_that_is_to_stop_does_not_read(void **state)
{
	struct ring *ring = with_source(state);
	struct witness_testimony said;

	atomic_store(&ring->watcher.hand.state, HAND_RELEASED);
	testify_of(ring, 1, 1);
	assert_false(post_take(&ring->post, &said)); /* so that somebody else is asked */
	assert_int_equal(atomic_load(&ring->watcher.hand.state), HAND_RELEASED);
}

/* ---- two threads ---- */

#define STRESS_COUNT 300000

/* Pauses now and then, so that both sides wait for the other. */
static void *push_many(void *argument)
{
	uint64_t random = 7664345821815920749;
	struct ring *ring = argument;

	while (ring->pushed < STRESS_COUNT) {
		if (!push_next(ring))
			sched_yield();
		else
			wake_owner(&ring->post);
		if (draw(&random) % 2000 == 0)
			usleep(100);
	}
	return NULL;
}

static void two_threads_pass_on_all_in_order_and_nobody_sleeps_too_long(void **state)
{
	struct ring *ring = *state;
	struct pollfd wake = { .fd = ring->post.wake_fd, .events = POLLIN };
	pthread_t writer;
	uint64_t sleeps = 0;

	assert_int_equal(pthread_create(&writer, NULL, push_many, ring), 0);
	while (ring->taken < STRESS_COUNT) {
		if (take_next(ring))
			continue;
		post_await(&ring->post);
		assert_int_equal(poll(&wake, 1, WAIT_MS), 1);
		sleeps += count_wakes(ring);
	}
	assert_int_equal(pthread_join(writer, NULL), 0);
	assert_false(take_next(ring));
	assert_true(sleeps > 10);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_queue_has_no_first),
		cmocka_unit_test(what_is_held_keeps_its_order_while_the_queue_grows),
		cmocka_unit_test(it_grows_in_order_wherever_its_first_is),
		cmocka_unit_test(a_long_queue_gives_its_memory_back_and_a_short_one_keeps_it),
		cmocka_unit_test(pushing_and_popping_at_random_is_a_queue),
		TEST(an_empty_ring_gives_nothing),
		TEST(testimonies_come_whole_and_in_order_over_many_wraps),
		TEST(nothing_is_refused_while_each_is_taken),
		TEST(nothing_is_refused_while_there_is_room),
		TEST(a_ring_can_be_filled_to_its_last_byte),
		TEST(a_drained_ring_has_room_for_a_burst),
		TEST(a_drained_ring_begins_anew),
		TEST(a_testimony_is_the_takers_until_the_next_take),
		TEST(a_text_longer_than_the_ring_is_refused_and_no_harm_is_done),
		TEST(what_was_read_and_what_failed_is_told),
		TEST(what_nobody_takes_is_discarded_and_counted),
		TEST(the_taker_is_woken_once_and_only_when_it_awaits),
		TEST(what_came_before_it_was_awaited_wakes_the_taker_too),
		TEST(a_watcher_that_is_to_stop_does_not_read),
		TEST(two_threads_pass_on_all_in_order_and_nobody_sleeps_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
