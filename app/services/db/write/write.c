#include "app/services/db/write/write.h"

#include "app/services/db/answer.h"
#include "app/services/db/depends.h"
#include "middleware/request.h"
#include "middleware/tags.h"

static enum status
tags_before(struct table_call *c)
{
	struct str tags[TAGS_MAX];
	size_t n = depends_write(c, tags);

	return tags_bump_before(c->req, tags, n);
}

static void
tags_after(struct table_call *c)
{
	struct str tags[TAGS_MAX];
	size_t n = depends_write(c, tags);

	tags_bump_after(c->req, tags, n);
}

static void
refuse_without_store(struct request *req)
{
	response_busy(req,
	    "The cache store cannot be reached: nothing has been written.");
}

/*
 * The catalogue may be a moment old. In the transaction nobody else changes
 * the schema, so what is found here holds to its end. Where asking costs a
 * query, the catalogue is as old as the registry lets it become.
 */
static enum status
transaction_begin(struct table_call *c, struct error *err)
{
	const struct db_driver *driver = c->service->driver;
	int64_t schema;
	int64_t data;
	enum status st;

	if (c->autocommits)
		return ST_OK;
	st = driver->begin(c->conn, c->deadline_ms, err);
	if (st != ST_OK || !driver->versions_cheap)
		return st;
	st = driver->versions(c->conn, &schema, &data, err);
	if (st != ST_OK)
		driver->rollback(c->conn);
	else
		c->outdated = schema != c->service->catalog.schema_version;
	return st;
}

/* The tags that only an outdated catalogue makes necessary. */
static enum status
outdated_delete(struct table_call *c)
{
	enum status st = c->outdated ? tags_before(c) : ST_OK;

	if (st == ST_OK)
		return ST_OK;
	c->service->driver->rollback(c->conn);
	table_call_give(c, ST_OK);
	refuse_without_store(c->req);
	return st;
}

enum status
write_begin(struct table_call *c, const char *verb)
{
	struct error err = { .text = "" };
	enum status st = tags_before(c);

	if (st != ST_OK) {
		refuse_without_store(c->req);
		return st;
	}
	st = table_call_take(c, &err);
	if (st == ST_OK)
		st = transaction_begin(c, &err);
	if (st == ST_OK)
		return outdated_delete(c);
	table_call_give(c, st);
	answer_fault(c, verb, st, &err);
	return st;
}

bool
write_again(struct table_call *c, enum status st)
{
	const struct db_driver *driver = c->service->driver;

	if (st != ST_UNAVAILABLE || driver->in_transaction(c->conn))
		return false;
	driver->rollback(c->conn);
	return driver->usable(c->conn, false) &&
	       transaction_begin(c, NULL) == ST_OK &&
	       (!c->outdated || tags_before(c) == ST_OK);
}

enum status
write_end(struct table_call *c, enum status st, bool keep, struct error *err)
{
	const struct db_driver *driver = c->service->driver;
	bool commits = c->autocommits;

	if (st == ST_OK && keep && !commits) {
		commits = true;
		st = driver->commit(c->conn, err);
	} else if (!commits) {
		driver->rollback(c->conn);
	}
	c->in_doubt = commits && st != ST_OK && !driver->usable(c->conn, false);
	table_call_give(c, st);
	tags_after(c);
	return st;
}

bool
write_may_go_on(enum status st)
{
	return st == ST_INVALID || st == ST_EXISTS || st == ST_MISSING;
}
