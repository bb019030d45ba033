/* SPDX-License-Identifier: MIT */
/* What is asked for twice; see guard.h. It knows neither what is to be done nor who asks. */
#include "act/guard.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define INIT_PID 1

int guard_init(struct guard *guard, const struct ptree_tree *tree)
{
	struct ptree_nodes nodes = { 0 };
	int count;

	*guard = (struct guard){ .own = getpid() };
	count = ptree_tree_ancestry(tree, guard->own, false, &nodes);
	if (count == -ENOMEM)
		return count;
	if (count > 0)
		guard->ancestors = calloc((size_t)count, sizeof(*guard->ancestors));
	for (int i = 0; guard->ancestors && i < count; i++) {
		pid_t pid = ptree_node_pid(nodes.node[i]);

		if (pid > INIT_PID && pid != guard->own)
			guard->ancestors[guard->ancestor_count++] = pid;
	}
	ptree_nodes_clear(&nodes);
	return count > 0 && !guard->ancestors ? -ENOMEM : 0;
}

void guard_clear(struct guard *guard)
{
	free(guard->ancestors);
	*guard = (struct guard){ 0 };
}

static bool is_ancestor(const struct guard *guard, pid_t pid)
{
	for (size_t i = 0; i < guard->ancestor_count; i++) {
		if (guard->ancestors[i] == pid)
			return true;
	}
	return false;
}

bool guard_is_own(const struct guard *guard, pid_t pid)
{
	return pid == guard->own || is_ancestor(guard, pid);
}

void guard_begin(struct guard *guard)
{
	guard->count = guard->kernel_threads = 0;
	guard->ancestor = 0;
	guard->has_init = guard->has_own = false;
}

void guard_meet(struct guard *guard, pid_t pid, bool is_kernel_thread)
{
	guard->count++;
	guard->kernel_threads += is_kernel_thread;
	guard->has_init |= pid == INIT_PID;
	guard->has_own |= pid == guard->own;
	if (!guard->ancestor && is_ancestor(guard, pid))
		guard->ancestor = pid;
}

static void add(char *out, size_t size, size_t *used, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void add(char *out, size_t size, size_t *used, const char *format, ...)
{
	va_list args;

	if (*used && *used < size)
		*used += (size_t)snprintf(out + *used, size - *used, "; ");
	if (*used >= size)
		return;
	va_start(args, format);
	*used += (size_t)vsnprintf(out + *used, size - *used, format, args);
	va_end(args);
}

bool guard_reason(const struct guard *guard, char *out, size_t size)
{
	size_t used = 0;

	if (size)
		*out = '\0';
	if (guard->has_init)
		add(out, size, &used, "pid 1, without which nothing runs");
	if (guard->has_own)
		add(out, size, &used, "proctop itself");
	if (guard->ancestor)
		add(out, size, &used, "%d, from which proctop comes", guard->ancestor);
	if (guard->kernel_threads)
		add(out, size, &used, "%zu of the kernel's threads", guard->kernel_threads);
	if (guard->count > GUARD_MANY)
		add(out, size, &used, "%zu processes at once", guard->count);
	return used > 0;
}
