/* SPDX-License-Identifier: MIT */
/*
 * What a tree is made of. Only the model's files know it; of them facts.c and what it calls change
 * it, and everybody else reads:
 *
 *   links.c		nodes and the links between them; knows nobody
 *   rare.c		what few nodes have
 *   image.c thread.c	what a node runs, its tasks
 *   usage.c summary.c activity.c	what it uses, and used, and leaves behind
 *   watch.c		the marks of what is watched
 *   life.c		begin, end, revive, forget: calls those in order
 *   facts.c		the one door: facts -> the above
 *   codec.c feed.c keyframe.c	facts as bytes, the latest of them, all that make up a tree
 *   apply.c exit.c observe.c limits.c tell.c	events, scans, limits -> facts
 *   node.c query.c dump.c	reading
 */
#ifndef PTREE_TREE_H
#define PTREE_TREE_H

#include "proctree.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/units.h"

/* An image is shared by a process and the children forked from it, until they exec. */
struct image {
	struct ptree_image pub;
	uint64_t reader;   /* the node whose arguments they are, as read; 0: nobody was asked */
	uint64_t named_ns; /* just before its name was read, or when it was told */
	uint32_t refs;
};

/* What one process ran before, the latest first: its own list, of images that it may share. */
struct past_image {
	struct past_image *older;
	struct image *image;
};

/* The kernel's parent before the present one. */
struct edge {
	uint64_t parent_id;
	uint64_t from_ns, to_ns;
};

struct ptree_thread {
	uint64_t id;
	uint64_t begin_ns;
	uint64_t read_ns; /* a translator's: when a scan last saw it */
	struct ptree_node *node;
	struct ptree_thread *prev, *next; /* the greatest id first */
	pid_t tid;
	uint32_t cpu_permille;	     /* of one CPU; PTREE_UNKNOWN_ID */
	uint64_t sampled_ns, cpu_ns; /* 0: never */
	char comm[PTREE_COMM_SIZE];
};

struct node_list {
	struct ptree_node *head, *tail;
};

/* Where an ended node is on its way out. */
enum node_fate {
	NODE_PRESENT,  /* alive, or a zombie */
	NODE_QUEUED,   /* over; in a queue of those to be forgotten, oldest first */
	NODE_ANCESTOR, /* beyond the limits, kept because something kept came from it */
};

/* Whom a process has as children, and whom it forked. Only links.c makes and changes it. */
struct offspring {
	struct node_list live, past; /* children: present ones by birth; ended ones by over_key */
	struct ptree_node *inserted; /* the last of live that was no tail; where to look first */
	struct ptree_node *last_forked;
	uint32_t live_count, forked_count;
	size_t orphan_place; /* of the parent in tree->orphaned, plus 1; 0: it is not there */
};

/*
 * What the translators of events and scans remember of a process to weigh what they hear next.
 * It is no fact, and a tree that learned the same facts has it not.
 */
struct evidence {
	uint64_t read_ns;  /* when a scan last saw it; 0: never */
	uint64_t event_ns; /* of the last event about it */
};

/* What few processes have. Only rare.c makes it. */
struct rare {
	struct ptree_thread *threads;
	struct edge *edges;
	struct ptree_summary *summary; /* of those that are over below it; or NULL */
	struct leaving *leaving; /* a translator's: how its tasks ended so far, if differently */
	uint64_t waited_cpu_ns;	 /* of children that it waited for */
	uint64_t parent_ns;	 /* since when it has another parent; 0: that is not known */
	uint64_t users_ns;	 /* when its users or groups changed last; 0: not seen */
	pid_t tracer;
	uint32_t thread_count;
	uint16_t edge_count;
};

/* What one uses that lives, as sampled. state 0: it was not, or not since it was taken for over. */
struct sample {
	uint64_t rss_bytes, virtual_bytes;
	uint64_t minor_faults, major_faults;
	uint32_t cpu_permille; /* of one CPU, between the last two samples */
	pid_t pgrp;
	uint32_t tty;
	int16_t priority;
	int8_t nice;
	char state;
};

/* How one ended, and its place among those that are over. */
struct over {
	uint64_t end_ns;
	uint64_t over_key; /* the later it was found to be over, the greater */
	struct ptree_node *queue_prev, *queue_next; /* by over_key */
	uint32_t status;
};

struct ptree_node {
	uint64_t id;
	uint64_t begin_ns;
	uint64_t change_ns;
	struct ptree_node *parent;
	struct ptree_node *prev, *next; /* among the parent's live or past children */
	struct offspring *offspring;	/* NULL: nobody, as for most */
	struct rare *rare;		/* NULL: nothing of it; for reading: node_rare() */
	struct ptree_node *origin;
	struct ptree_node *fork_prev, *fork_next; /* among those the origin forked, by id */
	struct image *image; /* NULL: not known; then there are no past ones either */
	struct past_image *past_images;
	struct account *account;	     /* the kernel's, of its tasks that are over; or NULL */
	struct activity *activity;	     /* or NULL */
	uint64_t sampled_ns;		     /* when; 0: never */
	uint64_t cpu_user_ns, cpu_system_ns; /* as sampled, since its begin */
	union { /* has_ended tells which; for reading: node_sample(), node_over() */
		struct sample sample;
		struct over over;
	};
	struct evidence evidence;
	pid_t pid, sid;
	uint32_t ruid, euid, rgid, egid;
	uint32_t elided;
	uint32_t exec_count;
	uint16_t image_count; /* the present one and the past ones */
	uint8_t change : 4;   /* enum ptree_change_kind */
	uint8_t fate : 4;     /* enum node_fate */
	bool is_begin_exact : 1;
	bool is_origin_told : 1;
	bool is_parent_first : 1; /* it has its parent since it began, as was told */
	bool has_ended : 1;
	bool is_status_known : 1;
	bool is_status_inferred : 1;
	bool is_zombie : 1;
	bool is_leader_gone : 1;
	bool is_kernel_thread : 1;
	bool is_watched : 1;
	bool is_placeholder : 1; /* known only because another one named it as its parent */
	bool has_rate : 1;	 /* sample.cpu_permille is known */
	bool is_charged : 1;	 /* it is in its parent's summary */
	bool is_charged_failed : 1;
	bool is_charged_final : 1;
	bool is_in_failed_queue : 1;
};

