/* Resources of the System API that no table holds. Worker only; each makes the
 * response. */
#ifndef WEIR_SERVICES_SYSTEM_HANDLERS_H
#define WEIR_SERVICES_SYSTEM_HANDLERS_H

struct account_call;

/* Types of services, and what their configs are made of (dreamfactory.md
 * 8.3). */
void service_types_handle(struct account_call *c);

/* What a front end must know before anybody has logged in, and more for who
 * has (8.7). */
void environment_handle(struct account_call *c);

/* A summary for everybody (8.14). */
void status_handle(struct account_call *c);

/* Which services have cached answers, and dropping them (6.4). */
void cache_handle(struct account_call *c);

/* What stands in the counters of limits, and their end (4.6). */
void limit_cache_handle(struct account_call *c);

/* What was counted of all calls, and what answers: as /metrics tells it. */
void statistics_handle(struct account_call *c);

/* Events and constants, of which there are none (8.13). */
void nothing_handle(struct account_call *c);

#endif
