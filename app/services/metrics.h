/* GET /metrics. */
#ifndef WEIR_SERVICES_METRICS_H
#define WEIR_SERVICES_METRICS_H

struct request;

/* Worker only: all that is counted, of every process of the host, and how
 * things stand; whoever may not read it is refused. */
void metrics_page(struct request *req);

#endif
