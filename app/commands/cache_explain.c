/*
 * `weir cache explain`: sends a call through the stages as a server would, but
 * to be told about (middleware/explain.h), with store and catalogue as they
 * are now. What only a serving process knows, as tags that it could not delete,
 * is not seen.
 */
#include "app/commands/cache_explain.h"

#include <stdio.h>
#include <string.h>

#include "app/base/arena.h"
#include "app/base/secret.h"
#include "app/commands/admin.h"
#include "app/commands/explain_print.h"
#include "app/commands/offline.h"
#include "app/commands/secret_line.h"
#include "middleware/people.h"
#include "middleware/pipeline.h"
#include "middleware/registry/snapshot.h"

static void
batches_run(struct request *req)
{
	for (int use = 0; use < STORE_USES; use++) {
		struct batch *batch = &req->batch[use];
		struct cache_op *ops[BATCH_OPS_MAX];

		for (size_t i = 0; i < batch->n; i++)
			ops[i] = &batch->ops[i];
		if (batch->n > 0)
			(void)stores_exec(
			    req, (enum store_use)use, ops, batch->n);
		batch->n = 0;
	}
}

/* As the front and its workers do, but all of it here. An operation stays where
 * it was planned, until others are. */
static void
stages_run(struct pipeline *pipeline, struct request *req)
{
	enum flow flow = FLOW_AGAIN;

	while (flow == FLOW_AGAIN) {
		flow = pipeline_plan(pipeline, req);
		batches_run(req);
		if (flow != FLOW_DONE)
			flow = pipeline_enter(pipeline, req);
	}
	pipeline_leave(pipeline, req);
}

/* What stands behind a scheme and a host, if they are given. */
static struct str
uri_of(const char *text)
{
	const char *host = strstr(text, "://");
	const char *path = host == NULL ? text : strchr(host + 3, '/');

	return str_of(path == NULL ? "/" : path);
}

static void
request_fill(
    struct request *req, const struct command_call *call, const char *key)
{
	struct str query = uri_of(call->operands[1]);

	req->may_block = true;
	req->by_operator = true;
	req->param[PARAM_METHOD] = str_of(call->operands[0]);
	req->param[PARAM_URI] = query;
	(void)str_cut(&query, '?');
	req->param[PARAM_QUERY] = query;
	req->param[PARAM_API_KEY] = str_of(key);
	req->param[PARAM_SESSION_TOKEN] =
	    str_of(command_value(call, "--token"));
}

/* Returns the exit status. */
static int
outcome_print(struct command_call *call, const struct request *req)
{
	const struct response *res = &req->response;
	struct str body = response_body(res);

	if (res->is_error || res->status != 200)
		return command_fail("it is answered %d before the cache is "
				    "asked: %.*s",
		    res->status, STR_ARG(res->message));
	if (command_switch(call, "--json"))
		(void)printf("%.*s\n", STR_ARG(body));
	else
		explain_print(call->arena, body);
	return 0;
}

static enum status
call_explain(struct command_call *call, struct offline *o, struct request *req,
    const char *key, struct error *err)
{
	const struct settings *settings = snapshot_settings(o->snapshot);
	struct people people = { 0 };
	struct pipeline *pipeline = NULL;
	enum status st =
	    people_open(settings, o->shared->table, 1, &people, err);

	if (st == ST_OK)
		st = pipeline_open(settings, &pipeline, err);
	if (st == ST_OK) {
		request_init(req, call->arena, o->snapshot);
		req->people = &people;
		req->stores = &o->stores;
		request_fill(req, call, key);
		(void)request_route(req);
		stages_run(pipeline, req);
	}
	pipeline_close(pipeline);
	req->people = NULL;
	people_close(&people);
	return st;
}

/* From the option, or the file of another one; "": none is given. */
static bool
key_read(const struct command_call *call, char line[SECRET_LINE_BYTES])
{
	const char *path = command_value(call, "--key-file");
	const char *given = command_value(call, "--key");

	line[0] = '\0';
	if (given == NULL && path != NULL)
		return secret_line_read("key", path, line);
	if (given != NULL)
		(void)snprintf(line, SECRET_LINE_BYTES, "%s", given);
	return true;
}

int
cache_explain_run(struct command_call *call)
{
	struct offline o = { 0 };
	struct request *req = arena_zalloc(call->arena, sizeof(*req));
	char key[SECRET_LINE_BYTES];
	struct error err = { 0 };
	int status = 1;

	if (!key_read(call, key))
		return 1;
	if (offline_open(&o, call->settings, &err) == ST_OK &&
	    call_explain(call, &o, req, key, &err) == ST_OK)
		status = outcome_print(call, req);
	else
		(void)command_fail("%s", err.text);
	offline_close(&o);
	secret_wipe(key, sizeof(key));
	return status;
}

const struct command_option cache_explain_options[] = {
	{ "--key", "KEY", false,
	    "the API key that calls; everybody on this host may see it then" },
	{ "--key-file", "FILE", false,
	    "the file whose first line is that key; - reads it from standard "
	    "input" },
	{ "--token", "TOKEN", false, "the session token of a user who calls" },
	{ "--json", NULL, false, "print the JSON object of weir-api(7)" },
	{ 0 },
};
