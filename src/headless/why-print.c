/* SPDX-License-Identifier: MIT */
/* An answer of proctop why, as text and as JSON. It finds out nothing. */
#include "headless/describe.h"
#include "headless/why-impl.h"

#include <fcntl.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define LABEL_CELLS 10
#define COMMAND_BYTES ((size_t)120)

/* ---- text ---- */

static void put_label(struct output *output, const char *label)
{
	output_format(output, "  %-*s ", LABEL_CELLS, label);
}

static void put_safe(struct output *output, const char *text, bool utf8)
{
	output_safe(output, text, strlen(text), utf8);
}

static void put_row(struct output *output, const char *label, const char *text, bool utf8)
{
	put_label(output, label);
	put_safe(output, text, utf8);
	output_string(output, "\n");
}

static void put_name(struct output *output, const struct ptree_node *node, bool utf8)
{
	put_safe(output, ptree_node_name(node), utf8);
	output_format(output, "(%d)", ptree_node_pid(node));
}

static void put_command(struct output *output, const struct ptree_node *node, bool utf8)
{
	if (ptree_node_is_zombie(node))
		output_string(output, "<defunct>");
	else
		describe_command(output, node, ptree_node_image(node, 0), utf8);
}

/* Of those that are not asked about the beginning is enough. */
static void put_short_command(struct output *output, const struct ptree_node *node, bool utf8)
{
	struct output whole = { .fd = -1 };
	size_t size;

	put_command(&whole, node, utf8);
	size = whole.size < COMMAND_BYTES ? whole.size : COMMAND_BYTES;
	while (size && size < whole.size && ((unsigned char)whole.bytes[size] & 0xc0) == 0x80)
		size--; /* not in the midst of a character */
	output_bytes(output, whole.bytes, size);
	if (size < whole.size)
		output_string(output, utf8 ? "\u2026" : "...");
	output->has_failed |= whole.has_failed;
	output_clear(&whole);
}

static void put_since(struct output *output, const struct ptree_node *node)
{
	uint64_t now_ns = ptree_boot_now_ns(), begin_ns = ptree_node_begin_ns(node);
	struct timespec now;
	struct tm local;
	time_t seconds;
	char text[64] = "", age[16];

	clock_gettime(CLOCK_REALTIME, &now);
	seconds = now.tv_sec - (time_t)((now_ns - begin_ns) / NS_PER_S);
	if (localtime_r(&seconds, &local))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &local);
	column_format_age(age, sizeof(age), now_ns - begin_ns, false);
	put_label(output, "since");
	output_format(output, "%s (%s)\n", text, age);
}

/* What is behind it: "a login over ssh: sshd: alice@pts/3 (28592)". */
static void put_cause(struct output *output, const struct why_answer *answer, bool utf8)
{
	const struct why *why = &answer->why;
	const struct ptree_node *behind = NULL;
	char text[512];

	why_cause_text(why, text, sizeof(text));
	put_label(output, "why");
	put_safe(output, text, utf8);
	if (why->cause_step)
		behind = ptree_tree_find_id(answer->tree, why->steps[why->cause_step].id);
	if (behind) {
		output_string(output, ", by ");
		put_name(output, behind, utf8);
		output_string(output, ": ");
		put_short_command(output, behind, utf8);
	}
	output_string(output, "\n");
}

/* The command line that cron gave to a shell stands just below it. */
static void put_job(struct output *output, const struct why_answer *answer, bool utf8)
{
	const struct why *why = &answer->why;
	const struct ptree_node *job;

	if ((why->cause != WHY_CRON_JOB && why->cause != WHY_AT_JOB) || why->cause_step < 2)
		return;
	job = ptree_tree_find_id(answer->tree, why->steps[why->cause_step - 1].id);
	if (!job)
		return;
	put_label(output, "job");
	put_command(output, job, utf8);
	output_string(output, "\n");
}

