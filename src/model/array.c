/* SPDX-License-Identifier: MIT */
/* Arrays that grow. By less than half: the largest are as long as the tree. */
#include "model/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int array_reserve(void *array, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = count + count / 16 + 64;
	void *objects, *bigger;

	if (count <= *capacity)
		return 0;
	memcpy(&objects, array, sizeof(objects));
	bigger = reallocarray(objects, wanted, size);
	if (!bigger)
		return -ENOMEM;
	memcpy(array, &bigger, sizeof(bigger));
	*capacity = wanted;
	/* cppcheck-suppress memleak ; the array owns it */
	return 0;
}
