/* What several threads and processes do to one store at the same time. */
#ifndef WEIR_TESTS_CACHE_TASKS_H
#define WEIR_TESTS_CACHE_TASKS_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/str.h"
#include "drivers/cache/cache.h"

struct fixture;

#define CROWD_MAX          16
#define COUNTED            STR("counted by all")
#define COUNTING_PROCESSES 4
#define COUNTING_THREADS   8
#define CHURNING_THREADS   3
#define CHURNED_KEYS       60
#define CHURNED_LIMIT      200
#define CHURNED_WINDOW     60

/* What the task "obey" does on OBEYED, or with its space; it tells the status
 * of each as one byte. */
#define OBEYED     STR("obeyed")
#define OBEY_GET   'g'
#define OBEY_SET   's'
#define OBEY_FLUSH 'f'

/* n threads, each with its own connection; argument and number are passed. */
struct crowd {
	uint32_t (*work)(
	    struct fixture *f, const char *argument, uint32_t number);
	const char *argument;
	uint32_t n;
};

/* Returns the sum of what they returned. */
uint32_t crowd_run(struct fixture *f, const struct crowd *crowd);

/*
 * Counts `argument` times on COUNTED, of which all processes and threads
 * together get a third; returns how many it got.
 */
uint32_t count_often(struct fixture *f, const char *argument, uint32_t number);

/* The same with two counters, one that slides and one that paces: half of the
 * threads count on each, and get a third. */
#define SLID  STR("slid by all")
#define PACED STR("paced by all")
uint32_t count_widely(struct fixture *f, const char *argument, uint32_t number);
struct cache_op widely_op(uint32_t number, uint32_t times);

/*
 * Sets, adds, touches, deletes, reads and counts at random, for ever; aborts
 * when it reads what nobody has written. argument: the seed.
 */
uint32_t churn(struct fixture *f, const char *argument, uint32_t number);

/* Makes op one of the counter of that number: each algorithm has some. */
void churn_counter(struct cache_op *op, uint32_t number);

/* The key of that number, a value as churn() writes it there, and whether one
 * is such a value. */
struct str churn_key(struct fixture *f, uint32_t number);
struct str churn_value(struct fixture *f, uint32_t number, uint32_t seed);
bool churn_value_sane(struct fixture *f, uint32_t number, struct str value);

#endif
