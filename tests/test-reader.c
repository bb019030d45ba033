/* SPDX-License-Identifier: MIT */
/*
 * Reading on threads that can get stuck. Reads that hang are made with a source of our own, which
 * waits at a gate for as long as a test wants; the rest is the real /proc.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "monitor/reader.h"

#define NS_PER_S UINT64_C(1000000000)
#define WAIT_MS 60000
#define ARGV_MAX 4096
#define HANGING_PID 1000000

/* What the source shares with a test; there is no other way in. */
static struct gate {
	sem_t came, open;
	pthread_mutex_t lock;
	/* under the lock: */
	pid_t order[64]; /* the pids it was asked for */
	size_t count;
	size_t left; /* reads that hung and came back */
} gate = { .lock = PTHREAD_MUTEX_INITIALIZER };

struct fixture {
	struct reader *reader;
	int wake_fd;
	size_t threads; /* before there was a reader */
};

static void note_order(pid_t pid)
{
	pthread_mutex_lock(&gate.lock);
	if (gate.count < 64)
		gate.order[gate.count++] = pid;
	pthread_mutex_unlock(&gate.lock);
}

static void hang(void)
{
	sem_post(&gate.came);
	while (sem_wait(&gate.open) < 0)
		;
	pthread_mutex_lock(&gate.lock);
	gate.left++;
	pthread_mutex_unlock(&gate.lock);
}

/* Pids from HANGING_PID on hang; then, as all others, they say their number. */
static int gated_argv(struct ptree_procfs *procfs, pid_t pid, size_t max, char **argv, size_t *size,
		      enum ptree_argv_status *status)
{
	(void)procfs;
	note_order(pid);
	if (pid >= HANGING_PID)
		hang();
	*argv = malloc(max);
	if (!*argv)
		return -ENOMEM;
	*size = (size_t)snprintf(*argv, max, "%d", pid);
	*status = PTREE_ARGV_READ;
	return 0;
}

static size_t gate_left(void)
{
	size_t left;

	pthread_mutex_lock(&gate.lock);
	left = gate.left;
	pthread_mutex_unlock(&gate.lock);
	return left;
}

static const struct reader_source gated = { .argv = gated_argv };

static void start(struct fixture *fixture, unsigned threads, const struct reader_source *source)
{
	assert_int_equal(
	    reader_new(&fixture->reader, NULL, threads, ARGV_MAX, fixture->wake_fd, source), 0);
}

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

/* Lets others run until no more threads are left than at first, for a minute at most. */
static void wait_for_threads(size_t count)
{
	uint64_t end_ns = ptree_boot_now_ns() + 60 * NS_PER_S;

	while (count_threads() > count) {
		assert_true(ptree_boot_now_ns() < end_ns);
		sched_yield();
	}
}

static int setup_gate(void **state)
{
	(void)state;
	assert_int_equal(sem_init(&gate.came, 0, 0), 0);
	assert_int_equal(sem_init(&gate.open, 0, 0), 0);
	return 0;
}

static int setup(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	fixture->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	assert_true(fixture->wake_fd >= 0);
	fixture->threads = count_threads();
	pthread_mutex_lock(&gate.lock);
	gate.count = gate.left = 0;
	pthread_mutex_unlock(&gate.lock);
	*state = fixture;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *fixture = *state;

	reader_free(fixture->reader);
	wait_for_threads(fixture->threads);
	close(fixture->wake_fd);
	free(fixture);
	return 0;
}

static void submit(struct fixture *fixture, pid_t pid, unsigned what, bool urgent)
{
	struct reader_job job = { .id = (uint64_t)pid + 1000, .pid = pid, .what = what };

	assert_int_equal(reader_submit(fixture->reader, &job, urgent), 0);
}

static void wait_for_wake(const struct fixture *fixture)
{
	struct pollfd poll_fd = { .fd = fixture->wake_fd, .events = POLLIN };
	uint64_t wakes;

	assert_int_equal(poll(&poll_fd, 1, WAIT_MS), 1);
	assert_int_equal(read(fixture->wake_fd, &wakes, sizeof(wakes)), sizeof(wakes));
}

/* One result, as the main loop would get it. */
static struct reader_result collect_one(struct fixture *fixture)
{
	struct reader_result result;

	do {
		wait_for_wake(fixture);
	} while (!reader_collect(fixture->reader, &result, 1));
	return result;
}

