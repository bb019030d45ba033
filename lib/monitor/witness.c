/* SPDX-License-Identifier: MIT */
/* The witness; see witness.h: its posts, and what they say, in one. */
#include "post.h"
#include "base/units.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

/* Those of a larger machine have a mask of their own size. */
#define CPUS_MAX 8192

/* A machine that is full may need longer, and its user is not to wait for that. */
#define BEGIN_NS (50 * NS_PER_MS)

struct witness {
	struct tally *tally;
	struct post *posts[POST_CPUS_MAX];
	struct post_place place; /* which CPU is whose */
	unsigned count;
	unsigned taken; /* whose the last testimony was */
};

/* Those of the machine. Where this process may run at a part of them only, or they are too many to
   have a post at each: one for all. */
static void place_posts(struct post_place *place)
{
	size_t size = CPU_ALLOC_SIZE(CPUS_MAX);
	cpu_set_t *cpus = CPU_ALLOC(CPUS_MAX);
	int count;

	*place = (struct post_place){ .count = 1 };
	if (!cpus)
		return;
	CPU_ZERO_S(size, cpus);
	count = sched_getaffinity(0, size, cpus) ? 0 : CPU_COUNT_S(size, cpus);
	if (count > 1 && count <= POST_CPUS_MAX && count == sysconf(_SC_NPROCESSORS_ONLN)) {
		place->count = 0;
		for (int cpu = 0; cpu < CPUS_MAX && place->count < (unsigned)count; cpu++)
			if (CPU_ISSET_S((size_t)cpu, size, cpus))
				place->cpus[place->count++] = cpu;
	}
	CPU_FREE(cpus);
}

/* What comes from then on is read in time. */
static void wait_begun(const struct witness *witness)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += BEGIN_NS;
	until.tv_sec += until.tv_nsec / (long)NS_PER_S;
	until.tv_nsec %= (long)NS_PER_S;
	for (unsigned i = 0; i < witness->count; i++)
		post_wait_begun(witness->posts[i], &until);
}

int witness_open(struct witness **out, const struct witness_options *options)
{
	struct witness *witness = calloc(1, sizeof(*witness));
	struct post_place *place;
	int err = 0;

	if (!witness)
		return -ENOMEM;
	witness->tally = tally_new();
	if (!witness->tally)
		err = -ENOMEM;
	place = &witness->place;
	place_posts(place);
	for (; !err && place->number < place->count; place->number++) {
		err = post_open(&witness->posts[place->number], options, place, witness->tally);
		if (!err)
			witness->count++;
	}
	if (err) {
		witness_close(witness);
		return err;
	}
	wait_begun(witness);
	*out = witness;
	return 0;
}

void witness_close(struct witness *witness)
{
	if (!witness)
		return;
	for (unsigned i = 0; i < witness->count; i++)
		post_close(witness->posts[i]);
	tally_leave(witness->tally);
	free(witness);
}

bool witness_take(struct witness *witness, struct witness_testimony *testimony)
{
	for (unsigned i = 0; i < witness->count; i++) {
		if (post_take(witness->posts[witness->taken], testimony))
			return true;
		witness->taken = (witness->taken + 1) % witness->count;
	}
	return false;
}

unsigned witness_thread_of(const struct witness *witness, uint32_t cpu)
{
	for (unsigned i = 1; i < witness->count; i++)
		if ((uint32_t)witness->place.cpus[i] == cpu)
			return i;
	return 0;
}

void witness_await(struct witness *witness, unsigned thread)
{
	post_await(witness->posts[thread]);
}

bool witness_is_stuck(const struct witness *witness, unsigned thread, uint64_t now_ns)
{
	return post_is_stuck(witness->posts[thread], now_ns);
}

bool witness_is_any_stuck(const struct witness *witness, uint64_t now_ns)
{
	for (unsigned i = 0; i < witness->count; i++)
		if (post_is_stuck(witness->posts[i], now_ns))
			return true;
	return false;
}

void witness_check(struct witness *witness, uint64_t now_ns)
{
	for (unsigned i = 0; i < witness->count; i++)
		post_check(witness->posts[i], now_ns);
}

void witness_get_stats(const struct witness *witness, struct witness_stats *stats)
{
	*stats = (struct witness_stats){ 0 };
	for (unsigned i = 0; i < witness->count; i++) {
		struct witness_stats one;

		post_get_stats(witness->posts[i], &one);
		stats->is_realtime |= one.is_realtime;
		stats->read += one.read;
		stats->discarded += one.discarded;
		stats->abandoned += one.abandoned;
	}
}
