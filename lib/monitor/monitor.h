/* SPDX-License-Identifier: MIT */
/*
 * The inside of a monitor, for monitor.c, states.c and status.c: its parts, each of which has a
 * header that says what it owns. The parts know the tree, and those below them that their structs
 * name; none of them knows the monitor.
 */
#ifndef PTREE_MONITOR_H
#define PTREE_MONITOR_H

#include "accounting.h"
#include "intake.h"
#include "orphans.h"
#include "own.h"
#include "realtime.h"
#include "reaping.h"
#include "repair.h"
#include "sampler.h"
#include "source.h"
#include "texts.h"
#include "wakeups.h"

#define MONITOR_BATCH 256
#define MONITOR_TICK_NS NS_PER_S
#define REALTIME_PRIORITY 1 /* the witness has the next one: what it reads is gone the soonest */
#define REALTIME_PER_CENT 50

/* Events that come faster than one can be woken for. */
struct burst {
	uint64_t turn_ns; /* end of the last turn that had any */
	unsigned turns;	  /* one soon after the other */
	bool is_resting;  /* they are not looked at before the hold is over */
};

struct ptree_monitor {
	struct ptree_monitor_options options;
	struct ptree_tree *tree;
	struct ptree_procfs *procfs;
	struct ptree_host *host;
	struct wakeups wakeups;
	struct source source; /* without a connector: polling */
	struct intake intake;
	struct repair repair;
	struct texts texts;
	struct accounting accounting;
	struct sampler sampler;
	struct reaping reaping;
	struct orphans orphans;
	struct own own;
	enum ptree_monitor_state state;
	int reason;		  /* why it polls */
	bool is_drained;	  /* the socket was empty when last looked at */
	struct realtime realtime; /* of the thread that dispatches */
	struct burst burst;
	uint64_t losses_seen; /* of the intake's */
	struct ptree_event events[MONITOR_BATCH];
};

/* Tries the connector and begins the first scan. */
int states_start(struct ptree_monitor *monitor);

#endif
