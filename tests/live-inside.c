/* SPDX-License-Identifier: MIT */
/* Looking into real processes of our own making, as ourselves and as nobody. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "proctree.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NOBODY 65534
#define KNOWN PTREE_PIECE_KNOWN

struct child {
	pid_t pid;
	int say[2]; /* it writes a byte when it is ready, and ends when this closes */
	int hold[2];
};

static struct ptree_procfs *procfs_of(void **state)
{
	return *state;
}

static int setup(void **state)
{
	struct ptree_procfs *procfs;

	assert_int_equal(ptree_procfs_open(&procfs, NULL), 0);
	*state = procfs;
	return 0;
}

static int teardown(void **state)
{
	ptree_procfs_close(*state);
	return 0;
}

/* True in the child, which then makes itself what it is to be and calls stay(). */
static bool start(struct child *child)
{
	assert_int_equal(pipe2(child->say, O_CLOEXEC), 0);
	assert_int_equal(pipe2(child->hold, O_CLOEXEC), 0);
	child->pid = fork();
	assert_true(child->pid >= 0);
	if (!child->pid) {
		close(child->hold[1]);
		close(child->say[0]);
		return true;
	}
	close(child->hold[0]);
	close(child->say[1]);
	return false;
}

static void stay(const struct child *child, bool is_well)
{
	char byte = is_well ? 'y' : 'n';

	if (write(child->say[1], &byte, 1) == 1)
		(void)!read(child->hold[0], &byte, 1);
	_exit(0);
}

/* False: it could not become that. */
static bool is_ready(const struct child *child)
{
	char byte = 0;

	return read(child->say[0], &byte, 1) == 1 && byte == 'y';
}

static void end(const struct child *child)
{
	close(child->hold[1]);
	close(child->say[0]);
	assert_int_equal(waitpid(child->pid, NULL, 0), child->pid);
}

static void look(void **state, pid_t pid, struct ptree_probe **probe, struct ptree_details *details)
{
	assert_int_equal(ptree_probe_open(probe, procfs_of(state), pid, 0), 0);
	assert_int_equal(ptree_probe_details(*probe, 0, details), 0);
}

/* ---- details ---- */

static void what_is_said_of_ourselves_is_true(void **state)
{
	struct ptree_probe *probe;
	struct ptree_details details;
	char cwd[4096], exe[4096] = "";
	struct rlimit files;
	uid_t uids[3];
	mode_t mask = umask(0);

	umask(mask);
	look(state, getpid(), &probe, &details);
	assert_non_null(getcwd(cwd, sizeof(cwd)));
	assert_true(readlink("/proc/self/exe", exe, sizeof(exe) - 1) > 0);
	assert_string_equal(details.cwd, cwd);
	assert_string_equal(details.exe_path, exe);
	assert_false(details.exe_is_deleted || details.exe_is_replaced);
	assert_int_equal(details.status[PTREE_PIECE_EXE_FILE], KNOWN);
	assert_string_equal(details.root, "/");
	assert_int_equal(details.ppid, getppid());
	assert_int_equal(details.pgrp, getpgrp());
	assert_int_equal(details.sid, getsid(0));
	assert_int_equal(getresuid(&uids[0], &uids[1], &uids[2]), 0);
	assert_int_equal(details.uids[PTREE_ID_EFFECTIVE], uids[1]);
	assert_int_equal(details.uids[PTREE_ID_SAVED], uids[2]);
	assert_int_equal(details.umask, mask);
	assert_int_equal(details.nice, getpriority(PRIO_PROCESS, 0));
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
	for (uint32_t i = 0; i < details.limit_count; i++) {
		if (!strcmp(details.limits[i].name, "Max open files"))
			assert_int_equal(details.limits[i].soft, files.rlim_cur);
	}
	assert_in_range(details.limit_count, 16, PTREE_LIMIT_MAX);
	assert_true(details.rss_bytes && details.pss_bytes &&
		    details.pss_bytes <= details.rss_bytes);
	assert_true(details.read_calls > 0);
	assert_true(ptree_details_namespace(&details, "mnt") > 0);
	assert_int_equal(ptree_details_namespace(&details, "none"), 0);
	ptree_details_clear(&details);
	ptree_probe_close(probe);
}

