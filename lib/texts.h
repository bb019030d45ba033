/* SPDX-License-Identifier: MIT */
#ifndef PTREE_TEXTS_H
#define PTREE_TEXTS_H

#include "proctree.h"

struct reader;

/*
 * Names and command lines: who is to be asked for them, and what the answers mean to the tree.
 * What was asked about a program that was replaced since is nobody's answer.
 */
struct texts {
	struct ptree_tree *tree; /* borrowed */
	struct reader *reader;
	uint64_t execs_read; /* execs whose command line was read in time */
};

/* argv_max 0: the default. wake_fd: an eventfd, written when texts_take() has something to do. */
int texts_open(struct texts *texts, struct ptree_tree *tree, const char *proc_path, size_t argv_max,
	       int wake_fd);
void texts_close(struct texts *texts);

/* The new image of an exec, before everything else; a new kernel thread's name. */
void texts_want_of_exec(struct texts *texts, const struct ptree_node *node);
void texts_want_name(struct texts *texts, const struct ptree_node *node);
/* All that nobody has asked about. After a scan, which must not wait for the readers. */
void texts_want_all_unknown(struct texts *texts);
/* What may have been rewritten. */
void texts_want_again(struct texts *texts, uint64_t id);

/* Puts the answers into the tree. 0 or -ENOMEM. */
int texts_take(struct texts *texts);
bool texts_pending(const struct texts *texts);
/* Gives up what hangs. */
void texts_check(struct texts *texts, uint64_t now_ns);

#endif
