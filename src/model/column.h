/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_COLUMN_H
#define PROCTOP_COLUMN_H

#include "draw/theme.h"
#include "model/sources.h"

#include <proctree.h>

/* What every value and cell depends on beside the process. */
struct column_context {
	const struct ptree_tree *tree;
	struct ptree_users *users;     /* NULL: users have no names */
	const struct sources *sources; /* NULL: there are none */
	uint64_t now_ns;	       /* the time that is shown: it may lie in the past */
	uint64_t real_offset_ns;       /* added to boot time: since 1970 */
	uint32_t own_uid;
	bool utf8;
};

/* What a line of cells is about. */
struct column_subject {
	const struct ptree_node *node;
	const struct ptree_thread *thread; /* or NULL */
	const struct ptree_image *image;   /* what it ran then; NULL: what it runs */
	pid_t ppid;			   /* its parent's pid then; 0: as it is now */
	bool is_summary;		   /* about what is over below the node */
	bool has_sums;			   /* these are known, of it and of all below it: */
	uint32_t sum_cpu_permille;
	uint64_t sum_rss_kib;
	uint64_t sum_cpu_ns;
};

#define COLUMN_TEXT_SIZE 64

struct column_text {
	char text[COLUMN_TEXT_SIZE]; /* raw bytes for a canvas */
	enum theme_role role;
};

/* It forked and never executed anything, and its command line is still its parent's. */
bool column_is_mere_fork(const struct ptree_node *node);

/* Was over at that time: what ended later counts as living. */
bool column_is_over(const struct column_context *context, const struct ptree_node *node);

/* "1.31s", "42s", "1m03", "2h14m", "12d": five cells at most. */
void column_format_age(char *out, size_t size, uint64_t age_ns, bool is_exact);

/* A duration in five cells: "0.8ms", "12ms", "1.31s", "42s", "1m03", "2h14m", "12d". */
void column_format_time(char *out, size_t size, uint64_t ns);

/* CPU time that was used: "12ms", "1.31s", "2h14m"; less than the kernel can tell: "<4ms". */
void column_format_cpu(char *out, size_t size, const struct ptree_usage *usage);

/* "944K", "1.2M", "12G": four cells. */
void column_format_bytes(char *out, size_t size, uint64_t bytes);
/* "12,000". */
void column_format_count(char *out, size_t size, uint64_t count);
/* Per cent: "0.3", "97", "1600"; a dot (utf8) or "0" for nothing. */
void column_format_permille(char *out, size_t size, uint32_t permille, bool utf8);

#define COMMAND_SIZE 4200

/* A command line in parts that are drawn differently; raw bytes. */
struct command {
	char line[COMMAND_SIZE];
	size_t directory_size; /* "/usr/bin/" */
	size_t program_size;   /* "cc" */
	size_t size;	       /* of all, the arguments included */
	const char *remark;    /* what is to be said of it, or NULL */
	bool is_dim;
};

void column_command(const struct column_context *context, const struct ptree_node *node,
		    const struct ptree_thread *thread, struct command *out);

/* The same of an image that it ran; *out is all zero before. */
void column_image(const struct ptree_node *node, const struct ptree_image *image,
		  struct command *out);

/*
 * What is gone below a process, and what it cost. Where the kernel accounts for nobody, that is
 * told by the CPU time of the children that the process waited for, since it began: "~41.2s".
 */
struct column_gone {
	const struct ptree_summary *summary;
	uint64_t waited_cpu_ns; /* 0: nothing is to be told by it */
};
struct column_gone column_gone(const struct ptree_node *node, const struct ptree_summary *summary);

/* "341 gone 2x 41.2s cpu: cc1x118 asx118". */
void column_summary_text(bool utf8, const struct column_gone *gone, char *out, size_t size);

/* The same behind a command, "†341 2✗ 41.2s cc1×118 as×118…", as far as it fits into that many
   cells; its first pieces, which say how many and how many failed, are there in any case. */
void column_suffix(bool utf8, const struct column_gone *gone, size_t cells, char *out, size_t size);

/* What it used, if it is over and the kernel told: "1.22s"; *cpu_ns: with what is over below it.
   False if there is nothing to say. */
bool column_cost(const struct column_context *context, const struct ptree_node *node,
		 const uint64_t *cpu_ns, bool is_unknown, char *out, size_t size);

/* How it ended, in words; false while it lives. */
bool column_ending(const struct column_context *context, const struct ptree_node *node,
		   struct column_text *out);

/* Who forked it, if that is not its parent: "bash(702)". False if there is nothing to say. */
bool column_lineage(const struct column_context *context, const struct ptree_node *node, char *out,
		    size_t size);

#endif
