/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_FILTER_H
#define PROCTOP_FILTER_H

#include <proctree.h>

struct field;
struct filter;
struct kept;
struct sources;

struct filter_error {
	size_t offset;	      /* into the expression */
	bool is_unknown_name; /* nothing is wrong but that there is no filter of that name */
	char text[768];	      /* what was expected */
};

/* 0; -EINVAL with *error set; -ENOMEM. An empty expression matches everything. names: what "@NAME"
   stands for; NULL: there are none. */
int filter_compile_named(struct filter **filter, const char *expression, const struct kept *names,
			 struct filter_error *error);
int filter_compile(struct filter **filter, const char *expression, struct filter_error *error);
void filter_free(struct filter *filter);

/* In which a process is looked at. */
struct filter_context {
	const struct ptree_tree *tree;
	struct ptree_users *users;     /* or NULL */
	uint64_t now_ns;	       /* boot time */
	const struct sources *sources; /* or NULL */
};

/* What is not known of a process compares with nothing. */
bool filter_matches(const struct filter *filter, const struct filter_context *context,
		    const struct ptree_node *node);

/* It is compared by size only: "name>VALUE", not "name:VALUE". */
bool filter_field_is_measured(const struct field *field);

/* Whether one matches depends on those above it, too. */
bool filter_looks_above(const struct filter *filter);
/* It can come to match, or cease to, without any fact of it. */
bool filter_changes_with_time(const struct filter *filter);
/* What it asks beyond the tree: mask of FIELD_ASKS(). */
uint32_t filter_asks(const struct filter *filter);
/* A field of which nothing is known without asking; NULL: there is none. */
const struct field *filter_asking(const struct filter *filter);
/* A pattern cost too much, and matches nothing any more. */
bool filter_is_given_up(const struct filter *filter);

#endif
