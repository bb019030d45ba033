/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_FIELD_H
#define PROCTOP_FIELD_H

#include "model/column.h"

/*
 * What a process has, each property described once: columns, sort orders, filters and JSON read
 * this table.
 */

enum field_kind {
	FIELD_NUMBER,
	FIELD_PID,
	FIELD_USER,	  /* number: its uid; text: its name */
	FIELD_STATE,	  /* number: the letter */
	FIELD_FLAG,	  /* number: 0 or 1 */
	FIELD_SIGNAL,	  /* number */
	FIELD_SIGNED,	  /* number: FIELD_ZERO and the value, so that it has their order */
	FIELD_PERMILLE,	  /* of one CPU, or of the memory */
	FIELD_RATE,	  /* number: in 1,000 s */
	FIELD_BYTES,	  /* number */
	FIELD_BYTE_RATE,  /* number: bytes in a second */
	FIELD_DURATION,	  /* number: ns */
	FIELD_BOOT_TIME,  /* number: ns */
	FIELD_NAMESPACES, /* number: a mask, as in struct process_figures */
	FIELD_TTY,	  /* number: the device, as in struct ptree_usage */
	FIELD_TEXT,
	FIELD_ARGUMENTS, /* text: each ends with a NUL */
};

#define FIELD_ZERO (UINT64_C(1) << 63)

struct field_value {
	uint64_t number;
	const char *text; /* raw bytes, borrowed from the tree or the users */
	size_t size;
};

/* In which objects of JSON it is. */
#define FIELD_IN_EVENT 1 /* the process of an event */
#define FIELD_IN_EXIT 2	 /* of one that ended */
#define FIELD_IN_TREE 4	 /* of proctop tree */

typedef bool field_getter(const struct column_context *context,
			  const struct column_subject *subject, struct field_value *value);
typedef void field_shower(const struct column_context *context,
			  const struct column_subject *subject, struct column_text *cell);
typedef uint64_t field_keyer(const struct column_context *context,
			     const struct column_subject *subject);

/* A piece that is read; sums of I/O; the memory of the machine; what it does of late, which one
   picture cannot know. */
#define FIELD_ASKS(piece) (1u << (piece))
#define FIELD_ASKS_IO_SUMS (1u << 29)
#define FIELD_ASKS_MACHINE (1u << 30)
#define FIELD_ASKS_ACTIVITY (1u << 31)
#define FIELD_ASKS_CGROUP FIELD_ASKS(PTREE_PIECE_CGROUPS)
#define FIELD_ASKS_FIGURES (~(FIELD_ASKS_MACHINE | FIELD_ASKS_ACTIVITY | FIELD_ASKS_CGROUP))
#define FIELD_ASKS_PIECES (FIELD_ASKS_FIGURES & ~FIELD_ASKS_IO_SUMS)

struct field {
	const char *name; /* in filters; and what the manual calls it */
	enum field_kind kind;
	/* NULL: it is a member of what a process used, at usage_at, a uint64_t. */
	field_getter *get;
	field_getter *get_part; /* of what it is the sum, where several are added up; NULL: get */
	unsigned usage;		/* PTREE_USAGE_*: what has to be known of it */
	size_t usage_at;

	/* As a column; width 0: it is none. */
	const char *title;
	const char *ascii_title; /* NULL: the same */
	int width;		 /* cells */
	int narrow_width;	 /* on screens of less than 100; 0: the same */
	int least_screen_width;	 /* narrower screens do without it */
	bool is_of_living;	 /* of what is over its cell is empty */
	/* NULL: as its kind is shown. */
	field_shower *show;

	/* As an order of siblings, which each column is; the greatest value comes first. */
	const char *sort_name; /* NULL: as the field */
	/* Among the orders that are always offered, from 1 on; 0: only while its column is there.
	 */
	int sort_place;
	bool is_birth_order; /* shows by what siblings are sorted when nobody sorts */
	bool sorts_up;	     /* the smallest comes first */
	bool sorts_by_sum;
	bool adds_up;	 /* of several processes it is the sum, of those of whom it is known */
	bool is_of_sums; /* it is known of what is no process, as of a group, too */
	const char *own; /* of what it is the sum over a branch: in a list, which has none */
	/* NULL: by its number, or the beginning of its text. The greatest comes first; 0: it is
	   not known. */
	field_keyer *sort_key;

	/* Mask of FIELD_ASKS() and the others: what the tree does not have, and is only found for
	   who asks. */
	uint32_t asks;
	bool is_told_too;	/* of some without asking: of what is over, or when it changes */
	bool is_filter;		/* "name:text" */
	bool changes_with_time; /* also while no fact tells of it */

	const char *json; /* NULL: it is in none */
	int json_in;
};

/* Columns stand in this order, the command behind them. Ends with a NULL name. */
extern const struct field fields[];

const struct field *field_find(const char *name, size_t size); /* NULL: there is none */

/* False: it is not known, or the subject has none; *value may have been written to all the same. */
bool field_get(const struct field *field, const struct column_context *context,
	       const struct column_subject *subject, struct field_value *value);
/* Likewise, what it adds to the sum over several. */
bool field_get_part(const struct field *field, const struct column_context *context,
		    const struct column_subject *subject, struct field_value *value);

/* No key is greater. */
#define FIELD_KEY_MAX (UINT64_MAX - 3)

/* Places of orders that commands name. */
#define FIELD_SORT_CPU 1
#define FIELD_SORT_MEMORY 2
#define FIELD_SORT_TIME 3

/* Orders. That of birth, which is the tree's own, is no field's: NULL, at place 0. Those that are
   always offered have the first places, and the other columns' the next ones. */
const struct field *field_sort_at(int place);
int field_sort_place(const struct field *sort);
/* By its own name, its field's, its column's title or what other programs call it; else by how one
   of the first two begins, if no other's does. False: there is none, or there are several. */
bool field_find_sort(const char *name, const struct field **sort);
/* Those that begin so, "CPU, CPU time", as far as there is room. Returns how many there are. */
int field_sorts_beginning(const char *begin, char *out, size_t size);
int field_sort_count(void); /* that are always offered */
int field_sort_count_of_all(void);
const char *field_sort_name(const struct field *sort);
bool field_is_sort(const struct field *field, const struct field *sort); /* its column shows it */
/* The greatest comes first; 0 if it is not known. */
uint64_t field_sort_key(const struct field *sort, const struct column_context *context,
			const struct column_subject *subject);
/* Of what has sums and no process; and of a sum that was found otherwise. */
uint64_t field_sort_key_of_sums(const struct field *sort, const struct column_subject *subject);
uint64_t field_sort_key_of_number(const struct field *sort, uint64_t number);

#define FIELD_TTY_SIZE 24
/* "mn"; "-" for none. */
#define FIELD_NAMESPACES_SIZE 9
void field_format_namespaces(char *out, uint64_t mask);
/* "pts/3", "tty1"; "204:64" of one whose name nobody knows without asking the kernel. */
void field_format_tty(char *out, size_t size, uint32_t device);

/* Its cell, empty if there is nothing to say. */
void field_show(const struct field *field, const struct column_context *context,
		const struct column_subject *subject, struct column_text *cell);
/* Of a number that was found otherwise. */
void field_show_value(const struct field *field, const struct column_context *context,
		      const struct field_value *value, struct column_text *cell);
bool field_is_shown(const struct field *field, int screen_cols);
int field_width(const struct field *field, int screen_cols);
bool field_is_right_aligned(const struct field *field);

#endif
