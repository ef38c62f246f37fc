/*
 * All rows of option.h. Ranges bound what one request or one process can be
 * made to hold: an operator may set them freely inside what the code has been
 * built for.
 */
#include "app/base/option_rows.h"

static const struct {
	const struct option *rows;
	const size_t *n;
} parts[] = {
	{ options_people, &options_people_n },
	{ options_store, &options_store_n },
	{ options_server, &options_server_n },
};

const struct option *
option_at(size_t i)
{
	for (size_t p = 0; p < sizeof(parts) / sizeof(parts[0]); p++) {
		if (i < *parts[p].n)
			return &parts[p].rows[i];
		i -= *parts[p].n;
	}
	return NULL;
}