/* The kernel's accounting of a process: sums over those of its tasks that are over. */
struct account {
	uint64_t cpu_user_ns, cpu_system_ns, cpu_run_ns;
	uint64_t elapsed_ns; /* of the process, or as long as the longest of its tasks */
	uint64_t max_rss_bytes, read_bytes, write_bytes;
	uint64_t charged_ns; /* CPU time that the ancestors' sums have of the process */
	uint32_t known, tasks;
	bool is_elapsed_whole; /* elapsed_ns is the process's */
};

/* What a process does to others of late; kept only while there is something to say. */
struct activity {
	struct ptree_node *node;
	struct activity *prev, *next;
	struct ptree_activity pub;
	/* since the last tick: */
	uint64_t cpu_ns;
	uint32_t forks, execs, failures;
	uint64_t failed_ns; /* the last failure: a loop may come round only rarely */
};

/* The latest facts, as records one after another in a ring; see feed.c. Positions only grow. */
struct feed {
	unsigned char *ring;
	size_t size;
	uint64_t head, tail; /* where the next record begins, and the oldest that is left */
	uint64_t head_number, tail_number; /* of those facts */
	uint64_t head_news, tail_news;	   /* how many before them were news */
};

/* A scan that listed it before then is wrong to say that it is there. */
struct ended_tid {
	pid_t tid;
	uint64_t end_ns;
};

struct watched_name {
	char *name;
	pid_t ignored_pid;
};

/* The last fact of each kind that is about no process: the decoded one, over bytes of its own. */
struct kept_fact {
	struct ptree_facts bytes;
};
#define KEPT_FACTS (PTREE_FACT_HOST + 1)

struct ptree_tree {
	struct ptree_node root;
	struct map by_pid; /* the latest node of each pid, ended ones too while kept */
	struct map by_id;
	struct map by_tid; /* threads but leaders */
	struct pool nodes, threads, images, past_images;
	struct pool rares, offspring, accounts, summaries, activities;
	struct activity *active;	      /* all of them, in no order */
	struct node_list queue, failed_queue; /* ended; failures keep longer */
	size_t failed_count;		      /* in the latter */
	struct ptree_node **orphaned; /* ended, with present children nobody has adopted; a set */
	size_t orphaned_count, orphaned_capacity;
	size_t placeholder_count;
	struct ptree_tree_counts counts;
	uint64_t exited_more_ns; /* CPU time that processes were found at their end to have used */
	uint64_t next_id;	 /* of nodes, threads and images: greater than all there were */
	uint64_t next_key;	 /* of those that are over */
	struct kept_fact last[KEPT_FACTS];
	struct map user_names;	/* uid + 1 -> a string */
	struct map kept_images; /* while a snapshot is learned: id -> image */
	bool is_begun;		/* it has learned of processes: no snapshot any more */

	/* For readers: these change whenever something does. */
	uint64_t generation;
	uint64_t usage_generation;
	struct feed feed;

	/* What a person asks: */
	struct watched_name *watched_names;
	size_t watched_name_count;

	/* The translators' own: */
	struct ptree_tree_options options;
	struct pool leavings;
	struct ended_tid *ended_tids; /* the latest threads that ended, a ring; NULL: none yet */
	size_t ended_tid_next;
	struct map by_ended_tid;
	uint64_t clock_offset_ns;
	uint64_t tick_ns, tick_before_ns; /* the last tick and the one before; 0: there was none */
	bool is_polling;
};

struct ptree_node *tree_latest(const struct ptree_tree *tree, pid_t pid); /* ended ones too */
struct ptree_node *tree_live(const struct ptree_tree *tree, pid_t pid);
struct ptree_node *tree_present(const struct ptree_tree *tree, pid_t pid); /* zombies too */
struct ptree_node *tree_node(const struct ptree_tree *tree, uint64_t id);

/* For reading: never NULL. */
const struct offspring *node_offspring(const struct ptree_node *node);
static inline const struct rare *node_rare(const struct ptree_node *node)
{
	static const struct rare none;

	return node->rare ? node->rare : &none;
}

/* Since when it has its parent; 0: that is not known. */
static inline uint64_t node_parent_ns(const struct ptree_node *node)
{
	return node->is_parent_first ? node->begin_ns : node_rare(node)->parent_ns;
}

static inline const struct sample *node_sample(const struct ptree_node *node)
{
	static const struct sample none;

	return node->has_ended ? &none : &node->sample;
}

static inline const struct over *node_over(const struct ptree_node *node)
{
	static const struct over none;

	return node->has_ended ? &node->over : &none;
}

/*
 * Whether a process that began then, as /proc or an event has it, can be this node. A begin read
 * from /proc is as fine as a tick, and an event comes a little after the fork.
 */
bool tree_is_same(const struct ptree_node *node, uint64_t begin_ns);

#endif
