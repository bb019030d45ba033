/* SPDX-License-Identifier: MIT */
#ifndef PTREE_REPAIR_H
#define PTREE_REPAIR_H

#include "own.h"
#include "reaping.h"
#include "scan.h"
#include "texts.h"

/*
 * Scans that seed a tree and make losses good. Owns the scan under way, how long the last one took,
 * and what is known to be missing. A scan always begins after the loss that it is to make good; its
 * result is merged by the time at which each thing was read, and processes that it did not meet are
 * ended only when the events from before it have all been read.
 */
struct repair {
	struct ptree_tree *tree; /* borrowed, as are the next four */
	struct ptree_procfs *procfs;
	struct texts *texts;
	struct reaping *reaping;
	const struct own *own;
	int wake_fd;
	struct scan *scan; /* the one under way, or NULL */
	uint64_t end_ns;   /* when the last one ended, and how long it took */
	uint64_t duration_ns;
	uint64_t loss_ns;    /* when the last loss was noticed */
	bool is_needed;	     /* a loss that no scan has made good yet */
	bool is_for_loss;    /* the scan under way is to make one good */
	unsigned failed;     /* scans in a row that were not whole */
	int error;	     /* why the last one was not */
	uint64_t count;	     /* losses that were made good */
	size_t unknown_left; /* placeholders that the last scan could not fill: /proc hides them */
};

enum repair_outcome {
	REPAIR_NONE,   /* no scan has ended */
	REPAIR_WHOLE,  /* one has, and the tree is as it said */
	REPAIR_FAILED, /* some of those that exist may be missing in it: it is to be done again */
};

void repair_note_loss(struct repair *repair);
/* What was lost does not matter any more, as there are no events. */
void repair_forget_losses(struct repair *repair);

int repair_scan(struct repair *repair);
/* Begins the scan that is needed, if it is due. */
void repair_go_on(struct repair *repair, uint64_t now_ns);
/* Until one may begin, or one under way turns out to be outdated. */
uint64_t repair_wait_ns(const struct repair *repair, uint64_t now_ns);

/* Without events: a scan on a timer, which leaves /proc alone for most of the time. */
void repair_poll(struct repair *repair, uint64_t now_ns);
/* Asks /proc where what is known does not suffice. */
void repair_check(struct repair *repair, uint64_t now_ns);

/*
 * Takes in what the scan under way has read. read_until_ns: events from before that have all been
 * read; UINT64_MAX: there are none. 0 or -ENOMEM.
 */
int repair_take(struct repair *repair, uint64_t deadline_ns, uint64_t read_until_ns,
		enum repair_outcome *outcome);
/* 0, or what keeps scan after scan from being whole. */
int repair_error(const struct repair *repair);
void repair_clear(struct repair *repair);

#endif
