/*
 * Numbers as Prometheus reads them: the text format 0.0.4
 * (prometheus.io/docs/instrumenting/exposition_formats).
 */
#ifndef WEIR_METRIC_H
#define WEIR_METRIC_H

#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "middleware/meters.h"

#define METRIC_TYPE STR("text/plain; version=0.0.4; charset=utf-8")

struct metric_label {
	const char *name;
	struct str value; /* any bytes: what is no UTF-8 becomes "?" */
};

/* What all samples of a name follow. type: counter, gauge, histogram. */
void metric_head(
    struct buf *b, const char *name, const char *type, const char *help);

void metric_put(struct buf *b, const char *name,
    const struct metric_label *labels, size_t n, uint64_t value);

/* A histogram in seconds, with a label or NULL. */
void metric_put_times(struct buf *b, const char *name,
    const struct metric_label *label, const struct meter_times *times);

/* Microseconds, told in seconds. */
void metric_put_seconds(struct buf *b, const char *name,
    const struct metric_label *labels, size_t n, uint64_t us);

#endif
