/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_VIEWS_SCOPE_H
#define PROCTOP_VIEWS_SCOPE_H

#include "draw/area.h"
#include "model/scene.h"

#define SCOPE_WORDS_SIZE (WATCH_ITEMS_MAX * (WATCH_NAME_SIZE + 8))

/* What is left out, in words: " under sshd(611), of alice, matching cc"; "" if nothing is. */
void scope_words(const struct scene *scene, bool utf8, char *out, size_t size);
void scope_words_watched(const struct scene *scene, bool utf8, char *out, size_t size);
void scope_words_users(const struct scene *scene, char *out, size_t size);

/* A title and behind it what is left out. Where both find no room, what stands behind the comma of
   the title goes. */
void scope_draw_title(const struct scene *scene, const struct area *area, int y, const char *title);

#endif
