/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_DELIVERY_H
#define PROCTOP_DELIVERY_H

#include "act/cgroup.h"
#include "act/target.h"
#include "model/id-set.h"

/* To whom a signal goes. */
enum delivery_reach {
	DELIVERY_EACH,	  /* the processes that were named */
	DELIVERY_SUBTREE, /* and all below them, those included that are born meanwhile */
	DELIVERY_GROUP,	  /* their process groups */
};

enum delivery_phase {
	DELIVERY_CHOOSING, /* nothing is sent yet: who it would be is kept current */
	DELIVERY_FREEZING,
	DELIVERY_SENDING,
	DELIVERY_THAWING,
	DELIVERY_WATCHING, /* all was sent: who ends, and when */
};

enum member_outcome {
	MEMBER_WAITS, /* nothing was sent to it yet */
	MEMBER_SENT,
	MEMBER_ENDED,	/* took_ns after that */
	MEMBER_STAYS,	/* it did not end within DELIVERY_PATIENCE_NS */
	MEMBER_REFUSED, /* error */
	MEMBER_GONE,	/* it was over before, or ended while somebody chose */
};

#define DELIVERY_PATIENCE_NS UINT64_C(5000000000)

struct member {
	struct target target;
	enum member_outcome outcome;
	int error; /* of opening or of sending; before it is sent: why it may not be */
	uint64_t sent_ns, took_ns;
	bool is_named;	 /* by who asks; the others belong to one of those */
	bool is_bearer;	 /* it was over when it was met: only who it forked matters */
	bool is_settled; /* it stands still, or cannot be made to */
	bool is_frozen;	 /* by us: who stood still before is left so */
};

/*
 * A signal on its way, as a state machine: its owner lets the tree learn what has happened, steps
 * it, and so on; it never waits. It owns pidfds and borrows the tree of each step.
 */
struct delivery {
	struct ptree_procfs *procfs;
	enum delivery_reach reach;
	enum delivery_phase phase;
	bool by_origin; /* below is below by lineage */
	bool freezes;	/* before it sends: who stands still forks no more */
	enum delivery_cgroup {
		DELIVERY_CGROUP_UNTRIED,
		DELIVERY_CGROUP_FROZEN,
		DELIVERY_CGROUP_NONE
	} cgroup_use;
	/* How it went: to a process group by its leader's pidfd, or to each. */
	bool went_at_once, went_to_each;
	bool froze_cgroup; /* they stood still by their cgroup, not each by SIGSTOP */
	int signal;
	struct member *members; /* in the order in which they were met: those above come first */
	size_t count, capacity;
	struct id_set ids; /* of all of them */
	size_t fd_room;	   /* more pidfds than that are closed again */
	size_t open_count;
	struct cgroup cgroup;
	uint64_t steps, generation;
	uint64_t since_ns;   /* births from then on are followed by who forked them */
	uint64_t changed_ns; /* when somebody new was met, or something was sent */
	uint64_t listed_ns;  /* when it was last looked who belongs to it */
	uint64_t sent_ns;    /* when the first one was sent */
};

int delivery_init(struct delivery *delivery, enum delivery_reach reach, bool by_origin);
/* Whoever it made stand still goes on. */
void delivery_clear(struct delivery *delivery);

/* Names a process. 0, or -ENOMEM; what else is wrong is the member's error. */
int delivery_name(struct delivery *delivery, const struct ptree_node *node);

/* From now on it is sent. */
void delivery_begin(struct delivery *delivery, int number, bool freezes, uint64_t now_ns);
/* The same to those that did not end. */
void delivery_begin_again(struct delivery *delivery, int number, uint64_t now_ns);

/* What is due. -ENOMEM: then somebody may be missing. */
int delivery_step(struct delivery *delivery, const struct ptree_tree *tree, uint64_t now_ns);
/* When it wants to be stepped, though nothing happens. */
uint64_t delivery_next_ns(const struct delivery *delivery, uint64_t now_ns);

struct delivery_tally {
	size_t members; /* without mere bearers */
	size_t waiting; /* nothing was sent, or their end is waited for */
	size_t sent, ended, stay, refused, gone;
};
struct delivery_tally delivery_tally(const struct delivery *delivery);

/* What came of it, in words: "ended after 12 ms". role: 0 as it is, 1 good, -1 bad. */
void member_describe(const struct delivery *delivery, const struct member *member, char *out,
		     size_t size, int *role);

#endif
