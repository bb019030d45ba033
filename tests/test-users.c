/* SPDX-License-Identifier: MIT */
/* Names of users: those of this machine, and those of a name service of our own that can hang. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "proc/users.h"

#define WAIT_MS 60000
#define NO_SUCH_UID 4000000000
#define HANGING_UID 1000000

/* What the name service shares with a test; there is no other way in. */
static struct gate {
	sem_t came, open, left;
} gate;

/* Everybody is called user-UID, but odd ones have no name; from HANGING_UID on it hangs first. */
static char *gated_look_up(uid_t uid)
{
	char *name = NULL;

	if (uid >= HANGING_UID) {
		sem_post(&gate.came);
		while (sem_wait(&gate.open) < 0)
			;
	}
	if (uid % 2 == 0 && asprintf(&name, "user-%u", uid) < 0)
		name = NULL;
	if (uid >= HANGING_UID)
		sem_post(&gate.left);
	return name;
}

static int setup_gate(void **state)
{
	(void)state;
	assert_int_equal(sem_init(&gate.came, 0, 0), 0);
	assert_int_equal(sem_init(&gate.open, 0, 0), 0);
	assert_int_equal(sem_init(&gate.left, 0, 0), 0);
	return 0;
}

static int setup_real(void **state)
{
	struct ptree_users *users;

	assert_int_equal(ptree_users_new(&users), 0);
	*state = users;
	return 0;
}

static int setup_gated(void **state)
{
	struct ptree_users *users;

	assert_int_equal(users_new(&users, gated_look_up), 0);
	*state = users;
	return 0;
}

static int teardown(void **state)
{
	ptree_users_free(*state);
	return 0;
}

static int poll_answers(struct ptree_users *users, int timeout_ms)
{
	struct pollfd poll_fd = { .fd = ptree_users_fd(users), .events = POLLIN };

	return poll(&poll_fd, 1, timeout_ms);
}

static const char *wait_for_name(struct ptree_users *users, uid_t uid)
{
	const char *name = ptree_users_name_later(users, uid);

	while (!name) {
		assert_int_equal(poll_answers(users, WAIT_MS), 1);
		assert_true(ptree_users_collect(users) >= 0);
		name = ptree_users_name_later(users, uid);
	}
	return name;
}

static void root_is_called_root(void **state)
{
	assert_string_equal(ptree_users_name(*state, 0), "root");
	assert_string_equal(wait_for_name(*state, 0), "root");
}

static void root_is_called_root_later_too(void **state)
{
	assert_null(ptree_users_name_later(*state, 0));
	assert_string_equal(wait_for_name(*state, 0), "root");
	assert_string_equal(ptree_users_name(*state, 0), "root");
}

static void a_name_has_its_number_and_a_number_itself(void **state)
{
	uid_t uid = 77;

	(void)state;
	assert_int_equal(ptree_user_id("root", &uid), 0);
	assert_int_equal(uid, 0);
	assert_int_equal(ptree_user_id("4000000000", &uid), 0);
	assert_int_equal(uid, 4000000000);
	uid = 77;
	assert_int_equal(ptree_user_id("no-such-user", &uid), -ENOENT);
	assert_int_equal(ptree_user_id("4294967295", &uid), -ENOENT);
	assert_int_equal(ptree_user_id("12x", &uid), -ENOENT);
	assert_int_equal(ptree_user_id("", &uid), -ENOENT);
	assert_int_equal(uid, 77);
}

static void who_has_no_name_is_a_number(void **state)
{
	assert_string_equal(ptree_users_name(*state, NO_SUCH_UID), "4000000000");
	assert_string_equal(wait_for_name(*state, NO_SUCH_UID + 1), "4000000001");
	assert_string_equal(ptree_users_name(*state, (uid_t)-1), "4294967295");
}

static void of_too_many_users_the_first_have_names(void **state)
{
	enum { KEPT = 16384 };
	struct ptree_users *users = *state;

	for (uid_t uid = 0; uid < 4 * KEPT; uid++)
		assert_non_null(ptree_users_name(users, uid));
	assert_string_equal(ptree_users_name(users, 2), "user-2");
	assert_string_equal(ptree_users_name(users, KEPT), "16384");
	assert_string_equal(ptree_users_name_later(users, KEPT + 2), "16386");
	assert_string_equal(ptree_users_name_later(users, KEPT - 2), "user-16382");
}

