/* SPDX-License-Identifier: MIT */
/* What meters say in words. */
#include "views/meters-impl.h"

#include <stdio.h>
#include <stdlib.h>

static void format_count(char *out, size_t size, uint64_t count)
{
	if (count < 10000)
		snprintf(out, size, "%lu", (unsigned long)count);
	else
		snprintf(out, size, "%luk", (unsigned long)(count / 1000));
}

/* "running    4  zombies    0" */
static void describe_states(const struct scene *scene, char *out, size_t size)
{
	struct ptree_tree_counts counts;
	uint64_t runnable, forks;
	char running[24] = "?", zombies[24];

	ptree_tree_get_counts(scene->world.tree, &counts);
	if (ptree_host_tasks(ptree_monitor_host(scene->world.monitor), &runnable, &forks))
		format_count(running, sizeof(running), runnable);
	format_count(zombies, sizeof(zombies), counts.zombies);
	snprintf(out, size, "running %4s  zombies %4s", running, zombies);
}

static void describe_threads(const struct scene *scene, char *out, size_t size)
{
	struct ptree_tree_counts counts;

	ptree_tree_get_counts(scene->world.tree, &counts);
	snprintf(out, size, "threads %zu", counts.live + counts.threads);
}

/* "pressure cpu  4 mem  0 io 12": per cent of the time something waited for it. */
static void describe_pressure(const struct scene *scene, char *out, size_t size)
{
	static const char *const names[PTREE_RESOURCE_COUNT] = { [PTREE_RESOURCE_CPU] = "cpu",
								 [PTREE_RESOURCE_MEMORY] = "mem",
								 [PTREE_RESOURCE_IO] = "io" };
	const struct ptree_host *host = ptree_monitor_host(scene->world.monitor);
	size_t used = (size_t)snprintf(out, size, "pressure");

	for (int i = 0; i < PTREE_RESOURCE_COUNT && used < size; i++) {
		struct ptree_pressure pressure;

		if (!ptree_host_pressure(host, (enum ptree_resource)i, &pressure)) {
			snprintf(out, size, "pressure unknown");
			return;
		}
		used += (size_t)snprintf(out + used, size - used, " %s%3d", names[i],
					 (pressure.some_avg10 + 50) / 100);
	}
}

/* Of the CPU time, what went to processes that are over. False: nobody knows. */
static bool has_lifetimes(const struct scene *scene, uint32_t permille[METERS_LIFETIMES])
{
	struct ptree_monitor_status status;

	ptree_monitor_get_status(scene->world.monitor, &status);
	/* Without the kernel's accounting it would be a small part that passes for the whole. */
	return !status.accounting_error && meters_lifetimes(&scene->world.meters, permille);
}

/* "short-lived  30% of CPU": of those that lived less than a second. */
static void describe_short_lived(const struct scene *scene, char *out, size_t size)
{
	uint32_t permille[METERS_LIFETIMES];

	*out = '\0';
	if (has_lifetimes(scene, permille))
		snprintf(out, size, "short-lived %3u%% of CPU", (permille[0] + 5) / 10);
}

/* What lived longer than the meters look back used most of its time before. */
static void describe_longer_lived(const struct scene *scene, char *out, size_t size)
{
	uint32_t permille[METERS_LIFETIMES];

	*out = '\0';
	if (has_lifetimes(scene, permille))
		snprintf(out, size, "lived 1-10 s %3u%% of CPU", (permille[1] + 5) / 10);
}

static void describe_spawner(const struct scene *scene, char *out, size_t size)
{
	const struct meters *meters = &scene->world.meters;
	const struct ptree_node *node =
	    meters->spawner_id ? ptree_tree_find_id(scene->world.tree, meters->spawner_id) : NULL;

	*out = '\0';
	if (node && meters->spawner_forks_per_ks >= 1000)
		snprintf(out, size, "spawner %s(%d)", ptree_node_comm(node), ptree_node_pid(node));
}

static void describe_load(const struct scene *scene, char *out, size_t size)
{
	double load[3];

	if (ptree_host_load(ptree_monitor_host(scene->world.monitor), load))
		snprintf(out, size, "load %.2f %.2f %.2f", load[0], load[1], load[2]);
	else
		snprintf(out, size, "load unknown");
}

void meter_describe(const struct scene *scene, enum meter meter, char *out, size_t size)
{
	static void (*const describe[METER_COUNT])(const struct scene *, char *, size_t) = {
		[METER_TASKS] = describe_states,
		[METER_PRESSURE] = describe_pressure,
		[METER_SHORT_LIVED] = describe_short_lived,
		[METER_THREADS] = describe_threads,
		[METER_SPAWNER] = describe_spawner,
		[METER_LONGER_LIVED] = describe_longer_lived,
		[METER_LOAD] = describe_load,
	};

	*out = '\0';
	if (describe[meter])
		describe[meter](scene, out, size);
}
