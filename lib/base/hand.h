/* SPDX-License-Identifier: MIT */
#ifndef PTREE_HAND_H
#define PTREE_HAND_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Stacks. They are address space: what is not touched costs nothing. */
#define HAND_STACK_SMALL ((size_t)128 << 10) /* for code of our own */
/* For the name service, whose modules (LDAP, sssd, systemd, winbind) are other people's code: they
   were written for the 8 MiB of a main thread, and have buffers of 64 KiB and more in a frame. */
#define HAND_STACK_FOREIGN ((size_t)2 << 20)

/* What the names of all threads of the library begin with. */
#define HAND_NAME_PREFIX "proctree-"

/*
 * Starts a thread that blocks every signal, so that signals stay the caller's program's affair, and
 * that has its name (HAND_NAME_PREFIX and at most 6 more) when this returns. 0 or -errno.
 */
int start_thread(pthread_t *thread, const char *name, size_t stack_bytes, void *(*run)(void *),
		 void *argument);

/*
 * A thread's work that may hang for ever: a read of a process that is stuck, a name service that
 * waits for a network. The thread says when it begins and ends what may hang, and the owner can
 * let it go at any time. Both change the state by compare-and-swap, so that just one of them finds
 * out first: either the thread was not at it, and stops within moments, or it is left to itself,
 * and must touch nothing but its own when it comes back.
 */
struct hand {
	atomic_int state;	   /* enum hand_state */
	_Atomic uint64_t since_ns; /* when what may hang began; by the clock of who tells */
};

enum hand_state {
	HAND_IDLE, /* at nothing that may hang; what a zeroed hand is */
	HAND_BUSY,
	HAND_RELEASED,
};

/* The thread's side. False: it was released, and is not to begin. */
bool hand_begin(struct hand *hand, uint64_t now_ns);
/* False: it was left to itself meanwhile. */
bool hand_end(struct hand *hand);

/* The owner's side. It has been at the same thing for longer than that. */
bool hand_is_late(const struct hand *hand, uint64_t now_ns, uint64_t most_ns);
bool hand_is_released(const struct hand *hand);
/* Lets it go. True: it was busy, and is left to itself. */
bool hand_release(struct hand *hand);

#endif
