/* SPDX-License-Identifier: MIT */
/* Threads that run before others, within limits; see realtime.h. */
#include "realtime.h"
#include "base/units.h"
#include "proctree.h"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SLICE_NS (NS_PER_MS / 10)
#define WINDOW_NS (100 * NS_PER_MS)
#define CHECK_NS (WINDOW_NS / 32)
#define FLAG_RESET_ON_FORK 1 /* SCHED_FLAG_RESET_ON_FORK */

/* struct sched_attr, which glibc 2.36 does not have. */
struct scheduling {
	uint32_t size, policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

static bool set(const struct scheduling *wanted)
{
	return syscall(SYS_sched_setattr, 0, wanted, 0) == 0;
}

/* Since 6.12 the runtime of an ordinary thread is its slice: the shorter, the sooner it runs. */
static void be_ordinary(uint64_t flags, uint64_t slice_ns)
{
	const struct scheduling wanted = { .size = sizeof(wanted),
					   .policy = SCHED_OTHER,
					   .flags = flags,
					   .nice = getpriority(PRIO_PROCESS, 0),
					   .runtime = slice_ns };

	set(&wanted);
}

void realtime_be_ordinary(void)
{
	be_ordinary(0, SLICE_NS);
}

static void turn(struct realtime *realtime, bool is_on)
{
	const struct scheduling wanted = { .size = sizeof(wanted),
					   .policy = SCHED_FIFO,
					   .flags = FLAG_RESET_ON_FORK,
					   .priority = (uint32_t)realtime->priority };

	realtime->is_on = is_on && set(&wanted);
	realtime->is_allowed |= realtime->is_on;
	if (!realtime->is_on && realtime->is_allowed) /* only root may take the flag away */
		be_ordinary(FLAG_RESET_ON_FORK, realtime->slice_ns);
}

static void begin(struct realtime *realtime, int priority, unsigned per_cent)
{
	realtime->priority = priority;
	realtime->per_cent = per_cent;
	turn(realtime, true);
	for (; !realtime->is_on && realtime->priority > 1; turn(realtime, true))
		realtime->priority--;
}

void realtime_begin(struct realtime *realtime, int priority, unsigned per_cent)
{
	*realtime = (struct realtime){ .has_begun = true, .slice_ns = SLICE_NS };
	begin(realtime, priority, per_cent);
	if (!realtime->is_on)
		realtime_be_ordinary();
}

void realtime_begin_ordinary(struct realtime *realtime, int priority, unsigned per_cent)
{
	*realtime = (struct realtime){ .has_begun = true };
	if (sched_getscheduler(0) == SCHED_OTHER && getpriority(PRIO_PROCESS, 0) == 0)
		begin(realtime, priority, per_cent);
}

/* Without the right to it the flag stays. */
void realtime_end(struct realtime *realtime)
{
	if (realtime->is_allowed) {
		be_ordinary(FLAG_RESET_ON_FORK, 0);
		be_ordinary(0, 0);
	}
	*realtime = (struct realtime){ 0 };
}

static uint64_t own_cpu_ns(void)
{
	struct timespec used;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
	return (uint64_t)used.tv_sec * NS_PER_S + (uint64_t)used.tv_nsec;
}

/* Who comes only now may have taken more than its share of the last one: then it has none of this.
 */
static void begin_window(struct realtime *realtime, uint64_t now_ns)
{
	uint64_t cpu_ns = own_cpu_ns();
	uint64_t share_ns = (now_ns - realtime->window_ns) / 100 * realtime->per_cent;
	bool was_in_share = !realtime->is_on || !realtime->window_ns ||
			    cpu_ns <= realtime->window_cpu_ns + share_ns;

	realtime->window_ns = realtime->checked_ns = now_ns;
	realtime->window_cpu_ns = cpu_ns;
	if (realtime->is_on != was_in_share)
		turn(realtime, was_in_share);
}

bool realtime_keep(struct realtime *realtime, uint64_t now_ns)
{
	bool was_on = realtime->is_on;

	if (!realtime->is_allowed)
		return false;
	if (now_ns >= realtime->window_ns + WINDOW_NS) {
		begin_window(realtime, now_ns);
	} else if (realtime->is_on && now_ns >= realtime->checked_ns + CHECK_NS) {
		realtime->checked_ns = now_ns;
		if (own_cpu_ns() > realtime->window_cpu_ns + WINDOW_NS / 100 * realtime->per_cent)
			turn(realtime, false);
	}
	return realtime->is_on != was_on;
}

bool realtime_is_demoted(const struct realtime *realtime)
{
	return realtime->is_allowed && !realtime->is_on;
}
