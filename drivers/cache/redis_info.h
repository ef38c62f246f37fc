/* What a server says of itself: the text that INFO answers. */
#ifndef WEIR_CACHE_REDIS_INFO_H
#define WEIR_CACHE_REDIS_INFO_H

#include <stdint.h>

#include "app/base/str.h"

/* The value of "name:value" in a line of it; STR_NULL: there is none. */
struct str redis_info_field(struct str text, struct str name);

/* The same as a number; -1: there is none. */
int64_t redis_info_number(struct str text, struct str name);

#endif
