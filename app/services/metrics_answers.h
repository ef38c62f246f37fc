/* Within /metrics: what was answered, and how long it took. */
#ifndef WEIR_SERVICES_METRICS_ANSWERS_H
#define WEIR_SERVICES_METRICS_ANSWERS_H

struct buf;
struct meter_sum;
struct request;

/* Counts what was of services that are gone as of none, in *sum, too. */
void metrics_answers(
    struct buf *b, const struct request *req, struct meter_sum *sum);

#endif
