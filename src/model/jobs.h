/* SPDX-License-Identifier: MIT */
/*
 * Jobs: the rows of what is over, and which of them there are. The living come first: what is over
 * gets the room that they leave, and its comings and goings never make the picture restless.
 *
 * A job is the topmost exited process below a living row, with all that is over below it, as one
 * row. Siblings that are alike (same command, same status) share a row. Between batches a job comes
 * only where somebody ended who was seen alive, on that very line, and goes only because a living
 * process takes its line or its room. All else (those who were never seen alive, who share a row,
 * whose time is over) comes and goes in batches, at most three a second.
 *
 * This file knows ids, times and lines, and neither processes nor a screen: the rules are tables.
 */
#ifndef PROCTOP_JOBS_H
#define PROCTOP_JOBS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define JOBS_BATCH_NS UINT64_C(334000000) /* between two batches: at most 3 a second */
#define JOBS_BRIEF_NS UINT64_C(3000000000)
#define JOBS_BRIEF_FAILED_NS UINT64_C(9000000000)

enum jobs_mode {
	JOBS_BRIEF, /* they go after a while */
	JOBS_NONE,  /* who ends leaves with the next batch */
	JOBS_STAY,  /* all that are kept, whatever room there is */
};
#define JOBS_MODE_COUNT 3

/*
 * A line among siblings: they stand in this order, which is that of birth at first. Whoever takes
 * another one's line takes its key.
 */
struct jobs_line {
	uint64_t key, tie;
};

struct job {
	uint64_t id;	 /* the oldest of those who share the row */
	uint64_t newest; /* whom the row names; the same where nobody shares it */
	uint64_t above;	 /* who is living above it, or is a job with a row itself; 0: nobody */
	uint64_t group;	 /* it was selected there when it ended, and still is; 0: it was not */
	struct jobs_line line;
	uint64_t alike;	       /* a hash of command and status */
	uint64_t end_ns;       /* of the newest */
	uint64_t first_end_ns; /* of the first of those who share the row */
	uint32_t count;	       /* how many share the row */
	/* What those who share it left, and all that was over below them. */
	uint64_t processes, failed, cpu_ns, cpu_unknown;
	uint32_t matching, kept; /* of its processes that are kept, those that match the filter */
	/* What it used when it was last seen alive, by which it stays sorted; 0: nobody saw it. */
	uint32_t last_cpu_permille;
	uint64_t last_rss_kib;
	/* Lines that it costs: its own, and those of ancestors that nobody else needs. 0: it has no
	   row, because it is folded away or does not match. */
	uint32_t lines;
	bool has_failed;   /* its topmost process */
	bool is_inside;	   /* it became a part of a larger job */
	bool is_pinned;	   /* selected, or something below it is: it stays */
	bool is_unfolded;  /* likewise */
	bool is_below_new; /* somebody came above it who needs its room */
	bool is_gone;	   /* its process is no longer kept, or not over after all */
};

/* The line that a living process has taken. */
struct jobs_lane {
	uint64_t id, above;
	struct jobs_line line;
};

struct jobs {
	struct job *items; /* by above, and then by line */
	size_t count, capacity;
	struct jobs_lane *lanes; /* by id */
	size_t lane_count, lane_capacity;
	/* Processes whose line or room was taken since the last batch: they do not come back. */
	uint64_t *displaced;
	size_t displaced_count, displaced_capacity;
	uint32_t *slots; /* ids -> items, oldest and newest; none: items are looked through */
	size_t slot_count;
	uint64_t aboves;   /* a bit for a hash of each `above` in both: most are in neither */
	uint64_t batch_ns; /* when the last batch changed something */
};

void jobs_clear(struct jobs *jobs);

/* How many lines jobs may have beside that many living rows. */
uint32_t jobs_room(uint32_t height, uint32_t living);

/* False: nobody below it has a job's row or a line that was another one's. */
bool jobs_has_lines(const struct jobs *jobs, uint64_t above);
/* The jobs of one: *count of them, or NULL. */
const struct job *jobs_below(const struct jobs *jobs, uint64_t above, size_t *count);
/* The one whose row that process has or shares as its oldest or newest; NULL. */
struct job *jobs_find(const struct jobs *jobs, uint64_t id);
/* One that is over below that one, and alike, and ended then, is among those who share a row. */
bool jobs_shares(const struct jobs *jobs, uint64_t above, uint64_t alike, uint64_t end_ns);
const struct jobs_lane *jobs_lane(const struct jobs *jobs, uint64_t id);

/* Somebody who was seen alive is over: it has a row from now on. -ENOMEM. */
int jobs_add(struct jobs *jobs, const struct job *job);

/* Removes those that are gone; whoever is marked so has no row from then on. True if there were
   any: the others may stand elsewhere in the array. */
bool jobs_drop_gone(struct jobs *jobs);

/*
 * A living process came: it takes the line of the oldest job of the same parent, which is gone.
 * False if there is none. A row that several share is no single one's line, and is left.
 */
bool jobs_take_line(struct jobs *jobs, uint64_t above, uint64_t id);
/* A living process stands on that line; what was over is not, after all. */
void jobs_keep_line(struct jobs *jobs, uint64_t above, uint64_t id, struct jobs_line line);
/* The lanes of those who are not told to stand there are forgotten. */
void jobs_keep_lanes(struct jobs *jobs, bool (*stands)(uint64_t id, void *what), void *what);

/* After is_pinned, above, line or others of its fields were set from outside. */
void jobs_sort(struct jobs *jobs);

/* Too many for the room: the oldest success goes first, then the oldest failure; never the last
   one. True if any went. */
bool jobs_fit(struct jobs *jobs, uint32_t room);

bool jobs_was_displaced(const struct jobs *jobs, uint64_t id);

/* Between batches: the oldest of those below somebody who came is gone, if there are too many for
   the room; if there is none there and it is urgent, the oldest of all. False if none went. */
bool jobs_give_up(struct jobs *jobs, uint32_t room, bool is_urgent);

bool jobs_is_batch_due(const struct jobs *jobs, uint64_t now_ns);
/*
 * Those leave whose time is over or who became part of another; those who are alike share a row;
 * of the arrived, who were never seen alive, those get a row for whom there is room. True if
 * anything changed.
 */
bool jobs_batch(struct jobs *jobs, struct job *arrived, size_t arrived_count, enum jobs_mode mode,
		uint32_t room, uint64_t now_ns);
/* When the next batch has something to do, as far as these jobs tell; 0: never. */
uint64_t jobs_next_ns(const struct jobs *jobs, enum jobs_mode mode);

#endif
