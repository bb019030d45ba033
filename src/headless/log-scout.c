/* SPDX-License-Identifier: MIT */
/* Looking ahead in the feed; see log-scout.h. Nothing is printed here. */
#include "headless/log-scout.h"

#include <errno.h>
#include <stdlib.h>

void scout_start(struct scout *scout, const struct ptree_feed_reader *reader)
{
	scout->reader = *reader;
	scout->first = scout->count = 0;
}

void scout_clear(struct scout *scout)
{
	free(scout->execs);
	*scout = (struct scout){ 0 };
}

static struct scouted *at(const struct scout *scout, size_t index)
{
	return &scout->execs[(scout->first + index) % scout->capacity];
}

static int grow(struct scout *scout)
{
	size_t capacity = scout->capacity ? 2 * scout->capacity : 64;
	struct scouted *bigger = reallocarray(NULL, capacity, sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	for (size_t i = 0; i < scout->count; i++)
		bigger[i] = *at(scout, i);
	free(scout->execs);
	scout->execs = bigger;
	scout->first = 0;
	scout->capacity = capacity;
	return 0;
}

bool scout_is_exec(const struct ptree_fact *fact)
{
	return fact->is_news &&
	       (fact->kind == PTREE_FACT_IMAGE || fact->kind == PTREE_FACT_IMAGE_DATED);
}

static int add(struct scout *scout, uint64_t image, uint64_t since_ns)
{
	if (scout->count == scout->capacity && grow(scout))
		return -ENOMEM;
	*at(scout, scout->count++) = (struct scouted){ .image = image, .since_ns = since_ns };
	return 0;
}

/* A text comes soon after its exec: the search begins with the latest. */
static struct scouted *find(const struct scout *scout, uint64_t image)
{
	for (size_t i = scout->count; i-- > 0;) {
		if (at(scout, i)->image == image)
			return at(scout, i);
	}
	return NULL;
}

/* A name that is news is one that the program gave itself afterwards. */
static void note_name(struct scout *scout, const struct ptree_fact *fact,
		      const struct ptree_feed_reader *place)
{
	struct scouted *exec = fact->is_news ? NULL : find(scout, fact->u.name.image);

	if (!exec || exec->has_name)
		return;
	exec->has_name = true;
	exec->name = *place;
}

static void note_arguments(struct scout *scout, const struct ptree_fact *fact,
			   const struct ptree_feed_reader *place)
{
	struct scouted *exec = fact->u.arguments.status == PTREE_ARGV_PENDING
				   ? NULL
				   : find(scout, fact->u.arguments.image);

	bool is_taken_back = fact->u.arguments.status == PTREE_ARGV_LATE;

	if (!exec || (exec->has_arguments && !is_taken_back))
		return;
	exec->has_arguments = true;
	exec->arguments = *place;
}

int scout_look(struct scout *scout, const struct ptree_tree *tree)
{
	int err = 0;

	while (!err) {
		struct ptree_feed_reader place = scout->reader;
		struct ptree_fact fact;

		if (ptree_tree_feed_read(tree, &scout->reader, &fact) != 1)
			break;
		if (scout_is_exec(&fact))
			err = add(scout, fact.u.image.id, fact.time_ns);
		else if (fact.kind == PTREE_FACT_NAME)
			note_name(scout, &fact, &place);
		else if (fact.kind == PTREE_FACT_ARGUMENTS)
			note_arguments(scout, &fact, &place);
	}
	return err;
}

const struct scouted *scout_first(const struct scout *scout, const struct ptree_fact *exec)
{
	const struct scouted *first = scout->count ? at(scout, 0) : NULL;

	return first && first->image == exec->u.image.id ? first : NULL;
}

void scout_take(struct scout *scout)
{
	if (!scout->count)
		return;
	scout->first = (scout->first + 1) % scout->capacity;
	scout->count--;
}
