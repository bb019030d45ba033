/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a datagram. What decodes must encode, and decode to the same again; what is written
 * as text must be ASCII and as long as was said.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proctree.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_text(const struct ptree_event *event)
{
	char text[160];
	int length = ptree_event_format(event, text, sizeof(text));

	require(length > 0 && (size_t)length < sizeof(text));
	require(strlen(text) == (size_t)length);
	for (int i = 0; i < length; i++)
		require(text[i] >= 0x20 && text[i] <= 0x7e);
}

static void check_round_trip(const struct ptree_event *event)
{
	unsigned char buf[120];
	struct ptree_reader reader;
	struct ptree_message message;
	struct ptree_event again;
	int length = ptree_event_encode(event, buf, sizeof(buf));

	if (event->kind == PTREE_EVENT_UNKNOWN && event->u.raw.size > PTREE_RAW_SIZE) {
		require(length == -EMSGSIZE);
		return;
	}
	require(length > 0);
	ptree_reader_init(&reader, buf, (size_t)length);
	require(ptree_reader_next(&reader, &message) == 1);
	require(ptree_event_decode(&message, &again) == 0);
	require(again.kind == event->kind && again.what == event->what && again.seq == event->seq &&
		again.cpu == event->cpu);
	require(again.time_ns == event->time_ns && again.pid == event->pid);
	require(again.tgid == event->tgid && again.parent_pid == event->parent_pid);
	require(again.parent_tgid == event->parent_tgid);
	require(memcmp(&again.u, &event->u, sizeof(again.u)) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptree_reader reader;
	struct ptree_message message;
	struct ptree_event event;
	int ret;

	ptree_reader_init(&reader, data, size);
	while ((ret = ptree_reader_next(&reader, &message)) != 0) {
		if (ret < 0 || ptree_event_decode(&message, &event) < 0)
			continue;
		check_text(&event);
		check_round_trip(&event);
	}
	return 0;
}
