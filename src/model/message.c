/* SPDX-License-Identifier: MIT */
/* The message line; see message.h. It draws nothing. */
#include "model/message.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE_NS UINT64_C(4000000000)

void message_say(struct message *message, uint64_t now_ns, bool is_error, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(message->text, sizeof(message->text), format, args);
	va_end(args);
	message->is_error = is_error;
	message->until_ns = now_ns + MESSAGE_NS;
}

bool message_is_shown(const struct message *message, uint64_t now_ns)
{
	return message->until_ns > now_ns;
}
