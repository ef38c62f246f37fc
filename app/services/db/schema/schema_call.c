#include "app/services/db/schema/schema_call.h"

#include "app/services/db/answer.h"
#include "app/services/db/db.h"
#include "app/services/db/schema/schema_fresh.h"
#include "app/services/db/schema/schema_write.h"
#include "middleware/json.h"
#include "middleware/registry/access.h"
#include "middleware/request.h"

enum segment {
	SEGMENT_KIND,
	SEGMENT_TABLE,
	SEGMENT_PART,
	SEGMENT_NAME,
	SEGMENTS
};

static const struct {
	const char *word;
	enum schema_part part;
} parts[] = {
	{ "_field", SCHEMA_FIELD },
	{ "_related", SCHEMA_RELATED },
};

static enum status
part_take(struct schema_call *c, struct error *err)
{
	const struct request *req = c->req;
	struct str word = req->segment[SEGMENT_PART];

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!str_eq(word, str_of(parts[i].word)))
			continue;
		c->part = parts[i].part;
		if (req->n_segments > SEGMENT_NAME)
			c->name = req->segment[SEGMENT_NAME];
		return ST_OK;
	}
	if (req->n_segments > SEGMENT_NAME)
		return error_set(
		    err, ST_INVALID, "Invalid schema path in request.");
	c->part = SCHEMA_FIELD;
	c->name = word;
	return ST_OK;
}

/* No I/O, no response. */
static enum status
path_take(struct schema_call *c, struct error *err)
{
	const struct request *req = c->req;

	if (req->n_segments > SEGMENTS)
		return error_set(
		    err, ST_INVALID, "Invalid schema path in request.");
	if (req->n_segments <= SEGMENT_TABLE)
		return ST_OK;
	c->table_name = req->segment[SEGMENT_TABLE];
	c->table = db_service_table(c->service, c->table_name);
	return req->n_segments > SEGMENT_PART ? part_take(c, err) : ST_OK;
}

/* Rows that the role may not touch would go with their table. */
static bool
is_filtered(const struct request *req)
{
	return access_filters(req->role, req->service->id, req->resource,
		   (unsigned)req->method) != NULL;
}

/* The catalogue that is checked against is the database's: a write is seldom,
 * and a look costs little beside it. */
static void
schema_write(struct schema_call *c)
{
	struct request *req = c->req;

	if (c->service->config.read_only)
		answer_not_allowed(
		    req, "This service is read-only.", "GET, HEAD, OPTIONS");
	else if (is_filtered(req))
		response_fail(req, 403,
		    "The row filters of the role cannot be applied here.");
	else if (str_is_null(c->table_name))
		schema_write_tables(c);
	else if (c->part == SCHEMA_TABLE)
		schema_write_table(c);
	else
		schema_write_fields(c);
}

void
schema_handle(struct request *req)
{
	struct schema_call c = { .req = req };
	struct error err = { .text = "" };
	enum status st;

	if (json_body(req, &c.body) != ST_OK || !schema_wanted_fresh(req))
		return;
	c.service = req->service->instance;
	st = path_take(&c, &err);
	if (st != ST_OK)
		answer_refuse(req, st, &err);
	else if (request_reads(req))
		schema_read(&c);
	else
		schema_write(&c);
}
