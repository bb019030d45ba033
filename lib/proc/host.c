/* SPDX-License-Identifier: MIT */
/*
 * The machine as a whole, in samples: what its CPUs did, its memory, load and pressure. Keeps two
 * samples of the CPUs and one of the rest. When to take one is for others to say, and how to open
 * a file is for procfs.c.
 */
#include "base/sized.h"
#include "host.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "procfs.h"
#include "span.h"

#define TICKS_LEAST 4 /* columns of a cpu line before Linux 2.6 */
#define TEXT_BYTES ((size_t)4096)
#define TEXT_MAX_BYTES ((size_t)8 << 20) /* thousands of CPUs, a million interrupts */
/* Eight of them, in thousandths, can be added up. */
#define TICKS_PASSED_MAX (UINT64_MAX / 1000 / HOST_TICKS)
#define KB_BYTES 1024
#define KB_MAX (UINT64_MAX / KB_BYTES / 4) /* four of them can be added up */
#define PERCENT_MAX 10000		   /* in hundredths */

struct sample {
	uint64_t boot_ns; /* 0: not taken yet */
	struct host_stat stat;
	struct host_cpu *cpu;
	size_t count, capacity;
};

struct ptree_host {
	struct ptree_procfs *procfs;
	char *text; /* whatever was read last */
	size_t capacity;
	struct sample now, before;
	bool has_memory, has_load;
	struct ptree_memory memory;
	double load[3];
	struct ptree_pressure pressure[PTREE_RESOURCE_COUNT];
	struct host_transfer transfer[PTREE_CHANNEL_COUNT];
};

/* ---- parsing ---- */

static bool is_digit(const struct span *left)
{
	return left->at < left->end && *left->at >= '0' && *left->at <= '9';
}

/* The kernel writes two decimals, with a point in every locale. */
static bool take_hundredths(struct span *left, uint64_t *value)
{
	uint64_t whole, part;

	if (!span_take_number(left, &whole) || !span_take(left, ".") || left->end - left->at < 2)
		return false;
	for (int i = 0; i < 2; i++) {
		if (left->at[i] < '0' || left->at[i] > '9')
			return false;
	}
	part = (uint64_t)(left->at[0] - '0') * 10 + (uint64_t)(left->at[1] - '0');
	left->at += 2;
	if (is_digit(left) || __builtin_mul_overflow(whole, 100, &whole))
		return false;
	return !__builtin_add_overflow(whole, part, value);
}

static bool is_whole(const char *buf, size_t size)
{
	return size && buf[size - 1] == '\n';
}

/* ---- /proc/stat ---- */

/* Columns came with 2.5.41 (iowait), 2.6.0 (irq, softirq) and 2.6.11 (steal). */
static bool take_ticks(struct span *line, uint64_t ticks[HOST_TICKS])
{
	int count = 0;

	memset(ticks, 0, HOST_TICKS * sizeof(*ticks));
	while (count < HOST_TICKS && span_take(line, " ")) {
		span_skip_blanks(line);
		if (line->at == line->end)
			break;
		if (!span_take_number(line, &ticks[count++]))
			return false;
	}
	return count >= TICKS_LEAST && (line->at == line->end || *line->at == ' ');
}

static bool take_cpu(struct span *line, struct host_cpu *cpu)
{
	uint64_t number;

	if (!span_take_number(line, &number) || number > INT_MAX)
		return false;
	cpu->number = (unsigned)number;
	return take_ticks(line, cpu->ticks);
}

static bool parse_count(struct span line, const char *key, uint64_t *value)
{
	uint64_t number;

	if (!span_take(&line, key) || !span_take_number(&line, &number) || line.at != line.end)
		return false;
	*value = number;
	return true;
}

static void note_tasks(struct host_stat *stat, struct span line)
{
	if (parse_count(line, "procs_running ", &stat->runnable))
		stat->has_runnable = true;
	else if (parse_count(line, "processes ", &stat->forks))
		stat->has_forks = true;
}

/* Takes the lines after the first. */
static ssize_t walk_lines(struct span text, struct host_stat *stat, struct host_cpu *cpu,
			  size_t max)
{
	struct host_cpu found = { 0 };
	struct span line;
	size_t count = 0;

	while (span_take_line(&text, &line)) {
		unsigned last = found.number;

		if (!span_take(&line, "cpu") || !is_digit(&line)) {
			note_tasks(stat, line);
			continue;
		}
		if (!take_cpu(&line, &found) || (count && found.number <= last))
			return -EBADMSG;
		if (count < max)
			cpu[count] = found;
		count++;
	}
	return (ssize_t)count;
}

