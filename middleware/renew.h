/*
 * A service opened anew in the middle of a request, because the instance that
 * the request has is outdated: a database whose schema has changed.
 */
#ifndef WEIR_RENEW_H
#define WEIR_RENEW_H

#include <stdbool.h>

#include "app/base/status.h"

struct request;

/*
 * Worker only. req->service becomes the service as the registry has it now,
 * opened anew unless another request has done so since this one began; with
 * `any` in any case, so that what this request has changed is seen. What the
 * request had before stays valid to its end. ST_OK: it has another instance
 * now. Else the error says why not: it has the one it had. It cannot be told
 * where no registry stands behind the request, and not for ever: LATER_MAX
 * times.
 */
enum status renew_service(struct request *req, bool any, struct error *err);

/* At the end of the request: gives back what was pinned for it. */
void renew_release(struct request *req);

#endif
