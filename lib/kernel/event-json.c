/* SPDX-License-Identifier: MIT */
/* Events as JSON: all that an event's kind has, by the names of the manual. */
#include "proctree.h"

#include <sys/wait.h>

static void put_id(struct ptree_json *json, const char *name, pid_t id)
{
	if (id)
		ptree_json_integer(json, name, id);
	else
		ptree_json_null(json, name);
}

static void put_raw(struct ptree_json *json, const struct ptree_event *event)
{
	size_t size = event->u.raw.size;

	ptree_json_unsigned(json, "kind", event->what);
	ptree_json_unsigned(json, "size", size);
	ptree_json_hex(json, "raw", event->u.raw.bytes,
		       size < PTREE_RAW_SIZE ? size : PTREE_RAW_SIZE);
}

static void put_parent(struct ptree_json *json, const struct ptree_event *event)
{
	put_id(json, "parent_pid", event->parent_tgid);
	put_id(json, "parent_tid", event->parent_pid);
}

static void put_status(struct ptree_json *json, uint32_t status)
{
	int wait_status = (int)status;

	ptree_json_unsigned(json, "status", status);
	if (WIFEXITED(wait_status))
		ptree_json_integer(json, "exit_code", WEXITSTATUS(wait_status));
	else
		ptree_json_null(json, "exit_code");
	if (WIFSIGNALED(wait_status))
		ptree_json_integer(json, "signal", WTERMSIG(wait_status));
	else
		ptree_json_null(json, "signal");
	ptree_json_bool(json, "core_dumped", WIFSIGNALED(wait_status) && WCOREDUMP(wait_status));
}

static void put_details(struct ptree_json *json, const struct ptree_event *event)
{
	switch (event->kind) {
	case PTREE_EVENT_UNKNOWN:
		put_raw(json, event);
		break;
	case PTREE_EVENT_ACK:
		ptree_json_unsigned(json, "error", event->u.ack.error);
		ptree_json_unsigned(json, "number", event->u.ack.number);
		break;
	case PTREE_EVENT_FORK:
	case PTREE_EVENT_COREDUMP:
		put_parent(json, event);
		break;
	case PTREE_EVENT_UID:
		ptree_json_unsigned(json, "real_uid", event->u.id.real);
		ptree_json_unsigned(json, "effective_uid", event->u.id.effective);
		break;
	case PTREE_EVENT_GID:
		ptree_json_unsigned(json, "real_gid", event->u.id.real);
		ptree_json_unsigned(json, "effective_gid", event->u.id.effective);
		break;
	case PTREE_EVENT_PTRACE:
		put_id(json, "tracer_pid", event->u.ptrace.tracer_tgid);
		put_id(json, "tracer_tid", event->u.ptrace.tracer_pid);
		break;
	case PTREE_EVENT_COMM:
		ptree_json_text(json, "comm", event->u.comm);
		break;
	case PTREE_EVENT_EXIT:
		put_parent(json, event);
		put_status(json, event->u.exit.status);
		put_id(json, "exit_signal", (pid_t)event->u.exit.signal);
		break;
	case PTREE_EVENT_LOST:
		ptree_json_unsigned(json, "count", event->u.lost.count);
		break;
	case PTREE_EVENT_EXEC:
	case PTREE_EVENT_SID:
		break;
	}
}

static bool is_about_task(const struct ptree_event *event)
{
	return event->kind != PTREE_EVENT_UNKNOWN && event->kind != PTREE_EVENT_ACK &&
	       event->kind != PTREE_EVENT_LOST;
}

void ptree_event_json(const struct ptree_event *event, struct ptree_json *json, const char *name)
{
	ptree_json_object(json, name);
	ptree_json_text(json, "event", ptree_event_kind_name(event->kind));
	ptree_json_unsigned(json, "time_ns", event->time_ns);
	ptree_json_unsigned(json, "cpu", event->cpu);
	ptree_json_unsigned(json, "seq", event->seq);
	if (is_about_task(event)) {
		ptree_json_integer(json, "pid", event->tgid);
		ptree_json_integer(json, "tid", event->pid);
	}
	put_details(json, event);
	ptree_json_end(json);
}
