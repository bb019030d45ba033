/* SPDX-License-Identifier: MIT */
#ifndef PTREE_CLOCK_H
#define PTREE_CLOCK_H

#include <stdint.h>

/*
 * What turns the events' time (CLOCK_MONOTONIC, which stands still while the machine is suspended)
 * into boot time. A suspend is noticed by the difference of the clocks; events of before it that
 * are read after it have the difference of before.
 */
struct clock {
	uint64_t offset_ns;
	uint64_t before_ns;  /* the offset of before the last suspend */
	uint64_t changed_ns; /* monotonic: until then that one holds; 0: there was none */
	uint64_t checked_ns; /* monotonic: the last look */
};

/* A look at the clocks; before events are taken in, and now and then. */
void clock_look(struct clock *clock, uint64_t monotonic_ns, uint64_t offset_ns);
uint64_t clock_offset_ns(const struct clock *clock, uint64_t monotonic_ns);

#endif
