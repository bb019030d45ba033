/* SPDX-License-Identifier: MIT */
/* Whether the test is built with sanitizers, under which all takes several times as long. */
#ifndef SANITIZED_H
#define SANITIZED_H

#include <stdbool.h>

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_SANITIZED true
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED false
#endif

#endif
