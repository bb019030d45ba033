/* SPDX-License-Identifier: MIT */
/* The threads of a process, one at a time, with what they wait for in the kernel. */
#include "base/sized.h"
#include "details.h"
#include "probe.h"
#include "procfs.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define STAT_BYTES 2048
#define STACK_BYTES 4096

struct ptree_tasks {
	struct ptree_probe *probe;
	unsigned what;
	DIR *dir;
	char stack[STACK_BYTES];
};

static pid_t tid_of(const char *name)
{
	struct span text = span_of(name, strlen(name));
	uint64_t number;

	if (!span_take_number(&text, &number) || text.at != text.end || number > INT_MAX)
		return 0;
	return (pid_t)number;
}

static ssize_t read_file(const struct ptree_tasks *tasks, pid_t tid, const char *name, char *buf,
			 size_t size)
{
	char path[64];

	snprintf(path, sizeof(path), "task/%d/%s", tid, name);
	return probe_read_into(tasks->probe, path, buf, size);
}

static int read_stat(const struct ptree_tasks *tasks, pid_t tid, struct ptree_task *task)
{
	char buf[STAT_BYTES];
	struct ptree_process process;
	struct details_stat more;
	uint32_t flags;
	ssize_t size = read_file(tasks, tid, "stat", buf, sizeof(buf));
	int err;

	if (size < 0)
		return (int)size;
	err = procfs_parse_stat(buf, (size_t)size, probe_units(tasks->probe), &process, &flags);
	if (!err)
		err = details_parse_stat(span_of(buf, (size_t)size), &more);
	if (err)
		return err;
	task->tid = tid;
	memcpy(task->name, process.name, sizeof(task->name));
	task->state = process.state;
	task->start_ns = process.start_ns;
	task->cpu_user_ns = process.cpu_user_ns;
	task->cpu_system_ns = process.cpu_system_ns;
	task->last_cpu = (uint32_t)more.last_cpu;
	task->nice = (int32_t)more.nice;
	task->policy = (uint32_t)more.policy;
	task->realtime_priority = (uint32_t)more.realtime_priority;
	return 0;
}

/* To those who may not trace it the kernel says "0", as of one that does not wait; a link that asks
   for the same right tells which. */
static void read_wchan(struct ptree_tasks *tasks, struct ptree_task *task)
{
	ssize_t size = read_file(tasks, task->tid, "wchan", task->wchan, sizeof(task->wchan) - 1);
	int err = size < 0 ? (int)size : 0;

	task->wchan[size < 0 ? 0 : size] = '\0';
	if (!strcmp(task->wchan, "0")) {
		task->wchan[0] = '\0';
		if (task->state != 'R' &&
		    probe_read_link(tasks->probe, "cwd", tasks->stack, STACK_BYTES) == -EACCES)
			err = -EACCES;
	}
	task->wchan_status = (uint8_t)ptree_piece_status_of(err);
}

/* "[<0>] function+0x1/0x2" a line. */
static void strip_addresses(char *stack)
{
	char *to = stack;

	for (const char *at = stack; *at;) {
		const char *name = strstr(at, "] ");
		const char *end = strchr(at, '\n');

		if (name && (!end || name < end))
			at = name + 2;
		end = end ? end + 1 : at + strlen(at);
		memmove(to, at, (size_t)(end - at));
		to += end - at;
		at = end;
	}
	*to = '\0';
}

static void read_stack(struct ptree_tasks *tasks, struct ptree_task *task)
{
	ssize_t size = read_file(tasks, task->tid, "stack", tasks->stack, STACK_BYTES - 1);

	task->stack_status = (uint8_t)ptree_piece_status_of(size < 0 ? (int)size : 0);
	if (size < 0)
		return;
	tasks->stack[size] = '\0';
	strip_addresses(tasks->stack);
	task->stack = tasks->stack;
}

int ptree_tasks_next_sized(struct ptree_tasks *tasks, struct ptree_task *out, size_t size)
{
	const struct dirent *entry = (errno = 0, readdir(tasks->dir));
	struct ptree_task task = { 0 };
	pid_t tid = entry ? tid_of(entry->d_name) : 0;
	int err;

	if (!entry)
		return errno ? probe_explain(tasks->probe, procfs_error(errno)) : 0;
	if (!tid)
		return -EAGAIN;
	err = read_stat(tasks, tid, &task);
	if (err == -EOPNOTSUPP || err == -ENODATA) /* it ended meanwhile */
		return -EAGAIN;
	if (err)
		return err;
	if (tasks->what & PTREE_TASK_WCHAN)
		read_wchan(tasks, &task);
	if (tasks->what & PTREE_TASK_STACK)
		read_stack(tasks, &task);
	sized_write(out, size, &task, sizeof(task));
	return 1;
}

int ptree_tasks_open(struct ptree_tasks **out, struct ptree_probe *probe, unsigned what)
{
	struct ptree_tasks *tasks = calloc(1, sizeof(*tasks));
	int err;

	if (!tasks)
		return -ENOMEM;
	err = probe_open_directory(probe, "task", &tasks->dir);
	if (err) {
		free(tasks);
		return err;
	}
	tasks->probe = probe;
	tasks->what = what;
	*out = tasks;
	return 0;
}

void ptree_tasks_close(struct ptree_tasks *tasks)
{
	if (!tasks)
		return;
	probe_close_directory(tasks->probe, tasks->dir);
	free(tasks);
}
