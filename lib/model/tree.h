/* SPDX-License-Identifier: MIT */
/*
 * The tree's private structs, shared by the files that make it up and by nobody else:
 *
 *   pool.c map.c image.c	storage without a word about processes' links
 *   tree.c			nodes and every change of a link between them
 *   thread.c			the tasks of a process
 *   apply.c observe.c		events and scans, turned into calls of tree.c
 *   watch.c feed.c		what follows from a change
 *   usage.c summary.c activity.c	what processes use, and used, and leave behind
 *   node.c query.c display.c	reading (node.c: one node)
 */
#ifndef PTREE_INTERNAL_H
#define PTREE_INTERNAL_H

#include "proctree.h"
#include "base/map.h"
#include "base/pool.h"
#include "base/units.h"

/*
 * An image is shared by a process and the children forked from it, until they exec. older is
 * meaningful to the processes whose image_depth reaches that far.
 */
struct image {
	struct ptree_image pub;
	struct image *older;
	uint32_t refs;
};

/* The kernel's parent before the present one. */
struct edge {
	uint64_t parent_id;
	uint64_t from_ns, to_ns;
};

struct ptree_thread {
	uint64_t id;
	uint64_t begin_ns;
	uint64_t read_ns; /* when a scan last saw it */
	struct ptree_node *node;
	struct ptree_thread *prev, *next;
	pid_t tid;
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

#define NOT_ORPHANED UINT32_MAX

struct ptree_node {
	uint64_t id;
	uint64_t begin_ns, end_ns;
	uint64_t read_ns;   /* when a scan last saw it; 0: never */
	uint64_t event_ns;  /* of the last event about it */
	uint64_t parent_ns; /* since when parent holds, or when it was last confirmed */
	uint64_t change_ns;
	struct ptree_node *parent;
	struct ptree_node *prev, *next; /* among the parent's live or past children */
	struct node_list live, past;	/* children: present ones; ended ones by exit */
	struct ptree_node *origin;
	struct ptree_node *fork_prev, *fork_next; /* among those the origin forked */
	struct ptree_node *last_forked;
	struct ptree_node *queue_prev, *queue_next;
	struct ptree_thread *threads;
	struct image *image;
	struct edge *edges;
	struct account *account;       /* the kernel's, of its tasks that are over; or NULL */
	struct ptree_summary *summary; /* of those that are over below it; or NULL */
	struct activity *activity;     /* or NULL */
	uint64_t sampled_ns;	       /* when; 0: never */
	uint32_t cpu_user_ticks, cpu_system_ticks; /* as sampled: of 10 ms, since its begin */
	uint32_t rss_kib;
	uint32_t cpu_permille; /* of one CPU, between the last two samples */
	pid_t pid, sid, tracer;
	uint32_t ruid, euid, rgid, egid;
	uint32_t live_count, forked_count, thread_count, edge_count;
	uint32_t elided;
	uint32_t exec_count;
	uint32_t orphan_index; /* in tree->orphaned */
	uint32_t status;
	uint16_t image_depth; /* images of the chain that are its own */
	uint8_t change;	      /* enum ptree_change_kind */
	uint8_t fate;	      /* enum node_fate */
	uint8_t idle_samples; /* the sampler's: how many in a row found nothing */
	char state;	      /* as sampled; 0: not known */
	bool is_begin_exact : 1;
	bool is_origin_told : 1;
	bool has_ended : 1;
	bool is_status_known : 1;
	bool is_zombie : 1;
	bool is_leader_gone : 1;
	bool is_kernel_thread : 1;
	bool is_watched : 1;
	bool is_placeholder : 1; /* known only because another one named it as its parent */
	bool has_rate : 1;	 /* cpu_permille is known */
	bool is_hot : 1;	 /* the sampler's: it is among those read often */
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

struct feed {
	struct ptree_change *ring;
	size_t size;
	uint64_t next; /* position of the next change */
};

struct watched_name {
	char *name;
	pid_t ignored_pid;
};

struct ptree_tree {
	struct ptree_node root;
	struct map by_pid; /* the latest node of each pid, ended ones too while kept */
	struct map by_id;
	struct map by_tid; /* threads but leaders */
	struct pool nodes, threads, images;
	struct pool accounts, summaries, activities;
	struct activity *active;	      /* all of them */
	uint64_t activity_ns;		      /* the last tick */
	uint64_t tick_before_ns;	      /* the one before; 0: there was none */
	struct node_list queue, failed_queue; /* ended; failures keep longer */
	size_t failed_count;		      /* in the latter */
	struct ptree_node **orphaned;	      /* ended, with live children nobody has adopted */
	size_t orphaned_count, orphaned_capacity;
	size_t placeholder_count;
	struct ptree_tree_counts counts;
	struct ptree_tree_options options;
	struct feed feed;
	struct watched_name *watched_names;
	size_t watched_name_count;
	uint64_t next_id;
	uint64_t generation;
	uint64_t usage_generation;
	uint64_t exited_more_ns; /* CPU time that processes were found at their end to have used */
	uint64_t idle_until_ns;	 /* while it is set: nobody sampled did anything before it */
	uint64_t clock_offset_ns;
	bool is_polling;
};

/* tree.c: finding */
struct ptree_node *tree_latest(const struct ptree_tree *tree, pid_t pid); /* ended ones too */
struct ptree_node *tree_live(const struct ptree_tree *tree, pid_t pid);
struct ptree_node *tree_present(const struct ptree_tree *tree, pid_t pid); /* zombies too */

/* tree.c: the only place where links change */
struct ptree_node *tree_add(struct ptree_tree *tree, pid_t pid, struct ptree_node *parent,
			    uint64_t begin_ns);
struct ptree_node *tree_live_or_placeholder(struct ptree_tree *tree, pid_t pid, uint64_t now_ns);
void tree_set_known(struct ptree_tree *tree, struct ptree_node *node); /* no placeholder any more */
void tree_set_origin(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *origin);
void tree_move(struct ptree_tree *tree, struct ptree_node *node, struct ptree_node *parent,
	       uint64_t when_ns);
void tree_end(struct ptree_tree *tree, struct ptree_node *node, uint64_t end_ns);
void tree_revive(struct ptree_tree *tree, struct ptree_node *node);
/* How it ended became known only after its end. */
void tree_end_status_told(struct ptree_tree *tree, struct ptree_node *node);
void tree_set_zombie(struct ptree_tree *tree, struct ptree_node *node, bool is_zombie);

/* apply.c */
/* What became known of a process was true of those that it had forked, too. */
void tree_bequeath(struct ptree_tree *tree, struct ptree_node *node);
/* Ends one whose leader's exit was seen, and whose other tasks turned out to be gone as well. */
void tree_finish_leaderless(struct ptree_tree *tree, struct ptree_node *node);

/* image.c */
struct image *image_new(struct ptree_tree *tree, uint64_t begin_ns);
void image_unref(struct ptree_tree *tree, struct image *image);
int image_push(struct ptree_tree *tree, struct ptree_node *node, uint64_t begin_ns);
void image_inherit(struct ptree_tree *tree, struct ptree_node *child,
		   const struct ptree_node *from);
/* The name is that of an image which began only then; arguments read before are not its own. */
int image_redate(struct ptree_tree *tree, struct ptree_node *node, uint64_t begin_ns);
int image_set_comm(struct ptree_tree *tree, struct ptree_node *node,
		   const char comm[PTREE_COMM_SIZE]);
void image_forget_argv(struct image *image); /* it is to be read again */
int image_set_argv(struct image *image, uint64_t read_ns, enum ptree_argv_status status,
		   const char *argv, size_t size);

/* thread.c */
int thread_add(struct ptree_tree *tree, struct ptree_node *node, pid_t tid, uint64_t begin_ns,
	       const char *comm);
struct ptree_thread *thread_find(const struct ptree_tree *tree, const struct ptree_node *node,
				 pid_t tid);
void thread_remove(struct ptree_tree *tree, struct ptree_thread *thread);
void thread_remove_all(struct ptree_tree *tree, struct ptree_node *node);

/* watch.c */
void watch_inherit(struct ptree_tree *tree, struct ptree_node *node, const struct ptree_node *from);
void watch_check_name(struct ptree_tree *tree, struct ptree_node *node);
void watch_clear_names(struct ptree_tree *tree);

/* feed.c */
int feed_init(struct feed *feed, size_t size);
void feed_push(struct ptree_tree *tree, enum ptree_change_kind kind, const struct ptree_node *node,
	       uint64_t boot_ns, const struct ptree_event *event);
/* The same, and it becomes the node's last change, which views highlight. */
void tree_note(struct ptree_tree *tree, struct ptree_node *node, enum ptree_change_kind kind,
	       uint64_t boot_ns, const struct ptree_event *event);

/* usage.c */
/* A reading of a live process: of a scan, or of a sample. */
void usage_observe(struct ptree_tree *tree, struct ptree_node *node,
		   const struct ptree_process *process);
uint64_t usage_sampled_cpu_ns(const struct ptree_node *node);
uint64_t usage_cpu_ns(const struct ptree_node *node); /* the best that is known */
bool usage_is_final(const struct ptree_node *node);
/* It is over, and counts among its parent's; or it is not over after all. */
void usage_charge(struct ptree_tree *tree, struct ptree_node *node);
void usage_uncharge(struct ptree_tree *tree, struct ptree_node *node);
/* Its status, or what it used, became known only after its end. */
void usage_recharge(struct ptree_tree *tree, struct ptree_node *node);
void usage_release(struct ptree_tree *tree, struct ptree_node *node);

/* summary.c */
void summary_add(struct ptree_summary *to, const struct ptree_summary *from);
void summary_count_command(struct ptree_summary *summary, const char *comm, uint32_t count);

/* activity.c */
enum activity_kind { ACTIVITY_FORK, ACTIVITY_EXEC, ACTIVITY_FAILURE };
void activity_note(struct ptree_tree *tree, struct ptree_node *node, enum activity_kind kind);
void activity_add_cpu(struct ptree_tree *tree, struct ptree_node *node, uint64_t cpu_ns);
/* What the one was doing goes on in the other's name. */
void activity_pass_on(struct ptree_tree *tree, struct ptree_node *from, struct ptree_node *to);
void activity_release(struct ptree_tree *tree, struct ptree_node *node);

/* node.c */
/* Its name, or if nobody read it in time that of its program; "": neither is known. */
void node_name(const struct ptree_node *node, char name[PTREE_COMM_SIZE]);
bool image_is_named(const struct image *image, const char *name);

/* query.c */
int nodes_append(struct ptree_nodes *nodes, const struct ptree_node *node);

#endif
