/* SPDX-License-Identifier: MIT */
/*
 * Processes that cannot be looked into, because a file system does not answer: one of this test's
 * own, by FUSE. proctop why goes on, and says what it could not see. As root, where FUSE can be
 * mounted; in a mount namespace of its own, so that nothing stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pty.h"

#include <linux/fuse.h>
#include <pthread.h>
#include <stdlib.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define REQUEST_BYTES (128u << 10)
#define FILE_INODE 2
#define PATIENCE_S 20.0

/* A directory with one file, whatever its name: a program that exists. */
struct hung {
	char directory[64];
	int fd, program_fd;
	off_t program_size;
	pthread_t thread;
	atomic_bool is_over;
	atomic_int delay_ms; /* before each answer to a read */
	atomic_bool is_dead; /* nothing is, and none is taken, so that who waits can be ended */
};

/* ---- the file system ---- */

static void answer(const struct hung *hung, const struct fuse_in_header *in, int error,
		   const void *bytes, size_t size)
{
	struct fuse_out_header out = { .len = (uint32_t)(sizeof(out) + size),
				       .error = error,
				       .unique = in->unique };
	struct iovec parts[] = { { &out, sizeof(out) }, { (void *)(uintptr_t)bytes, size } };
	ssize_t ignored = writev(hung->fd, parts, size ? 2 : 1);

	(void)ignored;
}

static struct fuse_attr attributes(const struct hung *hung, uint64_t inode)
{
	bool is_file = inode == FILE_INODE;

	return (struct fuse_attr){ .ino = inode,
				   .mode = is_file ? S_IFREG | 0755 : S_IFDIR | 0755,
				   .nlink = 1,
				   .blksize = 4096,
				   .size = is_file ? (uint64_t)hung->program_size : 0 };
}

static void read_program(const struct hung *hung, const struct fuse_in_header *in,
			 const struct fuse_read_in *what)
{
	static char bytes[REQUEST_BYTES];
	size_t size = what->size < sizeof(bytes) ? what->size : sizeof(bytes);
	ssize_t got = pread(hung->program_fd, bytes, size, (off_t)what->offset);

	answer(hung, in, got < 0 ? -EIO : 0, bytes, got < 0 ? 0 : (size_t)got);
}

static void serve_one(const struct hung *hung, const struct fuse_in_header *in)
{
	struct fuse_init_out init = { .major = FUSE_KERNEL_VERSION,
				      .minor = 31,
				      .max_write = 4096 };
	struct fuse_entry_out entry = { .nodeid = FILE_INODE,
					.attr = attributes(hung, FILE_INODE) };
	struct fuse_attr_out attr = { .attr = attributes(hung, in->nodeid) };
	struct fuse_open_out opened = { .fh = 1 };

	switch (in->opcode) {
	case FUSE_INIT:
		answer(hung, in, 0, &init, sizeof(init));
		break;
	case FUSE_LOOKUP:
		answer(hung, in, 0, &entry, sizeof(entry));
		break;
	case FUSE_GETATTR:
		answer(hung, in, 0, &attr, sizeof(attr));
		break;
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		answer(hung, in, 0, &opened, sizeof(opened));
		break;
	case FUSE_READ:
		poll(NULL, 0, hung->delay_ms);
		read_program(hung, in, (const struct fuse_read_in *)(in + 1));
		break;
	case FUSE_FLUSH:
	case FUSE_RELEASE:
		answer(hung, in, 0, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(hung, in, -ENOSYS, NULL, 0);
		break;
	}
}

static void *serve(void *of)
{
	static _Alignas(struct fuse_in_header) char bytes[REQUEST_BYTES];
	struct hung *hung = of;
	ssize_t got;

	for (;;) {
		struct pollfd request = { .fd = hung->fd, .events = POLLIN };

		if (poll(&request, 1, 10) < 0 || request.revents & POLLERR)
			return NULL;
		if (hung->is_over)
			return NULL;
		if (hung->is_dead || !request.revents)
			continue;
		got = read(hung->fd, bytes, sizeof(bytes));
		if (got > 0)
			serve_one(hung, (const struct fuse_in_header *)bytes);
	}
}

/* ---- where it is ---- */

static int mount_it(struct hung *hung)
{
	struct stat program;
	char options[96];

	hung->program_fd = open("/bin/sleep", O_RDONLY | O_CLOEXEC);
	hung->fd = open("/dev/fuse", O_RDWR | O_CLOEXEC);
	if (hung->fd < 0 || hung->program_fd < 0 || fstat(hung->program_fd, &program))
		return -errno;
	hung->program_size = program.st_size;
	snprintf(hung->directory, sizeof(hung->directory), "/tmp/live-hung.XXXXXX");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0,allow_other",
		 hung->fd);
	if (!mkdtemp(hung->directory) ||
	    mount("live-hung", hung->directory, "fuse", MS_NOSUID | MS_NODEV, options))
		return -errno;
	return -pthread_create(&hung->thread, NULL, serve, hung);
}

