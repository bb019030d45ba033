/* SPDX-License-Identifier: MIT */
/*
 * The witness on the running kernel: command lines of programs that end at once, reads that hang
 * (made with a source of our own, which waits for as long as a test wants) or cost much, and what
 * a monitor makes of it. Other processes' execs come as well: a test looks at its own only. Where
 * there is no connector every test is skipped; where real time is not allowed, what needs it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "live-monitor.h"
#include "sanitized.h"

#include "../lib/monitor/monitor.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <time.h>

#define ARGV_MAX 4096
#define SPAWNERS 4
#define HANGS_MAX 16
#define CHILDREN_S 60 /* after a test that failed they end by themselves */
/* Of so many storms one must go well: a virtual machine stands still now and then. */
#define STORMS_MAX 5
#define ABANDONED_MAX 8 /* as in post.c */
#define THREAD_NAME "proctree-exec"

extern char **environ;

/* Of so many short-lived programs: what must be read. Under a sanitizer reading is slow. */
static size_t least_of(size_t count)
{
	return count - count / (IS_SANITIZED ? 10 : 100);
}

/* What the source shares with a test; there is no other way in. */
static struct gate {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	/* under the lock: */
	pid_t hangs[HANGS_MAX]; /* a read of one of them waits until it is no more here */
	size_t came, left;	/* reads that hung, and came back */
	bool hangs_always;
	_Atomic uint64_t burn_ns; /* what a read costs in addition */
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };

struct fixture {
	struct witness *witness;
	int wake_fd;
	int go[2];	/* a byte lets one held child exec; closed, it ends */
	size_t threads; /* before there was a witness */
	cpu_set_t cpus; /* where this program may run */
	struct testimonies {
		struct witness_testimony *list;
		size_t count, capacity;
	} said;
};

/* ---- the source ---- */

static bool hangs(pid_t pid)
{
	for (size_t i = 0; i < HANGS_MAX; i++)
		if (gate.hangs[i] == pid)
			return true;
	return gate.hangs_always;
}

static void hang(pid_t pid)
{
	pthread_mutex_lock(&gate.lock);
	if (hangs(pid)) {
		gate.came++;
		pthread_cond_broadcast(&gate.changed);
		while (hangs(pid))
			pthread_cond_wait(&gate.changed, &gate.lock);
		gate.left++;
	}
	pthread_mutex_unlock(&gate.lock);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	assert_int_equal(clock_gettime(clock, &now), 0);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

static void burn(void)
{
	uint64_t end_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) + atomic_load(&gate.burn_ns);

	while (atomic_load(&gate.burn_ns) && clock_ns(CLOCK_THREAD_CPUTIME_ID) < end_ns)
		;
}

static int gated_argv(struct ptree_procfs *procfs, pid_t pid, size_t max, char **argv, size_t *size,
		      enum ptree_argv_status *status)
{
	hang(pid);
	burn();
	return ptree_procfs_argv(procfs, pid, max, argv, size, status);
}

static const struct witness_source gated = { .argv = gated_argv };

static void let_hang(pid_t pid)
{
	pthread_mutex_lock(&gate.lock);
	for (size_t i = 0; i < HANGS_MAX; i++) {
		if (!gate.hangs[i]) {
			gate.hangs[i] = pid;
			break;
		}
	}
	pthread_mutex_unlock(&gate.lock);
}

/* 0: all of them. */
static void let_go(pid_t pid)
{
	pthread_mutex_lock(&gate.lock);
	for (size_t i = 0; i < HANGS_MAX; i++)
		if (gate.hangs[i] == pid || !pid)
			gate.hangs[i] = 0;
	if (!pid)
		gate.hangs_always = false;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

static bool await_count(const size_t *counter, size_t count)
{
	struct timespec end;
	int err = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += PATIENCE_NS / NS_PER_S;
	pthread_mutex_lock(&gate.lock);
	while (*counter < count && !err)
		err = pthread_cond_timedwait(&gate.changed, &gate.lock, &end);
	pthread_mutex_unlock(&gate.lock);
	return !err;
}

static size_t gate_left(void)
{
	size_t left;

	pthread_mutex_lock(&gate.lock);
	left = gate.left;
	pthread_mutex_unlock(&gate.lock);
	return left;
}

static void await_hanging(size_t count)
{
	assert_true(await_count(&gate.came, count));
}

static void reset_gate(void)
{
	let_go(0);
	pthread_mutex_lock(&gate.lock);
	gate.came = gate.left = 0;
	pthread_mutex_unlock(&gate.lock);
	atomic_store(&gate.burn_ns, 0);
}

/* ---- threads ---- */

static size_t count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	size_t count = 0;

	assert_non_null(dir);
	while (readdir(dir))
		count++;
	closedir(dir);
	return count;
}

static void await_threads(size_t most)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;

	while (count_threads() > most) {
		assert_true(live_now_ns() < end_ns);
		sched_yield();
	}
}

