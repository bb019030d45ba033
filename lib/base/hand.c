/* SPDX-License-Identifier: MIT */
/* How every thread of the library is started, and how those are let go that hang; see hand.h. */
#include "hand.h"

#include <signal.h>

int start_thread(pthread_t *thread, size_t stack_bytes, void *(*run)(void *), void *argument)
{
	pthread_attr_t attributes;
	sigset_t all, before;
	int err;

	err = pthread_attr_init(&attributes);
	if (err)
		return -err;
	pthread_attr_setstacksize(&attributes, stack_bytes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = pthread_create(thread, &attributes, run, argument);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	return -err;
}

static bool change_state(struct hand *hand, int from, int to)
{
	return atomic_compare_exchange_strong(&hand->state, &from, to);
}

bool hand_begin(struct hand *hand, uint64_t now_ns)
{
	atomic_store(&hand->since_ns, now_ns);
	return change_state(hand, HAND_IDLE, HAND_BUSY);
}

bool hand_end(struct hand *hand)
{
	return change_state(hand, HAND_BUSY, HAND_IDLE);
}

bool hand_is_late(const struct hand *hand, uint64_t now_ns, uint64_t most_ns)
{
	return atomic_load(&hand->state) == HAND_BUSY &&
	       now_ns > atomic_load(&hand->since_ns) + most_ns;
}

bool hand_is_released(const struct hand *hand)
{
	return atomic_load(&hand->state) == HAND_RELEASED;
}

bool hand_release(struct hand *hand)
{
	return atomic_exchange(&hand->state, HAND_RELEASED) == HAND_BUSY;
}
