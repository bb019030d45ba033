/* SPDX-License-Identifier: MIT */
/* Keys, pastes and the mouse, out of single keystrokes; see key-reader.h. Where those come from is
   not its business: it knows no curses. */
#include "ui/key-reader.h"

#include <time.h>

#define MOUSE_MOTION 32u       /* added to the button that is held down */
#define PASTE_PATIENCE_MS 1000 /* its end may be lost */

/* Of one reading: from whom. */
struct reading {
	struct key_reader *reader;
	keystroke_source *source;
	void *what;
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static bool take_mouse(const struct escape_mouse *mouse, struct key *key)
{
	*key = (struct key){ .mouse_y = mouse->y, .mouse_x = mouse->x };
	if (mouse->is_release)
		key->code = mouse->button == 0 ? TERM_KEY_MOUSE_RELEASE : 0;
	else if (mouse->button == 0)
		key->code = TERM_KEY_MOUSE_CLICK;
	else if (mouse->button == MOUSE_MOTION)
		key->code = TERM_KEY_MOUSE_DRAG;
	else if (mouse->button == 64)
		key->code = TERM_KEY_WHEEL_UP;
	else if (mouse->button == 65)
		key->code = TERM_KEY_WHEEL_DOWN;
	return key->code != 0;
}

static bool next_stroke(const struct reading *reading, struct keystroke *stroke)
{
	struct key_reader *reader = reading->reader;

	if (!reader->has_pending)
		return reading->source(reading->what, stroke);
	reader->has_pending = false;
	*stroke = reader->pending;
	return true;
}

/* An ESC comes alone if no key that the source knows begins so. */
static bool is_sequence_begun(const struct reading *reading)
{
	struct key_reader *reader = reading->reader;
	bool has_next = next_stroke(reading, &reader->pending);

	if (has_next && !reader->pending.is_key &&
	    escape_begin(&reader->escape, reader->pending.code, now_ms()))
		return true;
	reader->has_pending = has_next;
	if (!has_next)
		escape_alone(&reader->escape, now_ms());
	return false;
}

static enum escape_result sort_out(const struct reading *reading, const struct keystroke *stroke,
				   struct escape_mouse *mouse)
{
	if (stroke->is_key)
		return ESCAPE_IS_KEY;
	if (stroke->code == TERM_KEY_ESC)
		return is_sequence_begun(reading) ? ESCAPE_IS_PART : ESCAPE_IS_KEY;
	return escape_feed(&reading->reader->escape, stroke->code, now_ms(), mouse);
}

static void set_key(struct key *key, const struct keystroke *stroke)
{
	*key = (struct key){ .code = stroke->code };
	if (stroke->is_key)
		return;
	if (stroke->code == 0x7f || stroke->code == '\b')
		key->code = TERM_KEY_BACKSPACE;
	else if (stroke->code == '\n')
		key->code = TERM_KEY_ENTER;
}

static bool is_pasted(struct key_reader *reader)
{
	uint64_t now = reader->is_pasting ? now_ms() : 0;

	if (now > reader->pasted_ms + PASTE_PATIENCE_MS)
		reader->is_pasting = false;
	reader->pasted_ms = now;
	return reader->is_pasting;
}

static void begin_paste(struct key_reader *reader, bool is_begin)
{
	reader->is_pasting = is_begin;
	reader->pasted_ms = now_ms();
}

bool key_reader_next(struct key_reader *reader, keystroke_source *source, void *what,
		     bool has_mouse, struct key *key)
{
	const struct reading reading = { reader, source, what };
	struct escape_mouse mouse;
	struct keystroke stroke;

	while (next_stroke(&reading, &stroke)) {
		switch (sort_out(&reading, &stroke, &mouse)) {
		case ESCAPE_IS_KEY:
			set_key(key, &stroke);
			key->is_pasted = is_pasted(reader);
			return true;
		case ESCAPE_IS_MOUSE:
			if (has_mouse && take_mouse(&mouse, key))
				return true;
			break;
		case ESCAPE_IS_PASTE:
			begin_paste(reader, true);
			break;
		case ESCAPE_IS_PASTE_END:
			begin_paste(reader, false);
			break;
		case ESCAPE_IS_PART:
			break;
		}
	}
	return false;
}
