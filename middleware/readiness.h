/*
 * Whether all that the process stands on answers (probes.h), as it was found
 * within the last second: however often anybody asks, one request at a time
 * finds out, and the others are told what the last one found.
 */
#ifndef WEIR_READINESS_H
#define WEIR_READINESS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct readiness;
struct request;

struct readiness *readiness_new(void);
void readiness_free(struct readiness *r);

/* Any thread: from now on it is not ready, whatever answers: it ends. */
void readiness_stop(struct readiness *r);

struct readiness_told {
	bool ready;
	bool stopping;
	int64_t age_ms; /* since it was found */
	struct str all; /* JSON text, see probes_ask(); in the arena */
	struct str up;  /* samples, the same */
};

/* Worker only. ST_TIMEOUT: another request has not found out within the
 * request's time, and nobody has before. */
enum status readiness_ask(struct request *req, struct readiness_told *out);

#endif
