/* SPDX-License-Identifier: MIT */
/* What came of a delivery, in numbers and words. */
#include "act/delivery.h"
#include "act/signals.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
#define NS_PER_MS UINT64_C(1000000)

struct delivery_tally delivery_tally(const struct delivery *delivery)
{
	struct delivery_tally tally = { 0 };

	for (size_t i = 0; i < delivery->count; i++) {
		const struct member *member = &delivery->members[i];

		if (member->is_bearer)
			continue;
		tally.members++;
		tally.waiting +=
		    member->outcome == MEMBER_WAITS ||
		    (member->outcome == MEMBER_SENT && signal_is_to_end(delivery->signal));
		tally.sent += member->outcome == MEMBER_SENT;
		tally.ended += member->outcome == MEMBER_ENDED;
		tally.stay += member->outcome == MEMBER_STAYS;
		tally.refused += member->outcome == MEMBER_REFUSED;
		tally.gone += member->outcome == MEMBER_GONE;
	}
	return tally;
}

static void describe_error(int err, char *out, size_t size)
{
	switch (-err) {
	case EPERM:
		snprintf(out, size, "not permitted: another user's");
		break;
	case ENOTSUP:
		snprintf(out, size, "not compared: /proc is of other pids");
		break;
	case ENOSYS:
		snprintf(out, size, "this kernel has no pidfds");
		break;
	default:
		snprintf(out, size, "%s", strerror(-err));
		break;
	}
}

static void describe_time(uint64_t ns, char *out, size_t size)
{
	if (ns < 10 * NS_PER_MS)
		snprintf(out, size, "ended after %.1f ms", (double)ns / (double)NS_PER_MS);
	else if (ns < NS_PER_S)
		snprintf(out, size, "ended after %u ms",
			 (unsigned)((ns + NS_PER_MS / 2) / NS_PER_MS));
	else
		snprintf(out, size, "ended after %.1f s", (double)ns / (double)NS_PER_S);
}

/* Before anything is sent: what stands in the way of it. */
static void describe_waiting(const struct member *member, char *out, size_t size, int *role)
{
	char state = member->target.state;

	if (member->error) {
		describe_error(member->error, out, size);
		*role = -1;
	} else if (state == 'T' || state == 't') {
		snprintf(out, size, "stopped: it acts on it after CONT");
	} else if (member->target.is_kernel_thread) {
		snprintf(out, size, "of the kernel");
	} else {
		*out = '\0';
	}
}

void member_describe(const struct delivery *delivery, const struct member *member, char *out,
		     size_t size, int *role)
{
	*role = 0;
	switch (member->outcome) {
	case MEMBER_WAITS:
		describe_waiting(member, out, size, role);
		break;
	case MEMBER_SENT:
		snprintf(out, size, "sent");
		break;
	case MEMBER_ENDED:
		describe_time(member->took_ns, out, size);
		*role = 1;
		break;
	case MEMBER_STAYS:
		snprintf(out, size, "did not end in 5 s%s",
			 member->target.state == 'T' ? ": it is stopped" : "");
		*role = -1;
		break;
	case MEMBER_REFUSED:
		describe_error(member->error, out, size);
		*role = -1;
		break;
	case MEMBER_GONE:
		snprintf(out, size, "%s",
			 member->target.state == 'Z'		? "a zombie: it is over already"
			 : delivery->phase == DELIVERY_CHOOSING ? "is over"
								: "was gone already");
		break;
	}
}
