/* The stages, in the order in which pipeline.c enters them. */
#ifndef WEIR_STAGES_H
#define WEIR_STAGES_H

#include "middleware/stage.h"

/* A stage's place: its index in request.slot, too. */
enum stage_index {
	STAGE_ACCESSLOG,
	STAGE_CORS,
	STAGE_AUTH,
	STAGE_ACCESS,
	STAGE_RATELIMIT,
	STAGE_FORMAT,
	STAGE_CACHE,
	STAGE_COUNT
};

extern const struct stage stage_accesslog; /* X-Request-Id, one line each */
extern const struct stage stage_cors;      /* what pages of other origins may */
extern const struct stage stage_auth;      /* who asks: API key to app, role */
extern const struct stage stage_access;    /* may that role do this? */
extern const struct stage stage_ratelimit; /* are its limits used up? */
extern const struct stage stage_format;    /* can the answer be put so? */
extern const struct stage stage_cache;     /* is the answer here already? */

#endif
