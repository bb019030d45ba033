/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_RIGHTS_H
#define PROCTOP_RIGHTS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Started with capabilities of the file's, proctop may see more than who started it; it does
 * nothing for them that they could not do themselves. Around each call that changes another process
 * the thread is without the file's capabilities.
 */
struct rights {
	bool are_dropped;
	uint32_t effective[2];
};

/* 0, or a negative errno: then nothing is to be done. */
int rights_drop(struct rights *rights);
/* Of a child that is about to run another program: what the file gave is gone for good. 0, or a
   negative errno. */
int rights_give_up(void);
void rights_restore(const struct rights *rights);

#endif
