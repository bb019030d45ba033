/* SPDX-License-Identifier: MIT */
/*
 * The connector alone: no thread, no /proc, no tree. Prints each event for so many seconds (2), as
 * text, or as JSON if there is a second argument.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <proctree.h>

#define MAX 64

static void print_text(const struct ptree_event *event)
{
	char line[256];

	ptree_event_format_with(event, PTREE_FORMAT_ALL, line, sizeof(line));
	puts(line);
}

static void print_json(const struct ptree_event *event)
{
	struct ptree_json json = { 0 };

	ptree_event_json(event, &json, NULL);
	if (!json.has_failed)
		fwrite(json.bytes, 1, json.size, stdout);
	ptree_json_clear(&json);
}

int main(int argc, char **argv)
{
	uint64_t seconds = argc > 1 ? strtoull(argv[1], NULL, 10) : 2;
	uint64_t end_ns = ptree_boot_now_ns() + seconds * UINT64_C(1000000000);
	struct ptree_event events[MAX];
	struct ptree_connector *connector;
	int err = ptree_connector_open(&connector, NULL);

	if (err) {
		fprintf(stderr, "no events: %s\n", ptree_monitor_reason_text(err));
		return 1;
	}
	while (ptree_boot_now_ns() < end_ns) {
		struct pollfd fd = { .fd = ptree_connector_fd(connector), .events = POLLIN };
		/* First what is there already: it does not show in poll(2). */
		int count = ptree_connector_receive(connector, events, MAX, 0);

		if (count < 0 && count != -ENOBUFS && count != -EINTR)
			break;
		for (int i = 0; i < count; i++)
			(argc > 2 ? print_json : print_text)(&events[i]);
		if (!count)
			poll(&fd, 1, 100);
	}
	ptree_connector_close(connector);
	return 0;
}
