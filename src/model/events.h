/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_EVENTS_H
#define PROCTOP_EVENTS_H

#include "model/scene.h"

#define EVENTS_MAX 4096
#define EVENTS_LISTED_MAX (2 * EVENTS_MAX)

/* The kind of event that a fact is told as; LOST also for a comparison after a loss. False: it is
   not told. */
bool event_kind_of(const struct ptree_fact *fact, enum ptree_event_kind *kind);

/* What people tell apart. */
enum event_class {
	EVENT_FORKS,
	EVENT_EXECS,
	EVENT_EXITS,
	EVENT_FAILURES,
	EVENT_OTHERS,
};
#define EVENT_CLASS_COUNT 5

/* Something that happened. It holds what the tree may forget or change. */
struct event {
	uint64_t time_ns;
	uint64_t id;		  /* the process; 0: it is about none */
	uint64_t count;		  /* lost events */
	uint32_t status;	  /* of an exit */
	uint32_t real, effective; /* of a change of user or group */
	pid_t pid;
	pid_t other;  /* the tracer */
	uint8_t kind; /* enum ptree_event_kind */
	bool is_status_known : 1;
	bool is_comparison : 1;	    /* with /proc, after a loss */
	bool is_in_scope : 1;	    /* as of the last look */
	bool is_text_awaited : 1;   /* its command line was not known yet then */
	char comm[PTREE_COMM_SIZE]; /* the name that it had, or got */
};

/*
 * The latest news of the live tree, in the order in which they came; memory for so many. They have
 * numbers, which are never used again. Where only some are wanted those are kept longer: what few
 * did is not to be lost among what many others do.
 */
struct events {
	struct event ring[EVENTS_MAX];
	uint64_t begin, end; /* numbers: the first that is in the ring; the next */
	/* Of those that left the ring the latest that were wanted. */
	struct event kept[EVENTS_MAX];
	uint64_t kept_numbers[EVENTS_MAX];
	size_t kept_at, kept_count; /* the next place, and how many have been used */
	unsigned classes;	    /* bits of those that are wanted */
	struct ptree_feed_reader reader;
	bool is_begun;
	uint64_t missed; /* news that the feed dropped before they were read */
	/* What is_in_scope depends on, as of the last look: */
	const struct ptree_tree *seen_tree;
	uint64_t seen_scope, seen_names;
	uint64_t seen_end; /* those from this number on were not looked at yet */
};

/* Takes what has happened, up to the moment that is shown; by then it is known what is wanted. */
void events_read(struct events *events, const struct scene *scene);

const struct event *events_at(const struct events *events, uint64_t number); /* one of the list */
/* Loss is told whatever somebody wants to see. */
bool event_is_about_process(const struct event *event);

/* The numbers of those that are wanted, of a class that is and in the scope: at most
   EVENTS_LISTED_MAX. */
size_t events_list(struct events *events, const struct scene *scene, uint64_t *numbers);

#endif
