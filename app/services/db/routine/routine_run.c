/* One call of a routine, from its body to its answer. */
#include "app/services/db/answer.h"
#include "app/services/db/depends.h"
#include "app/services/db/routine/routine_answer.h"
#include "app/services/db/routine/routine_args.h"
#include "middleware/json.h"
#include "middleware/request.h"
#include "middleware/tags.h"

/* All that is known of a call before it is sent. */
struct run {
	struct routine_call *call;
	struct routine_options options;
	struct db_value *args;
	struct routine_answer answer;
	struct db_call what;
	struct str tags[TAGS_MAX]; /* of what it may write */
	size_t n_tags;
};

static enum status
routine_find(struct routine_call *c, struct error *err)
{
	struct routines found;
	enum status st = routine_read(c, c->name, &found, err);

	if (st != ST_OK)
		return st;
	if (found.n == 0)
		return routine_missing(c, c->name, err);
	c->routine = found.list;
	return ST_OK;
}

static enum status
args_read(struct run *run, struct error *err)
{
	struct routine_given given;
	enum status st =
	    routine_given_read(run->call, &run->options, &given, err);

	return st == ST_OK ? routine_args(run->call, &given, &run->args, err)
			   : st;
}

/* With the database before it: a function of one's own may be called what a
 * function of the server is. */
static void
statement_make(const struct run *run, struct statement *s)
{
	const struct routine_call *c = run->call;

	statement_open(s, c->req->arena, c->service->driver->quote);
	if (c->kind == ROUTINE_PROCEDURE)
		statement_put(s, "CALL ");
	else
		statement_put(s, "SELECT ");
	statement_name(s, str_of(c->service->config.database));
	statement_put(s, ".");
	statement_name(s, c->routine->name);
	statement_put(s, "(");
	for (size_t i = 0; i < c->routine->n_params; i++) {
		if (i > 0)
			statement_put(s, ", ");
		statement_bind(s, run->args[i]);
	}
	statement_put(s, ")");
	if (c->kind == ROUTINE_FUNCTION)
		statement_put(s, " AS output");
}

static enum status
run_prepare(struct run *run, struct error *err)
{
	struct routine_call *c = run->call;
	enum status st = routine_take(c, err);

	if (st == ST_OK)
		st = routine_find(c, err);
	if (st == ST_OK)
		st = args_read(run, err);
	if (st == ST_OK)
		st = routine_answer_open(&run->answer, c, &run->options, err);
	return st;
}

static enum status
run_send(struct run *run, struct error *err)
{
	struct routine_call *c = run->call;
	struct statement s;
	enum status st;

	statement_make(run, &s);
	run->what = (struct db_call){ .stmt = statement_end(&s),
		.deadline_ms = c->deadline_ms };
	routine_answer_take(&run->answer, &run->what);
	st = c->service->driver->call(c->conn, &run->what, err);
	/* A lock that could not be had is not a server that has gone. */
	if (st == ST_UNAVAILABLE && c->service->driver->usable(c->conn, false))
		st = ST_ERROR;
	routine_give(c);
	tags_bump_after(c->req, run->tags, run->n_tags);
	return st;
}

/* What is said of a call that has been sent never asks to try again: that
 * could do twice what it does. */
static void
answer_sent(const struct run *run, enum status st, const struct error *err)
{
	struct routine_call *c = run->call;
	struct request *req = c->req;
	struct str name = c->routine->name;

	if (!run->what.refused)
		routine_log(c, err);
	if (st == ST_TIMEOUT)
		response_fail(req, 504,
		    "The database took too long to call '%.*s': it is not "
		    "known what of it was done.",
		    STR_ARG(name));
	else if (st == ST_UNAVAILABLE)
		response_fail(req, 504,
		    "The database did not answer the call of '%.*s': it is not "
		    "known what of it was done.",
		    STR_ARG(name));
	else
		response_fail(req, run->what.refused ? 400 : 500,
		    "Failed to call database stored %s.\n%s", routine_word(c),
		    err->text);
}

static void
answer_make(struct run *run, enum status st, const struct error *err)
{
	struct routine_call *c = run->call;

	bool beyond = st == ST_TOO_BIG && run->answer.beyond != BEYOND_NOTHING;

	if (st == ST_OK || beyond) {
		routine_answer_end(&run->answer);
		return;
	}
	if (run->what.sent)
		answer_sent(run, st, err);
	else if (st == ST_TOO_BIG)
		answer_refuse(c->req, ST_INVALID, err);
	else
		routine_fault(c, "call", st, err);
}

/* ST_OK, or the response holds the refusal. */
static enum status
options_take(struct run *run)
{
	struct request *req = run->call->req;
	struct error err = { .text = "" };
	struct json body;
	enum status st = json_body(req, &body);

	if (st != ST_OK)
		return st;
	st = routine_options_read(req, body, &run->options, &err);
	if (st != ST_OK)
		answer_refuse(req, st, &err);
	return st;
}

void
routine_run(struct routine_call *c)
{
	struct run run = { .call = c };
	struct error err = { .text = "" };
	enum status st;

	if (options_take(&run) != ST_OK)
		return;
	st = run_prepare(&run, &err);
	if (st != ST_OK) {
		routine_give(c);
		routine_fault(c, "call", st, &err);
		return;
	}
	run.n_tags = depends_routine(c->service, c->routine->name, run.tags);
	if (tags_bump_before(c->req, run.tags, run.n_tags) != ST_OK) {
		routine_give(c);
		response_busy(c->req,
		    "The cache store cannot be reached: nothing has been "
		    "called.");
		return;
	}
	st = run_send(&run, &err);
	answer_make(&run, st, &err);
}
