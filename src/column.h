/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_COLUMN_H
#define PROCTOP_COLUMN_H

#include "theme.h"

#include <proctree.h>

/* What every cell's text depends on beside the process. */
struct column_context {
	const struct ptree_tree *tree;
	struct ptree_users *users;
	uint64_t now_ns; /* the time that is shown: it may lie in the past */
	uint32_t own_uid;
	bool utf8;
};

#define COLUMN_TEXT_SIZE 64

struct column_text {
	char text[COLUMN_TEXT_SIZE]; /* raw bytes for a canvas */
	enum theme_role role;
};

struct column {
	const char *name, *title;
	int width; /* cells */
	bool is_right_aligned;
	int least_screen_width; /* narrower screens do without it */
	void (*format)(const struct column_context *context, const struct ptree_node *node,
		       const struct ptree_thread *thread, struct column_text *out);
};

/* All but the command, which takes what is left. Ends with a NULL name. */
extern const struct column columns[];

/* Was over at that time: what ended later counts as living. */
bool column_is_over(const struct column_context *context, const struct ptree_node *node);

/* "1.31s", "42s", "1m03", "2h14m", "12d": five cells at most. */
void column_format_age(char *out, size_t size, uint64_t age_ns, bool is_exact);

/* A duration in five cells: "0.8ms", "12ms", "1.31s", "42s", "1m03", "2h14m", "12d". */
void column_format_time(char *out, size_t size, uint64_t ns);

/* CPU time that was used: "12ms", "1.31s", "2h14m"; less than the kernel can tell: "<4ms". */
void column_format_cpu(char *out, size_t size, const struct ptree_usage *usage);

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

/* How it ended, in words; false while it lives. */
bool column_ending(const struct column_context *context, const struct ptree_node *node,
		   struct column_text *out);

/* Who forked it, if that is not its parent: "bash(702)". False if there is nothing to say. */
bool column_lineage(const struct column_context *context, const struct ptree_node *node, char *out,
		    size_t size);

#endif