static int setup(void **state)
{
	struct hung *hung = calloc(1, sizeof(*hung));

	*state = NULL;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount_it(hung)) {
		print_message("FUSE cannot be mounted here: %s\n", strerror(errno));
		free(hung);
		return 0;
	}
	*state = hung;
	return 0;
}

/* Whoever waits for an answer is told that there will be none. */
static int teardown(void **state)
{
	struct hung *hung = *state;

	if (!hung)
		return 0;
	umount2(hung->directory, MNT_FORCE | MNT_DETACH);
	hung->is_over = true;
	pthread_join(hung->thread, NULL);
	close(hung->fd);
	close(hung->program_fd);
	rmdir(hung->directory);
	free(hung);
	return 0;
}

/* ---- processes ---- */

static void file_of(const struct hung *hung, char path[80])
{
	snprintf(path, 80, "%s/a-program", hung->directory);
}

static pid_t fork_one_that_waits(void)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, "hung-arguments");
		for (;;)
			pause();
	}
	poll(NULL, 0, 100);
	return pid;
}

static pid_t fork_one_whose_program_hangs(const struct hung *hung)
{
	char path[80];
	int fds[2];
	char byte;
	pid_t pid;

	file_of(hung, path);
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(path, path, "600", (char *)NULL);
		_exit(127);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &byte, 1), 0); /* the exec has closed it */
	close(fds[0]);
	return pid;
}