/* Once to see whether it makes sense, and only then to write. */
ssize_t host_parse_stat(const char *buf, size_t size, struct host_stat *stat, struct host_cpu *cpu,
			size_t max)
{
	struct span text = { .at = buf, .end = buf + size };
	struct host_stat found = { 0 };
	struct span first;
	ssize_t count;

	if (!is_whole(buf, size) || !span_take_line(&text, &first) || !span_take(&first, "cpu") ||
	    !take_ticks(&first, found.ticks))
		return -EBADMSG;
	count = walk_lines(text, &found, NULL, 0);
	if (count < 0 || (size_t)count > max)
		return count;
	walk_lines(text, &found, cpu, max);
	*stat = found;
	return count;
}

/* ---- /proc/meminfo ---- */

enum {
	KB_TOTAL,
	KB_FREE,
	KB_AVAILABLE, /* Linux 3.14 */
	KB_BUFFERS,
	KB_CACHED,
	KB_RECLAIMABLE, /* Linux 2.6.19 */
	KB_SWAP_TOTAL,
	KB_SWAP_FREE,
	KB_COUNT,
};

static const char *const memory_keys[KB_COUNT] = {
	[KB_TOTAL] = "MemTotal:",	  [KB_FREE] = "MemFree:",
	[KB_AVAILABLE] = "MemAvailable:", [KB_BUFFERS] = "Buffers:",
	[KB_CACHED] = "Cached:",	  [KB_RECLAIMABLE] = "SReclaimable:",
	[KB_SWAP_TOTAL] = "SwapTotal:",	  [KB_SWAP_FREE] = "SwapFree:",
};

#define BIT(number) (1u << (number))
#define KB_NEEDED (BIT(KB_TOTAL) | BIT(KB_FREE) | BIT(KB_BUFFERS) | BIT(KB_CACHED))
#define KB_SWAP (BIT(KB_SWAP_TOTAL) | BIT(KB_SWAP_FREE))

static bool parse_kb(struct span line, uint64_t *kb)
{
	uint64_t number;

	span_skip_blanks(&line);
	if (!span_take_number(&line, &number) || number > KB_MAX || !span_take(&line, " kB") ||
	    line.at != line.end)
		return false;
	*kb = number;
	return true;
}

