/* SPDX-License-Identifier: MIT */
/* What a printed tree reads of each process; see tree-sources.h. */
#include "headless/tree-sources.h"
#include "model/cgroups.h"
#include "model/field.h"
#include "model/readings.h"

/* In the picture's /proc there is one machine, and it is this one. */
static uint64_t memory_of(const struct ptree_monitor *monitor)
{
	const struct ptree_host *host = ptree_monitor_host(monitor);
	struct ptree_memory memory;

	return host && ptree_host_memory(host, &memory) ? memory.total_bytes : 0;
}

int tree_sources_init(struct tree_sources *sources, uint32_t asks,
		      const struct ptree_monitor *monitor)
{
	int err = 0;

	*sources = (struct tree_sources){ .asks = asks };
	if (asks & FIELD_ASKS_MACHINE)
		sources->sources.memory_bytes = memory_of(monitor);
	if (asks & FIELD_ASKS_CGROUP)
		err = cgroups_new(&sources->own_cgroups, NULL);
	if (!err && asks & FIELD_ASKS_PIECES)
		err = readings_new(&sources->own_readings, NULL);
	sources->sources.cgroups = sources->own_cgroups;
	sources->sources.readings = sources->own_readings;
	return err;
}

void tree_sources_clear(struct tree_sources *sources)
{
	cgroups_free(sources->own_cgroups);
	readings_free(sources->own_readings);
	*sources = (struct tree_sources){ .asks = 0 };
}

void tree_sources_read(struct tree_sources *sources, const struct ptree_node *node)
{
	if (sources->own_cgroups)
		cgroups_read_now(sources->own_cgroups, node);
	if (sources->own_readings)
		readings_read_now(sources->own_readings, node, sources->asks & FIELD_ASKS_PIECES);
}
