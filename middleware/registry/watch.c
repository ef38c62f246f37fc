#include "middleware/registry/watch.h"

#include "middleware/registry/migrations.h"
#include "middleware/registry/settings_hold.h"

/* News that come later than this are no news. */
#define LOOK_MS 2000

static enum status
schema_prepare(struct watch *w, const struct settings_hold *hold, bool migrate,
    struct error *err)
{
	unsigned applied;

	if (!migrate)
		return migrations_check(&w->db, err);
	return migrations_run(
	    &w->db, MIGRATION_NEWEST, &hold->keys, &applied, err);
}

enum status
watch_open(const struct settings_hold *hold, bool migrate, struct watch *out,
    struct error *err)
{
	enum status st;

	*out = (struct watch){ 0 };
	st = system_db_open(hold->settings, false, &out->db, err);
	out->db.statement_ms = LOOK_MS;
	if (st == ST_OK)
		st = schema_prepare(out, hold, migrate, err);
	if (st == ST_OK)
		st =
		    out->db.driver->identity(out->db.conn, &out->identity, err);
	if (st != ST_OK)
		watch_close(out);
	return st;
}

void
watch_close(struct watch *w)
{
	system_db_close(&w->db);
	buf_free(&w->identity);
	w->known = false;
}

bool
watch_is_open(const struct watch *w)
{
	return w->db.conn != NULL;
}

/* A file that was moved away keeps answering, but nobody writes to it. */
static enum status
identity_check(struct watch *w, struct error *err)
{
	struct buf now = { 0 };
	enum status st = w->db.driver->identity(w->db.conn, &now, err);

	if (st == ST_OK && !str_eq(buf_str(&now), buf_str(&w->identity)))
		st = error_set(
		    err, ST_UNAVAILABLE, "the system database was replaced");
	buf_free(&now);
	return st;
}

/* ST_OK, and *same: no connection has written since the last look. */
static enum status
file_look(struct watch *w, bool *same, struct error *err)
{
	int64_t schema = 0, data = 0;
	enum status st = identity_check(w, err);

	if (st == ST_OK)
		st = w->db.driver->versions(w->db.conn, &schema, &data, err);
	*same = w->known && data == w->data;
	w->data = data;
	return st;
}

enum status
watch_look(struct watch *w, int64_t version, bool *changed, struct error *err)
{
	bool same = false;
	int64_t now = 0;
	enum status st = ST_OK;

	*changed = false;
	/* Read first, so that a change behind this look is seen by the next. */
	if (w->db.driver->versions_cheap)
		st = file_look(w, &same, err);
	if (st != ST_OK || same)
		return st;
	st = system_db_version(&w->db, &now, err);
	w->known = st == ST_OK;
	*changed = st == ST_OK && now != version;
	return st;
}
