/* What stands behind the stages: the request's service makes the response. */
#ifndef WEIR_STAGE_UPSTREAM_H
#define WEIR_STAGE_UPSTREAM_H

#include <stdbool.h>

struct request;

/* Front: lets the service add its operations to the request's batch. */
void upstream_plan(struct request *req);

/* Front, after the batch and all stages: true when the response is made. */
bool upstream_answer(struct request *req);

/* Worker only: makes the response. */
void upstream_handle(struct request *req);

#endif
