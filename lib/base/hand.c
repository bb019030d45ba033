/* SPDX-License-Identifier: MIT */
/* How every thread of the library is started, and how those are let go that hang; see hand.h. */
#include "hand.h"

#include <semaphore.h>
#include <signal.h>

/* Of the one who starts it, who waits until it has a name. */
struct beginning {
	const char *name;
	void *(*run)(void *);
	void *argument;
	sem_t has_name;
};

static void *begin(void *beginning)
{
	struct beginning *own = beginning;
	void *(*run)(void *) = own->run;
	void *argument = own->argument;

	pthread_setname_np(pthread_self(), own->name);
	sem_post(&own->has_name);
	return run(argument);
}

static int create(pthread_t *thread, const pthread_attr_t *attributes, struct beginning *beginning)
{
	int err;

	sem_init(&beginning->has_name, 0, 0);
	err = pthread_create(thread, attributes, begin, beginning);
	while (!err && sem_wait(&beginning->has_name))
		;
	sem_destroy(&beginning->has_name);
	return err;
}

int start_thread(pthread_t *thread, const char *name, size_t stack_bytes, void *(*run)(void *),
		 void *argument)
{
	struct beginning beginning = { .name = name, .run = run, .argument = argument };
	pthread_attr_t attributes;
	sigset_t all, before;
	int err;

	err = pthread_attr_init(&attributes);
	if (err)
		return -err;
	pthread_attr_setstacksize(&attributes, stack_bytes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	err = create(thread, &attributes, &beginning);
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