static void wait_until_stuck(void)
{
	while (sem_wait(&gate.came) < 0)
		assert_int_equal(errno, EINTR);
}

static uint64_t later_ns(void)
{
	return ptree_boot_now_ns() + 3 * NS_PER_S;
}

/* ---- the real /proc ---- */

static void start_real(void **state)
{
	start(*state, 2, NULL);
}

static pid_t start_child(void)
{
	int ready[2];
	char byte;
	pid_t child;

	assert_int_equal(pipe(ready), 0);
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing behind */
		prctl(PR_SET_NAME, "of)hand\n");
		if (write(ready[1], "", 1) == 1)
			pause();
		_exit(0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	close(ready[1]);
	return child;
}

static void end_child(pid_t child)
{
	assert_int_equal(kill(child, SIGKILL), 0);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void a_childs_name_and_arguments_are_read(void **state)
{
	struct fixture *fixture = *state;
	pid_t child = start_child();
	uint64_t before_ns = ptree_boot_now_ns();
	struct reader_job job = { .id = 7, .image_ns = 8, .pid = child };
	struct reader_result result;

	start_real(state);
	job.what = READER_ARGV | READER_COMM | 64;
	assert_int_equal(reader_submit(fixture->reader, &job, true), 0);
	assert_int_equal(reader_pending(fixture->reader), 1);
	result = collect_one(fixture);
	assert_int_equal(reader_pending(fixture->reader), 0);
	assert_memory_equal(&result.job, &job, sizeof(job));
	assert_int_equal(result.error, 0);
	assert_true(result.has_comm);
	assert_string_equal(result.comm, "of)hand\n");
	assert_int_equal(result.argv_status, PTREE_ARGV_READ);
	assert_non_null(memmem(result.argv, result.argv_size, program_invocation_short_name,
			       strlen(program_invocation_short_name)));
	assert_true(result.read_ns >= before_ns && result.read_ns <= ptree_boot_now_ns());
	free(result.argv);
	end_child(child);
}

static void only_what_was_asked_for_is_read(void **state)
{
	struct fixture *fixture = *state;
	struct reader_result result;

	start_real(state);
	submit(fixture, getpid(), READER_COMM, false);
	result = collect_one(fixture);
	assert_int_equal(result.error, 0);
	assert_true(result.has_comm);
	assert_int_equal(result.argv_status, PTREE_ARGV_PENDING);
	assert_null(result.argv);
	submit(fixture, getpid(), READER_ARGV, false);
	result = collect_one(fixture);
	assert_int_equal(result.error, 0);
	assert_false(result.has_comm);
	assert_int_equal(result.argv_status, PTREE_ARGV_READ);
	free(result.argv);
}

static void a_process_that_is_gone_is_too_late(void **state)
{
	struct fixture *fixture = *state;
	pid_t child = start_child();
	struct reader_result result;

	end_child(child);
	start_real(state);
	submit(fixture, child, READER_ARGV | READER_COMM, true);
	result = collect_one(fixture);
	assert_int_equal(result.error, -ESRCH);
	assert_int_equal(result.argv_status, PTREE_ARGV_LATE);
	assert_false(result.has_comm);
	assert_null(result.argv);
	submit(fixture, child, READER_COMM, true);
	result = collect_one(fixture);
	assert_int_equal(result.error, -ESRCH);
	assert_int_equal(result.argv_status, PTREE_ARGV_PENDING);
}

static void another_process_with_the_pid_is_not_the_one(void **state)
{
	struct fixture *fixture = *state;
	struct reader_job job = { .pid = getpid(), .what = READER_ARGV | READER_COMM };
	struct ptree_procfs *procfs;
	struct reader_result result;

	start_real(state);
	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	assert_int_equal(ptree_procfs_start_time(procfs, getpid(), &job.start_ns), 0);
	ptree_procfs_close(procfs);
	assert_int_equal(reader_submit(fixture->reader, &job, false), 0);
	result = collect_one(fixture);
	assert_int_equal(result.error, 0);
	assert_int_equal(result.argv_status, PTREE_ARGV_READ);
	free(result.argv);
	job.start_ns += 10000000;
	assert_int_equal(reader_submit(fixture->reader, &job, false), 0);
	result = collect_one(fixture);
	assert_int_equal(result.error, -ESRCH);
	assert_int_equal(result.argv_status, PTREE_ARGV_LATE);
	assert_false(result.has_comm);
	assert_null(result.argv);
	assert_int_equal(result.argv_size, 0);
}

static void a_root_that_is_not_there_makes_no_reader(void **state)
{
	struct fixture *fixture = *state;
	struct reader *reader = NULL;

	assert_int_equal(reader_new(&reader, "/nothing/here", 1, 100, fixture->wake_fd, NULL),
			 -ENOENT);
	assert_int_equal(reader_new(&reader, NULL, 1, 100, -1, NULL), -EBADF);
	assert_null(reader);
	reader_free(NULL);
}

/* ---- order and quantity ---- */

static void the_urgent_come_first_and_of_these_the_latest(void **state)
{
	static const pid_t expected[] = { HANGING_PID, 12, 11, 10, 1, 2, 3 };
	struct fixture *fixture = *state;

	start(fixture, 1, &gated);
	submit(fixture, HANGING_PID, READER_ARGV, false);
	wait_until_stuck();
	for (pid_t pid = 1; pid <= 3; pid++)
		submit(fixture, pid, READER_ARGV, false);
	for (pid_t pid = 10; pid <= 12; pid++)
		submit(fixture, pid, READER_ARGV, true);
	sem_post(&gate.open);
	for (size_t i = 0; i < 7; i++) {
		struct reader_result result = collect_one(fixture);

		assert_int_equal(result.job.pid, expected[i]);
		pthread_mutex_lock(&gate.lock);
		assert_int_equal(gate.order[i], expected[i]);
		pthread_mutex_unlock(&gate.lock);
		free(result.argv);
	}
	assert_int_equal(reader_pending(fixture->reader), 0);
}

static void every_job_of_many_has_its_result(void **state)
{
	enum { JOBS = 20000 };
	struct fixture *fixture = *state;
	unsigned char *seen = calloc(JOBS, 1);
	size_t count = 0;

	assert_non_null(seen);
	start(fixture, 3, &gated);
	for (pid_t pid = 0; pid < JOBS; pid++)
		submit(fixture, pid, READER_ARGV, pid % 3 == 0);
	assert_int_equal(reader_pending(fixture->reader), JOBS);
	while (count < JOBS) {
		struct reader_result result = collect_one(fixture);

		assert_int_equal(strtol(result.argv, NULL, 10), result.job.pid);
		assert_int_equal(result.job.id, (uint64_t)result.job.pid + 1000);
		assert_int_equal(seen[result.job.pid]++, 0);
		free(result.argv);
		assert_int_equal(reader_pending(fixture->reader), JOBS - ++count);
	}
	free(seen);
}

static void more_jobs_than_are_sane_are_refused(void **state)
{
	const struct reader_job job = { .pid = 1, .what = READER_ARGV };
	struct fixture *fixture = *state;

	start(fixture, 1, &gated);
	submit(fixture, HANGING_PID, READER_ARGV, false);
	wait_until_stuck();
	for (size_t i = 1; i < READER_JOBS_MAX; i++)
		assert_int_equal(reader_submit(fixture->reader, &job, false), 0);
	assert_int_equal(reader_submit(fixture->reader, &job, true), -ENOBUFS);
	assert_int_equal(reader_pending(fixture->reader), READER_JOBS_MAX);
	sem_post(&gate.open);
}

/* ---- reads that hang ---- */

static void a_read_is_not_given_up_before_its_time(void **state)
{
	struct fixture *fixture = *state;
	struct reader_result result;

	start(fixture, 1, &gated);
	submit(fixture, HANGING_PID, READER_ARGV, false);
	wait_until_stuck();
	reader_check(fixture->reader, ptree_boot_now_ns() + NS_PER_S / 2);
	assert_int_equal(reader_collect(fixture->reader, &result, 1), 0);
	sem_post(&gate.open);
	result = collect_one(fixture);
	assert_int_equal(result.error, 0);
	assert_string_equal(result.argv, "1000000");
	free(result.argv);
}

static void a_read_that_hangs_is_given_up_and_others_go_on(void **state)
{
	struct fixture *fixture = *state;
	struct reader_result result;

	start(fixture, 1, &gated);
	submit(fixture, HANGING_PID, READER_ARGV, false);
	submit(fixture, 5, READER_ARGV, false);
	wait_until_stuck();
	reader_check(fixture->reader, later_ns());
	result = collect_one(fixture);
	assert_int_equal(result.job.pid, HANGING_PID);
	assert_int_equal(result.error, -ETIMEDOUT);
	assert_int_equal(result.argv_status, PTREE_ARGV_FAILED);
	assert_null(result.argv);
	result = collect_one(fixture);
	assert_int_equal(result.job.pid, 5);
	assert_int_equal(result.error, 0);
	free(result.argv);
	/* The one that was stuck goes; its answer is nobody's. */
	sem_post(&gate.open);
	wait_for_threads(fixture->threads + 1);
	assert_int_equal(reader_collect(fixture->reader, &result, 1), 0);
	assert_int_equal(reader_pending(fixture->reader), 0);
}

static void stick(struct fixture *fixture, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		struct reader_result result;

		submit(fixture, HANGING_PID + (pid_t)i, READER_ARGV, false);
		wait_until_stuck();
		reader_check(fixture->reader, later_ns());
		result = collect_one(fixture);
		assert_int_equal(result.error, -ETIMEDOUT);
	}
}

static void with_too_many_stuck_reads_fail_at_once_until_one_returns(void **state)
{
	struct fixture *fixture = *state;
	struct reader_result result;

	start(fixture, 1, &gated);
	stick(fixture, READER_STUCK_MAX);
	assert_int_equal(count_threads(), fixture->threads + READER_STUCK_MAX + 1);
	submit(fixture, getpid(), READER_ARGV | READER_COMM, true);
	result = collect_one(fixture);
	assert_int_equal(result.error, -EBUSY);
	assert_int_equal(result.argv_status, PTREE_ARGV_FAILED);
	assert_true(result.has_comm); /* which cannot hang */
	sem_post(&gate.open);
	wait_for_threads(fixture->threads + READER_STUCK_MAX);
	submit(fixture, 5, READER_ARGV, true);
	result = collect_one(fixture);
	assert_int_equal(result.error, 0);
	free(result.argv);
	for (unsigned i = 1; i < READER_STUCK_MAX; i++)
		sem_post(&gate.open);
	wait_for_threads(fixture->threads + 1);
}

static void freeing_does_not_wait_for_reads_that_hang(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, 2, &gated);
	stick(fixture, 1);
	submit(fixture, HANGING_PID + 1, READER_ARGV, false);
	submit(fixture, HANGING_PID + 2, READER_ARGV, false);
	wait_until_stuck();
	wait_until_stuck();
	submit(fixture, 5, READER_ARGV, false);
	reader_free(fixture->reader);
	fixture->reader = NULL;
	assert_int_equal(gate_left(), 0);
	assert_int_equal(count_threads(), fixture->threads + 3);
	/* They wake up to find everything gone but what they hold themselves. */
	for (int i = 0; i < 3; i++)
		sem_post(&gate.open);
	wait_for_threads(fixture->threads);
	assert_int_equal(gate_left(), 3);
}