static bool is_named(const char *tid, const char *name)
{
	char path[300], comm[32] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%s/comm", tid);
	file = fopen(path, "re");
	if (!file)
		return false;
	if (!fgets(comm, sizeof(comm), file))
		*comm = '\0';
	fclose(file);
	comm[strcspn(comm, "\n")] = '\0';
	return !strcmp(comm, name);
}

/* 0: there is none yet. */
static pid_t find_thread(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	pid_t tid = 0;

	assert_non_null(dir);
	while (!tid && (entry = readdir(dir)))
		if (is_named(entry->d_name, THREAD_NAME))
			tid = atoi(entry->d_name);
	closedir(dir);
	return tid;
}

static pid_t await_thread(void)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;
	pid_t tid;

	while (!(tid = find_thread())) {
		assert_true(live_now_ns() < end_ns);
		sched_yield();
	}
	return tid;
}

/* The policy's flags are not of interest. */
static int policy_of(pid_t tid)
{
	return sched_getscheduler(tid) & ~SCHED_RESET_ON_FORK;
}

/* Asked in a child: this process shall stay ordinary. */
static bool realtime_is_allowed(void)
{
	const struct sched_param lowest = { .sched_priority = 1 };
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(sched_setscheduler(0, SCHED_FIFO, &lowest) ? 1 : 0);
	return wait_for(pid) == 0;
}

/* ---- setting up ---- */

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	if (!fixture)
		return -1;
	*state = fixture;
	reset_gate();
	fixture->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	fixture->threads = count_threads();
	if (sched_getaffinity(0, sizeof(fixture->cpus), &fixture->cpus))
		return -1;
	return fixture->wake_fd < 0 || pipe2(fixture->go, O_CLOEXEC);
}

static void forget(struct testimonies *said)
{
	while (said->count)
		free((void *)(uintptr_t)said->list[--said->count].argv);
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	close(fixture->go[0]);
	close(fixture->go[1]);
	witness_close(fixture->witness);
	reset_gate();
	await_threads(fixture->threads);
	sched_setaffinity(0, sizeof(fixture->cpus), &fixture->cpus);
	forget(&fixture->said);
	free(fixture->said.list);
	close(fixture->wake_fd);
	free(fixture);
	return 0;
}

/* Number 0 is the first of those where this program may run. -1: there are not so many. */
static int cpu_number(const struct fixture *fixture, size_t number)
{
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &fixture->cpus) && !number--)
			return cpu;
	return -1;
}

/* What is started from here on as well. */
static void stay_at(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
}

static struct fixture *open_witness(void **state, const struct witness_source *source,
				    bool no_realtime)
{
	struct fixture *fixture = *state;
	const struct witness_options options = { .argv_max = ARGV_MAX,
						 .wake_fd = fixture->wake_fd,
						 .no_realtime = no_realtime,
						 .source = source };

	int err = witness_open(&fixture->witness, &options);

	if (err) {
		fprintf(stderr, "# no process connector: %s\n", strerror(-err));
		skip();
	}
	return fixture;
}

static struct witness_stats stats_of(const struct fixture *fixture)
{
	struct witness_stats stats;

	witness_get_stats(fixture->witness, &stats);
	return stats;
}

/* A witness with a single thread, which hangs where it is told to. */
static struct fixture *open_gated(void **state)
{
	stay_at(cpu_number(*state, 0));
	return open_witness(state, &gated, false);
}

/* ---- testimonies ---- */

static void note(struct testimonies *said, const struct witness_testimony *testimony)
{
	char *copy = malloc(testimony->argv_size + 1);

	if (said->count == said->capacity) {
		said->capacity = 2 * said->capacity + 256;
		said->list = reallocarray(said->list, said->capacity, sizeof(*said->list));
	}
	assert_true(copy && said->list);
	memcpy(copy, testimony->argv, testimony->argv_size);
	copy[testimony->argv_size] = '\0';
	said->list[said->count] = *testimony;
	said->list[said->count++].argv = copy;
}

static void take_all(struct fixture *fixture)
{
	struct witness_testimony testimony;

	while (witness_take(fixture->witness, &testimony))
		note(&fixture->said, &testimony);
}

/* As the header says: look, await, look again, sleep. */
static void take_for(struct fixture *fixture, int timeout_ms)
{
	struct pollfd wake = { .fd = fixture->wake_fd, .events = POLLIN };
	size_t before = fixture->said.count;
	uint64_t count;
	ssize_t size;

	take_all(fixture);
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &fixture->cpus))
			witness_await(fixture->witness,
				      witness_thread_of(fixture->witness, (uint32_t)cpu));
	take_all(fixture);
	if (fixture->said.count == before && poll(&wake, 1, timeout_ms) > 0) {
		size = read(fixture->wake_fd, &count, sizeof(count));
		assert_int_equal(size, sizeof(count));
		take_all(fixture);
	}
}

static const struct witness_testimony *find(const struct fixture *fixture, pid_t pid)
{
	for (size_t i = fixture->said.count; i-- > 0;)
		if (fixture->said.list[i].pid == pid)
			return &fixture->said.list[i];
	return NULL;
}

