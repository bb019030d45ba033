/* SPDX-License-Identifier: MIT */
/*
 * What there is to say of a process: from the tree what was seen, from its details what is read of
 * it now. What it is and why it runs stand here.
 */
#include "model/details.h"
#include "model/why.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NS_PER_S UINT64_C(1000000000)
#define STEP_COMMAND_BYTES ((size_t)200)

/* ---- what all parts say alike ---- */

void details_put_refusal(struct listing *listing, enum ptree_piece piece)
{
	const char *privilege = ptree_piece_privilege(piece);

	listing_put(listing, "not permitted: its user, or %s, may see it",
		    privilege ? privilege : "root");
	listing_set_role(listing, THEME_DIM);
}

const struct ptree_details *details_piece(struct listing *listing,
					  const struct details_input *input, const char *label,
					  enum ptree_piece piece)
{
	for (int i = 0; i < INSPECT_STAGES; i++) {
		const struct inspection *read = input->read[i];

		if (!read || read->error)
			continue;
		switch ((enum ptree_piece_status)read->details.status[piece]) {
		case PTREE_PIECE_KNOWN:
			return &read->details;
		case PTREE_PIECE_REFUSED:
			listing_row(listing, label);
			details_put_refusal(listing, piece);
			return NULL;
		case PTREE_PIECE_FAILED:
			listing_row(listing, label);
			listing_put(listing, "cannot be read");
			listing_set_role(listing, THEME_DIM);
			return NULL;
		case PTREE_PIECE_UNREAD:
		case PTREE_PIECE_NONE:
		case PTREE_PIECE_GONE:
		case PTREE_PIECE_UNSUPPORTED:
			break;
		}
	}
	return NULL;
}

void details_put_user(struct listing *listing, const struct details_input *input, uint32_t uid)
{
	const char *name = ptree_users_name_later(input->scene->world.users, uid);

	if (name)
		listing_put(listing, "%s (%u)", name, uid);
	else
		listing_put(listing, "%u", uid);
}

void details_put_name(struct listing *listing, const struct ptree_node *node)
{
	listing_put(listing, "%s %d", ptree_node_name(node), ptree_node_pid(node));
}

void details_put_command(struct listing *listing, const struct details_input *input,
			 const struct ptree_node *node, size_t most)
{
	struct column_context context = scene_columns(input->scene, input->utf8);
	struct command command;

	column_command(&context, node, NULL, &command);
	listing_put_bytes(listing, command.line, command.size < most ? command.size : most);
	if (command.size > most)
		listing_put(listing, "%s", input->utf8 ? "…" : "...");
	if (command.remark)
		listing_put(listing, " %s", command.remark);
}

/* With the date; how long ago is up to the time that is shown. */
void details_put_time(struct listing *listing, const struct details_input *input, uint64_t boot_ns)
{
	time_t when = (time_t)((boot_ns + input->scene->world.real_offset_ns) / NS_PER_S);
	uint64_t shown_ns = moment_shown_ns(&input->scene->moment);
	char text[64] = "", age[16];
	struct tm local;

	if (localtime_r(&when, &local))
		strftime(text, sizeof(text), "%F %H:%M:%S", &local);
	column_format_age(age, sizeof(age), shown_ns > boot_ns ? shown_ns - boot_ns : 0, false);
	listing_put(listing, "%s (%s ago)", text, age);
}

/* ---- what it is ---- */

static const struct ptree_details *details_of(const struct details_input *input)
{
	const struct inspection *read = input->read[INSPECT_QUICK];

	return read && !read->error ? &read->details : NULL;
}

/* The tree keeps the beginning of a long one only. */
static void list_command(struct listing *listing, const struct details_input *input)
{
	const struct ptree_image *image = ptree_node_image(input->node, 0);
	const struct inspection *read = input->read[INSPECT_SLOW];
	bool is_cut = image && image->argv_status == PTREE_ARGV_TRUNCATED;

	listing_row(listing, "command");
	if (is_cut && read && read->argv && read->argv_size > image->argv_size)
		listing_put_arguments(listing, read->argv, read->argv_size);
	else if (image && image->argv && image->argv_size && image->argv_status != PTREE_ARGV_NONE)
		listing_put_arguments(listing, image->argv, image->argv_size);
	else
		details_put_command(listing, input, input->node, COMMAND_SIZE);
	listing_set_role(listing, THEME_PROGRAM);
}

static void list_exe(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "program", PTREE_PIECE_EXE);

	if (!details || !details->exe_path)
		return;
	listing_row(listing, "program");
	listing_put_bytes(listing, details->exe_path, strlen(details->exe_path));
	if (details->exe_is_replaced)
		listing_put(listing, " (replaced since: another file is there now)");
	else if (details->exe_is_deleted)
		listing_put(listing, " (deleted since)");
	if (details->exe_is_deleted || details->exe_is_replaced)
		listing_set_role(listing, THEME_STATE_WARNING);
}

