/* SPDX-License-Identifier: MIT */
/* What there is to look at; see world.h. What of it is shown, and of what time, is not its. */
#include "model/world.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

static uint64_t measure_real_offset(void)
{
	struct timespec real, boot;

	clock_gettime(CLOCK_REALTIME, &real);
	clock_gettime(CLOCK_BOOTTIME, &boot);
	return (uint64_t)(real.tv_sec - boot.tv_sec) * NS_PER_S + (uint64_t)real.tv_nsec -
	       (uint64_t)boot.tv_nsec;
}

/* Two measures of the same differ by what lies between the clocks' readings: times of day that are
   on the screen do not waver by that. */
static void measure_clock(struct world *world)
{
	uint64_t offset_ns = measure_real_offset();
	uint64_t difference_ns = offset_ns > world->real_offset_ns
				     ? offset_ns - world->real_offset_ns
				     : world->real_offset_ns - offset_ns;

	if (difference_ns > NS_PER_MS)
		world->real_offset_ns = offset_ns;
}

void world_init(struct world *world, struct ptree_monitor *monitor, struct ptree_users *users)
{
	world->monitor = monitor;
	world->tree = ptree_monitor_tree(monitor);
	world->users = users;
	world->own_uid = getuid();
	world->sources.has_activity = true;
	measure_clock(world);
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

static void measure_memory(struct world *world)
{
	const struct ptree_host *host = ptree_monitor_host(world->monitor);
	struct ptree_memory memory;

	if (host && ptree_host_memory(host, &memory))
		world->sources.memory_bytes = memory.total_bytes;
}

void world_tick(struct world *world, uint64_t now_ns)
{
	world->ticks++;
	measure_clock(world);
	count_events(world, now_ns);
	measure_memory(world);
	meters_tick(&world->meters, world->tree, ptree_monitor_host(world->monitor), now_ns);
}

bool world_take_names(struct world *world)
{
	if (!ptree_users_collect(world->users))
		return false;
	ptree_tree_learn_users(world->tree, world->users); /* else at the next one */
	world->names++;
	return true;
}

void world_format_clock(const struct world *world, char *out, size_t size, uint64_t boot_ns,
			bool with_ms)
{
	uint64_t real_ns = boot_ns + world->real_offset_ns;
	time_t seconds = (time_t)(real_ns / NS_PER_S);
	struct tm local;
	size_t used;

	*out = '\0';
	if (!localtime_r(&seconds, &local))
		return;
	used = strftime(out, size, "%H:%M:%S", &local);
	if (with_ms && used)
		snprintf(out + used, size - used, ".%03u",
			 (unsigned)(real_ns % NS_PER_S / NS_PER_MS));
}