static const struct witness_testimony *await_testimony(struct fixture *fixture, pid_t pid)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;
	const struct witness_testimony *found;

	while (!(found = find(fixture, pid)) && live_now_ns() < end_ns)
		take_for(fixture, 100);
	assert_non_null(found);
	return found;
}

static bool says(const struct witness_testimony *testimony, const char *const words[3])
{
	const char *at = testimony->argv, *end = at + testimony->argv_size;

	if (testimony->argv_status != PTREE_ARGV_READ)
		return false;
	for (size_t i = 0; i < 3; i++) {
		if (at >= end || strcmp(at, words[i]) != 0)
			return false;
		at += strlen(at) + 1;
	}
	return at == end;
}

/* ---- loads ---- */

static void end_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
}

static void start_busy(pid_t *pids, size_t count)
{
	pid_t parent = getpid();

	for (size_t i = 0; i < count; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i])
			continue;
		end_with_parent(parent);
		alarm(CHILDREN_S);
		for (volatile unsigned n = 0;; n++)
			;
	}
}

static void end_busy(const pid_t *pids, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(kill(pids[i], SIGKILL), 0);
		wait_for(pids[i]);
	}
}

/* Programs that were run, by number: which number is which one's is in its arguments. */
struct runs {
	size_t count;
	pid_t pid[PIDS_MAX];
};