static void limits_scheduling_and_groups_are_read(void **state)
{
	const struct rlimit cpu = { .rlim_cur = 77, .rlim_max = 88 };
	struct sched_param priority = { .sched_priority = 0 };
	struct ptree_probe *probe;
	struct ptree_details details;
	struct child child;
	bool has_row = false;

	if (start(&child)) {
		setrlimit(RLIMIT_CPU, &cpu);
		errno = 0;
		(void)!nice(3);
		stay(&child, sched_setscheduler(0, SCHED_BATCH, &priority) == 0 &&
				 prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	}
	assert_true(is_ready(&child));
	look(state, child.pid, &probe, &details);
	for (uint32_t i = 0; i < details.limit_count; i++) {
		if (strcmp(details.limits[i].name, "Max cpu time") != 0)
			continue;
		assert_int_equal(details.limits[i].soft, 77);
		assert_int_equal(details.limits[i].hard, 88);
		assert_string_equal(details.limits[i].unit, "seconds");
		has_row = true;
	}
	assert_true(has_row);
	assert_string_equal(ptree_policy_name(details.policy), "SCHED_BATCH");
	assert_int_equal(details.nice, getpriority(PRIO_PROCESS, 0) + 3);
	assert_true(details.no_new_privs);
	ptree_details_clear(&details);
	ptree_probe_close(probe);
	end(&child);
}

/* Copies a program that can be deleted. */
static void copy_program(const char *to)
{
	char command[512];

	snprintf(command, sizeof(command), "cp /bin/sleep '%s'", to);
	assert_int_equal(system(command), 0);
}

static pid_t run_program(const char *path)
{
	int gate[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe2(gate, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		execl(path, "sleeper", "600", (char *)NULL);
		_exit(127);
	}
	close(gate[1]);
	assert_int_equal(read(gate[0], &byte, 1), 0); /* it has executed */
	close(gate[0]);
	return pid;
}

static void kill_program(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}

static void a_deleted_program_is_told_from_one_that_is_called_so(void **state)
{
	char path[] = "/tmp/inside-XXXXXX", named[64];
	int fd = mkstemp(path);
	struct ptree_probe *probe;
	struct ptree_details details;
	pid_t pid, named_pid;

	assert_true(fd >= 0);
	close(fd);
	snprintf(named, sizeof(named), "%s (deleted)", path);
	copy_program(path);
	copy_program(named);
	assert_int_equal(chmod(path, 0755), 0);
	pid = run_program(path);
	named_pid = run_program(named);

	look(state, named_pid, &probe, &details);
	assert_string_equal(details.exe_path, named);
	assert_false(details.exe_is_deleted || details.exe_is_replaced);
	ptree_details_clear(&details);
	ptree_probe_close(probe);

	unlink(path);
	look(state, pid, &probe, &details);
	assert_string_equal(details.exe_path, path);
	assert_true(details.exe_is_deleted && !details.exe_is_replaced);
	ptree_details_clear(&details);

	copy_program(path);
	assert_int_equal(ptree_probe_details(probe, 1u << PTREE_PIECE_EXE_FILE, &details), 0);
	assert_true(details.exe_is_deleted && details.exe_is_replaced);
	ptree_details_clear(&details);
	ptree_probe_close(probe);
	kill_program(pid);
	kill_program(named_pid);
	unlink(path);
	unlink(named);
}

static void capabilities_are_those_that_are_left(void **state)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = 1u << CAP_KILL, .permitted = 1u << CAP_KILL | 1u << CAP_CHOWN }
	};
	struct ptree_probe *probe;
	struct ptree_details details;
	struct child child;

	if (start(&child))
		stay(&child, syscall(SYS_capset, &header, data) == 0);
	if (!is_ready(&child)) {
		end(&child);
		skip(); /* not root */
	}
	look(state, child.pid, &probe, &details);
	assert_int_equal(details.capabilities[PTREE_CAPABILITIES_EFFECTIVE], 1u << CAP_KILL);
	assert_int_equal(details.capabilities[PTREE_CAPABILITIES_PERMITTED],
			 1u << CAP_KILL | 1u << CAP_CHOWN);
	assert_string_equal(ptree_capability_name(CAP_KILL), "CAP_KILL");
	ptree_details_clear(&details);
	ptree_probe_close(probe);
	end(&child);
}

