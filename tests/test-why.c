/* SPDX-License-Identifier: MIT */
/* Why a process runs, over trees of our own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "model/why.h"

#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NS_PER_S UINT64_C(1000000000)

static int setup(void **state)
{
	struct ptree_tree *tree;

	assert_int_equal(ptree_tree_new(&tree, NULL), 0);
	*state = tree;
	return 0;
}

static int teardown(void **state)
{
	ptree_tree_free(*state);
	return 0;
}

static void observe(struct ptree_tree *tree, pid_t pid, pid_t ppid, const char *comm)
{
	struct ptree_process process = { .pid = pid,
					 .ppid = ppid,
					 .state = 'S',
					 .thread_count = 1,
					 .start_ns = (uint64_t)pid * NS_PER_S,
					 .read_ns = 10000 * NS_PER_S,
					 .argv_status = PTREE_ARGV_NONE };

	snprintf(process.comm, sizeof(process.comm), "%s", comm);
	snprintf(process.name, sizeof(process.name), "%s", comm);
	assert_int_equal(ptree_tree_observe(tree, &process), 0);
}

/* "systemd cron CRON sh job": each the child of the one before, from pid 1 on. */
static pid_t observe_chain(struct ptree_tree *tree, const char *chain)
{
	char copy[256];
	pid_t pid = 0;

	snprintf(copy, sizeof(copy), "%s", chain);
	for (char *word = strtok(copy, " "); word; word = strtok(NULL, " "), pid++)
		observe(tree, pid + 1, pid, word);
	return pid;
}

static void the_nearest_starter_above_it_is_the_cause(void **state)
{
	static const struct {
		const char *chain;
		enum why_cause cause;
		size_t step, through;
	} rows[] = {
		{ "systemd", WHY_FIRST, 0, 0 },
		{ "systemd cron CRON sh job", WHY_CRON_JOB, 2, 0 },
		{ "init crond job", WHY_CRON_JOB, 1, 0 },
		{ "systemd cron", WHY_UNKNOWN, 0, 0 },
		{ "systemd atd sh job", WHY_AT_JOB, 2, 0 },
		{ "systemd sshd sshd sshd bash make", WHY_SSH_LOGIN, 2, 0 },
		{ "systemd sshd-session bash", WHY_SSH_LOGIN, 1, 0 },
		{ "systemd login bash sudo su bash", WHY_CONSOLE_LOGIN, 4, 1 },
		{ "systemd sshd bash sudo cron job", WHY_CRON_JOB, 1, 0 },
		{ "systemd conmon nginx nginx", WHY_IN_CONTAINER, 2, 0 },
		{ "systemd x y", WHY_UNKNOWN, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ptree_tree *tree;
		struct why why;
		pid_t pid;

		assert_int_equal(ptree_tree_new(&tree, NULL), 0);
		pid = observe_chain(tree, rows[i].chain);
		why_find(&why, ptree_tree_find(tree, pid), NULL);
		assert_string_equal(why_cause_name(why.cause), why_cause_name(rows[i].cause));
		assert_int_equal(why.cause_step, rows[i].step);
		assert_int_equal(why.switch_step, rows[i].through);
		assert_int_equal(why.count, (size_t)pid);
		assert_int_equal(why.steps[0].pid, pid);
		ptree_tree_free(tree);
	}
}

static void facts_of(struct why_facts *facts, const char *cgroup, uint32_t login)
{
	*facts = (struct why_facts){ .has_owner = true,
				     .login_uid = login,
				     .login_session = login == PTREE_UNKNOWN_ID ? login : 7 };
	ptree_cgroup_owner(cgroup, &facts->owner);
}

static void without_a_starter_the_cgroup_and_the_login_tell(void **state)
{
	static const struct {
		const char *cgroup;
		uint32_t login;
		enum why_cause cause;
		const char *text;
	} rows[] = {
		{ "/", PTREE_UNKNOWN_ID, WHY_UNKNOWN,
		  "not known: init started it, or who did is gone and left it to init" },
		{ "/", 1000, WHY_SESSION, "a login (session 7), of which nobody is above it" },
		{ "/system.slice/nginx.service", 1000, WHY_UNIT, "the unit nginx.service" },
		{ "/user.slice/user-1000.slice/session-3.scope", 1000, WHY_SESSION,
		  "login session 3, of which nobody is above it" },
		{ "/user.slice/user-1.slice/user@1.service/app.slice/a.service", 1, WHY_USER_UNIT,
		  "the user's unit a.service" },
		{ "/lxc/web", PTREE_UNKNOWN_ID, WHY_IN_CONTAINER, "a container of lxc web" },
	};
	struct ptree_tree *tree = *state;
	pid_t pid = observe_chain(tree, "systemd daemon");

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct why_facts facts;
		struct why why;
		char text[256];

		facts_of(&facts, rows[i].cgroup, rows[i].login);
		why_find(&why, ptree_tree_find(tree, pid), &facts);
		assert_string_equal(why_cause_name(why.cause), why_cause_name(rows[i].cause));
		why_cause_text(&why, text, sizeof(text));
		assert_string_equal(text, rows[i].text);
		assert_true(why.is_inferred);
	}
}