static struct runs *new_runs(size_t count)
{
	struct runs *runs =
	    mmap(NULL, sizeof(*runs), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(runs != MAP_FAILED);
	runs->count = count;
	return runs;
}

static void free_runs(struct runs *runs)
{
	munmap(runs, sizeof(*runs));
}

/* In a spawner. */
static int run_each(struct runs *runs, size_t first, pid_t test)
{
	char name[] = "true", mark[32], number[32];
	char *argv[] = { name, mark, number, NULL };

	snprintf(mark, sizeof(mark), "live-witness-%d", test);
	for (size_t i = first; i < runs->count; i += SPAWNERS) {
		snprintf(number, sizeof(number), "%zu", i);
		if (posix_spawn(&runs->pid[i], "/bin/true", NULL, NULL, argv, environ))
			return 1;
		waitpid(runs->pid[i], NULL, 0);
	}
	return 0;
}

static void start_spawners(struct runs *runs, pid_t spawners[SPAWNERS])
{
	pid_t parent = getpid();

	for (size_t i = 0; i < SPAWNERS; i++) {
		spawners[i] = fork();
		assert_true(spawners[i] >= 0);
		if (spawners[i])
			continue;
		end_with_parent(parent);
		_exit(run_each(runs, i, parent));
	}
}

static bool is_over(pid_t *pid)
{
	int status = 0;

	if (*pid && waitpid(*pid, &status, WNOHANG) == *pid) {
		assert_int_equal(status, 0);
		*pid = 0;
	}
	return !*pid;
}

static bool are_over(pid_t spawners[SPAWNERS])
{
	bool over = true;

	for (size_t i = 0; i < SPAWNERS; i++)
		over &= is_over(&spawners[i]);
	return over;
}

/* The number of a run of ours, or -1. Numbers are read from the arguments that were found. */
static long number_of(const struct witness_testimony *testimony, const struct runs *runs)
{
	char mark[32], number[32];
	const char *const words[] = { "true", mark, number };
	size_t before;

	snprintf(mark, sizeof(mark), "live-witness-%d", getpid());
	before = strlen("true") + strlen(mark) + 2;
	if (testimony->argv_size <= before)
		return -1;
	snprintf(number, sizeof(number), "%ld", strtol(testimony->argv + before, NULL, 10));
	if (!says(testimony, words) || strtoul(number, NULL, 10) >= runs->count)
		return -1;
	return strtol(number, NULL, 10);
}

/* How many were read; each with its pid, and once. */
static size_t count_read(const struct fixture *fixture, const struct runs *runs)
{
	bool *seen = calloc(runs->count, sizeof(*seen));
	size_t count = 0;

	assert_non_null(seen);
	for (size_t i = 0; i < fixture->said.count; i++) {
		const struct witness_testimony *testimony = &fixture->said.list[i];
		long number = number_of(testimony, runs);

		if (number < 0)
			continue;
		assert_int_equal(testimony->error, 0);
		assert_int_equal(testimony->pid, runs->pid[number]);
		assert_false(seen[number]);
		seen[number] = true;
		count++;
	}
	free(seen);
	return count;
}

static int compare_keys(const void *a, const void *b)
{
	const struct witness_testimony *x = a, *y = b;

	if (x->cpu != y->cpu)
		return x->cpu < y->cpu ? -1 : 1;
	return (x->seq > y->seq) - (x->seq < y->seq);
}

static void assert_each_event_once(const struct fixture *fixture)
{
	const struct witness_testimony *list = fixture->said.list;

	qsort(fixture->said.list, fixture->said.count, sizeof(*list), compare_keys);
	for (size_t i = 1; i < fixture->said.count; i++)
		assert_true(compare_keys(&list[i - 1], &list[i]) != 0);
}

static bool has_heard_all(const struct fixture *fixture, const struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		if (!find(fixture, runs->pid[i]))
			return false;
	return true;
}

/* Returns how many of the command lines were read, of runs that nobody waits for. */
static size_t storm(struct fixture *fixture, size_t count)
{
	uint64_t end_ns = live_now_ns() + 3 * PATIENCE_NS;
	struct runs *runs = new_runs(count);
	pid_t spawners[SPAWNERS];
	size_t read;

	forget(&fixture->said);
	start_spawners(runs, spawners);
	while (!are_over(spawners)) {
		assert_true(live_now_ns() < end_ns);
		take_for(fixture, 10);
	}
	while (!has_heard_all(fixture, runs)) {
		assert_true(live_now_ns() < end_ns);
		take_for(fixture, 100);
	}
	read = count_read(fixture, runs);
	assert_each_event_once(fixture);
	free_runs(runs);
	return read;
}

/* A child that waits for go_on() and then becomes another program. */
static pid_t start_held(const struct fixture *fixture, char *const argv[])
{
	pid_t parent = getpid(), pid = fork();
	char byte;

	assert_true(pid >= 0);
	if (pid)
		return pid;
	end_with_parent(parent);
	if (read(fixture->go[0], &byte, 1) == 1)
		execv("/bin/sleep", argv);
	_exit(127);
}

static void go_on(const struct fixture *fixture)
{
	assert_int_equal(write(fixture->go[1], "g", 1), 1);
}

static void end(pid_t pid)
{
	assert_int_equal(kill(pid, SIGKILL), 0);
	wait_for(pid);
}

static char *const sleeper[] = { (char[]){ "sleep" }, (char[]){ "60" }, (char[]){ "0" }, NULL };
static const char *const sleeper_words[] = { "sleep", "60", "0" };

/* Runs one and waits for what is said of it. */
static void assert_next_is_read(struct fixture *fixture)
{
	pid_t pid = start_held(fixture, sleeper);

	go_on(fixture);
	assert_true(says(await_testimony(fixture, pid), sleeper_words));
	assert_int_equal(find(fixture, pid)->error, 0);
	/* The name is read only where that makes nobody wait. */
	assert_int_equal(find(fixture, pid)->has_comm, stats_of(fixture).is_realtime);
	if (find(fixture, pid)->has_comm)
		assert_string_equal(find(fixture, pid)->comm, "sleep");
	end(pid);
}

/* Runs one on which the hand hangs from now on. */
static pid_t hang_one(struct fixture *fixture)
{
	pid_t pid = start_held(fixture, sleeper);
	size_t before;

	pthread_mutex_lock(&gate.lock);
	before = gate.came;
	pthread_mutex_unlock(&gate.lock);
	let_hang(pid);
	go_on(fixture);
	await_hanging(before + 1);
	return pid;
}

/* ---- short-lived programs ---- */

static void command_lines_of_short_lived_programs_are_read_on_a_busy_machine(void **state)
{
	enum { RUNS = 1000 };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct fixture *fixture;
	pid_t *busy;
	size_t read = 0;

	if (!realtime_is_allowed())
		skip();
	fixture = open_witness(state, NULL, false);
	busy = calloc((size_t)cpus, sizeof(*busy));
	assert_non_null(busy);
	start_busy(busy, (size_t)cpus);
	for (int i = 0; i < STORMS_MAX && read < least_of(RUNS); i++) {
		read = storm(fixture, RUNS);
		fprintf(stderr, "# %zu of %d were read\n", read, RUNS);
	}
	end_busy(busy, (size_t)cpus);
	free(busy);
	assert_in_range(read, least_of(RUNS), RUNS);
	assert_true(stats_of(fixture).read >= RUNS);
	assert_int_equal(stats_of(fixture).discarded, 0);
	assert_int_equal(stats_of(fixture).abandoned, 0);
}

/* It may just have used its share: looks again after other execs. */
static void await_policy(struct fixture *fixture, int policy)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;
	pid_t tid = await_thread();

	while (policy_of(tid) != policy) {
		assert_true(live_now_ns() < end_ns);
		assert_next_is_read(fixture);
	}
}

static void it_runs_in_real_time_where_that_is_allowed(void **state)
{
	bool is_allowed = realtime_is_allowed();
	struct fixture *fixture = open_witness(state, NULL, false);

	if (!is_allowed) {
		assert_next_is_read(fixture);
		assert_false(stats_of(fixture).is_realtime);
		assert_int_equal(policy_of(await_thread()), SCHED_OTHER);
		skip();
	}
	await_policy(fixture, SCHED_FIFO);
	while (!stats_of(fixture).is_realtime)
		assert_next_is_read(fixture);
	assert_int_equal(policy_of(getpid()), SCHED_OTHER);
}