static void namespaces_of_its_own_differ(void **state)
{
	struct ptree_probe *probe, *own_probe;
	struct ptree_details details, own;
	struct child child;

	if (start(&child))
		stay(&child, unshare(CLONE_NEWUTS) == 0);
	if (!is_ready(&child)) {
		end(&child);
		skip(); /* not root */
	}
	look(state, child.pid, &probe, &details);
	look(state, getpid(), &own_probe, &own);
	assert_int_not_equal(ptree_details_namespace(&details, "uts"),
			     ptree_details_namespace(&own, "uts"));
	assert_int_equal(ptree_details_namespace(&details, "net"),
			 ptree_details_namespace(&own, "net"));
	ptree_details_clear(&own);
	ptree_details_clear(&details);
	ptree_probe_close(own_probe);
	ptree_probe_close(probe);
	end(&child);
}

/* ---- descriptors and sockets ---- */

static void find_descriptor(struct ptree_probe *probe, int number,
			    struct ptree_descriptor *descriptor, char *target, size_t size)
{
	struct ptree_descriptors *descriptors;
	int ret;

	assert_int_equal(ptree_descriptors_open(&descriptors, probe), 0);
	do
		ret = ptree_descriptors_next(descriptors, descriptor);
	while (ret == -EAGAIN || (ret == 1 && descriptor->number != number));
	assert_int_equal(ret, 1);
	snprintf(target, size, "%s", descriptor->target);
	ptree_descriptors_close(descriptors);
}

static void every_kind_of_descriptor_is_told(void **state)
{
	char path[] = "/tmp/inside-XXXXXX", target[4200];
	struct ptree_descriptor descriptor;
	struct ptree_probe *probe;
	int file = mkstemp(path), pipes[2], event = eventfd(0, 0), memory = memfd_create("m", 0);

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	assert_int_equal(write(file, "12345", 5), 5);
	assert_int_equal(ptree_probe_open(&probe, procfs_of(state), getpid(), 0), 0);
	find_descriptor(probe, file, &descriptor, target, sizeof(target));
	assert_int_equal(descriptor.kind, PTREE_DESCRIPTOR_FILE);
	assert_string_equal(target, path);
	assert_true(descriptor.has_details && descriptor.position == 5);
	assert_int_equal(descriptor.flags & O_ACCMODE, O_RDWR);
	unlink(path);
	find_descriptor(probe, file, &descriptor, target, sizeof(target));
	assert_true(descriptor.is_deleted);
	assert_string_equal(target, path);
	find_descriptor(probe, pipes[1], &descriptor, target, sizeof(target));
	assert_int_equal(descriptor.kind, PTREE_DESCRIPTOR_PIPE);
	assert_int_equal(descriptor.flags & O_ACCMODE, O_WRONLY);
	assert_true(descriptor.flags & O_CLOEXEC && descriptor.inode);
	find_descriptor(probe, event, &descriptor, target, sizeof(target));
	assert_int_equal(descriptor.kind, PTREE_DESCRIPTOR_ANONYMOUS);
	assert_string_equal(target, "[eventfd]");
	find_descriptor(probe, memory, &descriptor, target, sizeof(target));
	assert_int_equal(descriptor.kind, PTREE_DESCRIPTOR_MEMORY);
	ptree_probe_close(probe);
	close(file);
	close(pipes[0]);
	close(pipes[1]);
	close(event);
	close(memory);
}