static void put_user(struct output *output, const struct why_answer *answer, bool utf8)
{
	const struct why *why = &answer->why;
	const struct ptree_node *through = NULL;
	uint32_t login = why->facts.login_uid;

	put_label(output, "user");
	describe_user(output, answer->users, ptree_node_euid(answer->node), utf8);
	if (login != PTREE_UNKNOWN_ID && login != ptree_node_euid(answer->node)) {
		output_string(output, ", logged in as ");
		describe_user(output, answer->users, login, utf8);
	}
	if (why->switch_step)
		through = ptree_tree_find_id(answer->tree, why->steps[why->switch_step].id);
	if (through) {
		output_string(output, ", through ");
		put_name(output, through, utf8);
	}
	output_string(output, "\n");
}

static void put_refusal(struct output *output, enum ptree_piece piece)
{
	const char *privilege = ptree_piece_privilege(piece);

	output_format(output, "not permitted; its user, or %s, may see it\n",
		      privilege ? privilege : "root");
}

static void put_exe(struct output *output, const struct why_answer *answer, bool utf8)
{
	const struct ptree_details *details = &answer->details;

	if (answer->hangs && !details->exe_path) {
		put_label(output, "program");
		output_string(output, "not known: what would tell it does not answer\n");
	}
	if (details->status[PTREE_PIECE_EXE] == PTREE_PIECE_REFUSED) {
		put_label(output, "program");
		put_refusal(output, PTREE_PIECE_EXE);
	}
	if (!details->exe_path)
		return;
	put_label(output, "program");
	put_safe(output, details->exe_path, utf8);
	if (details->exe_is_deleted && details->exe_is_replaced)
		output_string(output, " (replaced since: another file is there now)");
	else if (details->exe_is_deleted)
		output_string(output, " (deleted since)");
	else if (details->exe_is_replaced)
		output_string(output, " (another file is there now)");
	else if (answer->hangs)
		output_string(output, " (the file does not answer)");
	output_string(output, "\n");
}

static void put_owner(struct output *output, const struct why_facts *facts, bool utf8)
{
	const struct ptree_cgroup_owner *owner = &facts->owner;

	if (!facts->has_owner)
		return;
	if (*owner->unit)
		put_row(output, "unit", owner->unit, utf8);
	if (*owner->user_unit)
		put_row(output, "user unit", owner->user_unit, utf8);
	if (*owner->container) {
		put_label(output, "container");
		put_safe(output, owner->runtime, utf8);
		output_string(output, " ");
		put_safe(output, owner->container, utf8);
		if (*owner->pod) {
			output_string(output, " of pod ");
			put_safe(output, owner->pod, utf8);
		}
		output_string(output, "\n");
	}
}

static void put_socket(struct output *output, const struct ptree_socket *socket, bool utf8)
{
	char text[256];

	ptree_socket_format(socket, false, text, sizeof(text));
	output_format(output, "%s ", ptree_protocol_name(socket->protocol));
	put_safe(output, text, utf8);
}

static void put_listens(struct output *output, const struct why_answer *answer, bool utf8)
{
	if (answer->listens_error) {
		if (ptree_piece_status_of(answer->listens_error) == PTREE_PIECE_REFUSED) {
			put_label(output, "listens");
			put_refusal(output, PTREE_PIECE_DESCRIPTORS);
		}
		return;
	}
	for (size_t i = 0; i < answer->listen_count; i++) {
		put_label(output, i ? "" : "listens");
		put_socket(output, &answer->listens[i], utf8);
		output_string(output, "\n");
	}
}

static const char *hold_name(enum ptree_hold hold)
{
	switch (hold) {
	case PTREE_HOLD_DESCRIPTOR:
		return "descriptor";
	case PTREE_HOLD_EXE:
		return "program";
	case PTREE_HOLD_CWD:
		return "directory";
	case PTREE_HOLD_ROOT:
		return "root";
	case PTREE_HOLD_MAP:
		return "map";
	}
	return "";
}

static const char *access_name(uint32_t flags)
{
	switch (flags & O_ACCMODE) {
	case O_RDONLY:
		return "to read";
	case O_WRONLY:
		return "to write";
	default:
		return "to read and write";
	}
}

