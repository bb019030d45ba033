/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_SHEET_H
#define PROCTOP_SHEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define SHEET_CHOICES_MAX 64
#define SHEET_INPUT_SIZE 64

/*
 * What a dialog about processes says: who they are and what is said of each, what can be chosen,
 * what is typed, and the question. Plain text; who fills it knows what it is for. Zeroed it is
 * empty.
 */
enum sheet_stage {
	SHEET_CHOOSE,  /* one of the choices */
	SHEET_TYPE,    /* a line */
	SHEET_CONFIRM, /* words ask */
	SHEET_RESULTS,
};

enum sheet_role { SHEET_PLAIN, SHEET_GOOD, SHEET_BAD };

struct sheet_line {
	pid_t pid;
	char user[16], command[160], note[64]; /* raw bytes */
	enum sheet_role role;		       /* of the note */
};

struct sheet_choice {
	int value;
	char label[48];
};

struct sheet {
	enum sheet_stage stage;
	char title[96]; /* with a space at both ends */
	struct sheet_line *lines;
	size_t count, capacity;
	size_t more; /* so many more, without lines */
	size_t top;  /* the first line that is seen */
	struct sheet_choice choices[SHEET_CHOICES_MAX];
	size_t choice_count, at;
	char input[SHEET_INPUT_SIZE]; /* what is typed */
	char label[32];		      /* what it is */
	char words[256];	      /* what is to be said of all of them */
	enum sheet_role words_role;
	char hint[96]; /* which keys do what */
};

void sheet_clear(struct sheet *sheet);
/* A line at the end; NULL: no memory, or there are enough of them. */
struct sheet_line *sheet_add(struct sheet *sheet);
/* As far as there are any: the choice, or the lines that are seen. */
void sheet_move(struct sheet *sheet, int64_t lines);
const struct sheet_choice *sheet_chosen(const struct sheet *sheet); /* NULL: none */

/* Typing; both return whether the input has changed. ASCII without spaces only. */
bool sheet_type(struct sheet *sheet, uint32_t code);
bool sheet_erase(struct sheet *sheet);

#endif