static uint64_t inode_of(int fd)
{
	struct stat file;

	assert_int_equal(fstat(fd, &file), 0);
	return file.st_ino;
}

/* A socket of tcp or udp that is bound to 127.0.0.1; *port: which. */
static int bind_socket(int type, uint16_t *port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 1), 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static void find_socket(struct ptree_probe *probe, int fd, struct ptree_socket *found, char *text)
{
	struct ptree_sockets *sockets;
	uint64_t inode = inode_of(fd);
	int ret;

	assert_int_equal(ptree_sockets_open(&sockets, probe), 0);
	do
		ret = ptree_sockets_next(sockets, found);
	while (ret == -EAGAIN || (ret == 1 && found->inode != inode));
	assert_int_equal(ret, 1);
	ptree_socket_format(found, false, text, 128);
	ptree_sockets_close(sockets);
}

static void sockets_are_found_by_their_inode(void **state)
{
	struct ptree_probe *probe;
	struct ptree_socket found;
	uint16_t tcp_port, udp_port;
	int tcp = bind_socket(SOCK_STREAM, &tcp_port), udp = bind_socket(SOCK_DGRAM, &udp_port);
	char text[128], expected[64];
	int pair[2];
	uint64_t peer;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	assert_int_equal(ptree_probe_open(&probe, procfs_of(state), getpid(), 0), 0);
	find_socket(probe, tcp, &found, text);
	snprintf(expected, sizeof(expected), "127.0.0.1:%u", tcp_port);
	assert_string_equal(text, expected);
	assert_string_equal(found.state, "LISTEN");
	find_socket(probe, udp, &found, text);
	assert_int_equal(found.protocol, PTREE_PROTOCOL_UDP);
	assert_true(found.is_listening && found.local_port == udp_port);
	find_socket(probe, pair[0], &found, text);
	assert_int_equal(found.protocol, PTREE_PROTOCOL_UNIX);
	assert_string_equal(found.state, "connected");
	assert_int_equal(ptree_unix_peer(inode_of(pair[0]), &peer), 0);
	assert_int_equal(peer, inode_of(pair[1]));
	close(pair[1]);
	assert_int_equal(ptree_unix_peer(inode_of(pair[0]), &peer), -ENOTCONN);
	assert_int_equal(ptree_unix_peer(inode_of(tcp), &peer), -ENOENT);
	ptree_probe_close(probe);
	close(pair[0]);
	close(tcp);
	close(udp);
}

/* ---- searches ---- */

/* Whether the process is among the holders; *found: the last way in which it was. */
static bool search(void **state, const struct ptree_search_options *options, pid_t pid,
		   struct ptree_holder *found)
{
	struct ptree_search *walk;
	struct ptree_holder holder;
	size_t done, total, refused;
	bool is_there = false;
	int ret;

	assert_int_equal(ptree_search_open(&walk, procfs_of(state), options), 0);
	while ((ret = ptree_search_next(walk, &holder)) == 1 || ret == -EAGAIN) {
		if (ret == 1 && options->inode)
			assert_int_equal(ptree_search_inode(walk), options->inode);
		if (ret == 1 && options->inode_count)
			assert_true(ptree_search_inode(walk) == options->inodes[0] ||
				    ptree_search_inode(walk) == options->inodes[1]);
		if (ret == 1 && holder.pid == pid) {
			*found = holder;
			is_there = true;
		}
	}
	assert_int_equal(ret, 0);
	ptree_search_progress(walk, &done, &total, &refused);
	assert_true(done == total && total > 0);
	ptree_search_close(walk);
	return is_there;
}

