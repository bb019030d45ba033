/* SPDX-License-Identifier: MIT */
/* A monitor whose events come from a socket that its owner has, and whose /proc is a folder. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake-proc.h"

#include <proctree.h>

#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define REAPER 7 /* of whom fake_stat() says that all are its children */
#define PATIENCE_MS 20000

struct fixture {
	char *root;
	int feeder; /* what is written here the monitor hears */
	struct ptree_monitor *monitor;
	struct ptree_tree *tree;
	uint32_t seq;
};

static struct ptree_connector *adopt_pair(int type, int *feeder)
{
	struct ptree_connector *connector;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, pair), 0);
	*feeder = pair[0];
	assert_int_equal(ptree_connector_adopt(&connector, pair[1], NULL), 0);
	return connector;
}

static int setup_with(void **state, bool realtime)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct ptree_monitor_options options = { .realtime_dispatch = realtime };

	assert_non_null(fixture);
	*state = fixture;
	fixture->root = fake_root_new();
	fake_stat(fixture->root, 1, "init", 'S', 1, 0);
	fake_stat(fixture->root, REAPER, "reaper", 'S', 1, 0);
	options.proc_path = fixture->root;
	options.connector = adopt_pair(SOCK_SEQPACKET, &fixture->feeder);
	assert_int_equal(ptree_monitor_new(&fixture->monitor, &options), 0);
	fixture->tree = ptree_monitor_tree(fixture->monitor);
	return ptree_monitor_wait_ready(fixture->monitor, false, PATIENCE_MS);
}

static int setup(void **state)
{
	return setup_with(state, false);
}

static int setup_realtime(void **state)
{
	return setup_with(state, true);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	ptree_monitor_free(fixture->monitor);
	if (fixture->feeder >= 0)
		close(fixture->feeder);
	fake_root_free(fixture->root);
	free(fixture);
	return 0;
}

static struct ptree_monitor_status status_of(const struct fixture *fixture)
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(fixture->monitor, &status);
	return status;
}

static void feed(struct fixture *fixture, struct ptree_event event)
{
	unsigned char bytes[128];
	int size;

	event.seq = fixture->seq++;
	event.time_ns = ptree_boot_now_ns() - ptree_boot_offset_ns();
	event.parent_pid = event.parent_tgid;
	event.tgid = event.pid;
	size = ptree_event_encode(&event, bytes, sizeof(bytes));
	assert_true(size > 0);
	assert_int_equal(write(fixture->feeder, bytes, (size_t)size), size);
}

static void settle(struct fixture *fixture)
{
	assert_true(ptree_monitor_settle(fixture->monitor) >= 0);
}

static void pump(struct fixture *fixture)
{
	struct pollfd fd = { .fd = ptree_monitor_fd(fixture->monitor), .events = POLLIN };

	poll(&fd, 1, 20);
	assert_true(ptree_monitor_dispatch(fixture->monitor, 0) >= 0);
}

static void what_is_written_is_what_happens(void **state)
{
	struct fixture *fixture = *state;
	const struct ptree_node *node;
	uint32_t status;
	uint64_t id;

	assert_int_equal(status_of(fixture).state, PTREE_MONITOR_LIVE);
	feed(fixture, (struct ptree_event){ PTREE_EVENT_FORK, .pid = 100, .parent_tgid = REAPER });
	feed(fixture, (struct ptree_event){ PTREE_EVENT_EXEC, .pid = 100 });
	settle(fixture);
	node = ptree_tree_find(fixture->tree, 100);
	assert_non_null(node);
	id = ptree_node_id(node);
	assert_int_equal(ptree_node_pid(ptree_node_origin(node)), REAPER);
	assert_int_equal(ptree_node_exec_count(node), 1);
	feed(fixture,
	     (struct ptree_event){ PTREE_EVENT_EXIT, .pid = 100, .u.exit.status = 3 << 8 });
	settle(fixture);
	node = ptree_tree_find_id(fixture->tree, id);
	assert_true(ptree_node_exit_status(node, &status));
	assert_int_equal(status, 3 << 8);
	assert_int_equal(status_of(fixture).events, 3);
	assert_int_equal(status_of(fixture).execs, 1);
}

/* Turns until so many are applied, of events each of which comes a while after the last one. */
static unsigned take_burst(struct fixture *fixture, unsigned count, unsigned pause_us)
{
	pid_t feeder = fork();
	unsigned turns = 0;

	if (feeder == 0) {
		for (unsigned i = 0; i < count; i++) {
			feed(fixture, (struct ptree_event){ PTREE_EVENT_EXEC, .pid = REAPER });
			usleep(pause_us);
		}
		_exit(0);
	}
	while (status_of(fixture).execs < count && turns < 100 * count) {
		pump(fixture);
		turns++;
	}
	assert_int_equal(waitpid(feeder, NULL, 0), feeder);
	fixture->seq += count;
	return turns;
}

