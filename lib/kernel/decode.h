/* SPDX-License-Identifier: MIT */
/*
 * What decode.c offers to the rest of the library only.
 */
#ifndef PTREE_DECODE_H
#define PTREE_DECODE_H

#include "proctree.h"

/* A mask of 1u << PTREE_EVENT_* as one of the kernel's PROC_EVENT_* bits. */
uint32_t ptree_event_kinds_to_wire(uint32_t kinds);

#endif
