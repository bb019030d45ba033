/* SPDX-License-Identifier: MIT */
#ifndef PROCTOP_ARRAY_H
#define PROCTOP_ARRAY_H

#include <stddef.h>

/* Room for so many objects of that size in the array at *array, a pointer that is NULL at first and
   free()d in the end. 0 or -ENOMEM, with all as it was. */
int array_reserve(void *array, size_t *capacity, size_t count, size_t size);

#endif
