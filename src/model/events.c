/* SPDX-License-Identifier: MIT */
/* What has happened of late, as it is told to people; see events.h. It draws nothing. */
#include "model/events.h"

#include <errno.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)
/* A command line is known a little later than its exec, and a fork is soon another program; after
   that what a line matches is settled, and costs nothing. */
#define UNSETTLED_NS (NS_PER_S / 5)

bool event_kind_of(const struct ptree_fact *fact, enum ptree_event_kind *kind)
{
	static const uint8_t kinds[] = {
		[PTREE_FACT_LOST] = PTREE_EVENT_LOST,
		[PTREE_FACT_COMPARED] = PTREE_EVENT_LOST,
		[PTREE_FACT_APPEARED] = PTREE_EVENT_FORK,
		[PTREE_FACT_FILLED] = PTREE_EVENT_FORK,
		[PTREE_FACT_REDATED] = PTREE_EVENT_FORK,
		[PTREE_FACT_USERS] = PTREE_EVENT_UID,
		[PTREE_FACT_GROUPS] = PTREE_EVENT_GID,
		[PTREE_FACT_SESSION] = PTREE_EVENT_SID,
		[PTREE_FACT_TRACER] = PTREE_EVENT_PTRACE,
		[PTREE_FACT_CORE_DUMP] = PTREE_EVENT_COREDUMP,
		[PTREE_FACT_IMAGE] = PTREE_EVENT_EXEC,
		[PTREE_FACT_IMAGE_DATED] = PTREE_EVENT_EXEC,
		[PTREE_FACT_NAME] = PTREE_EVENT_COMM,
		[PTREE_FACT_ENDED] = PTREE_EVENT_EXIT,
		[PTREE_FACT_STATUS] = PTREE_EVENT_EXIT,
	};

	if (!fact->is_news)
		return false;
	*kind = fact->kind < sizeof(kinds) ? (enum ptree_event_kind)kinds[fact->kind]
					   : PTREE_EVENT_UNKNOWN;
	return *kind != PTREE_EVENT_UNKNOWN || fact->kind == PTREE_FACT_UNHEARD_OF;
}

/* ---- the ring, and those that are kept behind it ---- */

static size_t oldest_kept(const struct events *events)
{
	return (events->kept_at + EVENTS_MAX - events->kept_count) % EVENTS_MAX;
}

static const struct event *find_kept(const struct events *events, uint64_t number)
{
	size_t first = oldest_kept(events), low = 0, high = events->kept_count;

	while (low + 1 < high) {
		size_t middle = low + (high - low) / 2;

		if (events->kept_numbers[(first + middle) % EVENTS_MAX] <= number)
			low = middle;
		else
			high = middle;
	}
	return &events->kept[(first + low) % EVENTS_MAX];
}

const struct event *events_at(const struct events *events, uint64_t number)
{
	return number < events->begin ? find_kept(events, number)
				      : &events->ring[number % EVENTS_MAX];
}

static void keep(struct events *events, uint64_t number)
{
	events->kept[events->kept_at] = events->ring[number % EVENTS_MAX];
	events->kept_numbers[events->kept_at] = number;
	events->kept_at = (events->kept_at + 1) % EVENTS_MAX;
	if (events->kept_count < EVENTS_MAX)
		events->kept_count++;
}

/* ---- taking them ---- */

static void describe_process(struct event *event, const struct ptree_node *node)
{
	const struct ptree_image *image = ptree_node_image_at(node, event->time_ns);
	const char *later = ptree_node_is_comm_old(node) ? "" : ptree_node_comm(node);
	const char *comm = image && image->comm[0] ? image->comm : later;

	event->pid = ptree_node_pid(node);
	memcpy(event->comm, comm, strnlen(comm, sizeof(event->comm) - 1));
}

static void describe_fact(struct event *event, const struct ptree_fact *fact)
{
	switch ((enum ptree_event_kind)event->kind) {
	case PTREE_EVENT_EXIT:
		event->status = fact->u.end.status;
		event->is_status_known = fact->u.end.is_status_known;
		break;
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
		event->real = fact->u.ids.real;
		event->effective = fact->u.ids.effective;
		break;
	case PTREE_EVENT_PTRACE:
		event->other = fact->u.pid;
		break;
	case PTREE_EVENT_COMM:
		memcpy(event->comm, fact->u.name.comm, sizeof(event->comm));
		break;
	case PTREE_EVENT_LOST:
		event->is_comparison = fact->kind == PTREE_FACT_COMPARED;
		event->count = event->is_comparison ? 0 : fact->u.count;
		break;
	case PTREE_EVENT_UNKNOWN:
		event->count = fact->u.unknown.what;
		break;
	case PTREE_EVENT_ACK:
	case PTREE_EVENT_FORK:
	case PTREE_EVENT_EXEC:
	case PTREE_EVENT_SID:
	case PTREE_EVENT_COREDUMP:
		break;
	}
}

/* ---- which of them are wanted ---- */

static enum event_class class_of(const struct event *event)
{
	switch ((enum ptree_event_kind)event->kind) {
	case PTREE_EVENT_FORK:
		return EVENT_FORKS;
	case PTREE_EVENT_EXEC:
		return EVENT_EXECS;
	case PTREE_EVENT_EXIT:
		return event->status ? EVENT_FAILURES : EVENT_EXITS;
	case PTREE_EVENT_ACK:
	case PTREE_EVENT_UID:
	case PTREE_EVENT_GID:
	case PTREE_EVENT_SID:
	case PTREE_EVENT_PTRACE:
	case PTREE_EVENT_COMM:
	case PTREE_EVENT_COREDUMP:
	case PTREE_EVENT_LOST:
	case PTREE_EVENT_UNKNOWN:
		break;
	}
	return EVENT_OTHERS;
}

