/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SCENE_H
#define PROCTOP_SCENE_H

#include "model/column.h"
#include "model/message.h"
#include "model/meter-choice.h"
#include "model/moment.h"
#include "model/scope.h"
#include "model/world.h"

/* All that views share. They read it; what they have to say goes into the message line. */
struct scene {
	struct world world;
	struct moment moment;
	struct scope scope;
	struct message *message; /* borrowed */
	struct meter_choice meters;
};

/* utf8: marks may be more than ASCII. */
struct column_context scene_columns(const struct scene *scene, bool utf8);
struct match scene_match(const struct scene *scene);
/* The process of that id at the time that is shown; NULL: there is none. */
const struct ptree_node *scene_node(const struct scene *scene, uint64_t id);

#endif
