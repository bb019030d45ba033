/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_LOG_IMPL_H
#define PROCTOP_LOG_IMPL_H

/* The log's two halves: log.c follows the monitor, log-tell.c tells what happened. */
#include "headless/by-command.h"
#include "headless/log-line.h"
#include "headless/log-rules.h"
#include "headless/log-scout.h"
#include "headless/log.h"
#include "headless/selection.h"

#include <signal.h>

/* How long what is incomplete is held back. */
#define LOG_HOLD_NS UINT64_C(20000000)

struct log {
	const struct config *config;
	struct ptree_monitor *monitor;
	struct ptree_tree *tree; /* the monitor's */
	struct ptree_tree *then; /* as it was when what is printed next happened */
	struct ptree_users *users;
	struct selection selection;
	struct output output;
	struct log_lines lines;
	struct by_command *by_command; /* or NULL: nobody asked */
	struct log_rules *rules;       /* or NULL: there are none */
	int signal_fd;
	sigset_t signals_before;
	uint64_t begin_ns;
	struct ptree_feed_reader next; /* what is printed next */
	uint64_t learned; /* number of the first fact of the feed that then has not learned */
	struct scout scout;
	uint64_t *watched_ids; /* of the pids that are to be watched */
	size_t watched_count;
	uint64_t held_since_ns; /* what is next is not complete since then; 0: it is, or is none */
	uint64_t overtaken;	/* news that the feed dropped before they were printed */
	bool is_ready;		/* the first scan is done */
	bool is_polling;
	bool wants_names;    /* of users, before what is theirs is told */
	bool are_names_slow; /* a user's name did not come in time: do not wait for more */
	uint64_t end_ns;     /* what happened until then is told; 0: it goes on */
	bool is_over;	     /* nothing is waited for any more */
	const char *failure; /* what could not be done, for an error without words */
};

/* A tree of then that knows nothing yet. 0, -ENOMEM, ... */
int log_new_then(struct log *log);
/* Once the first scan is in the monitor's tree: then learns it. As log_new_then(). */
int log_learn_first_scan(struct log *log);
bool log_is_pid(const char *watch);

/* Prints what has become news. patience_ms: for a reader who is slow; 0: what does not fit waits.
 */
int log_print_news(struct log *log, int patience_ms);
/* Hands over what is printed; see output_flush(). */
int log_flush(struct log *log, int timeout);

#endif
