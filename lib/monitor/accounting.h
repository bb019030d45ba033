/* SPDX-License-Identifier: MIT */
#ifndef PTREE_ACCOUNTING_H
#define PTREE_ACCOUNTING_H

#include "model/tree.h"

/*
 * Joins the kernel's accounting with the EXIT events. Of each task the record is sent before the
 * event, on another socket: so records wait here for their event.
 */
struct waiting;

struct accounting {
	struct ptree_taskstats *taskstats; /* NULL: there is none; see error */
	int error;			   /* why; 0: nobody has tried */
	struct map waiting;		   /* task -> the oldest of its records */
	struct pool pool;
	struct waiting *first, *last; /* all of them, in the order of their arrival */
	size_t count;
	uint64_t joined, unmatched; /* records that had an event, and that had none */
	uint64_t missing;	    /* exits of tasks without a record */
	uint64_t dropped_before;    /* by sockets that are closed */
};

void accounting_open(struct accounting *accounting);
void accounting_close(struct accounting *accounting);

/* Takes all that has been sent; do so before EXITs are applied. -ENOMEM. */
int accounting_drain(struct accounting *accounting, uint64_t now_ns);
/* Gives up those that have waited for long: their EXIT was lost. */
void accounting_expire(struct accounting *accounting, uint64_t now_ns);
/*
 * Takes the record of a task that ended, and that of its process if it was the last one. lived_ns:
 * how long its process lived; 0: not known. Returns how many.
 */
unsigned accounting_take(struct accounting *accounting, pid_t tid, uint64_t lived_ns,
			 struct ptree_accounting records[2]);
/* Messages that were dropped, or made no sense. */
uint64_t accounting_lost(const struct accounting *accounting);

#endif
