/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LOG_SCOUT_H
#define PROCTOP_LOG_SCOUT_H

#include <proctree.h>

/* An exec that is in the feed and not printed yet, and where the feed has its texts. */
struct scouted {
	uint64_t image;
	uint64_t since_ns; /* boot time of the exec */
	bool has_name, has_arguments;
	struct ptree_feed_reader name, arguments; /* the places of those facts */
};

/*
 * Looks ahead in the feed for the command lines of execs, so that all of them wait at the same
 * time.
 */
struct scout {
	struct ptree_feed_reader reader;
	struct scouted *execs; /* a ring, in the feed's order */
	size_t first, count, capacity;
};

/* Goes on from there, and forgets what it knew. */
void scout_start(struct scout *scout, const struct ptree_feed_reader *reader);
void scout_clear(struct scout *scout);
/* Reads on to the feed's end. 0, -ENOMEM. One that was overtaken goes on with what is left. */
int scout_look(struct scout *scout, const struct ptree_tree *tree);
bool scout_is_exec(const struct ptree_fact *fact);
/* That exec, which is the first that was not taken yet; NULL: it is not known. */
const struct scouted *scout_first(const struct scout *scout, const struct ptree_fact *exec);
void scout_take(struct scout *scout);

#endif