static void freeing_ends_idle_threads_and_drops_what_was_not_collected(void **state)
{
	struct fixture *fixture = *state;

	start(fixture, 3, &gated);
	for (pid_t pid = 0; pid < 100; pid++)
		submit(fixture, pid, READER_ARGV, false);
	wait_for_wake(fixture);
	reader_free(fixture->reader);
	fixture->reader = NULL;
	wait_for_threads(fixture->threads);
	assert_int_equal(gate_left(), 0);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_childs_name_and_arguments_are_read),
		TEST(only_what_was_asked_for_is_read),
		TEST(a_process_that_is_gone_is_too_late),
		TEST(another_process_with_the_pid_is_not_the_one),
		TEST(a_root_that_is_not_there_makes_no_reader),
		TEST(the_urgent_come_first_and_of_these_the_latest),
		TEST(every_job_of_many_has_its_result),
		TEST(more_jobs_than_are_sane_are_refused),
		TEST(a_read_is_not_given_up_before_its_time),
		TEST(a_read_that_hangs_is_given_up_and_others_go_on),
		TEST(with_too_many_stuck_reads_fail_at_once_until_one_returns),
		TEST(freeing_does_not_wait_for_reads_that_hang),
		TEST(freeing_ends_idle_threads_and_drops_what_was_not_collected),
	};

	return cmocka_run_group_tests(tests, setup_gate, NULL);
}
