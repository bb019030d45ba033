/* SPDX-License-Identifier: MIT */
/* The connector of a monitor, and the ones before it; see source.h. */
#include "source.h"
#include "kernel/connector.h"

#define HEARTBEATS_MISSED_MAX 2

int source_open(struct source *source, const struct ptree_connector_options *options,
		const struct ptree_connector *before)
{
	int err = connector_open_after(&source->connector, options, before);

	source->opened_ns = ptree_boot_now_ns();
	if (err)
		return err;
	source->heartbeats_missed = 0;
	source->last_event_ns = source->opened_ns;
	return 0;
}

void source_give(struct source *source, struct ptree_connector *connector)
{
	source->connector = connector;
	source->is_given = true;
	source->opened_ns = source->last_event_ns = ptree_boot_now_ns();
}

/* The socket knows what it dropped before the next event shows the gap. */
static uint64_t lost_by(const struct ptree_connector_stats *stats)
{
	return stats->lost > stats->dropped ? stats->lost : stats->dropped;
}

static uint64_t ignored_by(const struct ptree_connector_stats *stats)
{
	return stats->spoofed + stats->truncated + stats->malformed;
}

struct ptree_connector *source_take_leave(struct source *source)
{
	struct ptree_connector *connector = source->connector;
	struct ptree_connector_stats stats;

	if (!connector)
		return NULL;
	ptree_connector_get_stats(connector, &stats);
	source->lost_before += lost_by(&stats);
	source->ignored_before += ignored_by(&stats);
	source->connector = NULL;
	return connector;
}

void source_close(struct source *source)
{
	ptree_connector_close(source_take_leave(source));
}

bool source_has_lost(struct source *source)
{
	struct ptree_connector_stats stats;
	uint64_t before = source->lost;

	if (!source->connector)
		return false;
	ptree_connector_get_stats(source->connector, &stats);
	source->lost = source->lost_before + lost_by(&stats);
	source->ignored = source->ignored_before + ignored_by(&stats);
	source->receive_buffer_size = stats.receive_buffer_size;
	return source->lost != before;
}

void source_heard(struct source *source, uint64_t now_ns)
{
	source->last_event_ns = now_ns;
	source->heartbeats_missed = 0;
}

bool source_beat(struct source *source, struct own *own, uint64_t now_ns, uint64_t tick_ns)
{
	if (now_ns < source->last_event_ns + tick_ns || !connector_is_netlink(source->connector))
		return true;
	if (source->heartbeats_missed >= HEARTBEATS_MISSED_MAX)
		return false;
	source->heartbeats_missed++;
	own_beat(own);
	return true;
}