static void names_stay_where_they_are(void **state)
{
	const char *first = ptree_users_name(*state, 2);
	const char *number = ptree_users_name(*state, 3);

	for (uid_t uid = 4; uid < 5000; uid++)
		assert_non_null(ptree_users_name(*state, uid));
	assert_ptr_equal(ptree_users_name(*state, 2), first);
	assert_ptr_equal(ptree_users_name_later(*state, 3), number);
	assert_string_equal(first, "user-2");
	assert_string_equal(number, "3");
}

static void all_that_were_asked_for_are_answered(void **state)
{
	int answers = 0;

	for (uid_t uid = 0; uid < 3000; uid++)
		assert_null(ptree_users_name_later(*state, uid));
	while (answers < 3000) {
		assert_int_equal(poll_answers(*state, WAIT_MS), 1);
		answers += ptree_users_collect(*state);
	}
	assert_int_equal(answers, 3000);
	assert_int_equal(poll_answers(*state, 0), 0);
	assert_int_equal(ptree_users_collect(*state), 0);
	for (uid_t uid = 0; uid < 3000; uid++) {
		char expected[32];

		snprintf(expected, sizeof(expected), uid % 2 ? "%u" : "user-%u", uid);
		assert_string_equal(ptree_users_name_later(*state, uid), expected);
	}
}

static void wait_at(sem_t *semaphore)
{
	while (sem_wait(semaphore) < 0)
		assert_int_equal(errno, EINTR);
}

static void a_name_is_asked_for_once_while_the_answer_is_awaited(void **state)
{
	assert_null(ptree_users_name_later(*state, HANGING_UID));
	wait_at(&gate.came);
	for (int i = 0; i < 100; i++)
		assert_null(ptree_users_name_later(*state, HANGING_UID));
	assert_int_equal(poll_answers(*state, 0), 0);
	sem_post(&gate.open);
	assert_string_equal(wait_for_name(*state, HANGING_UID), "user-1000000");
	assert_int_equal(sem_trywait(&gate.came), -1);
	wait_at(&gate.left);
}

static void a_name_that_was_needed_at_once_is_not_replaced_by_a_later_answer(void **state)
{
	const char *name;

	assert_null(ptree_users_name_later(*state, HANGING_UID));
	wait_at(&gate.came);
	sem_post(&gate.open);
	sem_post(&gate.open);
	name = ptree_users_name(*state, HANGING_UID);
	wait_at(&gate.came);
	assert_string_equal(name, "user-1000000");
	assert_int_equal(poll_answers(*state, WAIT_MS), 1);
	assert_int_equal(ptree_users_collect(*state), 1);
	assert_ptr_equal(ptree_users_name_later(*state, HANGING_UID), name);
	assert_string_equal(name, "user-1000000");
	wait_at(&gate.left);
	wait_at(&gate.left);
}

/* By then who hangs has hung for long. */
static uint64_t later_ns(void)
{
	return ptree_boot_now_ns() + 10 * UINT64_C(1000000000);
}

/* Asks again and again, as a screen does, for a minute at most. */
static const char *ask_until_it_is_there(struct ptree_users *users, uid_t uid)
{
	const char *name = NULL;

	for (int i = 0; i < WAIT_MS / 20 && !name; i++) {
		users_check(users, later_ns());
		poll_answers(users, 20);
		ptree_users_collect(users);
		name = ptree_users_name_later(users, uid);
	}
	assert_non_null(name);
	return name;
}

static void a_name_that_hangs_holds_up_no_other_and_is_taken_when_it_comes(void **state)
{
	assert_null(ptree_users_name_later(*state, HANGING_UID));
	wait_at(&gate.came);
	assert_null(ptree_users_name_later(*state, 2));
	assert_string_equal(ask_until_it_is_there(*state, 2), "user-2");
	assert_null(ptree_users_name_later(*state, HANGING_UID));
	sem_post(&gate.open);
	wait_at(&gate.left);
	assert_string_equal(ask_until_it_is_there(*state, HANGING_UID), "user-1000000");
}

/* So many hang that nobody is left to ask; when one comes back it goes on. */
static void names_that_all_hang_are_waited_for_by_so_many_threads_only(void **state)
{
	enum { ALL = 20, THREADS_MAX = 8 };
	int came = 0;

	for (uid_t uid = 0; uid < ALL; uid++)
		assert_null(ptree_users_name_later(*state, HANGING_UID + 2 * uid));
	while (came < THREADS_MAX) {
		wait_at(&gate.came);
		came++;
		users_check(*state, later_ns());
	}
	usleep(1000);
	assert_int_equal(sem_trywait(&gate.came), -1);
	for (uid_t uid = 0; uid < ALL; uid++)
		sem_post(&gate.open);
	for (uid_t uid = 0; uid < ALL; uid++)
		assert_memory_equal(ask_until_it_is_there(*state, HANGING_UID + 2 * uid), "user-",
				    5);
	for (uid_t uid = 0; uid < ALL; uid++)
		wait_at(&gate.left);
	while (!sem_trywait(&gate.came))
		;
}

