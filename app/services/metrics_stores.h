/* Within /metrics: how full the stores are. */
#ifndef WEIR_SERVICES_METRICS_STORES_H
#define WEIR_SERVICES_METRICS_STORES_H

struct buf;
struct request;

/*
 * Worker only: asks each store of the process, which takes half a second of
 * one that is silent. What one does not know, or does not answer, is not told.
 */
void metrics_stores(struct buf *b, struct request *req);

#endif
