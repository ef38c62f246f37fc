/* Within the log: its two sinks. */
#ifndef WEIR_BASE_LOG_SINKS_H
#define WEIR_BASE_LOG_SINKS_H

#include "app/base/log_sink.h"

extern struct log_sink log_sink_log;
extern struct log_sink log_sink_access;

/* As log_sink_write(), and the operator is told, not often, when lines are lost
 * and when they are no more. */
void log_sink_put(struct log_sink *s, struct str text,
    const struct log_record *records, size_t n);

#endif