static const char *state_name(char state)
{
	switch (state) {
	case 'R':
		return "running, or waiting for a CPU";
	case 'S':
		return "sleeping";
	case 'D':
		return "waiting uninterruptibly, for a disk or the like";
	case 'T':
		return "stopped";
	case 't':
		return "stopped by who traces it";
	case 'I':
		return "idle";
	case 'Z':
		return "over, its parent has not asked how: a zombie";
	default:
		return NULL;
	}
}

static void list_ending(struct listing *listing, const struct details_input *input,
			const struct column_text *ending)
{
	struct ptree_usage usage;
	char text[16];

	listing_row(listing, "ended");
	listing_put(listing, "%s", ending->text);
	listing_set_role(listing, ending->role);
	ptree_node_usage(input->node, &usage);
	if (usage.known & PTREE_USAGE_ELAPSED) {
		column_format_time(text, sizeof(text), usage.elapsed_ns);
		listing_put(listing, " after %s", text);
	}
	if (ptree_node_end_ns(input->node)) {
		listing_put(listing, ", ");
		details_put_time(listing, input, ptree_node_end_ns(input->node));
	}
	if (ptree_node_is_status_inferred(input->node))
		listing_put(listing, "; its threads ended differently: how is inferred");
}

static void list_state(struct listing *listing, const struct details_input *input)
{
	struct column_context context = scene_columns(input->scene, input->utf8);
	const struct ptree_details *details = details_of(input);
	struct column_text ending = { .role = THEME_NORMAL };
	struct ptree_usage usage;
	const char *name;

	if (column_ending(&context, input->node, &ending)) {
		list_ending(listing, input, &ending);
		if (!ptree_node_is_zombie(input->node))
			return;
	}
	ptree_node_usage(input->node, &usage);
	name = state_name(details ? details->state : usage.state);
	if (!name)
		return;
	listing_row(listing, "state");
	listing_put(listing, "%s", name);
	if (ptree_node_is_leaderless(input->node))
		listing_put(listing, "; its first thread has ended, others live on");
	if (ptree_node_tracer(input->node))
		listing_put(listing, "; traced by %d", ptree_node_tracer(input->node));
}

static void list_path(struct listing *listing, const struct details_input *input, const char *label,
		      enum ptree_piece piece)
{
	const struct ptree_details *details = details_piece(listing, input, label, piece);
	const char *path = !details		       ? NULL
			   : piece == PTREE_PIECE_CWD  ? details->cwd
			   : piece == PTREE_PIECE_ROOT ? details->root
						       : details->tty;

	if (!path || (piece == PTREE_PIECE_ROOT && !strcmp(path, "/")))
		return;
	listing_row(listing, label);
	listing_put_bytes(listing, path, strlen(path));
}

static void list_begin(struct listing *listing, const struct details_input *input)
{
	const struct ptree_node *origin = ptree_node_origin(input->node);
	const struct ptree_node *parent = ptree_node_parent(input->node);

	listing_row(listing, "started");
	if (ptree_node_begin_ns(input->node))
		details_put_time(listing, input, ptree_node_begin_ns(input->node));
	else
		listing_put(listing, "when is not known");
	if (origin && ptree_node_pid(origin)) {
		listing_put(listing, " by ");
		details_put_name(listing, origin);
		if (ptree_node_is_origin_inferred(input->node))
			listing_put(listing, " (inferred)");
	}
	if (!parent || !ptree_node_pid(parent) || parent == origin)
		return;
	listing_row(listing, "parent");
	details_put_name(listing, parent);
	if (origin)
		listing_put(listing, " since who forked it was over");
}

/* Four ids, in a few words where they are all the same. */
static bool are_same(const uint32_t ids[4])
{
	return ids[0] == ids[1] && ids[1] == ids[2] && ids[2] == ids[3];
}

static void list_uids(struct listing *listing, const struct details_input *input,
		      const struct ptree_details *details)
{
	static const char *const names[] = { "real ", ", effective ", ", saved ", ", filesystem " };

	for (int i = 0; i < 4; i++) {
		listing_put(listing, "%s", names[i]);
		details_put_user(listing, input, details->uids[i]);
	}
	listing_set_role(listing, THEME_STATE_WARNING);
}

static void list_user(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details =
	    details_piece(listing, input, "user", PTREE_PIECE_CREDENTIALS);
	uint32_t euid = ptree_node_euid(input->node);

	if (!details && euid == PTREE_UNKNOWN_ID)
		return;
	listing_row(listing, "user");
	if (!details || are_same(details->uids))
		details_put_user(listing, input, details ? details->uids[0] : euid);
	else
		list_uids(listing, input, details);
	if (!details)
		return;
	if (are_same(details->gids))
		listing_put(listing, ", group %u", details->gids[0]);
	else
		listing_put(listing, ", groups real %u, effective %u, saved %u, filesystem %u",
			    details->gids[0], details->gids[1], details->gids[2], details->gids[3]);
}

