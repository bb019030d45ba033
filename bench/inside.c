/* SPDX-License-Identifier: MIT */
/*
 * What looking into one process costs, that has many descriptors and maps open, and how long any
 * one step of it holds up who takes it. Prints times; what is fast enough is for the reader to say.
 */
#include <proctree.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define NS_PER_MS 1e6
#define SPARE 64

struct steps {
	uint64_t begin_ns, last_ns;
	double longest_ms;
	size_t count;
};

static void must(int ret, const char *what)
{
	if (ret >= 0)
		return;
	fprintf(stderr, "inside: %s: %s\n", what, strerror(-ret));
	exit(1);
}

static void begin(struct steps *steps)
{
	*steps = (struct steps){ .begin_ns = ptree_boot_now_ns() };
	steps->last_ns = steps->begin_ns;
}

/* After each step; true: there are more. */
static bool go_on(struct steps *steps, int ret, const char *what)
{
	uint64_t now_ns = ptree_boot_now_ns();
	double step_ms = (double)(now_ns - steps->last_ns) / NS_PER_MS;

	steps->last_ns = now_ns;
	steps->count += ret == 1;
	if (step_ms > steps->longest_ms)
		steps->longest_ms = step_ms;
	if (ret != -EAGAIN)
		must(ret, what);
	return ret;
}

static void print(const struct steps *steps, size_t count, const char *what)
{
	printf("  %7zu %-12s %8.1f ms, the longest step %5.2f ms\n", count, what,
	       (double)(steps->last_ns - steps->begin_ns) / NS_PER_MS, steps->longest_ms);
}

static void open_many(unsigned descriptors, unsigned maps)
{
	const struct rlimit limit = { .rlim_cur = descriptors + 64, .rlim_max = descriptors + 64 };

	void *last[SPARE] = { 0 };

	setrlimit(RLIMIT_NOFILE, &limit);
	for (unsigned i = 0; i < descriptors && open("/dev/null", O_RDONLY | O_CLOEXEC) >= 0; i++)
		;
	/* Neighbours that are alike would be one map. */
	for (unsigned i = 0; i < maps; i++) {
		int protection = i & 1 ? PROT_READ : PROT_READ | PROT_WRITE;
		void *map = mmap(NULL, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (map == MAP_FAILED)
			break;
		last[i % SPARE] = map;
	}
	/* The allocator needs some of those that the kernel allows. */
	for (unsigned i = 0; i < SPARE && last[i]; i++)
		munmap(last[i], 4096);
}

static void read_details(struct ptree_probe *probe)
{
	struct ptree_details details;
	struct steps steps;

	begin(&steps);
	must(ptree_probe_details(probe, 0, &details), "details");
	go_on(&steps, 1, "details");
	print(&steps, 1, "details");
	ptree_details_clear(&details);
}

static void read_descriptors(struct ptree_probe *probe)
{
	struct ptree_descriptors *descriptors;
	struct ptree_descriptor descriptor;
	struct steps steps;

	begin(&steps);
	must(ptree_descriptors_open(&descriptors, probe), "descriptors");
	while (go_on(&steps, ptree_descriptors_next(descriptors, &descriptor), "descriptors"))
		;
	print(&steps, steps.count, "descriptors");
	ptree_descriptors_close(descriptors);
}

static void read_maps(struct ptree_probe *probe)
{
	struct ptree_mapping mapping;
	struct ptree_maps *maps;
	struct steps steps;

	begin(&steps);
	must(ptree_maps_open(&maps, probe), "maps");
	while (go_on(&steps, ptree_maps_next(maps, &mapping), "maps"))
		;
	print(&steps, (size_t)ptree_maps_count(maps), "maps");
	ptree_maps_close(maps);
}

static void look(unsigned descriptors, unsigned maps)
{
	struct ptree_procfs *procfs;
	struct ptree_probe *probe;

	open_many(descriptors, maps);
	printf("inside a process with %u descriptors, %u maps, as far as its limits allow:\n",
	       descriptors, maps);
	must(ptree_procfs_open(&procfs, NULL), "/proc");
	must(ptree_probe_open(&probe, procfs, getpid(), 0), "itself");
	read_details(probe);
	read_descriptors(probe);
	read_maps(probe);
	ptree_probe_close(probe);
	ptree_procfs_close(procfs);
}

/* In a child, whose descriptors, maps and limits they are. */
static void measure(unsigned descriptors, unsigned maps)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	must(pid, "fork");
	if (!pid) {
		look(descriptors, maps);
		exit(0);
	}
	waitpid(pid, NULL, 0);
}

int main(void)
{
	struct rlimit files = { .rlim_max = 1024 };

	getrlimit(RLIMIT_NOFILE, &files);
	measure(1000, 100);
	measure(files.rlim_max > 50064 ? 50000 : (unsigned)files.rlim_max - 64, 100000);
	return 0;
}