static void without_real_time_it_is_an_ordinary_thread_that_reads_all_the_same(void **state)
{
	struct fixture *fixture = open_witness(state, NULL, true);
	pid_t tid = await_thread();

	for (int i = 0; i < 20; i++) {
		assert_next_is_read(fixture);
		assert_int_equal(policy_of(tid), SCHED_OTHER);
		assert_false(stats_of(fixture).is_realtime);
	}
	/* Who is quicker is not known here: only that each is told of. */
	storm(fixture, 200);
	assert_int_equal(policy_of(tid), SCHED_OTHER);
}

/* ---- reads that hang ---- */

static void a_read_that_hangs_is_given_up_after_its_time_and_other_execs_are_read(void **state)
{
	struct fixture *fixture = open_gated(state);
	uint64_t before_ns = live_now_ns();
	pid_t pid = hang_one(fixture);

	assert_false(witness_is_any_stuck(fixture->witness, before_ns + 20 * NS_PER_MS));
	witness_check(fixture->witness, before_ns + 100 * NS_PER_MS);
	assert_int_equal(stats_of(fixture).abandoned, 0);
	assert_true(witness_is_any_stuck(fixture->witness, live_now_ns() + NS_PER_S));
	witness_check(fixture->witness, live_now_ns() + NS_PER_S);
	assert_int_equal(stats_of(fixture).abandoned, 1);
	assert_int_equal(count_threads(), fixture->threads + 2);
	assert_next_is_read(fixture);
	assert_int_equal(gate_left(), 0);
	let_go(0);
	/* The hand that hung goes; its answer is nobody's. */
	await_threads(fixture->threads + 1);
	assert_next_is_read(fixture);
	assert_null(find(fixture, pid));
	assert_int_equal(stats_of(fixture).abandoned, 1);
	end(pid);
}

/* Without the witness's help. */
static void await_exec(pid_t pid)
{
	uint64_t end_ns = live_now_ns() + PATIENCE_NS;
	char comm[PTREE_COMM_SIZE] = "";
	struct ptree_procfs *procfs;

	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	while (strcmp(comm, "sleep") != 0) {
		assert_true(live_now_ns() < end_ns);
		assert_int_equal(ptree_procfs_comm(procfs, pid, comm), 0);
		sched_yield();
	}
	ptree_procfs_close(procfs);
}

/* They come at once, after one read that took long. */
static void execs_received_together_with_one_that_hangs_are_read(void **state)
{
	struct fixture *fixture = open_gated(state);
	pid_t slow = hang_one(fixture), stuck, others[20];

	stuck = start_held(fixture, sleeper);
	let_hang(stuck);
	go_on(fixture);
	await_exec(stuck);
	for (size_t i = 0; i < COUNT(others); i++) {
		others[i] = start_held(fixture, sleeper);
		go_on(fixture);
		await_exec(others[i]);
	}
	let_go(slow);
	await_hanging(2);
	witness_check(fixture->witness, live_now_ns() + NS_PER_S);
	assert_int_equal(stats_of(fixture).abandoned, 1);
	assert_true(says(await_testimony(fixture, slow), sleeper_words));
	for (size_t i = 0; i < COUNT(others); i++) {
		assert_true(says(await_testimony(fixture, others[i]), sleeper_words));
		end(others[i]);
	}
	assert_null(find(fixture, stuck));
	assert_each_event_once(fixture);
	end(slow);
	end(stuck);
}

static void more_that_hang_than_are_allowed_wait_until_one_ends(void **state)
{
	struct fixture *fixture = open_gated(state);
	pid_t pids[ABANDONED_MAX + 1];

	for (size_t i = 0; i < ABANDONED_MAX; i++) {
		pids[i] = hang_one(fixture);
		witness_check(fixture->witness, live_now_ns() + NS_PER_S);
		assert_int_equal(stats_of(fixture).abandoned, i + 1);
	}
	assert_next_is_read(fixture);
	pids[ABANDONED_MAX] = hang_one(fixture);
	for (int i = 0; i < 3; i++)
		witness_check(fixture->witness, live_now_ns() + NS_PER_S);
	assert_int_equal(stats_of(fixture).abandoned, ABANDONED_MAX);
	assert_int_equal(count_threads(), fixture->threads + ABANDONED_MAX + 1);
	assert_true(witness_is_any_stuck(fixture->witness, live_now_ns() + NS_PER_S));
	let_go(pids[3]);
	await_threads(fixture->threads + ABANDONED_MAX);
	witness_check(fixture->witness, live_now_ns() + NS_PER_S);
	assert_int_equal(stats_of(fixture).abandoned, ABANDONED_MAX + 1);
	assert_next_is_read(fixture);
	let_go(0);
	await_threads(fixture->threads + 1);
	assert_int_equal(gate_left(), ABANDONED_MAX + 1);
	assert_next_is_read(fixture);
	for (size_t i = 0; i < COUNT(pids); i++)
		end(pids[i]);
}

