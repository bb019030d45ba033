/* SPDX-License-Identifier: MIT */
/* What a thread reads of a process: first what waits for nobody, then what may; see inspect.h. */
#include "model/inspect-rows.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#define ARGV_MAX ((size_t)64 << 10)
#define BIT(piece) (1u << PTREE_PIECE_##piece)
/* The lock of its memory, a file system that does not answer, a walk over all pages. */
#define SLOW_PIECES (BIT(EXE) | BIT(EXE_FILE) | BIT(CWD) | BIT(ROOT) | BIT(PSS))
#define ALL_PIECES ((1u << PTREE_PIECE_ENVIRONMENT) - 1)

static void tell_error(struct inspect_reading *reading, int err)
{
	struct inspection *inspection = calloc(1, sizeof(*inspection));

	if (!inspection)
		return;
	inspection->is_last = true;
	inspection->error = err;
	inspect_tell(reading, inspection);
}

static void read_own(struct ptree_procfs *procfs, struct ptree_details *own)
{
	struct ptree_probe *probe;

	if (ptree_probe_open(&probe, procfs, getpid(), 0))
		return;
	ptree_probe_details(probe, BIT(NAMESPACES), own);
	ptree_probe_close(probe);
}

static void read_argv(struct ptree_procfs *procfs, pid_t pid, struct inspection *inspection)
{
	enum ptree_argv_status status;

	if (ptree_procfs_argv(procfs, pid, ARGV_MAX, &inspection->argv, &inspection->argv_size,
			      &status)) {
		inspection->argv = NULL;
		inspection->argv_size = 0;
	}
}

static void read_stage(struct inspect_reading *reading, struct ptree_procfs *procfs,
		       struct ptree_probe *probe, enum inspect_stage stage)
{
	struct inspection *inspection = calloc(1, sizeof(*inspection));
	uint32_t pieces = stage == INSPECT_SLOW ? SLOW_PIECES : ALL_PIECES & ~SLOW_PIECES;

	if (!inspection)
		return;
	inspection->stage = stage;
	inspection->is_last = stage == INSPECT_SLOW;
	inspection->error = ptree_probe_details(probe, pieces, &inspection->details);
	if (stage == INSPECT_QUICK)
		read_own(procfs, &inspection->own);
	else
		read_argv(procfs, ptree_probe_pid(probe), inspection);
	if (!ptree_probe_is_there(probe))
		inspection->error = -ESRCH;
	inspect_tell(reading, inspection);
}

static void read_details(struct inspect_reading *reading, struct ptree_procfs *procfs,
			 struct ptree_probe *probe)
{
	read_stage(reading, procfs, probe, INSPECT_QUICK);
	read_stage(reading, procfs, probe, INSPECT_SLOW);
}

static void read_what(struct inspect_reading *reading, struct ptree_procfs *procfs,
		      struct ptree_probe *probe, const struct inspect_request *request)
{
	switch (request->what) {
	case INSPECT_DETAILS:
		read_details(reading, procfs, probe);
		break;
	case INSPECT_ENVIRONMENT:
		inspect_read_environment(reading, probe);
		break;
	case INSPECT_FILES:
		inspect_read_files(reading, procfs, probe);
		break;
	case INSPECT_MAPS:
		inspect_read_maps(reading, probe);
		break;
	case INSPECT_THREADS:
		inspect_read_threads(reading, probe, &request->before);
		break;
	}
}

void inspect_read(struct inspect_reading *reading, const char *proc_path,
		  const struct inspect_request *request)
{
	struct ptree_procfs *procfs;
	struct ptree_probe *probe;
	int err = ptree_procfs_open(&procfs, proc_path);

	if (err) {
		tell_error(reading, err);
		return;
	}
	err = ptree_probe_open(&probe, procfs, request->pid, request->start_ns);
	if (err) {
		tell_error(reading, err);
	} else {
		read_what(reading, procfs, probe, request);
		ptree_probe_close(probe);
	}
	ptree_procfs_close(procfs);
}
