/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_RUN_PROGRAM_H
#define PROCTOP_RUN_PROGRAM_H

#include <proctree.h>

#define PROGRAMS_MAX 8	     /* that run at the same time */
#define PROGRAMS_A_SECOND 10 /* that are started, and as many at once */

struct program {
	pid_t pid;
	pid_t about;	 /* the process for which it was started */
	int error_fd;	 /* tells why it could not be run; ends when it runs */
	const void *why; /* the caller's */
};

/*
 * Programs that run beside proctop, in sessions of their own. Nobody waits for them: they are
 * looked after now and then. Zeroed there are none, and nothing was started.
 */
struct programs {
	struct program at[PROGRAMS_MAX];
	size_t count;
	uint64_t room;	  /* so many may be started now, in ns of waiting */
	uint64_t room_ns; /* as of then */
};

/*
 * Starts one that is looked for in PATH. environment: its own variables, "NAME=VALUE", beside
 * proctop's, of which those that begin with PROCTOP_ are left out. stdin is /dev/null; so is the
 * rest, or it goes to stderr. It has no capability that proctop's file gave to proctop. 0; -EBUSY:
 * too many run, or were started of late; or a negative errno.
 */
int programs_start(struct programs *programs, char *const *argv, char *const *environment,
		   bool is_silent, const void *why, pid_t about, uint64_t now_ns);

/* How one ended: err, why it could not be run; or 0 and its wait status. */
typedef void programs_said(void *to, const void *why, pid_t about, int err, int status);

/* Those that have ended. */
void programs_step(struct programs *programs, programs_said *said, void *to);
uint64_t programs_next_ns(const struct programs *programs, uint64_t now_ns);
/* They go on without it. */
void programs_clear(struct programs *programs);

#endif
