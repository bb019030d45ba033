/* SPDX-License-Identifier: MIT */
/*
 * Threads of a load, made by clone(2). A load is a child of a test with threads, and may have been
 * forked while one of those held the lock of the allocator, which then nobody gives back
 * (AddressSanitizer's), and pthread_create() allocates. These may do what needs neither memory nor
 * data of a thread's own.
 */
#ifndef RAW_THREAD_H
#define RAW_THREAD_H

#include <linux/futex.h>
#include <sched.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#define RAW_THREAD_FLAGS                                                                           \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM |        \
	 CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID)

struct raw_thread {
	_Atomic int tid; /* 0: it is over */
	char stack[64 << 10] __attribute__((aligned(16)));
};

/* It stays where it is until it is over. */
static inline bool raw_thread_start(struct raw_thread *thread, int (*run)(void *), void *argument)
{
	return clone(run, thread->stack + sizeof(thread->stack), RAW_THREAD_FLAGS, argument,
		     &thread->tid, NULL, &thread->tid) > 0;
}

static inline void raw_thread_join(struct raw_thread *thread)
{
	int tid;

	while ((tid = thread->tid) != 0)
		syscall(SYS_futex, &thread->tid, FUTEX_WAIT, tid, NULL, NULL, 0);
}

#endif