static void who_holds_a_file_is_found(void **state)
{
	char path[] = "/tmp/inside-XXXXXX";
	int fd = mkstemp(path);
	const struct ptree_search_options options = { .path = path };
	struct ptree_holder holder;
	void *map;

	assert_true(search(state, &options, getpid(), &holder));
	assert_int_equal(holder.hold, PTREE_HOLD_DESCRIPTOR);
	assert_int_equal(holder.number, fd);
	assert_false(holder.is_deleted);
	unlink(path);
	assert_true(search(state, &options, getpid(), &holder));
	assert_true(holder.is_deleted);
	assert_int_equal(ftruncate(fd, 4096), 0);
	map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
	assert_true(map != MAP_FAILED);
	close(fd);
	assert_true(search(state, &options, getpid(), &holder));
	assert_int_equal(holder.hold, PTREE_HOLD_MAP);
	munmap(map, 4096);
	assert_false(search(state, &options, getpid(), &holder));
}

static void who_listens_and_who_is_at_the_other_end_is_found(void **state)
{
	uint16_t port;
	int tcp = bind_socket(SOCK_STREAM, &port), pipes[2];
	struct ptree_search_options options = { .port = port };
	struct ptree_holder holder;
	struct child child;
	uint64_t inodes[2];

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	if (start(&child)) {
		close(pipes[0]);
		close(tcp);
		stay(&child, true);
	}
	close(pipes[1]);
	assert_true(is_ready(&child));
	assert_true(search(state, &options, getpid(), &holder));
	assert_true(holder.has_socket && holder.socket.local_port == port && holder.number == tcp);
	assert_false(search(state, &options, child.pid, &holder));
	options = (struct ptree_search_options){ .inode = inode_of(pipes[0]) };
	assert_true(search(state, &options, child.pid, &holder));
	assert_int_equal(holder.flags & O_ACCMODE, O_WRONLY);
	options.except = child.pid;
	assert_false(search(state, &options, child.pid, &holder));
	inodes[0] = inode_of(tcp);
	inodes[1] = inode_of(pipes[0]);
	options = (struct ptree_search_options){ .inodes = inodes, .inode_count = 2 };
	assert_true(search(state, &options, child.pid, &holder));
	assert_int_equal(holder.flags & O_ACCMODE, O_WRONLY);
	assert_true(search(state, &options, getpid(), &holder));
	end(&child);
	close(pipes[0]);
	close(tcp);
}

static void who_listens_on_a_unix_socket_is_found_by_its_file(void **state)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct ptree_search_options options = { .path = address.sun_path };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct ptree_holder holder;

	snprintf(address.sun_path, sizeof(address.sun_path), "/tmp/inside-%d.socket", getpid());
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_false(search(state, &options, getpid(), &holder)); /* it does not accept */
	assert_int_equal(listen(fd, 1), 0);
	assert_true(search(state, &options, getpid(), &holder));
	assert_int_equal(holder.number, fd);
	assert_true(holder.has_socket && holder.socket.protocol == PTREE_PROTOCOL_UNIX);
	unlink(address.sun_path);
	close(fd);
}

/* ---- what is refused, and what is over ---- */

/* In a child: exits with 0 if all is refused as it is to be. */
static int look_as_nobody(pid_t pid)
{
	static const enum ptree_piece refused[] = { PTREE_PIECE_EXE,  PTREE_PIECE_CWD,
						    PTREE_PIECE_ROOT, PTREE_PIECE_NAMESPACES,
						    PTREE_PIECE_PSS,  PTREE_PIECE_IO };
	static const enum ptree_piece known[] = { PTREE_PIECE_CREDENTIALS, PTREE_PIECE_LIMITS,
						  PTREE_PIECE_CGROUPS, PTREE_PIECE_MEMORY };
	struct ptree_descriptors *descriptors;
	struct ptree_environment *environment;
	struct ptree_details details;
	struct ptree_procfs *procfs;
	struct ptree_probe *probe;
	struct ptree_maps *maps;

	if (setgid(NOBODY) || setuid(NOBODY) || ptree_procfs_open(&procfs, NULL) ||
	    ptree_probe_open(&probe, procfs, pid, 0) || ptree_probe_details(probe, 0, &details))
		return 1;
	for (size_t i = 0; i < COUNT(refused); i++) {
		if (details.status[refused[i]] != PTREE_PIECE_REFUSED ||
		    !ptree_piece_privilege(refused[i]))
			return 2;
	}
	for (size_t i = 0; i < COUNT(known); i++) {
		if (details.status[known[i]] != KNOWN || ptree_piece_privilege(known[i]))
			return 3;
	}
	if (ptree_environment_open(&environment, probe) != -EACCES ||
	    ptree_descriptors_open(&descriptors, probe) != -EACCES ||
	    ptree_maps_open(&maps, probe) != -EACCES)
		return 4;
	ptree_details_clear(&details);
	ptree_probe_close(probe);
	ptree_procfs_close(procfs);
	return 0;
}