static void closing_does_not_wait_for_reads_that_hang(void **state)
{
	struct fixture *fixture = open_gated(state);
	pid_t first = hang_one(fixture), second;

	witness_check(fixture->witness, live_now_ns() + NS_PER_S);
	second = hang_one(fixture);
	witness_close(fixture->witness);
	fixture->witness = NULL;
	assert_int_equal(gate_left(), 0);
	assert_int_equal(count_threads(), fixture->threads + 2);
	/* They wake up to find everything gone but what they hold themselves. */
	let_go(0);
	await_threads(fixture->threads);
	assert_int_equal(gate_left(), 2);
	end(first);
	end(second);
}

static void a_witness_opens_and_closes_at_once(void **state)
{
	struct fixture *fixture;

	for (int i = 0; i < 50; i++) {
		fixture = open_witness(state, NULL, i % 2);
		witness_close(fixture->witness);
		fixture->witness = NULL;
		await_threads(fixture->threads);
	}
}

/* ---- its share ---- */

static uint64_t cpu_ns_of(pid_t tid)
{
	/* The thread's CPU clock, as in linux/posix-timers.h. */
	return clock_ns((clockid_t)(~(unsigned)tid << 3 | 6));
}

struct share {
	size_t ordinary, realtime; /* times that it was seen as such */
	uint64_t cpu_ns, elapsed_ns;
};

static struct share watch_for(pid_t tid, uint64_t least_ns)
{
	uint64_t begin_ns = live_now_ns(), begin_cpu_ns = cpu_ns_of(tid);
	struct share share = { 0 };

	do {
		if (policy_of(tid) == SCHED_FIFO)
			share.realtime++;
		else
			share.ordinary++;
		usleep(1000);
		share.elapsed_ns = live_now_ns() - begin_ns;
		share.cpu_ns = cpu_ns_of(tid) - begin_cpu_ns;
	} while (share.elapsed_ns < least_ns);
	return share;
}

/* Each CPU has a thread of its own, and there is one event of each exec. */
static void execs_on_other_cpus_are_read_while_a_read_hangs(void **state)
{
	struct fixture *fixture = *state;
	pid_t slow, others[20];

	if (cpu_number(fixture, 1) < 0 || cpu_number(fixture, 8) >= 0)
		skip();
	open_witness(state, &gated, false);
	assert_int_equal(count_threads(), fixture->threads + (size_t)CPU_COUNT(&fixture->cpus));
	stay_at(cpu_number(fixture, 0));
	slow = hang_one(fixture);
	stay_at(cpu_number(fixture, 1));
	for (size_t i = 0; i < COUNT(others); i++) {
		others[i] = start_held(fixture, sleeper);
		go_on(fixture);
		assert_true(says(await_testimony(fixture, others[i]), sleeper_words));
		end(others[i]);
	}
	assert_true(witness_is_any_stuck(fixture->witness, live_now_ns() + NS_PER_S));
	assert_null(find(fixture, slow));
	let_go(0);
	assert_true(says(await_testimony(fixture, slow), sleeper_words));
	assert_each_event_once(fixture);
	end(slow);
}

/*
 * While it hangs, more execs gather than it can read in seconds at 2 ms each, which are then all
 * that it would do. Of what is not its by priority it gets what one of many gets.
 */
static void what_costs_much_is_read_by_an_ordinary_thread(void **state)
{
	enum { RUNS = 2000 };
	size_t busy_count = 8 * (size_t)sysconf(_SC_NPROCESSORS_ONLN);
	struct runs *runs = new_runs(RUNS);
	struct fixture *fixture;
	pid_t slow, spawners[SPAWNERS], *busy = calloc(busy_count, sizeof(*busy));
	struct witness_stats before, after;
	struct share share;

	assert_non_null(busy);
	if (!realtime_is_allowed())
		skip();
	fixture = open_gated(state);
	await_policy(fixture, SCHED_FIFO);
	slow = hang_one(fixture);
	start_spawners(runs, spawners);
	while (!are_over(spawners))
		usleep(1000);
	atomic_store(&gate.burn_ns, 2 * NS_PER_MS);
	start_busy(busy, busy_count);
	before = stats_of(fixture);
	let_go(0);
	share = watch_for(await_thread(), NS_PER_S);
	after = stats_of(fixture);
	atomic_store(&gate.burn_ns, 0);
	end_busy(busy, busy_count);
	fprintf(stderr,
		"# %llu reads took %llu ms of %llu; seen ordinary %zu times, real-time %zu\n",
		(unsigned long long)(after.read - before.read),
		(unsigned long long)(share.cpu_ns / NS_PER_MS),
		(unsigned long long)(share.elapsed_ns / NS_PER_MS), share.ordinary, share.realtime);
	assert_in_range(after.read - before.read, 1, RUNS - 1); /* there was something to do */
	assert_true(share.ordinary > 0);
	assert_true(share.cpu_ns < share.elapsed_ns / 10 * 6);
	/* Once that is over it is its old self. */
	while (stats_of(fixture).read < before.read + RUNS)
		take_for(fixture, 10);
	await_policy(fixture, SCHED_FIFO);
	end(slow);
	free(busy);
	free_runs(runs);
}

/* ---- with a monitor ---- */

static struct live *need_events(void **state)
{
	struct live *live = *state;

