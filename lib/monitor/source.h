/* SPDX-License-Identifier: MIT */
#ifndef PTREE_SOURCE_H
#define PTREE_SOURCE_H

#include "own.h"

/*
 * Where the events come from: one connector after the other. Owns the socket of now, what all of
 * them counted, and the heartbeat that tells whether it still hears. What is to be done when there
 * is none, or a deaf one, is up to its user.
 */
struct source {
	struct ptree_connector *connector; /* NULL: there is none */
	bool is_given; /* by the owner of the monitor: it is the only one there will be */
	uint64_t lost_before, ignored_before; /* by sockets that are closed */
	uint64_t lost, ignored;		      /* by all of them, at the last look */
	size_t receive_buffer_size;
	uint64_t opened_ns;	/* when one was last opened, or tried to be */
	uint64_t last_event_ns; /* when it last had something to say */
	unsigned heartbeats_missed;
};

/* before: the one whose place it takes, or NULL; see connector_open_after(). */
int source_open(struct source *source, const struct ptree_connector_options *options,
		const struct ptree_connector *before);
void source_give(struct source *source, struct ptree_connector *connector);
/* What it counted stays counted. It is the caller's to close; NULL: there is none. */
struct ptree_connector *source_take_leave(struct source *source);
void source_close(struct source *source);

/* Looks at what was counted. True: events were lost since the last look. */
bool source_has_lost(struct source *source);
/* Something came. */
void source_heard(struct source *source, uint64_t now_ns);
/*
 * Any other process's event proves that the socket hears. Where it is silent, an event of our own
 * must come; from one that is not the kernel's nothing has to. Call it once a tick; false: it is
 * deaf.
 */
bool source_beat(struct source *source, struct own *own, uint64_t now_ns, uint64_t tick_ns);

#endif
