/* SPDX-License-Identifier: MIT */
/*
 * What processes of the running kernel use, compared with what it says of them elsewhere: wait4(2),
 * their CPU clocks, /proc/PID/statm. Needs the process connector and, where said, the kernel's
 * accounting (CAP_NET_ADMIN).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "live-monitor.h"
#include "../lib/model/usage.h"

#include <pthread.h>
#include <sys/resource.h>
#include <time.h>

#define MIB (UINT64_C(1) << 20)
#define CHILDREN 100
#define FORKS 2000
#define SLEEPERS 500
#define BURN_NS (50 * NS_PER_MS)
#define ALLOCATED (20 * MIB)
/* The kernel counts in ticks of 4 ms mostly, and what is left of the last time slice is lost. */
#define CPU_SLACK_NS (24 * NS_PER_MS)
#define ELAPSED_SLACK_NS (20 * NS_PER_MS)
#define RSS_SLACK (2 * MIB)
#define NOBODY 65534

/* ---- the monitor ---- */

static bool has_accounting(const struct live *live)
{
	struct ptree_monitor_status status = live_status(live);

	if (status.state == PTREE_MONITOR_POLLING)
		print_message("# no process events: %s\n", strerror(-status.reason));
	else if (status.accounting_error)
		print_message("# no accounting: %s\n", strerror(-status.accounting_error));
	return status.state != PTREE_MONITOR_POLLING && !status.accounting_error;
}

/* So that a busy machine is nearly idle to these tests. Without the right they run as they can. */
static int setup(void **state)
{
	(void)setpriority(PRIO_PROCESS, 0, -20);
	return live_setup(state);
}

static struct ptree_usage usage_of(const struct live *live, pid_t pid)
{
	const struct ptree_node *node = latest(live, pid);
	struct ptree_usage usage = { 0 };

	if (node)
		ptree_node_usage(node, &usage);
	return usage;
}

/* Of a child that a process forked while it was watched: others may have had its pid since. */
static struct ptree_usage usage_of_child(const struct live *live, pid_t parent, pid_t pid)
{
	const struct ptree_node *node = NULL;
	struct ptree_usage usage = { 0 };

	for (size_t i = 0; i < live->count && !node; i++) {
		const struct live_change *change = &live->changes[i];

		if (change->kind == PTREE_CHANGE_FORKED && change->pid == pid &&
		    change->parent_pid == parent)
			node = ptree_tree_find_id(live->tree, change->id);
	}
	if (node)
		ptree_node_usage(node, &usage);
	return usage;
}

/* ---- loads ---- */

static uint64_t to_ns(const struct timespec *time)
{
	return (uint64_t)time->tv_sec * NS_PER_S + (uint64_t)time->tv_nsec;
}

static uint64_t cpu_now_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return to_ns(&now);
}

static void *burn(void *argument)
{
	while (cpu_now_ns(CLOCK_THREAD_CPUTIME_ID) < BURN_NS)
		;
	return argument;
}

static void touch(size_t size)
{
	volatile char *bytes = mmap(NULL, size, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (bytes == MAP_FAILED)
		_exit(254);
	for (size_t at = 0; at < size; at += 4096)
		bytes[at] = 1;
}

enum kind { BURNS, ALLOCATES, FAILS, HAS_THREADS, DOES_NOTHING };

static enum kind kind_of(unsigned i)
{
	return i == CHILDREN - 1 ? HAS_THREADS
				 : (enum kind[]){ BURNS, ALLOCATES, FAILS, DOES_NOTHING }[i % 4];
}

static int run_kind(enum kind kind)
{
	pthread_t threads[2];

	switch (kind) {
	case BURNS:
		burn(NULL);
		break;
	case ALLOCATES:
		touch(ALLOCATED);
		break;
	case FAILS:
		return 3;
	case HAS_THREADS:
		for (size_t i = 0; i < COUNT(threads); i++) {
			if (pthread_create(&threads[i], NULL, burn, NULL))
				return 254;
		}
		for (size_t i = 0; i < COUNT(threads); i++)
			pthread_join(threads[i], NULL);
		break;
	case DOES_NOTHING:
		break;
	}
	return 0;
}

/* What the kernel and clocks say of each child; shared with the test. */
struct truth {
	pid_t pid;
	struct rusage rusage;
	uint64_t least_ns, most_ns; /* it lived at least, at most so long */
};

struct family {
	pid_t pid;
	_Atomic bool is_done;
	struct rusage all;
	struct truth children[CHILDREN];
};

static uint64_t rusage_cpu_ns(const struct rusage *rusage)
{
	const struct timeval *user = &rusage->ru_utime, *system = &rusage->ru_stime;

	return (uint64_t)(user->tv_sec + system->tv_sec) * NS_PER_S +
	       (uint64_t)(user->tv_usec + system->tv_usec) * 1000;
}

static void run_child(struct truth *truth, unsigned i)
{
	uint64_t before_ns = live_now_ns();
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		uint64_t begin_ns = live_now_ns();
		int code = run_kind(kind_of(i));

		truth->least_ns = live_now_ns() - begin_ns;
		_exit(code);
	}
	truth->pid = pid;
	if (wait4(pid, &status, 0, &truth->rusage) != pid)
		_exit(254);
	truth->most_ns = live_now_ns() - before_ns;
}

