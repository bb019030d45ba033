/* SPDX-License-Identifier: MIT */
/* Gathers what the headless commands print and writes it out. It knows nothing of what it is. */
#include "headless/output.h"
#include "draw/text.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIRST_CAPACITY 4096

static bool make_room(struct output *output, size_t count)
{
	size_t capacity = output->capacity ? output->capacity : FIRST_CAPACITY;
	char *bigger;

	if (output->has_failed)
		return false;
	if (count <= output->capacity - output->size)
		return true;
	while (capacity - output->size < count && capacity <= SIZE_MAX / 2)
		capacity *= 2;
	bigger = capacity - output->size < count ? NULL : realloc(output->bytes, capacity);
	if (!bigger) {
		output->has_failed = true;
		return false;
	}
	output->bytes = bigger;
	output->capacity = capacity;
	return true;
}

void output_bytes(struct output *output, const char *bytes, size_t count)
{
	if (!count || !make_room(output, count))
		return;
	memcpy(output->bytes + output->size, bytes, count);
	output->size += count;
}

void output_json(struct output *output)
{
	output_bytes(output, output->json.bytes, output->json.size);
	output->has_failed |= output->json.has_failed;
	output->json.size = 0;
}

void output_string(struct output *output, const char *string)
{
	output_bytes(output, string, strlen(string));
}

void output_format(struct output *output, const char *format, ...)
{
	char buf[256];
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(buf, sizeof(buf), format, args);
	va_end(args);
	if (size > 0)
		output_bytes(output, buf,
			     (size_t)size < sizeof(buf) ? (size_t)size : sizeof(buf) - 1);
}

static bool is_plain(const char *bytes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte < 0x20 || byte >= 0x7f)
			return false;
	}
	return true;
}

void output_safe(struct output *output, const char *bytes, size_t count, bool utf8)
{
	const char *end = bytes + count;
	struct text_piece piece;

	if (is_plain(bytes, count)) { /* nearly always */
		output_bytes(output, bytes, count);
		return;
	}
	while (text_next(&bytes, end, utf8, &piece))
		output_bytes(output, piece.bytes, piece.size);
}

static int wait_writable(int fd, int stop_fd, int timeout_ms)
{
	struct pollfd fds[] = { { .fd = fd, .events = POLLOUT },
				{ .fd = stop_fd, .events = POLLIN } };
	int count = poll(fds, 2, timeout_ms);

	if (count < 0)
		return errno == EINTR ? 0 : -errno;
	if (count == 0)
		return -ETIMEDOUT;
	return fds[0].revents ? 1 : -EINTR;
}

/* A pipe that is writable takes this much without blocking. */
static ssize_t write_some(int fd, const char *bytes, size_t count)
{
	ssize_t written = write(fd, bytes, count < PIPE_BUF ? count : PIPE_BUF);

	if (written >= 0)
		return written;
	return errno == EINTR || errno == EAGAIN ? 0 : -errno;
}

int output_flush(struct output *output, int stop_fd, int timeout_ms)
{
	size_t done = 0;
	ssize_t result = 0;

	while (done < output->size && result >= 0) {
		result = wait_writable(output->fd, stop_fd, timeout_ms);
		if (result <= 0)
			continue;
		result = write_some(output->fd, output->bytes + done, output->size - done);
		if (result > 0)
			done += (size_t)result;
	}
	if (done)
		memmove(output->bytes, output->bytes + done, output->size - done);
	output->size -= done;
	if (result >= 0 && output->has_failed)
		return -ENOMEM;
	return result < 0 ? (int)result : 0;
}

void output_clear(struct output *output)
{
	free(output->bytes);
	ptree_json_clear(&output->json);
	*output = (struct output){ .fd = output->fd };
}
