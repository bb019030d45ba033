/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_MESSAGE_H
#define PROCTOP_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

/* What is said in the last line for a few seconds. All zero is nothing. */
struct message {
	char text[256];
	uint64_t until_ns;
	bool is_error;
};

void message_say(struct message *message, uint64_t now_ns, bool is_error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool message_is_shown(const struct message *message, uint64_t now_ns);

#endif