static pid_t start_family(struct live *live, struct family *family)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	close(live->gate[1]);
	family->pid = getpid();
	for (unsigned i = 0; i < CHILDREN; i++)
		run_child(&family->children[i], i);
	getrusage(RUSAGE_CHILDREN, &family->all);
	family->is_done = true;
	_exit(hold(live));
}

/* ---- what is over ---- */

static bool are_all_final(const struct live *live, const struct family *family)
{
	for (unsigned i = 0; family->is_done && i < CHILDREN; i++) {
		if (!usage_of_child(live, family->pid, family->children[i].pid).is_final)
			return false;
	}
	return family->is_done;
}

static void expect_near(const char *what, uint64_t value, uint64_t truth, uint64_t slack)
{
	uint64_t distance = value > truth ? value - truth : truth - value;

	if (distance > slack)
		print_message("# %s: %llu, in truth %llu\n", what, (unsigned long long)value,
			      (unsigned long long)truth);
	assert_true(distance <= slack);
}

static void expect_truth(const struct live *live, const struct family *family, unsigned i)
{
	const struct truth *truth = &family->children[i];
	struct ptree_usage usage = usage_of_child(live, family->pid, truth->pid);

	assert_true(usage.known & PTREE_USAGE_ELAPSED);
	assert_true(usage.elapsed_ns + ELAPSED_SLACK_NS >= truth->least_ns);
	assert_true(usage.elapsed_ns <= truth->most_ns + ELAPSED_SLACK_NS);
	expect_near("CPU time", usage.cpu_ns, rusage_cpu_ns(&truth->rusage), CPU_SLACK_NS);
	assert_true(usage.known & PTREE_USAGE_MAX_RSS);
	expect_near("memory", usage.max_rss_bytes, (uint64_t)truth->rusage.ru_maxrss * 1024,
		    RSS_SLACK);
	if (kind_of(i) == BURNS || kind_of(i) == HAS_THREADS)
		assert_true(usage.known & PTREE_USAGE_CPU);
	if (kind_of(i) == ALLOCATES)
		assert_true(usage.max_rss_bytes >= ALLOCATED);
}

