/* SPDX-License-Identifier: MIT */
/* Boot time for the events; see clock.h. Who reads the clocks is its user. */
#include "clock.h"
#include "base/units.h"

/* Two clocks are not read at once: less than this is no suspend. */
#define NOISE_NS (5 * NS_PER_MS)

void clock_look(struct clock *clock, uint64_t monotonic_ns, uint64_t offset_ns)
{
	if (!clock->checked_ns) {
		clock->offset_ns = offset_ns;
	} else if (offset_ns > clock->offset_ns + NOISE_NS ||
		   clock->offset_ns > offset_ns + NOISE_NS) {
		clock->before_ns = clock->offset_ns;
		clock->offset_ns = offset_ns;
		clock->changed_ns = clock->checked_ns;
	}
	clock->checked_ns = monotonic_ns;
}

uint64_t clock_offset_ns(const struct clock *clock, uint64_t monotonic_ns)
{
	return clock->changed_ns && monotonic_ns <= clock->changed_ns ? clock->before_ns
								      : clock->offset_ns;
}
