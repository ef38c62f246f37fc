/* The last step: what stands behind the URL makes the response. */
#ifndef WEIR_UPSTREAM_H
#define WEIR_UPSTREAM_H

struct request;

/* Worker only. The response is complete afterwards. */
void upstream_handle(struct request *req);

#endif
