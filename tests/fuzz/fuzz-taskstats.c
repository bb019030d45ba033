/* SPDX-License-Identifier: MIT */
/*
 * Any bytes as a message of the family that they claim to be of. What is not known must be 0, names
 * must end, what was not decoded must be left alone, and where the bytes are must not matter.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proctree.h"

#define PROCESS_KNOWN (PTREE_ACCOUNTING_CPU | PTREE_ACCOUNTING_RUN | PTREE_ACCOUNTING_ELAPSED)
#define UNTOUCHED 0xa5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
	if (!condition)
		abort();
}

static void check_record(const struct ptree_accounting *record)
{
	uint32_t known = record->known;

	require(known < 2 * PTREE_ACCOUNTING_IO);
	require(memchr(record->comm, '\0', sizeof(record->comm)) != NULL);
	if (record->is_process)
		require((known & ~(uint32_t)PROCESS_KNOWN) == 0);
	if (!(known & PTREE_ACCOUNTING_CPU))
		require(record->cpu_user_ns == 0 && record->cpu_system_ns == 0);
	if (!(known & PTREE_ACCOUNTING_RUN))
		require(record->cpu_run_ns == 0);
	if (!(known & PTREE_ACCOUNTING_ELAPSED))
		require(record->elapsed_ns == 0);
	if (!(known & PTREE_ACCOUNTING_MEMORY))
		require(record->max_rss_bytes == 0);
	if (!(known & PTREE_ACCOUNTING_IO))
		require(record->read_bytes == 0 && record->write_bytes == 0);
	if (!(known & PTREE_ACCOUNTING_WHO))
		require(record->uid == 0 && record->gid == 0 && record->ppid == 0 &&
			record->status == 0 && record->comm[0] == '\0');
}

static void check_untouched(const struct ptree_accounting *records, int from)
{
	const unsigned char *bytes = (const unsigned char *)records;

	for (size_t i = (size_t)from * sizeof(*records); i < 2 * sizeof(*records); i++)
		require(bytes[i] == UNTOUCHED);
}

/* Returns the number of records. */
static int decode(const uint8_t *data, size_t size, uint16_t family,
		  struct ptree_accounting records[2])
{
	int count;

	memset(records, UNTOUCHED, 2 * sizeof(records[0]));
	count = ptree_accounting_decode(data, size, family, records);
	require(count == -EBADMSG || (count >= 0 && count <= 2));
	check_untouched(records, count < 0 ? 0 : count);
	return count;
}

static void check_elsewhere(const uint8_t *data, size_t size, uint16_t family,
			    const struct ptree_accounting *expected, int count)
{
	struct ptree_accounting records[2];
	uint8_t *moved = malloc(size + 1);

	require(moved != NULL);
	memcpy(moved + 1, data, size);
	require(decode(moved + 1, size, family, records) == count);
	for (int i = 0; i < count; i++)
		require(records[i].known == expected[i].known &&
			records[i].pid == expected[i].pid &&
			records[i].elapsed_ns == expected[i].elapsed_ns);
	free(moved);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ptree_accounting records[2], none[2];
	uint16_t family = 31;
	int count;

	if (size >= 6)
		memcpy(&family, data + 4, sizeof(family));
	count = decode(data, size, family, records);
	for (int i = 0; i < count; i++)
		check_record(&records[i]);
	if (count == 2)
		require(!records[0].is_process && records[1].is_process);
	check_elsewhere(data, size, family, records, count);
	require(decode(data, size, (uint16_t)(family + 1), none) <= 0);
	return 0;
}