static void what_children_used_agrees_with_wait4(void **state)
{
	struct live *live = *state;
	const struct ptree_summary *summary;
	struct family *family;
	pid_t parent;

	if (!has_accounting(live))
		skip();
	family =
	    mmap(NULL, sizeof(*family), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(family != MAP_FAILED);
	parent = start_family(live, family);
	assert_true(parent > 0);
	AWAIT_FOR(live, 3 * PATIENCE_NS, are_all_final(live, family));
	for (unsigned i = 0; i < CHILDREN; i++)
		expect_truth(live, family, i);
	summary = ptree_node_summary(latest(live, parent));
	assert_non_null(summary);
	assert_int_equal(summary->gone, CHILDREN);
	assert_int_equal(summary->failed, CHILDREN / 4);
	assert_int_equal(summary->cpu_unknown, 0);
	assert_true(10 * summary->cpu_ns >= 8 * rusage_cpu_ns(&family->all));
	munmap(family, sizeof(*family));
}

static int fork_many(struct live *live)
{
	for (int i = 0; i < FORKS; i++) {
		pid_t pid = fork();

		if (pid == 0)
			_exit(0);
		live->oracle->pid[i] = pid;
		if (pid < 0 || waitpid(pid, NULL, 0) != pid)
			return 1;
	}
	live->oracle->step = 1;
	return hold(live);
}

/* Not by their pids, which others may have by now; of those that others have crowded out of the
   tree their parent's summary tells. */
static size_t count_without_record(const struct ptree_node *parent)
{
	const struct ptree_node *node = ptree_node_last_forked(parent);
	struct ptree_usage usage;
	size_t count = 0;

	for (; node; node = ptree_node_prev_forked(node)) {
		ptree_node_usage(node, &usage);
		count += !usage.is_final || !(usage.known & PTREE_USAGE_ELAPSED);
	}
	return count;
}

/* Others that were there before the monitor: what they say at their end may have been said. Of
   those that have been forgotten since, nobody can say how many they were. */
static size_t count_older_without_records(const struct live *live)
{
	size_t count = 0;

	for (size_t i = 0; i < live->tree->by_id.capacity; i++) {
		const struct ptree_node *node = live->tree->by_id.slots[i].value;

		count += node && node->has_ended && !node->is_begin_exact && !usage_is_final(node);
	}
	return count;
}

static void every_one_of_many_quick_forks_is_accounted_for(void **state)
{
	struct live *live = *state;
	struct ptree_monitor_status before = live_status(live);
	const struct ptree_summary *summary;
	struct ptree_tree_counts counts;
	pid_t parent;

	if (!has_accounting(live))
		skip();
	parent = start(live, fork_many);
	AWAIT_FOR(live, 3 * PATIENCE_NS, live->oracle->step == 1);
	AWAIT(live, has_ended(live, live->oracle->pid[FORKS - 1]));
	assert_int_equal(count_without_record(latest(live, parent)), 0);
	ptree_tree_get_counts(live->tree, &counts);
	if (counts.gone)
		print_message("# %llu were forgotten\n", (unsigned long long)counts.gone);
	else
		assert_true(live_status(live).unaccounted <=
			    before.unaccounted + count_older_without_records(live));
	assert_int_equal(live_status(live).accounting_lost, before.accounting_lost);
	assert_true(live_status(live).accounted >= before.accounted + FORKS);
	summary = ptree_node_summary(latest(live, parent));
	assert_non_null(summary);
	assert_int_equal(summary->gone, FORKS);
	assert_int_equal(summary->cpu_unknown, 0);
}

/* ---- what lives ---- */

static int burn_for_a_while(struct live *live)
{
	uint64_t end_ns = live_now_ns() + 300 * NS_PER_MS;

	(void)live;
	while (live_now_ns() < end_ns)
		;
	return 0;
}

/* /proc says it of the waiter, whether anybody accounts or not. */
static void what_children_used_is_known_of_who_waited_for_them(void **state)
{
	struct live *live = *state;
	struct ptree_usage usage = { 0 };
	struct rusage truth;
	uint64_t true_ns;

	wait_for(start(live, burn_for_a_while));
	getrusage(RUSAGE_CHILDREN, &truth);
	true_ns = rusage_cpu_ns(&truth);
	ptree_monitor_sample(live->monitor, ptree_node_id(latest(live, getpid())));
	AWAIT(live,
	      (ptree_node_usage(latest(live, getpid()), &usage),
	       usage.known & PTREE_USAGE_WAITED && usage.waited_cpu_ns + CPU_SLACK_NS > true_ns));
	assert_in_range(usage.waited_cpu_ns, true_ns - CPU_SLACK_NS, true_ns + CPU_SLACK_NS);
}

/* What a process's CPU clock showed, as the test went on. */
struct track {
	clockid_t clock;
	uint64_t sampled_ns, before_ns; /* the last sample that was seen, and the one before */
	size_t count;
	struct {
		uint64_t at_ns, cpu_ns;
	} points[4096];
};

static void track_begin(struct track *track, pid_t pid)
{
	track->count = 0;
	track->sampled_ns = track->before_ns = live_now_ns();
	assert_int_equal(clock_getcpuclockid(pid, &track->clock), 0);
}

static void track_note(struct track *track)
{
	if (track->count == COUNT(track->points))
		return;
	track->points[track->count].cpu_ns = cpu_now_ns(track->clock);
	track->points[track->count++].at_ns = live_now_ns();
}

/* The last point up to that time, or the first. */
static size_t track_find(const struct track *track, uint64_t at_ns)
{
	size_t at = track->count - 1;

	while (at && track->points[at].at_ns > at_ns)
		at--;
	return at;
}

/* What it used between two times, or since the beginning: parts of 1000 of a CPU. */
static uint64_t track_permille(const struct track *track, uint64_t from_ns, uint64_t until_ns)
{
	size_t last = track_find(track, until_ns), first = track_find(track, from_ns);
	uint64_t interval_ns = track->points[last].at_ns - track->points[first].at_ns;

	if (interval_ns < 100 * NS_PER_MS)
		return 0;
	return (track->points[last].cpu_ns - track->points[first].cpu_ns) * 1000 / interval_ns;
}

/* 80 to 120 % of a core, or of what the machine lets it have between the two samples. */
static bool is_seen_to_burn(const struct live *live, pid_t pid, struct track *track)
{
	struct ptree_usage usage = usage_of(live, pid);
	uint64_t truth;

	track_note(track);
	if (usage.sampled_ns > track->sampled_ns) {
		track->before_ns = track->sampled_ns;
		track->sampled_ns = usage.sampled_ns;
	}
	truth = track_permille(track, track->before_ns, track->sampled_ns);
	return usage.known & PTREE_USAGE_RATE && truth > 100 &&
	       10 * (uint64_t)usage.cpu_permille >= 8 * truth &&
	       10 * (uint64_t)usage.cpu_permille <= 12 * truth;
}

static int burn_on(struct live *live)
{
	struct pollfd gate = { .fd = live->gate[0], .events = POLLIN };
	uint64_t looked_ns = 0;

	/* A test that fails says nothing and closes the gate. */
	while (live->oracle->step != 9) {
		if (live_now_ns() < looked_ns + 10 * NS_PER_MS)
			continue;
		looked_ns = live_now_ns();
		if (poll(&gate, 1, 0))
			break;
	}
	return 0;
}

/* What has only a small part of the machine is not worth looking at everybody, and is found later:
   in each second since it began it had more. */
static bool is_worth_a_sweep(const struct track *track, uint64_t begin_ns)
{
	uint64_t now_ns = live_now_ns();

	for (uint64_t at_ns = begin_ns; at_ns + NS_PER_S <= now_ns; at_ns += NS_PER_S / 4)
		if (track_permille(track, at_ns, at_ns + NS_PER_S) <= 600)
			return false;
	return true;
}

static void one_that_burns_is_seen_to_do_so(void **state)
{
	struct live *live = *state;
	struct track track;
	pid_t pid;

	if (live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	pid = start(live, burn_on);
	track_begin(&track, pid);
	AWAIT_FOR(live, 3 * NS_PER_S, is_seen_to_burn(live, pid, &track));
	assert_int_equal(usage_of(live, pid).state, 'R');
	live->oracle->step = 9;
	assert_int_equal(wait_for(pid), 0);
}

static int burn_when_told(struct live *live)
{
	wait_for_go(live);
	return burn_on(live);
}

/* To the next one, what is there now was there before. */
static void replace_monitor(struct live *live)
{
	ptree_monitor_free(live->monitor);
	live->monitor = NULL;
	assert_int_equal(ptree_monitor_new(&live->monitor, NULL), 0);
	live->tree = ptree_monitor_tree(live->monitor);
	ptree_tree_feed_end(live->tree, &live->position);
	assert_int_equal(ptree_monitor_wait_ready(live->monitor, true, 30000), 0);
}

static void one_that_slept_and_begins_to_burn_is_found_among_sleepers(void **state)
{
	struct live *live = *state;
	struct track track;
	uint64_t ticked_ns, begin_ns, end_ns;
	bool is_seen;
	pid_t pid;

	if (live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	for (int i = 0; i < SLEEPERS; i++)
		assert_true(fork_holder(live) > 0);
	pid = start(live, burn_when_told);
	replace_monitor(live);
	assert_true(is_live(live, pid));
	for (int i = 0; i < 3; i++) { /* until what is usual is known */
		ticked_ns = live->tree->tick_ns;
		AWAIT(live, live->tree->tick_ns != ticked_ns);
	}
	assert_int_equal(usage_of(live, pid).cpu_permille, 0);
	track_begin(&track, pid);
	track_note(&track);
	say_go(live);
	begin_ns = live_now_ns();
	end_ns = begin_ns + 7 * NS_PER_S / 2;
	while (!(is_seen = is_seen_to_burn(live, pid, &track)) && live_now_ns() < end_ns)
		live_pump(live, 20);
	live->oracle->step = 9;
	open_gate(live);
	if (!is_seen && !is_worth_a_sweep(&track, begin_ns)) {
		print_message("# the machine is too busy: it burned no more than %d permille\n",
			      (int)track_permille(&track, begin_ns, live_now_ns()));
		skip();
	}
	assert_true(is_seen);
	assert_int_equal(wait_for(pid), 0);
}

static int hold_memory(struct live *live)
{
	touch(3 * ALLOCATED);
	live->oracle->step = 1;
	return hold(live);
}

static uint64_t resident_bytes(pid_t pid)
{
	unsigned long long size = 0, resident = 0;
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/statm", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu %llu", &size, &resident), 2);
	fclose(file);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool is_memory_known(const struct live *live, pid_t pid)
{
	struct ptree_usage usage = usage_of(live, pid);
	uint64_t truth = resident_bytes(pid);

	return usage.known & PTREE_USAGE_RSS && usage.rss_bytes >= 3 * ALLOCATED &&
	       usage.rss_bytes <= truth + RSS_SLACK && truth <= usage.rss_bytes + RSS_SLACK;
}

static void memory_of_a_live_process_agrees_with_statm(void **state)
{
	struct live *live = *state;
	pid_t pid;

	if (live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	pid = start(live, hold_memory);
	AWAIT(live, live->oracle->step == 1 && is_live(live, pid));
	/* Somebody looks at it: whatever it does, it is read at the next tick. */
	ptree_monitor_sample(live->monitor, ptree_node_id(latest(live, pid)));
	AWAIT_FOR(live, 4 * NS_PER_S, is_memory_known(live, pid));
}

/* ---- without the privilege ---- */

enum finding { AS_EXPECTED, NO_SETUP, NO_EVENTS, HAS_ACCOUNTING, IS_NOT_SEEN, IS_FINAL };

static bool pump_until_ended(struct live *live, pid_t pid)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;

	while (!has_ended(live, pid) && live_now_ns() < end_ns) {
		struct pollfd fd = { .fd = ptree_monitor_fd(live->monitor), .events = POLLIN };

		poll(&fd, 1, 20);
		ptree_monitor_dispatch(live->monitor, 0);
	}
	return has_ended(live, pid);
}

/* In a process of its own, where an assertion would not be heard. */
static enum finding look_as_nobody(void)
{
	struct live live = { 0 };
	struct ptree_usage usage;
	pid_t pid;

	if (geteuid() == 0 &&
	    (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)))
		return NO_SETUP;
	if (ptree_monitor_new(&live.monitor, NULL) ||
	    ptree_monitor_wait_ready(live.monitor, false, 30000))
		return NO_SETUP;
	live.tree = ptree_monitor_tree(live.monitor);
	if (live_status(&live).state == PTREE_MONITOR_POLLING)
		return NO_EVENTS;
	if (live_status(&live).accounting_error != -EPERM)
		return HAS_ACCOUNTING;
	pid = fork();
	if (pid == 0)
		_exit(0);
	if (waitpid(pid, NULL, 0) != pid || !pump_until_ended(&live, pid))
		return IS_NOT_SEEN;
	usage = usage_of(&live, pid);
	ptree_monitor_free(live.monitor);
	return usage.is_final || usage.known & PTREE_USAGE_MAX_RSS ? IS_FINAL : AS_EXPECTED;
}

static void nobody_is_told_why_there_is_no_accounting(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (pid == 0)
		_exit((int)look_as_nobody());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_EVENTS) {
		print_message("# no process events without privilege\n");
		skip();
	}
	assert_int_equal(WEXITSTATUS(status), AS_EXPECTED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, live_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_is_told_why_there_is_no_accounting),
		TEST(what_children_used_agrees_with_wait4),
		TEST(every_one_of_many_quick_forks_is_accounted_for),
		TEST(what_children_used_is_known_of_who_waited_for_them),
		TEST(one_that_burns_is_seen_to_do_so),
		TEST(one_that_slept_and_begins_to_burn_is_found_among_sleepers),
		TEST(memory_of_a_live_process_agrees_with_statm),
	};

	return cmocka_run_group_tests_name("live-usage", tests, NULL, NULL);
}