static void put_hold(struct output *output, const struct why_hold *hold, bool utf8)
{
	switch (hold->hold) {
	case PTREE_HOLD_DESCRIPTOR:
		output_format(output, "as descriptor %d", hold->number);
		break;
	case PTREE_HOLD_EXE:
		output_string(output, "runs it");
		break;
	case PTREE_HOLD_CWD:
		output_string(output, "works in it");
		break;
	case PTREE_HOLD_ROOT:
		output_string(output, "has it as its root");
		break;
	case PTREE_HOLD_MAP:
		output_string(output, "maps it into memory");
		break;
	}
	if (hold->has_socket) {
		output_string(output, ", ");
		put_socket(output, &hold->socket, utf8);
		output_format(output, " %s", hold->socket.state);
	} else if (hold->hold == PTREE_HOLD_DESCRIPTOR) {
		output_format(output, ", %s", access_name(hold->flags));
	}
	output_string(output, hold->is_deleted ? ", though it is deleted\n" : "\n");
}

static void put_holds(struct output *output, const struct why_target *target, bool utf8)
{
	size_t kept = target->hold_count < WHY_HOLDS_MAX ? target->hold_count : WHY_HOLDS_MAX;

	for (size_t i = 0; i < kept; i++) {
		put_label(output, i ? "" : "holds it");
		put_hold(output, &target->holds[i], utf8);
	}
	if (target->hold_count > kept) {
		put_label(output, "");
		output_format(output, "and %zu times more\n", target->hold_count - kept);
	}
}

static void put_step(struct output *output, const struct why_answer *answer,
		     const struct why_step *step, bool utf8)
{
	const struct ptree_node *node = ptree_tree_find_id(answer->tree, step->id);

	if (!node)
		return;
	output_format(output, "%7d ", step->pid);
	describe_user(output, answer->users, ptree_node_euid(node), utf8);
	output_string(output, "  ");
	put_short_command(output, node, utf8);
	if (step->elided)
		output_format(output, "  (forked through %u others)", step->elided);
	output_string(output, "\n");
}

/* From the top down, as it came to be. */
static void put_lineage(struct output *output, const struct why_answer *answer, bool utf8)
{
	const struct why *why = &answer->why;

	put_label(output, "lineage");
	if (why->is_inferred)
		output_string(output, "inferred from who is whose parent now: no fork was seen\n");
	else
		output_string(output, "as forked\n");
	if (why->is_cut) {
		put_label(output, "");
		output_string(output, "    ... others above\n");
	}
	for (size_t i = why->count; i-- > 0;) {
		put_label(output, "");
		put_step(output, answer, &why->steps[i], utf8);
	}
}

void why_print_text(struct output *output, const struct why_answer *answer, bool utf8)
{
	put_name(output, answer->node, utf8);
	output_string(output, "  ");
	put_command(output, answer->node, utf8);
	output_string(output, "\n");
	put_cause(output, answer, utf8);
	put_job(output, answer, utf8);
	put_since(output, answer->node);
	put_user(output, answer, utf8);
	put_owner(output, &answer->why.facts, utf8);
	put_exe(output, answer, utf8);
	if (answer->details.tty)
		put_row(output, "terminal", answer->details.tty, utf8);
	put_holds(output, answer->target, utf8);
	put_listens(output, answer, utf8);
	put_lineage(output, answer, utf8);
}

/* ---- JSON ---- */

static void json_known(struct ptree_json *json, const char *name, const char *text)
{
	ptree_json_text(json, name, text && *text ? text : NULL);
}

static void json_id(struct ptree_json *json, const char *name, uint32_t id)
{
	if (id == PTREE_UNKNOWN_ID)
		ptree_json_null(json, name);
	else
		ptree_json_unsigned(json, name, id);
}

static void json_pid_of(struct ptree_json *json, const char *name, const struct why *why,
			size_t step)
{
	if (step)
		ptree_json_integer(json, name, why->steps[step].pid);
	else
		ptree_json_null(json, name);
}

static void json_cause(struct ptree_json *json, const struct why *why)
{
	const struct ptree_cgroup_owner *owner = &why->facts.owner;
	char text[512];

	why_cause_text(why, text, sizeof(text));
	ptree_json_text(json, "cause", why_cause_name(why->cause));
	ptree_json_text(json, "cause_text", text);
	json_pid_of(json, "cause_pid", why, why->cause_step);
	ptree_json_bool(json, "lineage_inferred", why->is_inferred);
	json_pid_of(json, "switch_pid", why, why->switch_step);
	json_known(json, "unit", owner->unit);
	json_known(json, "user_unit", owner->user_unit);
	json_known(json, "session", owner->session);
	json_known(json, "runtime", owner->runtime);
	json_known(json, "container", owner->container);
	json_known(json, "pod", owner->pod);
	json_id(json, "login_uid", why->facts.login_uid);
	json_id(json, "login_session", why->facts.login_session);
}

