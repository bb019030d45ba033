/* SPDX-License-Identifier: MIT */
/* What there is to look at; see world.h. What of it is shown, and of what time, is not its. */
#include "model/world.h"

#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)

void world_init(struct world *world, struct ptree_monitor *monitor, struct ptree_users *users)
{
	world->monitor = monitor;
	world->tree = ptree_monitor_tree(monitor);
	world->users = users;
	world->own_uid = getuid();
}

static void count_events(struct world *world, uint64_t now_ns)
{
	struct ptree_monitor_status status;
	uint64_t elapsed_ns = now_ns - world->events_at_ns;

	ptree_monitor_get_status(world->monitor, &status);
	if (world->events_at_ns && elapsed_ns)
		world->events_per_s =
		    (unsigned)((status.events - world->events_before) * NS_PER_S / elapsed_ns);
	world->events_before = status.events;
	world->events_at_ns = now_ns;
}

void world_tick(struct world *world, uint64_t now_ns)
{
	world->ticks++;
	count_events(world, now_ns);
	meters_tick(&world->meters, world->tree, ptree_monitor_host(world->monitor), now_ns);
}

bool world_take_names(struct world *world)
{
	if (!ptree_users_collect(world->users))
		return false;
	world->names++;
	return true;
}