bool event_is_about_process(const struct event *event)
{
	return event->kind != PTREE_EVENT_LOST && event->kind != PTREE_EVENT_UNKNOWN;
}

/* What was kept for another scope is no answer for this one. */
static void note_scope(struct events *events, const struct scene *scene)
{
	if (events->seen_tree == scene->moment.tree && events->seen_scope == scene->scope.version &&
	    events->seen_names == scene->world.names)
		return;
	if (events->seen_scope != scene->scope.version)
		events->kept_count = 0;
	events->seen_tree = scene->moment.tree;
	events->seen_scope = scene->scope.version;
	events->seen_names = scene->world.names;
	events->seen_end = events->begin;
}

static bool is_text_awaited(const struct ptree_node *node, uint64_t time_ns)
{
	const struct ptree_image *image = ptree_node_image_at(node, time_ns);

	return image && image->argv_status == PTREE_ARGV_PENDING;
}

/* What is forgotten is in no narrower scope than all. */
static void look(struct event *event, const struct scene *scene, const struct match *match)
{
	const struct ptree_node *node = scene_node(scene, event->id);

	if (!scope_is_narrowed(&scene->scope) || !event_is_about_process(event))
		event->is_in_scope = true;
	else
		event->is_in_scope =
		    node && scope_has(&scene->scope, match, scene->moment.tree, node);
	event->is_text_awaited = node && is_text_awaited(node, event->time_ns);
}

static void look_again(struct events *events, const struct scene *scene)
{
	const struct match match = scene_match(scene);
	uint64_t now_ns = moment_shown_ns(&scene->moment);

	note_scope(events, scene);
	for (uint64_t number = events->begin; number < events->end; number++) {
		struct event *event = &events->ring[number % EVENTS_MAX];

		if (number >= events->seen_end || event->is_text_awaited ||
		    event->time_ns + UNSETTLED_NS > now_ns)
			look(event, scene, &match);
	}
	events->seen_end = events->end;
}

static bool is_wanted(const struct events *events, const struct event *event)
{
	return event->is_in_scope &&
	       (!event_is_about_process(event) || events->classes & 1u << class_of(event));
}

size_t events_list(struct events *events, const struct scene *scene, uint64_t *numbers)
{
	size_t first, count = 0;

	look_again(events, scene);
	first = oldest_kept(events);
	for (size_t i = 0; i < events->kept_count; i++) {
		if (is_wanted(events, &events->kept[(first + i) % EVENTS_MAX]))
			numbers[count++] = events->kept_numbers[(first + i) % EVENTS_MAX];
	}
	for (uint64_t number = events->begin; number < events->end; number++) {
		if (is_wanted(events, &events->ring[number % EVENTS_MAX]))
			numbers[count++] = number;
	}
	return count;
}

/* ---- reading ---- */

/* Where all are wanted the ring is enough. */
static bool wants_all(const struct events *events, const struct scene *scene)
{
	return !scope_is_narrowed(&scene->scope) &&
	       (events->classes & ((1u << EVENT_CLASS_COUNT) - 1)) == (1u << EVENT_CLASS_COUNT) - 1;
}

/* The oldest one leaves the ring. */
static void drop(struct events *events, const struct scene *scene, const struct match *match)
{
	struct event *event = &events->ring[events->begin % EVENTS_MAX];

	if (!wants_all(events, scene)) {
		if (events->begin >= events->seen_end || event->is_text_awaited)
			look(event, scene, match);
		if (is_wanted(events, event))
			keep(events, events->begin);
	}
	events->begin++;
}

static void take(struct events *events, const struct ptree_tree *tree,
		 const struct ptree_fact *fact, enum ptree_event_kind kind)
{
	const struct ptree_node *node = fact->id ? ptree_tree_find_id(tree, fact->id) : NULL;
	struct event event = { .time_ns = fact->time_ns, .id = fact->id, .kind = (uint8_t)kind };

	if (node)
		describe_process(&event, node);
	describe_fact(&event, fact);
	events->ring[events->end++ % EVENTS_MAX] = event;
}

/* What happened before anybody asked is told as far as the feed has it. */
static void begin(struct events *events, const struct ptree_tree *tree)
{
	if (events->is_begun)
		return;
	ptree_tree_feed_begin(tree, &events->reader);
	events->is_begun = true;
}

void events_read(struct events *events, const struct scene *scene)
{
	const struct moment *moment = &scene->moment;
	const struct match match = scene_match(scene);
	const struct ptree_tree *tree = scene->world.tree;
	uint64_t end = moment->stopped_ns ? moment->stopped_at.next : UINT64_MAX;
	enum ptree_event_kind kind;
	struct ptree_fact fact;
	int result = 1;

	begin(events, tree);
	note_scope(events, scene);
	while (result && events->reader.next < end) {
		struct ptree_feed_reader before = events->reader;

		result = ptree_tree_feed_read(tree, &events->reader, &fact);
		if (result == -EOVERFLOW)
			events->missed += events->reader.news - before.news;
		else if (result < 0)
			return;
		if (result <= 0 || !event_kind_of(&fact, &kind))
			continue;
		if (events->end - events->begin == EVENTS_MAX)
			drop(events, scene, &match);
		take(events, tree, &fact, kind);
	}
}