static void json_exe(struct ptree_json *json, const struct ptree_details *details)
{
	ptree_json_text(json, "exe", details->exe_path);
	if (details->exe_path)
		ptree_json_bool(json, "exe_deleted", details->exe_is_deleted);
	else
		ptree_json_null(json, "exe_deleted");
	if (details->status[PTREE_PIECE_EXE_FILE] == PTREE_PIECE_KNOWN)
		ptree_json_bool(json, "exe_replaced", details->exe_is_replaced);
	else
		ptree_json_null(json, "exe_replaced");
	ptree_json_text(json, "tty", details->tty);
}

static void json_socket(struct ptree_json *json, const struct ptree_socket *socket)
{
	char text[256];

	ptree_json_text(json, "protocol", ptree_protocol_name(socket->protocol));
	ptree_socket_format(socket, false, text, sizeof(text));
	ptree_json_text(json, "local", text);
	ptree_socket_format(socket, true, text, sizeof(text));
	json_known(json, "remote", text);
	json_known(json, "socket_state", socket->state);
}

static void json_listens(struct ptree_json *json, const struct why_answer *answer)
{
	if (answer->listens_error) {
		ptree_json_null(json, "listens");
		return;
	}
	ptree_json_array(json, "listens");
	for (size_t i = 0; i < answer->listen_count; i++) {
		ptree_json_object(json, NULL);
		json_socket(json, &answer->listens[i]);
		ptree_json_end(json);
	}
	ptree_json_end(json);
}

static void json_hold(struct ptree_json *json, const struct why_hold *hold)
{
	ptree_json_object(json, NULL);
	ptree_json_text(json, "hold", hold_name(hold->hold));
	if (hold->hold == PTREE_HOLD_DESCRIPTOR)
		ptree_json_integer(json, "descriptor", hold->number);
	else
		ptree_json_null(json, "descriptor");
	ptree_json_bool(json, "deleted", hold->is_deleted);
	if (hold->has_socket)
		json_socket(json, &hold->socket);
	ptree_json_end(json);
}

static void json_holds(struct ptree_json *json, const struct why_target *target)
{
	size_t kept = target->hold_count < WHY_HOLDS_MAX ? target->hold_count : WHY_HOLDS_MAX;

	ptree_json_unsigned(json, "hold_count", target->hold_count);
	ptree_json_array(json, "holds");
	for (size_t i = 0; i < kept; i++)
		json_hold(json, &target->holds[i]);
	ptree_json_end(json);
}

static void json_step(struct ptree_json *json, const struct why_answer *answer,
		      const struct why_step *step)
{
	const struct ptree_node *node = ptree_tree_find_id(answer->tree, step->id);
	const struct column_subject subject = { .node = node };

	if (!node)
		return;
	ptree_json_object(json, NULL);
	describe_json(json, &subject, answer->users, FIELD_IN_EVENT);
	ptree_json_text(json, "role", why_role_name(step->role));
	ptree_json_unsigned(json, "elided", step->elided);
	ptree_json_end(json);
}

void why_print_json(struct output *output, const struct why_answer *answer)
{
	const struct column_subject subject = { .node = answer->node };
	struct ptree_json *json = &output->json;

	ptree_json_object(json, NULL);
	describe_json(json, &subject, answer->users, FIELD_IN_TREE);
	json_cause(json, &answer->why);
	json_exe(json, &answer->details);
	json_holds(json, answer->target);
	json_listens(json, answer);
	ptree_json_bool(json, "lineage_cut", answer->why.is_cut);
	ptree_json_array(json, "lineage");
	for (size_t i = 0; i < answer->why.count; i++)
		json_step(json, answer, &answer->why.steps[i]);
	ptree_json_end(json);
	ptree_json_end(json);
	output_json(output);
}