/* The file system's end ends all waiting, also that of one which is past being killed. */
static void end(const struct hung *hung, pid_t pid)
{
	umount2(hung->directory, MNT_FORCE);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

/* ---- proctop ---- */

/* The leak checker waits for threads that hang. */
static void without_leak_checker(void)
{
	setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
}

/* What it prints; the seconds that it took. */
static double run(const char *command, const char *target, char *out, size_t size, int *status)
{
	const char *path = getenv("PROCTOP");
	char *argv[] = { (char *)(uintptr_t)(path ? path : "./proctop"), (char *)(uintptr_t)command,
			 (char *)(uintptr_t)target, NULL };
	double begin_s = pty_now_s();
	struct pty pty;

	assert_true(pty_start(&pty, argv, 24, 200, without_leak_checker));
	*status = -1;
	if (!pty_wait_end(&pty, PATIENCE_S, status)) {
		print_message("%s %s hangs\n", command, target);
		kill(pty.pid, SIGKILL);
	}
	snprintf(out, size, "%s", pty.bytes ? pty.bytes : "");
	pty_stderr(&pty, out + strlen(out), size - strlen(out));
	pty_end(&pty);
	return pty_now_s() - begin_s;
}

/* ---- what it says ---- */

static void expect(const char *out, const char *text)
{
	if (!strstr(out, text))
		print_message("%s\nlacks: %s\n", out, text);
	assert_non_null(strstr(out, text));
}

static void expect_why(const char *target, const char *text)
{
	char out[16384];
	int status;

	assert_true(run("why", target, out, sizeof(out), &status) < PATIENCE_S);
	expect(out, text);
}

/* Since Linux 4.17 the kernel reads no command line from a file, and it waits only for the lock of
   the memory. So the file system stands in its place, for those in this mount namespace. */
static void of_one_whose_arguments_do_not_answer_the_rest_is_told(void **state)
{
	struct hung *hung = *state;
	char target[16], path[80], over[64];
	pid_t pid;

	if (!hung)
		skip();
	pid = fork_one_that_waits();
	snprintf(target, sizeof(target), "%d", pid);
	snprintf(over, sizeof(over), "/proc/%d/cmdline", pid);
	file_of(hung, path);
	if (mount(path, over, NULL, MS_BIND, NULL)) {
		end(hung, pid);
		skip();
	}
	hung->is_dead = true;
	expect_why(target, "hung-arguments (arguments:");
	end(hung, pid);
}

static void of_one_whose_program_does_not_answer_the_rest_is_told(void **state)
{
	struct hung *hung = *state;
	char target[16];
	pid_t pid;

	if (!hung)
		skip();
	pid = fork_one_whose_program_hangs(hung);
	hung->is_dead = true;
	snprintf(target, sizeof(target), "%d", pid);
	expect_why(target, "/a-program (the file does not answer)");
	expect_why(":1", "no process listens on port 1");
	end(hung, pid);
}

/* ---- a long search ---- */

static pid_t fork_one_with_maps_on_it(const struct hung *hung)
{
	pid_t pid = fork_one_that_waits();
	char path[80], over[64];

	snprintf(over, sizeof(over), "/proc/%d/maps", pid);
	file_of(hung, path);
	if (!mount(path, over, NULL, MS_BIND, NULL))
		return pid;
	end(hung, pid);
	return -1;
}

static void stderr_is_the_terminal(void)
{
	dup2(STDOUT_FILENO, STDERR_FILENO);
	without_leak_checker();
}

static void start_search(struct pty *pty)
{
	const char *path = getenv("PROCTOP");
	char *argv[] = { (char *)(uintptr_t)(path ? path : "./proctop"), (char *)(uintptr_t) "why",
			 (char *)(uintptr_t) "/dev/full", NULL };

	assert_true(pty_start(pty, argv, 24, 200, stderr_is_the_terminal));
}

static void a_long_search_says_how_far_it_is(void **state)
{
	struct hung *hung = *state;
	struct pty pty;
	int status;
	pid_t pid;

	if (!hung)
		skip();
	pid = fork_one_with_maps_on_it(hung);
	if (pid < 0)
		skip();
	hung->delay_ms = 300;
	start_search(&pty);
	assert_true(pty_wait_for(&pty, "\rlooking for it: ", PATIENCE_S));
	assert_true(pty_wait_for(&pty, " processes\033[K", PATIENCE_S));
	assert_true(pty_wait_for(&pty, "\r\033[K", PATIENCE_S)); /* nothing of it stays */
	assert_true(pty_wait_end(&pty, PATIENCE_S, &status));
	expect(pty.bytes, "no process holds the file /dev/full");
	assert_int_equal(status, 1 << 8);
	pty_end(&pty);
	end(hung, pid);
}

static void a_search_that_hangs_says_so(void **state)
{
	struct hung *hung = *state;
	struct pty pty;
	int status;
	pid_t pid;

	if (!hung)
		skip();
	pid = fork_one_with_maps_on_it(hung);
	if (pid < 0)
		skip();
	hung->is_dead = true;
	start_search(&pty);
	assert_true(pty_wait_for(&pty, "looking for it: ", PATIENCE_S));
	assert_true(pty_wait_end(&pty, PATIENCE_S, &status));
	expect(pty.bytes, "the search was given up: a process does not answer (");
	assert_int_equal(status, 1 << 8);
	pty_end(&pty);
	end(hung, pid);
}

static void of_a_file_whose_file_system_hangs_that_is_said(void **state)
{
	struct hung *hung = *state;
	char path[80];

	if (!hung)
		skip();
	file_of(hung, path);
	hung->is_dead = true;
	expect_why(path, "the search was given up: the file system of the file does not answer");
	umount2(hung->directory, MNT_FORCE);
}

#define HUNG_TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		HUNG_TEST(of_one_whose_arguments_do_not_answer_the_rest_is_told),
		HUNG_TEST(of_one_whose_program_does_not_answer_the_rest_is_told),
		HUNG_TEST(a_long_search_says_how_far_it_is),
		HUNG_TEST(a_search_that_hangs_says_so),
		HUNG_TEST(of_a_file_whose_file_system_hangs_that_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