static void fork_event(struct ptree_tree *tree, pid_t parent, pid_t child)
{
	const struct ptree_event event = { .kind = PTREE_EVENT_FORK,
					   .time_ns = 20000 * NS_PER_S + (uint64_t)child,
					   .pid = child,
					   .tgid = child,
					   .parent_pid = parent,
					   .parent_tgid = parent };

	assert_int_equal(ptree_tree_apply(tree, &event), 0);
}

static void what_events_told_outlives_a_double_fork(void **state)
{
	struct ptree_tree *tree = *state;
	struct ptree_event over = { .kind = PTREE_EVENT_EXIT,
				    .time_ns = 20000 * NS_PER_S + 9000,
				    .pid = 500,
				    .tgid = 500 };
	struct why why;
	pid_t shell = observe_chain(tree, "systemd sshd bash");

	fork_event(tree, shell, 500);
	fork_event(tree, 500, 501);
	assert_int_equal(ptree_tree_apply(tree, &over), 0);
	assert_int_equal(ptree_tree_adopt(tree, 501, 1), 0);
	assert_int_equal(ptree_node_pid(ptree_node_parent(ptree_tree_find(tree, 501))), 1);
	why_find(&why, ptree_tree_find(tree, 501), NULL);
	assert_int_equal(why.cause, WHY_SSH_LOGIN);
	assert_int_equal(why.steps[1].pid, 500);
	assert_false(why.steps[0].is_inferred || why.steps[1].is_inferred);
	assert_true(why.steps[2].is_inferred && why.is_inferred); /* who forked the shell */
}

static void what_init_was_seen_to_fork_is_its_own(void **state)
{
	struct ptree_tree *tree = *state;
	struct why why;

	observe_chain(tree, "init");
	fork_event(tree, 1, 500);
	why_find(&why, ptree_tree_find(tree, 500), NULL);
	assert_int_equal(why.cause, WHY_STARTED_INIT);
	assert_false(why.is_inferred);
}

static void a_long_lineage_is_cut(void **state)
{
	struct ptree_tree *tree = *state;
	struct why why;

	for (pid_t pid = 1; pid <= 200; pid++)
		observe(tree, pid, pid - 1, "x");
	why_find(&why, ptree_tree_find(tree, 200), NULL);
	assert_true(why.is_cut);
	assert_int_equal(why.count, WHY_STEPS_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_nearest_starter_above_it_is_the_cause),
		cmocka_unit_test_setup_teardown(without_a_starter_the_cgroup_and_the_login_tell,
						setup, teardown),
		cmocka_unit_test_setup_teardown(what_events_told_outlives_a_double_fork, setup,
						teardown),
		cmocka_unit_test_setup_teardown(what_init_was_seen_to_fork_is_its_own, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_long_lineage_is_cut, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
