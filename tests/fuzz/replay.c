/* SPDX-License-Identifier: MIT */
/*
 * Feeds the committed corpus of a fuzz target to it, one test a file: what fuzzing once found stays
 * found, with any compiler. The corpus is named by the program, replay-NAME, or by an argument.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* malloc()ed to the byte, so that a read beyond its end is noticed; NULL if that is not possible.
 */
static uint8_t *read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = NULL;
	long end;

	if (!file)
		return NULL;
	if (fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0) {
		rewind(file);
		*size = (size_t)end;
		bytes = malloc(*size ? *size : 1);
		if (bytes && fread(bytes, 1, *size, file) != *size) {
			free(bytes);
			bytes = NULL;
		}
	}
	fclose(file);
	return bytes;
}

static int replay(const char *directory, const char *name, int number)
{
	char path[4096];
	uint8_t *bytes;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	bytes = read_file(path, &size);
	if (!bytes) {
		printf("not ok %d - %s: %s\n", number, name, strerror(errno));
		return -1;
	}
	/* If this aborts, the one before is the last that is written. */
	fflush(stdout);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	printf("ok %d - %s\n", number, name);
	return 0;
}

static int is_visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void find_corpus(const char *program, char *path, size_t size)
{
	const char *srcdir = getenv("srcdir");
	const char *name = strstr(program, "replay-");

	snprintf(path, size, "%s/tests/fuzz/corpus/%s", srcdir ? srcdir : ".",
		 name ? name + strlen("replay-") : "");
}

int main(int argc, char **argv)
{
	char directory[2048];
	struct dirent **entries;
	int count, failed = 0;

	find_corpus(argv[0], directory, sizeof(directory));
	if (argc > 1)
		snprintf(directory, sizeof(directory), "%s", argv[1]);
	count = scandir(directory, &entries, is_visible, alphasort);
	if (count <= 0) {
		printf("1..1\nnot ok 1 - %s has files\n", directory);
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		if (replay(directory, entries[i]->d_name, i + 1) < 0)
			failed = 1;
		free(entries[i]);
	}
	free(entries);
	return failed;
}
