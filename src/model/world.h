/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_WORLD_H
#define PROCTOP_WORLD_H

#include "model/cgroups.h"
#include "model/inspect.h"
#include "model/meters.h"
#include "model/readings.h"
#include "model/sources.h"

/* What there is to look at, as it is now, whatever is shown of it. */
struct world {
	struct ptree_monitor *monitor; /* borrowed: the source, and the machine */
	struct ptree_tree *tree;       /* the monitor's */
	struct ptree_users *users;     /* borrowed */
	struct inspector *inspector;   /* borrowed: what looks into a process */
	struct cgroups *cgroups;       /* borrowed: who is in which, as far as it is read */
	struct readings *readings;     /* borrowed: figures that cost to read */
	struct sources sources;	       /* what of these fields ask */
	const char *proc_path;	       /* NULL: /proc */
	struct meters meters;
	uint64_t ticks; /* seconds, more or less: what need not be current to the frame waits */
	uint64_t names; /* so many times users' names came to be known */
	uint64_t events_before, events_at_ns;
	unsigned events_per_s;
	uint64_t real_offset_ns; /* added to boot time: the time since 1970 */
	uint32_t own_uid;
};

void world_init(struct world *world, struct ptree_monitor *monitor, struct ptree_users *users);
/* Measures what is told by the second. */
void world_tick(struct world *world, uint64_t now_ns);
/* Takes names of users that have come to be known meanwhile. False: none has. */
bool world_take_names(struct world *world);

/* A boot time as the time of day: "14:22:31", with_ms "14:22:31.123". */
void world_format_clock(const struct world *world, char *out, size_t size, uint64_t boot_ns,
			bool with_ms);

#endif
