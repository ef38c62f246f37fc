/* Within the meters: the file of sheets. */
#ifndef WEIR_METERS_FILE_H
#define WEIR_METERS_FILE_H

#include <pthread.h>
#include <stddef.h>

#include "middleware/meter.h"

/* A multiple of every size of a page. */
#define SHEET_BYTES 65536u

struct meters {
	int fd;
	struct meter *first;  /* with the gauges of the process */
	pthread_mutex_t lock; /* of what follows */
	struct meter **mine;  /* by their place; NULL: another process's */
	size_t next;          /* places up to here have been tried */
};

#endif
