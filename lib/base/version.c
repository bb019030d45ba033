/* SPDX-License-Identifier: MIT */
/* The version that was built, for programs that were compiled with another one's header. */
#include "proctree.h"

unsigned ptree_version(void)
{
	return PTREE_VERSION;
}