static void what_is_refused_says_so(void **state)
{
	int status;
	pid_t pid;

	(void)state;
	if (getuid() != 0)
		skip();
	pid = fork();
	if (!pid)
		_exit(look_as_nobody(getppid()));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void what_is_over_is_gone_and_never_another(void **state)
{
	struct ptree_descriptors *descriptors;
	struct ptree_details details;
	struct ptree_probe *probe;
	struct child child;

	if (start(&child))
		stay(&child, true);
	assert_true(is_ready(&child));
	assert_int_equal(ptree_probe_open(&probe, procfs_of(state), child.pid, 0), 0);
	assert_true(ptree_probe_is_there(probe));
	end(&child);
	assert_false(ptree_probe_is_there(probe));
	assert_int_equal(ptree_probe_details(probe, 0, &details), -ESRCH);
	assert_int_equal(ptree_descriptors_open(&descriptors, probe), -ESRCH);
	ptree_probe_close(probe);
}

static void a_thread_says_what_it_waits_for(void **state)
{
	struct ptree_probe *probe;
	struct ptree_tasks *tasks;
	struct ptree_task task;
	struct child child;
	int ret;

	if (start(&child)) {
		prctl(PR_SET_NAME, "insider");
		stay(&child, true);
	}
	assert_true(is_ready(&child));
	assert_int_equal(ptree_probe_open(&probe, procfs_of(state), child.pid, 0), 0);
	assert_int_equal(ptree_tasks_open(&tasks, probe, PTREE_TASK_WCHAN | PTREE_TASK_STACK), 0);
	do
		ret = ptree_tasks_next(tasks, &task);
	while (ret == -EAGAIN);
	assert_int_equal(ret, 1);
	assert_int_equal(task.tid, child.pid);
	assert_string_equal(task.name, "insider");
	assert_int_equal(task.wchan_status, KNOWN);
	if (task.stack_status == KNOWN)
		assert_null(strstr(task.stack, "[<"));
	do
		ret = ptree_tasks_next(tasks, &task);
	while (ret == -EAGAIN);
	assert_int_equal(ret, 0);
	ptree_tasks_close(tasks);
	ptree_probe_close(probe);
	end(&child);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_said_of_ourselves_is_true),
		cmocka_unit_test(limits_scheduling_and_groups_are_read),
		cmocka_unit_test(a_deleted_program_is_told_from_one_that_is_called_so),
		cmocka_unit_test(capabilities_are_those_that_are_left),
		cmocka_unit_test(namespaces_of_its_own_differ),
		cmocka_unit_test(every_kind_of_descriptor_is_told),
		cmocka_unit_test(sockets_are_found_by_their_inode),
		cmocka_unit_test(who_holds_a_file_is_found),
		cmocka_unit_test(who_listens_and_who_is_at_the_other_end_is_found),
		cmocka_unit_test(who_listens_on_a_unix_socket_is_found_by_its_file),
		cmocka_unit_test(what_is_refused_says_so),
		cmocka_unit_test(what_is_over_is_gone_and_never_another),
		cmocka_unit_test(a_thread_says_what_it_waits_for),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