/* Returns the bit of what the line says. */
static unsigned note_memory(struct span line, uint64_t kb[KB_COUNT])
{
	for (unsigned i = 0; i < KB_COUNT; i++) {
		if (span_take(&line, memory_keys[i]))
			return parse_kb(line, &kb[i]) ? BIT(i) : 0;
	}
	return 0;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

int host_parse_meminfo(const char *buf, size_t size, struct ptree_memory *memory)
{
	struct span line, text = { .at = buf, .end = buf + size };
	uint64_t cached, kb[KB_COUNT] = { 0 };
	unsigned seen = 0;

	if (!is_whole(buf, size))
		return -EBADMSG;
	while (span_take_line(&text, &line))
		seen |= note_memory(line, kb);
	if ((seen & KB_NEEDED) != KB_NEEDED || !kb[KB_TOTAL])
		return -EBADMSG;
	if (seen & KB_SWAP && (seen & KB_SWAP) != KB_SWAP) /* all in use would be a claim */
		return -EBADMSG;
	cached = kb[KB_CACHED] + kb[KB_RECLAIMABLE];
	if (!(seen & BIT(KB_AVAILABLE)))
		kb[KB_AVAILABLE] = kb[KB_FREE] + kb[KB_BUFFERS] + cached;
	*memory = (struct ptree_memory){
		.total_bytes = kb[KB_TOTAL] * KB_BYTES,
		.free_bytes = least(kb[KB_FREE], kb[KB_TOTAL]) * KB_BYTES,
		.available_bytes = least(kb[KB_AVAILABLE], kb[KB_TOTAL]) * KB_BYTES,
		.buffers_bytes = kb[KB_BUFFERS] * KB_BYTES,
		.cached_bytes = cached * KB_BYTES,
		.swap_total_bytes = kb[KB_SWAP_TOTAL] * KB_BYTES,
		.swap_free_bytes = least(kb[KB_SWAP_FREE], kb[KB_SWAP_TOTAL]) * KB_BYTES,
	};
	return 0;
}

/* ---- /proc/loadavg and /proc/pressure ---- */

int host_parse_loadavg(const char *buf, size_t size, double load[3])
{
	struct span text = { .at = buf, .end = buf + size };
	uint64_t hundredths[3];

	if (!is_whole(buf, size))
		return -EBADMSG;
	for (int i = 0; i < 3; i++) {
		if (!take_hundredths(&text, &hundredths[i]) || !span_take(&text, " "))
			return -EBADMSG;
	}
	for (int i = 0; i < 3; i++)
		load[i] = (double)hundredths[i] / 100;
	return 0;
}

/* What follows the kind in "some avg10=1.23 avg60=0.00 avg300=0.00 total=456". */
static bool parse_stall(struct span line, uint16_t *avg10, uint64_t *total_us)
{
	static const char key[] = " total=";
	uint64_t hundredths, total;
	const char *found;

	if (!span_take(&line, "avg10=") || !take_hundredths(&line, &hundredths) ||
	    hundredths > PERCENT_MAX)
		return false;
	found = memmem(line.at, (size_t)(line.end - line.at), key, strlen(key));
	if (!found)
		return false;
	line.at = found + strlen(key);
	if (!span_take_number(&line, &total) || line.at != line.end)
		return false;
	*avg10 = (uint16_t)hundredths;
	*total_us = total;
	return true;
}

/* The line for "full" of the CPUs came with Linux 5.13. */
int host_parse_pressure(const char *buf, size_t size, struct ptree_pressure *pressure)
{
	struct span line, text = { .at = buf, .end = buf + size };
	struct ptree_pressure found = { .is_known = true };

	if (!is_whole(buf, size) || !span_take_line(&text, &line) || !span_take(&line, "some ") ||
	    !parse_stall(line, &found.some_avg10, &found.some_total_us))
		return -EBADMSG;
	if (span_take_line(&text, &line) &&
	    (!span_take(&line, "full ") ||
	     !parse_stall(line, &found.full_avg10, &found.full_total_us)))
		return -EBADMSG;
	*pressure = found;
	return 0;
}

/* ---- shares ---- */

/* Idle and iowait run backwards now and then; a CPU that was offline may begin anew. */
static uint64_t ticks_passed(uint64_t before, uint64_t now)
{
	uint64_t passed = now - before;

	return now < before || passed > TICKS_PASSED_MAX ? 0 : passed;
}

/* Rounds the sum rather than the part, so that the parts' sum is right. */
static uint16_t next_part(uint64_t passed, uint64_t total, uint64_t *sum)
{
	uint64_t before = *sum * 1000 / total;

	*sum += passed;
	return (uint16_t)(*sum * 1000 / total - before);
}

bool host_share(const uint64_t before[HOST_TICKS], const uint64_t now[HOST_TICKS],
		struct ptree_cpu_share *share)
{
	uint64_t passed[HOST_TICKS], total = 0, sum = 0;

	for (int i = 0; i < HOST_TICKS; i++) {
		passed[i] = ticks_passed(before[i], now[i]);
		total += passed[i];
	}
	if (!total)
		return false;
	share->user = next_part(passed[HOST_USER], total, &sum);
	share->nice = next_part(passed[HOST_NICE], total, &sum);
	share->system = next_part(passed[HOST_SYSTEM], total, &sum);
	share->irq = next_part(passed[HOST_IRQ] + passed[HOST_SOFTIRQ], total, &sum);
	share->steal = next_part(passed[HOST_STEAL], total, &sum);
	share->busy = (uint16_t)(sum * 1000 / total);
	share->iowait = next_part(passed[HOST_IOWAIT], total, &sum);
	return true;
}

/* ---- samples ---- */

static int grow_text(struct ptree_host *host)
{
	char *bigger;

	if (host->capacity >= TEXT_MAX_BYTES)
		return -EBADMSG;
	bigger = realloc(host->text, host->capacity * 2);
	if (!bigger)
		return -ENOMEM;
	host->text = bigger;
	host->capacity *= 2;
	return 0;
}

/* What fills the buffer may have been cut: it is read anew, so that it is of one moment. */
static ssize_t read_text(struct ptree_host *host, const char *path)
{
	ssize_t size;
	int err;

	for (;;) {
		size = procfs_read_path(host->procfs, path, host->text, host->capacity);
		if (size < 0 || (size_t)size < host->capacity)
			return size;
		err = grow_text(host);
		if (err)
			return err;
	}
}

static int reserve_cpus(struct sample *sample, size_t count)
{
	struct host_cpu *bigger = reallocarray(sample->cpu, count, sizeof(*bigger));

	if (!bigger)
		return -ENOMEM;
	sample->cpu = bigger;
	sample->capacity = count;
	return 0;
}

static int take_sample(struct sample *sample, const char *text, size_t size)
{
	ssize_t count = host_parse_stat(text, size, &sample->stat, sample->cpu, sample->capacity);
	int err;

	if (count < 0)
		return (int)count;
	if ((size_t)count > sample->capacity) {
		err = reserve_cpus(sample, (size_t)count);
		if (err)
			return err;
		host_parse_stat(text, size, &sample->stat, sample->cpu, sample->capacity);
	}
	sample->count = (size_t)count;
	return 0;
}

/* The sample before the last makes room, unless there is an error. */
static int sample_stat(struct ptree_host *host)
{
	uint64_t boot_ns = ptree_boot_now_ns();
	ssize_t size = read_text(host, "stat");
	struct sample last = host->now;
	int err;

	if (size < 0) /* it is no process that is gone */
		return size == -ESRCH ? -ENOENT : (int)size;
	err = take_sample(&host->before, host->text, (size_t)size);
	if (err)
		return err;
	host->now = host->before;
	host->now.boot_ns = boot_ns;
	host->before = last;
	return 0;
}

static bool sample_memory(struct ptree_host *host)
{
	ssize_t size = read_text(host, "meminfo");

	return size >= 0 && !host_parse_meminfo(host->text, (size_t)size, &host->memory);
}

static bool sample_load(struct ptree_host *host)
{
	ssize_t size = read_text(host, "loadavg");

	return size >= 0 && !host_parse_loadavg(host->text, (size_t)size, host->load);
}

/* Absent without CONFIG_PSI; with psi=0 there, but reading it is EOPNOTSUPP. */
static bool sample_pressure(struct ptree_host *host, enum ptree_resource resource)
{
	static const char *const paths[PTREE_RESOURCE_COUNT] = {
		[PTREE_RESOURCE_CPU] = "pressure/cpu",
		[PTREE_RESOURCE_MEMORY] = "pressure/memory",
		[PTREE_RESOURCE_IO] = "pressure/io",
	};
	ssize_t size = read_text(host, paths[resource]);

	return size >= 0 &&
	       !host_parse_pressure(host->text, (size_t)size, &host->pressure[resource]);
}

static void sample_transfer(struct ptree_host *host, enum ptree_channel channel)
{
	bool is_disk = channel == PTREE_CHANNEL_DISK;
	ssize_t size = read_text(host, is_disk ? "diskstats" : "net/dev");
	uint64_t in = 0, out = 0;
	int err = size < 0  ? (int)size
		  : is_disk ? host_parse_diskstats(host->text, (size_t)size, &in, &out)
			    : host_parse_net_dev(host->text, (size_t)size, &in, &out);

	host_note_transfer(&host->transfer[channel], !err, in, out, host->now.boot_ns);
}

int ptree_host_sample(struct ptree_host *host)
{
	int err = sample_stat(host);

	if (err)
		return err;
	host->has_memory = sample_memory(host);
	host->has_load = sample_load(host);
	for (int i = 0; i < PTREE_RESOURCE_COUNT; i++)
		host->pressure[i].is_known = sample_pressure(host, (enum ptree_resource)i);
	for (int i = 0; i < PTREE_CHANNEL_COUNT; i++)
		sample_transfer(host, (enum ptree_channel)i);
	return 0;
}

/* ---- what is known ---- */

uint64_t ptree_host_sampled_ns(const struct ptree_host *host, uint64_t *interval_ns)
{
	if (interval_ns)
		*interval_ns = host->before.boot_ns ? host->now.boot_ns - host->before.boot_ns : 0;
	return host->now.boot_ns;
}

size_t ptree_host_cpu_count(const struct ptree_host *host)
{
	return host->now.count;
}

unsigned ptree_host_cpu_number(const struct ptree_host *host, size_t index)
{
	return index < host->now.count ? host->now.cpu[index].number : PTREE_UNKNOWN_ID;
}

static const uint64_t *find_ticks(const struct sample *sample, size_t index)
{
	if (!sample->boot_ns)
		return NULL;
	if (index == SIZE_MAX)
		return sample->stat.ticks;
	return index < sample->count ? sample->cpu[index].ticks : NULL;
}

static int compare_cpus(const void *a, const void *b)
{
	const struct host_cpu *left = a, *right = b;

	return (left->number > right->number) - (left->number < right->number);
}

/* Where the CPU was in the sample before: others may have come or gone. */
static const uint64_t *find_ticks_before(const struct ptree_host *host, size_t index)
{
	const struct sample *before = &host->before;
	const struct host_cpu *found;

	if (index == SIZE_MAX || !before->count)
		return find_ticks(before, index);
	found = bsearch(&host->now.cpu[index], before->cpu, before->count, sizeof(*before->cpu),
			compare_cpus);
	return found ? found->ticks : NULL;
}

bool ptree_host_cpu_times(const struct ptree_host *host, size_t index,
			  struct ptree_cpu_times *times)
{
	const uint64_t *ticks = find_ticks(&host->now, index);

	if (!ticks)
		return false;
	*times = (struct ptree_cpu_times){
		.user_ns = procfs_ticks_ns(host->procfs, ticks[HOST_USER]),
		.nice_ns = procfs_ticks_ns(host->procfs, ticks[HOST_NICE]),
		.system_ns = procfs_ticks_ns(host->procfs, ticks[HOST_SYSTEM]),
		.idle_ns = procfs_ticks_ns(host->procfs, ticks[HOST_IDLE]),
		.iowait_ns = procfs_ticks_ns(host->procfs, ticks[HOST_IOWAIT]),
		.irq_ns = procfs_ticks_ns(host->procfs, ticks[HOST_IRQ]),
		.softirq_ns = procfs_ticks_ns(host->procfs, ticks[HOST_SOFTIRQ]),
		.steal_ns = procfs_ticks_ns(host->procfs, ticks[HOST_STEAL]),
	};
	return true;
}

bool ptree_host_cpu_share(const struct ptree_host *host, size_t index,
			  struct ptree_cpu_share *share)
{
	const uint64_t *now = find_ticks(&host->now, index);
	const uint64_t *before = now ? find_ticks_before(host, index) : NULL;

	return before && host_share(before, now, share);
}

bool ptree_host_memory_sized(const struct ptree_host *host, struct ptree_memory *memory,
			     size_t size)
{
	if (host->has_memory)
		sized_write(memory, size, &host->memory, sizeof(host->memory));
	return host->has_memory;
}

bool ptree_host_load(const struct ptree_host *host, double load[3])
{
	if (host->has_load)
		memcpy(load, host->load, sizeof(host->load));
	return host->has_load;
}

bool ptree_host_pressure(const struct ptree_host *host, enum ptree_resource resource,
			 struct ptree_pressure *pressure)
{
	if (!host->pressure[resource].is_known)
		return false;
	*pressure = host->pressure[resource];
	return true;
}

bool ptree_host_transfer_sized(const struct ptree_host *host, enum ptree_channel channel,
			       struct ptree_transfer *transfer, size_t size)
{
	const struct host_transfer *own = &host->transfer[channel];

	if (own->is_known)
		sized_write(transfer, size, &own->pub, sizeof(own->pub));
	return own->is_known;
}

bool ptree_host_tasks(const struct ptree_host *host, uint64_t *runnable, uint64_t *forks)
{
	const struct host_stat *stat = &host->now.stat;

	if (!stat->has_runnable || !stat->has_forks)
		return false;
	*runnable = stat->runnable;
	*forks = stat->forks;
	return true;
}

/* ---- life ---- */

int ptree_host_new(struct ptree_host **host, struct ptree_procfs *procfs)
{
	struct ptree_host *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->text = malloc(TEXT_BYTES);
	if (!new->text) {
		free(new);
		return -ENOMEM;
	}
	new->capacity = TEXT_BYTES;
	new->procfs = procfs;
	*host = new;
	return 0;
}

void ptree_host_free(struct ptree_host *host)
{
	if (!host)
		return;
	free(host->text);
	free(host->now.cpu);
	free(host->before.cpu);
	free(host);
}