/* What modules of the name service take for granted. */
static char *look_up_with_a_large_frame(uid_t uid)
{
	volatile char frame[1 << 20];

	for (size_t i = 0; i < sizeof(frame); i += 1024)
		frame[i] = (char)uid;
	return frame[0] == (char)uid ? strdup("deep") : NULL;
}

static void a_name_service_with_a_large_frame_has_room_for_it(void **state)
{
	struct ptree_users *users;

	(void)state;
	assert_int_equal(users_new(&users, look_up_with_a_large_frame), 0);
	assert_string_equal(wait_for_name(users, 5), "deep");
	ptree_users_free(users);
}

static void freeing_does_not_wait_for_the_name_service(void **state)
{
	struct ptree_users *users;

	(void)state;
	assert_int_equal(users_new(&users, gated_look_up), 0);
	assert_null(ptree_users_name_later(users, HANGING_UID));
	assert_null(ptree_users_name_later(users, HANGING_UID + 1));
	wait_at(&gate.came);
	ptree_users_free(users);
	assert_int_equal(sem_trywait(&gate.left), -1);
	sem_post(&gate.open);
	wait_at(&gate.left);
	assert_int_equal(sem_trywait(&gate.came), -1);
	ptree_users_free(NULL);
}

static void without_a_thread_there_are_numbers_and_it_is_tried_again(void **state)
{
	struct rlimit before, none;
	const char *name;

	if (!geteuid())
		skip(); /* the limit is not root's */
	assert_int_equal(getrlimit(RLIMIT_NPROC, &before), 0);
	none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NPROC, &none), 0);
	name = ptree_users_name_later(*state, 6);
	assert_int_equal(setrlimit(RLIMIT_NPROC, &before), 0);
	assert_string_equal(name, "6");
	assert_string_equal(wait_for_name(*state, 6), "user-6");
}

#define REAL(function) cmocka_unit_test_setup_teardown(function, setup_real, teardown)
#define GATED(function) cmocka_unit_test_setup_teardown(function, setup_gated, teardown)

static void a_tree_learns_each_name_once(void **state)
{
	struct ptree_tree *tree;
	struct ptree_fact fact;
	struct ptree_feed_reader reader;

	assert_int_equal(ptree_tree_new(&tree, &(struct ptree_tree_options){ .feed_bytes = 4096 }),
			 0);
	ptree_tree_feed_end(tree, &reader);
	assert_int_equal(ptree_tree_learn_users(tree, *state), 0);
	ptree_users_name(*state, 0);
	ptree_users_name(*state, NO_SUCH_UID);
	wait_for_name(*state, 2);
	assert_null(ptree_tree_user_name(tree, 0));
	assert_int_equal(ptree_tree_learn_users(tree, *state), 2);
	assert_int_equal(ptree_tree_learn_users(tree, *state), 0);
	assert_string_equal(ptree_tree_user_name(tree, 0), "root");
	assert_string_equal(ptree_tree_user_name(tree, 2), ptree_users_name(*state, 2));
	assert_null(ptree_tree_user_name(tree, NO_SUCH_UID));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 1);
		assert_int_equal(fact.kind, PTREE_FACT_USER);
	}
	assert_int_equal(ptree_tree_feed_read(tree, &reader, &fact), 0);
	ptree_tree_free(tree);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		REAL(root_is_called_root),
		REAL(root_is_called_root_later_too),
		cmocka_unit_test(a_name_has_its_number_and_a_number_itself),
		REAL(who_has_no_name_is_a_number),
		REAL(a_tree_learns_each_name_once),
		GATED(of_too_many_users_the_first_have_names),
		GATED(names_stay_where_they_are),
		GATED(all_that_were_asked_for_are_answered),
		GATED(a_name_is_asked_for_once_while_the_answer_is_awaited),
		GATED(a_name_that_was_needed_at_once_is_not_replaced_by_a_later_answer),
		GATED(without_a_thread_there_are_numbers_and_it_is_tried_again),
		GATED(a_name_that_hangs_holds_up_no_other_and_is_taken_when_it_comes),
		GATED(names_that_all_hang_are_waited_for_by_so_many_threads_only),
		cmocka_unit_test(a_name_service_with_a_large_frame_has_room_for_it),
		cmocka_unit_test(freeing_does_not_wait_for_the_name_service),
	};

	return cmocka_run_group_tests(tests, setup_gate, NULL);
}
