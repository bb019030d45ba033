/* SPDX-License-Identifier: MIT */
/* What the files of proctop why share: the processes it is asked about, and what is known of each.
 */
#ifndef PROCTOP_WHY_IMPL_H
#define PROCTOP_WHY_IMPL_H

#include "headless/output.h"
#include "model/why.h"

#define WHY_HOLDS_MAX 16

/* A way in which a process holds the file or the port. */
struct why_hold {
	enum ptree_hold hold;
	int number;
	uint32_t flags;
	bool is_deleted, has_socket;
	struct ptree_socket socket;
};

struct why_target {
	pid_t pid;
	uint64_t start_ns; /* 0: whoever has the pid */
	size_t hold_count; /* of which WHY_HOLDS_MAX are kept */
	struct why_hold holds[WHY_HOLDS_MAX];
};

struct why_targets {
	struct why_target *at;
	size_t count, capacity;
	size_t refused; /* processes that could not be looked into */
	size_t sockets; /* of the port, whoever has them */
	bool hangs;	/* a process did not answer: so many of them were looked into; total is 0 if
			   it was the file's file system */
	size_t looked_into, total;
};

/* 0, -ENOMEM. */
int why_add_target(struct why_targets *targets, pid_t pid, uint64_t start_ns);

/* Look through all processes for who holds a file or a port; they say on a terminal how far they
   are. A file that is not there may be held, too, unless it must exist. 0, or a negative errno. */
int why_search_file(struct why_targets *targets, const char *file, bool must_exist);
int why_search_port(struct why_targets *targets, uint16_t port);

#define WHY_LISTENS_MAX 64

/* All that is printed of one. */
struct why_answer {
	const struct ptree_tree *tree;
	struct ptree_users *users;
	const struct ptree_node *node;
	const struct why_target *target;
	struct why why;
	struct ptree_details details; /* all its statuses are set */
	bool hangs;		      /* what of the details is not quick did not answer */
	int listens_error;	      /* why they are not known; 0: they are */
	size_t listen_count;
	struct ptree_socket listens[WHY_LISTENS_MAX];
	char listen_paths[WHY_LISTENS_MAX][112]; /* of unix sockets */
};

/* Finds details and what it listens on; of node and target. It does not hang. */
void why_look(struct why_answer *answer);

void why_print_text(struct output *output, const struct why_answer *answer, bool utf8);
void why_print_json(struct output *output, const struct why_answer *answer);

#endif