/* One that is woken for each of them would take a core from who makes them. */
static void a_burst_is_taken_in_portions(void **state)
{
	struct fixture *fixture = *state;
	unsigned turns;

	if (sched_getscheduler(0) == SCHED_OTHER) {
		print_message("# no right to real-time priorities\n");
		skip();
	}
	turns = take_burst(fixture, 2000, 50);
	assert_int_equal(status_of(fixture).execs, 2000);
	assert_int_equal(status_of(fixture).lost, 0);
	print_message("# 2000 events in %u turns\n", turns);
	assert_in_range(turns, 1, 600);
	/* And what comes after it at once again. */
	usleep(20000);
	pump(fixture);
	feed(fixture, (struct ptree_event){ PTREE_EVENT_EXEC, .pid = REAPER });
	pump(fixture);
	assert_int_equal(status_of(fixture).execs, 2001);
}

static void nothing_of_a_burst_is_left_by_who_settles(void **state)
{
	struct fixture *fixture = *state;

	take_burst(fixture, 500, 50);
	for (unsigned i = 0; i < 3; i++)
		feed(fixture, (struct ptree_event){ PTREE_EVENT_EXEC, .pid = REAPER });
	settle(fixture);
	assert_int_equal(status_of(fixture).execs, 503);
}

static void what_is_missing_is_a_loss_that_a_scan_makes_good(void **state)
{
	struct fixture *fixture = *state;

	feed(fixture, (struct ptree_event){ PTREE_EVENT_FORK, .pid = 100, .parent_tgid = REAPER });
	fixture->seq += 5;
	fake_stat(fixture->root, 102, "unheard", 'S', 1, 0);
	feed(fixture, (struct ptree_event){ PTREE_EVENT_FORK, .pid = 101, .parent_tgid = REAPER });
	settle(fixture);
	assert_int_equal(status_of(fixture).lost, 5);
	assert_int_equal(status_of(fixture).state, PTREE_MONITOR_STALE);
	for (int i = 0; i < PATIENCE_MS / 20 && !status_of(fixture).resyncs; i++)
		pump(fixture);
	assert_int_equal(status_of(fixture).state, PTREE_MONITOR_LIVE);
	assert_non_null(ptree_tree_find(fixture->tree, 102));
}

static void silence_means_nothing_and_the_end_that_it_polls(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 5 * 50; i++)
		pump(fixture);
	assert_int_equal(status_of(fixture).state, PTREE_MONITOR_LIVE);
	close(fixture->feeder);
	fixture->feeder = -1;
	for (int i = 0; i < 50 && status_of(fixture).state == PTREE_MONITOR_LIVE; i++)
		pump(fixture);
	assert_int_equal(status_of(fixture).state, PTREE_MONITOR_POLLING);
	assert_int_equal(status_of(fixture).reason, -EPIPE);
	assert_non_null(strstr(ptree_monitor_reason_text(-EPIPE), "ended"));
	assert_non_null(ptree_tree_find(fixture->tree, REAPER));
}

static void the_end_is_told_once_all_before_it_was_received(void **state)
{
	struct ptree_event event = { PTREE_EVENT_SID, .pid = 5, .tgid = 5 }, events[4];
	struct ptree_connector *connector;
	unsigned char bytes[128];
	int feeder, size = ptree_event_encode(&event, bytes, sizeof(bytes));

	(void)state;
	connector = adopt_pair(SOCK_SEQPACKET, &feeder);
	assert_int_equal(ptree_connector_receive(connector, events, 4, 0), 0);
	assert_int_equal(write(feeder, bytes, (size_t)size), size);
	close(feeder);
	assert_int_equal(ptree_connector_receive(connector, events, 4, 0), 1);
	assert_int_equal(events[0].kind, PTREE_EVENT_SID);
	assert_int_equal(ptree_connector_receive(connector, events, 4, -1), -EPIPE);
	assert_int_equal(ptree_connector_receive(connector, events, 4, -1), -EPIPE);
	ptree_connector_close(connector);
}

static void what_cannot_be_a_source_is_refused_and_stays_the_callers(void **state)
{
	struct ptree_monitor_options options = { .poll_only = true };
	struct ptree_connector *connector;
	struct ptree_monitor *monitor;
	int pair[2], feeder;

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_int_equal(ptree_connector_adopt(&connector, pair[1], NULL), -EPROTOTYPE);
	close(pair[0]);
	assert_int_equal(close(pair[1]), 0);
	assert_int_equal(ptree_connector_adopt(&connector, -1, NULL), -EBADF);
	assert_int_equal(pipe(pair), 0);
	assert_int_equal(ptree_connector_adopt(&connector, pair[0], NULL), -ENOTSOCK);
	close(pair[0]);
	close(pair[1]);
	options.connector = adopt_pair(SOCK_SEQPACKET, &feeder);
	assert_int_equal(ptree_monitor_new(&monitor, &options), -EINVAL);
	options.poll_only = false;
	options.proc_path = "/nothing/here";
	assert_int_equal(ptree_monitor_new(&monitor, &options), -ENOENT);
	ptree_connector_close(options.connector);
	close(feeder);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)
#define REALTIME_TEST(function) cmocka_unit_test_setup_teardown(function, setup_realtime, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_what_happens),
		REALTIME_TEST(a_burst_is_taken_in_portions),
		REALTIME_TEST(nothing_of_a_burst_is_left_by_who_settles),
		TEST(what_is_missing_is_a_loss_that_a_scan_makes_good),
		TEST(silence_means_nothing_and_the_end_that_it_polls),
		cmocka_unit_test(the_end_is_told_once_all_before_it_was_received),
		cmocka_unit_test(what_cannot_be_a_source_is_refused_and_stays_the_callers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
