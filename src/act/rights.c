/* SPDX-License-Identifier: MIT */
/* The rights of who asks; see rights.h. */
#include "act/rights.h"

#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct caps {
	struct __user_cap_header_struct header;
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
};

static int get(struct caps *caps)
{
	*caps = (struct caps){ .header = { .version = _LINUX_CAPABILITY_VERSION_3 } };
	return syscall(SYS_capget, &caps->header, caps->data) ? -errno : 0;
}

static int set_effective(const uint32_t effective[2])
{
	struct caps caps;
	int err = get(&caps);

	if (err)
		return err;
	for (int i = 0; i < 2; i++)
		caps.data[i].effective = effective[i];
	return syscall(SYS_capset, &caps.header, caps.data) ? -errno : 0;
}

int rights_drop(struct rights *rights)
{
	static const uint32_t none[2];
	struct caps caps;
	int err;

	*rights = (struct rights){ 0 };
	if (!getauxval(AT_SECURE))
		return 0;
	err = get(&caps);
	for (int i = 0; i < 2; i++)
		rights->effective[i] = caps.data[i].effective;
	if (!err)
		err = set_effective(none);
	rights->are_dropped = !err;
	return err;
}

/* The kernel would take them at the exec; but what the exec may read is to be the user's, too. */
int rights_give_up(void)
{
	struct caps caps;
	int err;

	if (!getauxval(AT_SECURE))
		return 0;
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) && errno != EINVAL)
		return -errno;
	err = get(&caps);
	if (err)
		return err;
	memset(caps.data, 0, sizeof(caps.data));
	return syscall(SYS_capset, &caps.header, caps.data) ? -errno : 0;
}

void rights_restore(const struct rights *rights)
{
	if (rights->are_dropped)
		set_effective(rights->effective);
}
