/* SPDX-License-Identifier: MIT */
#ifndef PTREE_START_THREAD_H
#define PTREE_START_THREAD_H

#include <pthread.h>

/*
 * Starts a thread that blocks every signal, so that signals stay the caller's program's affair,
 * and has a small stack. Returns 0 or -errno.
 */
int start_thread(pthread_t *thread, void *(*run)(void *), void *argument);

#endif
