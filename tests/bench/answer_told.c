/*
 * What it costs an answer to be counted and logged, in nanoseconds: its line of
 * the access log in each form, written as a front writes those of a turn.
 * Prints a line for each case; judges nothing. An empty folder for the counts
 * and the log is the only argument.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/base/clock.h"
#include "app/base/log.h"
#include "middleware/meters.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"
#include "middleware/stages/answer_line.h"

#define ROUNDS      1000000
#define WARM_UP     10000
#define A_TURN      16
#define ARENA_BYTES 16384
#define TOOK_US     87
#define BODY_BYTES  512

/* No service is called, so none needs a type. */
const struct service_type *const service_types[] = { NULL };

const struct service_type *
service_type_find(struct str name)
{
	(void)name;
	return NULL;
}

static const struct app app = { .id = 1, .name = { "storefront", 10 } };
static struct arena arena;
static struct request req;
static struct meter *meter;

static void
check(enum status st, const struct error *err)
{
	if (st == ST_OK)
		return;
	(void)fprintf(stderr, "answer_told: %s\n", err->text);
	exit(1);
}

static void
request_make(void)
{
	req.arena = &arena;
	req.arrived = clock_now();
	req.id = STR("0af7651916cd43dd8448eb211c80319c");
	req.app = &app;
	req.key_hint = STR("a1b2c3");
	req.service_name = STR("shop");
	req.param[PARAM_REMOTE_ADDR] = STR("192.0.2.17");
	req.param[PARAM_METHOD] = STR("GET");
	req.method = METHOD_GET;
	req.cache_verdict = CACHE_VERDICT_HIT;
	req.limit_verdict = LIMIT_VERDICT_PASS;
	req.response.status = 200;
	req.timing.us[PHASE_STORE] = 9;
}

static void
count(int round)
{
	const struct meter_answer answer = { .service_id = 3,
		.method = req.method,
		.status = req.response.status,
		.cache = req.cache_verdict,
		.limit = req.limit_verdict,
		.bytes = BODY_BYTES,
		.whole_us = TOOK_US,
		.timing = &req.timing };

	(void)round;
	meter_count(meter, &answer);
}

static void
line(int round)
{
	answer_line(
	    &req, STR("/api/v2/shop/_table/orders/17"), BODY_BYTES, TOOK_US);
	log_access(req.log_line, req.log_fields);
	arena_reset(&arena);
	if (round % A_TURN == 0)
		log_access_flush();
}

/* Of the processor, in nanoseconds: others may run beside this. */
static double
thread_time(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void
run(const char *name, void (*body)(int round))
{
	double begun;

	for (int i = 0; i < WARM_UP; i++)
		body(i);
	begun = thread_time();
	for (int i = 0; i < ROUNDS; i++)
		body(i);
	(void)printf(
	    "%-22s %6.0f ns\n", name, (thread_time() - begun) / ROUNDS);
	(void)fflush(stdout);
}

static void
log_to(const char *folder, const char *prefix, enum log_format format)
{
	const struct log_style style = { .access = format, .facility = 3 };
	char place[4096];
	struct error err = { 0 };

	(void)snprintf(place, sizeof(place), "%s%s/access", prefix, folder);
	log_style(&style);
	check(log_open("/dev/null", place, LOG_ERROR, &err), &err);
}

int
main(int argc, char **argv)
{
	struct meters *meters = NULL;
	struct error err = { 0 };

	if (argc != 2) {
		(void)fprintf(stderr, "usage: answer_told FOLDER\n");
		return 2;
	}
	arena_init(&arena, ARENA_BYTES);
	request_make();
	check(meters_open(argv[1], &meters, &err), &err);
	meter = meters_sheet(meters);
	run("counted", count);
	log_to(argv[1], "", LOG_JSON);
	run("logged as JSON", line);
	log_to(argv[1], "", LOG_TEXT);
	run("logged as text", line);
	/* Nobody listens: what is measured is what the front does. */
	log_to(argv[1], "syslog:", LOG_JSON);
	run("to a silent syslog", line);
	log_to(argv[1], "journal:", LOG_TEXT);
	run("to a silent journal", line);
	log_access_end();
	meters_close(meters);
	arena_close(&arena);
	return 0;
}
