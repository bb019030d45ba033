/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SIDE_THREAD_H
#define PROCTOP_SIDE_THREAD_H

/* A thread that may hang for ever: nobody waits for it, it costs little, and it takes no signals,
   which are the program's affair. 0, or -errno. */
int side_thread_start(void *(*run)(void *), void *argument);

#endif
