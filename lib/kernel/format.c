/* SPDX-License-Identifier: MIT */
/*
 * Events and wait statuses as one line of ASCII. Pure functions over what decode.c made; bytes that
 * a process chose come out escaped.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/units.h"
#include "proctree.h"

static const char *const kind_names[PTREE_EVENT_KIND_COUNT] = {
	[PTREE_EVENT_UNKNOWN] = "unknown", [PTREE_EVENT_ACK] = "ack",
	[PTREE_EVENT_FORK] = "fork",	   [PTREE_EVENT_EXEC] = "exec",
	[PTREE_EVENT_UID] = "uid",	   [PTREE_EVENT_GID] = "gid",
	[PTREE_EVENT_SID] = "sid",	   [PTREE_EVENT_PTRACE] = "ptrace",
	[PTREE_EVENT_COMM] = "comm",	   [PTREE_EVENT_COREDUMP] = "coredump",
	[PTREE_EVENT_EXIT] = "exit",	   [PTREE_EVENT_LOST] = "lost",
};

const char *ptree_event_kind_name(enum ptree_event_kind kind)
{
	return (unsigned)kind < PTREE_EVENT_KIND_COUNT ? kind_names[kind] : "unknown";
}

/* A buffer being written to, which may be too small: length goes on counting. */
struct text {
	char *buf;
	size_t size;
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void put(struct text *text, const char *format, ...)
{
	size_t used = text->length < text->size ? text->length : text->size;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->size ? text->buf + used : NULL, text->size - used, format, args);
	va_end(args);
	if (n > 0)
		text->length += (size_t)n;
}

static void put_quoted(struct text *text, const char *bytes, size_t size)
{
	put(text, "\"");
	for (size_t i = 0; i < size && bytes[i] != '\0'; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte < 0x20 || byte > 0x7e || byte == '"' || byte == '\\')
			put(text, "\\x%02x", byte);
		else
			put(text, "%c", byte);
	}
	put(text, "\"");
}

/* glibc knows no abbreviation for real-time signals. */
static void put_signal(struct text *text, int signal)
{
	const char *name = sigabbrev_np(signal);

	if (name)
		put(text, "SIG%s", name);
	else if (signal >= SIGRTMIN && signal <= SIGRTMAX)
		put(text, "SIGRTMIN+%d", signal - SIGRTMIN);
	else
		put(text, "signal %d", signal);
}

static void put_status(struct text *text, uint32_t status)
{
	int wait_status = (int)status;

	if (WIFEXITED(wait_status)) {
		put(text, "exit %d", WEXITSTATUS(wait_status));
	} else if (WIFSIGNALED(wait_status)) {
		put(text, "killed by ");
		put_signal(text, WTERMSIG(wait_status));
		if (WCOREDUMP(wait_status))
			put(text, ", core dumped");
	} else {
		put(text, "status 0x%x", status);
	}
}

int ptree_status_format(uint32_t status, char *buf, size_t size)
{
	struct text text = { .buf = buf, .size = size };

	put_status(&text, status);
	return (int)text.length;
}

static void put_time(struct text *text, const struct ptree_event *event)
{
	put(text, "%llu.%09llu ", (unsigned long long)(event->time_ns / NS_PER_S),
	    (unsigned long long)(event->time_ns % NS_PER_S));
}

static void put_subject(struct text *text, const struct ptree_event *event)
{
	put(text, "%s %d", ptree_event_kind_name(event->kind), (int)event->tgid);
	if (event->pid != event->tgid)
		put(text, " task %d", (int)event->pid);
}

static void put_ack(struct text *text, const struct ptree_event *event)
{
	put(text, "ack %u", event->u.ack.number);
	if (event->u.ack.error)
		put(text, " error %u", event->u.ack.error);
}

static void put_other(struct text *text, pid_t tgid, pid_t pid, unsigned what)
{
	put(text, " by %d", (int)tgid);
	if (what & PTREE_FORMAT_TASKS && pid != tgid)
		put(text, " task %d", (int)pid);
}

static void put_exit(struct text *text, const struct ptree_event *event, unsigned what)
{
	put(text, " ");
	put_status(text, event->u.exit.status);
	if (what & PTREE_FORMAT_TASKS && event->parent_tgid)
		put(text, " of %d", (int)event->parent_tgid);
	if (what & PTREE_FORMAT_SIGNAL && event->u.exit.signal) {
		put(text, " sends ");
		put_signal(text, (int)event->u.exit.signal);
	}
}

static void put_details(struct text *text, const struct ptree_event *event, unsigned what)
{
	switch (event->kind) {
	case PTREE_EVENT_UNKNOWN:
	case PTREE_EVENT_ACK:
	case PTREE_EVENT_LOST:
	case PTREE_EVENT_EXEC:
	case PTREE_EVENT_SID:
		break;
	case PTREE_EVENT_COREDUMP:
		if (what & PTREE_FORMAT_TASKS && event->parent_tgid)
			put(text, " of %d", (int)event->parent_tgid);
		break;
	case PTREE_EVENT_FORK:
		put_other(text, event->parent_tgid, event->parent_pid, what);
		break;
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
		put(text, " real %u effective %u", event->u.id.real, event->u.id.effective);
		break;
	case PTREE_EVENT_PTRACE:
		if (event->u.ptrace.tracer_tgid)
			put_other(text, event->u.ptrace.tracer_tgid, event->u.ptrace.tracer_pid,
				  what);
		else
			put(text, " detached");
		break;
	case PTREE_EVENT_COMM:
		put(text, " ");
		put_quoted(text, event->u.comm, PTREE_COMM_SIZE);
		break;
	case PTREE_EVENT_EXIT:
		put_exit(text, event, what);
		break;
	}
}

static void put_event(struct text *text, const struct ptree_event *event, unsigned what)
{
	if (event->kind == PTREE_EVENT_ACK) {
		put_ack(text, event);
	} else if (event->kind == PTREE_EVENT_LOST) {
		put(text, "lost %llu on cpu %u", (unsigned long long)event->u.lost.count,
		    event->cpu);
	} else if (event->kind == PTREE_EVENT_UNKNOWN) {
		put(text, "unknown 0x%08x, %u bytes", event->what, event->u.raw.size);
	} else {
		put_subject(text, event);
		put_details(text, event, what);
	}
}

int ptree_event_format_with(const struct ptree_event *event, unsigned what, char *buf, size_t size)
{
	struct text text = { .buf = buf, .size = size };

	if (what & PTREE_FORMAT_TIME)
		put_time(&text, event);
	if (what & PTREE_FORMAT_CPU)
		put(&text, "cpu %u ", event->cpu);
	put_event(&text, event, what);
	return (int)text.length;
}

int ptree_event_format(const struct ptree_event *event, char *buf, size_t size)
{
	return ptree_event_format_with(event, 0, buf, size);
}