	if (live_status(live).state == PTREE_MONITOR_POLLING)
		skip();
	return live;
}

/* Pids of execs that were fed before their arguments were known. */
struct unknown {
	pid_t pids[PIDS_MAX];
	size_t count;
};

static bool is_argv_known(const struct live *live, const struct live_change *change)
{
	const struct ptree_node *node = map_find(&live->tree->by_id, change->id);
	const struct ptree_image *image;

	for (unsigned back = 0; node && (image = ptree_node_image(node, back)); back++)
		if (image->begin_ns == change->boot_ns)
			return image->argv_status != PTREE_ARGV_PENDING;
	return true; /* too long ago for the tree */
}

/* Looks at each exec right after the dispatch that fed it. */
static void pump_and_look(struct live *live, struct unknown *unknown)
{
	size_t before = live->count;

	live_pump(live, 20);
	for (size_t i = before; i < live->count; i++) {
		const struct live_change *change = &live->changes[i];

		if (change->kind == PTREE_CHANGE_EXECED && !change->is_inferred &&
		    !is_argv_known(live, change) && unknown->count < PIDS_MAX)
			unknown->pids[unknown->count++] = change->pid;
	}
}

static size_t count_own(const struct unknown *unknown, const struct runs *runs)
{
	size_t count = 0;

	for (size_t i = 0; i < unknown->count; i++)
		for (size_t k = 0; k < runs->count; k++)
			count += unknown->pids[i] == runs->pid[k];
	return count;
}

static bool have_all_ended(const struct live *live, const struct runs *runs)
{
	for (size_t i = 0; i < runs->count; i++)
		if (!has_ended(live, runs->pid[i]))
			return false;
	return true;
}

/* SIZE_MAX: there is no such change. */
static size_t first_change(const struct live *live, enum ptree_change_kind kind, uint64_t id)
{
	for (size_t i = 0; i < live->count; i++)
		if (live->changes[i].kind == kind && live->changes[i].id == id)
			return i;
	return SIZE_MAX;
}

static void assert_fed_in_order(const struct live *live, pid_t pid)
{
	uint64_t id = latest(live, pid)->id;
	size_t forked = first_change(live, PTREE_CHANGE_FORKED, id);
	size_t execed = first_change(live, PTREE_CHANGE_EXECED, id);
	size_t exited = first_change(live, PTREE_CHANGE_EXITED, id);

	assert_true(forked < execed && execed < exited && exited != SIZE_MAX);
	assert_true(live->changes[forked].boot_ns <= live->changes[execed].boot_ns);
	assert_true(live->changes[execed].boot_ns <= live->changes[exited].boot_ns);
	assert_int_equal(count_changes(live, PTREE_CHANGE_EXECED, id), 1);
}

static bool has_argv(const struct live *live, const struct runs *runs, size_t number)
{
	const struct ptree_node *node = latest(live, runs->pid[number]);
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;
	struct witness_testimony testimony = { 0 };

	if (!image || image->argv_status != PTREE_ARGV_READ)
		return false;
	testimony.argv_status = image->argv_status;
	testimony.argv = image->argv;
	testimony.argv_size = image->argv_size;
	assert_int_equal(number_of(&testimony, runs), number);
	return true;
}

/* How many of the runs' command lines were read, and known when the exec was fed. */
static size_t storm_at_monitor(struct live *live, size_t count)
{
	struct ptree_monitor_status before = live_status(live), after;
	struct unknown *unknown = calloc(1, sizeof(*unknown));
	struct runs *runs = new_runs(count);
	size_t read = 0, fed_without;
	pid_t spawners[SPAWNERS];

	assert_non_null(unknown);
	start_spawners(runs, spawners);
	while (!are_over(spawners))
		pump_and_look(live, unknown);
	AWAIT(live, have_all_ended(live, runs));
	after = live_status(live);
	for (size_t i = 0; i < count; i++) {
		assert_fed_in_order(live, runs->pid[i]);
		read += has_argv(live, runs, i);
	}
	fed_without = count_own(unknown, runs);
	fprintf(
	    stderr,
	    "# %zu of %zu were read, %zu were fed before; of %llu in all %llu read, %llu late\n",
	    read, count, fed_without, (unsigned long long)(after.execs - before.execs),
	    (unsigned long long)(after.argv_read - before.argv_read),
	    (unsigned long long)(after.argv_late - before.argv_late));
	assert_int_equal(after.lost, 0);
	assert_true(after.execs - before.execs >= count);
	assert_true(after.argv_read - before.argv_read >= read);
	assert_true(after.argv_read + after.argv_late <= after.execs);
	free_runs(runs);
	free(unknown);
	return fed_without < read ? read - fed_without : 0;
}

static void a_monitor_tells_execs_in_order_and_with_their_command_lines(void **state)
{
	enum { RUNS = 500 };
	struct live *live = need_events(state);
	size_t read = 0;

	for (int i = 0; i < STORMS_MAX && read < least_of(RUNS); i++)
		read = storm_at_monitor(live, RUNS);
	if (!realtime_is_allowed())
		skip();
	assert_in_range(read, least_of(RUNS), RUNS);
}

