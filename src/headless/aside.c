/* SPDX-License-Identifier: MIT */
#include "headless/aside.h"
#include "model/side-thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)

struct aside {
	pthread_mutex_t lock;
	pthread_cond_t has_got_further;
	const struct aside_kind *kind;
	void *work;
	uint64_t steps;
	bool is_over, is_left;
};

static void give_back(struct aside *aside)
{
	aside->kind->free(aside->work);
	pthread_cond_destroy(&aside->has_got_further);
	pthread_mutex_destroy(&aside->lock);
	free(aside);
}

static void *run(void *of)
{
	struct aside *aside = of;
	bool is_left;

	aside->kind->run(aside, aside->work);
	aside_lock(aside);
	aside->is_over = true;
	is_left = !aside_tell(aside);
	aside_unlock(aside);
	if (is_left)
		give_back(aside);
	return NULL;
}

int aside_start(struct aside **out, const struct aside_kind *kind, void *work)
{
	struct aside *aside = calloc(1, sizeof(*aside));
	pthread_condattr_t clock;
	int err;

	if (!aside) {
		kind->free(work);
		return -ENOMEM;
	}
	aside->kind = kind;
	aside->work = work;
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_mutex_init(&aside->lock, NULL);
	pthread_cond_init(&aside->has_got_further, &clock);
	pthread_condattr_destroy(&clock);
	err = side_thread_start(run, aside);
	if (err)
		give_back(aside);
	else
		*out = aside;
	return err;
}

void aside_lock(struct aside *aside)
{
	pthread_mutex_lock(&aside->lock);
}

void aside_unlock(struct aside *aside)
{
	pthread_mutex_unlock(&aside->lock);
}

bool aside_tell(struct aside *aside)
{
	aside->steps++;
	pthread_cond_signal(&aside->has_got_further);
	return !aside->is_left;
}

uint64_t aside_steps(const struct aside *aside)
{
	return aside->steps;
}

bool aside_is_over(const struct aside *aside)
{
	return aside->is_over;
}

void aside_wait(struct aside *aside, uint64_t steps, uint64_t most_ns)
{
	struct timespec until;
	uint64_t ns;

	clock_gettime(CLOCK_MONOTONIC, &until);
	ns = (uint64_t)until.tv_nsec + most_ns;
	until.tv_sec += (time_t)(ns / NS_PER_S);
	until.tv_nsec = (long)(ns % NS_PER_S);
	while (aside->steps == steps &&
	       !pthread_cond_timedwait(&aside->has_got_further, &aside->lock, &until))
		;
}

void aside_leave(struct aside *aside)
{
	bool is_over = aside->is_over;

	aside->is_left = true;
	aside_unlock(aside);
	if (is_over)
		give_back(aside);
}