static void list_user_change(struct listing *listing, const struct details_input *input)
{
	uint64_t when_ns = ptree_node_users_changed_ns(input->node);

	if (!when_ns)
		return;
	listing_row(listing, "");
	listing_put(listing, "since ");
	details_put_time(listing, input, when_ns);
	listing_put(listing, ", when it changed its user or group");
}

void details_list_identity(struct listing *listing, const struct details_input *input)
{
	list_command(listing, input);
	list_exe(listing, input);
	list_state(listing, input);
	list_begin(listing, input);
	list_user(listing, input);
	list_user_change(listing, input);
	list_path(listing, input, "terminal", PTREE_PIECE_TTY);
	list_path(listing, input, "directory", PTREE_PIECE_CWD);
	list_path(listing, input, "root", PTREE_PIECE_ROOT);
}

/* ---- why it runs ---- */

static void list_owner(struct listing *listing, const struct ptree_details *details,
		       const struct why_facts *facts)
{
	const char *cgroup = details ? ptree_details_cgroup(details) : NULL;
	const struct ptree_cgroup_owner *owner = &facts->owner;

	if (cgroup) {
		listing_row(listing, "cgroup");
		listing_put_bytes(listing, cgroup, strlen(cgroup));
	}
	if (!facts->has_owner)
		return;
	if (*owner->unit) {
		listing_row(listing, "unit");
		listing_put(listing, "%s", owner->unit);
		if (*owner->user_unit)
			listing_put(listing, ", in it the user's %s", owner->user_unit);
	}
	if (*owner->container) {
		listing_row(listing, "container");
		listing_put(listing, "%s %s", owner->runtime, owner->container);
		if (*owner->pod)
			listing_put(listing, " of pod %s", owner->pod);
	}
}

static void list_login(struct listing *listing, const struct details_input *input,
		       const struct why *why)
{
	const struct ptree_tree *tree = input->scene->moment.tree;
	const struct ptree_node *through;

	if (why->facts.login_uid != PTREE_UNKNOWN_ID) {
		listing_row(listing, "login");
		details_put_user(listing, input, why->facts.login_uid);
		if (why->facts.login_session != PTREE_UNKNOWN_ID)
			listing_put(listing, ", session %u", why->facts.login_session);
	}
	through =
	    why->switch_step ? ptree_tree_find_id(tree, why->steps[why->switch_step].id) : NULL;
	if (!through)
		return;
	listing_row(listing, "through");
	details_put_name(listing, through);
}

static void list_step(struct listing *listing, const struct details_input *input,
		      const struct why_step *step)
{
	const struct ptree_node *node = ptree_tree_find_id(input->scene->moment.tree, step->id);
	struct column_context context = scene_columns(input->scene, input->utf8);
	char label[16];

	if (!node)
		return;
	snprintf(label, sizeof(label), "%9d", step->pid);
	listing_row(listing, label);
	details_put_command(listing, input, node, STEP_COMMAND_BYTES);
	if (step->elided)
		listing_put(listing, " (forked through %u others)", step->elided);
	if (!column_is_over(&context, node))
		return;
	listing_put(listing, " (over)");
	listing_set_role(listing, THEME_GONE);
}

/* From the top down, as it came to be. */
static void list_lineage(struct listing *listing, const struct details_input *input,
			 const struct why *why)
{
	listing_row(listing, "lineage");
	listing_put(listing, why->is_inferred
				 ? "inferred from who is whose parent now: no fork was seen"
				 : "as forked");
	if (why->is_cut)
		listing_put(listing, "; there are others above");
	listing_set_role(listing, THEME_DIM);
	for (size_t i = why->count; i-- > 0;)
		list_step(listing, input, &why->steps[i]);
}

void details_list_cause(struct listing *listing, const struct details_input *input)
{
	const struct ptree_details *details = details_of(input);
	const struct ptree_node *behind = NULL;
	struct why_facts facts;
	struct why why;
	char text[512];

	if (details)
		why_take_details(&facts, details);
	why_find(&why, input->node, details ? &facts : NULL);
	why_cause_text(&why, text, sizeof(text));
	listing_heading(listing, "Why it runs");
	listing_row(listing, "cause");
	listing_put(listing, "%s", text);
	if (why.cause_step)
		behind =
		    ptree_tree_find_id(input->scene->moment.tree, why.steps[why.cause_step].id);
	if (behind) {
		listing_put(listing, ", by ");
		details_put_name(listing, behind);
	}
	list_owner(listing, details, &why.facts);
	list_login(listing, input, &why);
	list_lineage(listing, input, &why);
}

/* ---- all of it ---- */

void details_list(struct listing *listing, const struct details_input *input)
{
	details_list_identity(listing, input);
	details_list_cause(listing, input);
	details_list_usage(listing, input);
	details_list_rights(listing, input);
	details_list_relatives(listing, input);
}