/* Another witness for the monitor: one that hangs on every exec. */
static void replace_witness(struct live *live)
{
	struct texts *texts = &live->monitor->texts;

	assert_int_equal(texts->witness_options.argv_max, ARGV_MAX);
	assert_non_null(texts->witness);
	pthread_mutex_lock(&gate.lock);
	gate.hangs_always = true;
	pthread_mutex_unlock(&gate.lock);
	texts->witness_options.source = &gated;
	texts_open_witness(texts, false);
	assert_non_null(texts->witness);
}

static int compare_times(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* From the end of a child to the change that tells it. */
static uint64_t measure_delay(struct live *live)
{
	pid_t pid = fork();
	uint64_t id, delay_ns = UINT64_MAX;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(0);
	wait_for(pid);
	AWAIT(live, has_ended(live, pid));
	id = latest(live, pid)->id;
	delay_ns =
	    live_now_ns() - live->changes[first_change(live, PTREE_CHANGE_EXITED, id)].boot_ns;
	return delay_ns;
}

static bool is_sleeper_known(const struct live *live, pid_t pid)
{
	const struct ptree_node *node = latest(live, pid);
	const struct ptree_image *image = node ? ptree_node_image(node, 0) : NULL;

	return image && image->argv_status == PTREE_ARGV_READ && image->argv_size >= 5 &&
	       !memcmp(image->argv, "sleep", 5);
}

static void a_monitor_whose_witness_hangs_goes_on_without_it(void **state)
{
	enum { ROUNDS = 40 };
	struct live *live = need_events(state);
	uint64_t delays_ns[ROUNDS];
	pid_t pid;

	replace_witness(live);
	for (int i = 0; i < ROUNDS; i++) {
		assert_int_equal(posix_spawn(&pid, "/bin/sleep", NULL, NULL, sleeper, environ), 0);
		delays_ns[i] = measure_delay(live);
		AWAIT(live, is_sleeper_known(live, pid)); /* from the readers */
		end(pid);
	}
	await_hanging(1);
	assert_int_equal(gate_left(), 0);
	qsort(delays_ns, ROUNDS, sizeof(*delays_ns), compare_times);
	fprintf(stderr, "# delays: %llu ms, at most %llu\n",
		(unsigned long long)(delays_ns[ROUNDS / 2] / NS_PER_MS),
		(unsigned long long)(delays_ns[ROUNDS - 1] / NS_PER_MS));
	assert_true(delays_ns[ROUNDS / 2] < 100 * NS_PER_MS);
	assert_true(live_status(live).argv_read + live_status(live).argv_late <=
		    live_status(live).execs);
}

/*
 * The witness is slow, so a reader is asked too, and both answer before the next dispatch. That
 * they are both there then is likely, not certain; that it counts once holds in any case.
 */
static void a_command_line_that_was_found_twice_counts_once(void **state)
{
	struct live *live = need_events(state);

	replace_witness(live);
	for (size_t i = 0; i < 5; i++) {
		uint64_t execs = live_status(live).execs;
		pid_t pid;

		assert_int_equal(posix_spawn(&pid, "/bin/sleep", NULL, NULL, sleeper, environ), 0);
		AWAIT(live, live_status(live).execs > execs);
		let_go(0);
		usleep(50000);
		AWAIT(live, is_sleeper_known(live, pid));
		assert_true(live_status(live).argv_read + live_status(live).argv_late <=
			    live_status(live).execs);
		end(pid);
		pthread_mutex_lock(&gate.lock);
		gate.hangs_always = true;
		pthread_mutex_unlock(&gate.lock);
	}
}

static int end_live(void **state)
{
	int err = live_teardown(state);

	let_go(0);
	await_threads(3); /* this one, "." and ".." */
	reset_gate();
	return err;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define WITH_MONITOR(name) cmocka_unit_test_setup_teardown(name, live_setup, end_live)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(command_lines_of_short_lived_programs_are_read_on_a_busy_machine),
		TEST(it_runs_in_real_time_where_that_is_allowed),
		TEST(without_real_time_it_is_an_ordinary_thread_that_reads_all_the_same),
		TEST(a_read_that_hangs_is_given_up_after_its_time_and_other_execs_are_read),
		TEST(execs_received_together_with_one_that_hangs_are_read),
		TEST(execs_on_other_cpus_are_read_while_a_read_hangs),
		TEST(more_that_hang_than_are_allowed_wait_until_one_ends),
		TEST(closing_does_not_wait_for_reads_that_hang),
		TEST(a_witness_opens_and_closes_at_once),
		TEST(what_costs_much_is_read_by_an_ordinary_thread),
		WITH_MONITOR(a_monitor_tells_execs_in_order_and_with_their_command_lines),
		WITH_MONITOR(a_monitor_whose_witness_hangs_goes_on_without_it),
		WITH_MONITOR(a_command_line_that_was_found_twice_counts_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
