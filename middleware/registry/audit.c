#include "middleware/registry/audit.h"

#include <stdlib.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/log.h"
#include "middleware/registry/audit_row.h"
#include "middleware/registry/system_db.h"

#define ARENA_BYTES 4096

struct watch {
	struct watch *next;
	bool is_note; /* what is to be told stands in the first column */
	enum audit_kind kind;
	int64_t id;
	struct audit_row before;
	struct audit_row after;
};

/* What one transaction has to do with. */
struct audit {
	struct arena arena;
	struct watch *first, **last;
};

static struct audit *
audit_of(struct system_db *db)
{
	struct audit *a = db->audit;

	if (a != NULL)
		return a;
	a = calloc(1, sizeof(*a));
	if (a == NULL)
		abort();
	arena_init(&a->arena, ARENA_BYTES);
	a->last = &a->first;
	db->audit = a;
	return a;
}

static struct watch *
watch_find(const struct audit *a, enum audit_kind kind, int64_t id)
{
	struct watch *w = a->first;

	while (w != NULL && (w->is_note || w->kind != kind || w->id != id))
		w = w->next;
	return w;
}

static struct watch *
watch_add(struct audit *a, enum audit_kind kind, int64_t id)
{
	struct watch *w = arena_zalloc(&a->arena, sizeof(*w));

	w->kind = kind;
	w->id = id;
	*a->last = w;
	a->last = &w->next;
	return w;
}

enum status
audit_watch(
    struct system_db *db, enum audit_kind kind, int64_t id, struct error *err)
{
	struct audit *a = audit_of(db);

	if (watch_find(a, kind, id) != NULL)
		return ST_OK;
	return audit_row_read(
	    db, &a->arena, kind, id, &watch_add(a, kind, id)->before, err);
}

static enum status
id_take(void *ctx, const struct db_value *v, size_t n)
{
	int64_t *id = array_add(ctx, sizeof(*id));

	(void)n; /* as many as the statement names */
	*id = value_i64(&v[0]);
	return ST_OK;
}

enum status
audit_watch_each(struct system_db *db, enum audit_kind kind,
    const struct db_stmt *ids, struct error *err)
{
	struct buf list = buf_in(&audit_of(db)->arena);
	enum status st = system_db_run(db, ids, id_take, &list, err);
	const int64_t *id = (const int64_t *)(const void *)list.p;

	for (size_t i = 0; st == ST_OK && i < list.n / sizeof(*id); i++)
		st = audit_watch(db, kind, id[i], err);
	return st;
}

enum status
audit_added(
    struct system_db *db, enum audit_kind kind, int64_t id, struct error *err)
{
	(void)err; /* as the others, which may fail */
	(void)watch_add(audit_of(db), kind, id);
	return ST_OK;
}

void
audit_note(struct system_db *db, const struct audit_note *note)
{
	struct audit *a = audit_of(db);
	struct watch *w = watch_add(a, note->kind, note->id);

	w->is_note = true;
	w->before.found = !str_is_null(note->before);
	w->after.found = !str_is_null(note->after);
	w->before.shown[0] = arena_dup(&a->arena, note->before);
	w->after.shown[0] = arena_dup(&a->arena, note->after);
}

static enum status
note_write(struct system_db *db, void *ctx, struct error *err)
{
	const struct audit_note *const *note = ctx;

	(void)err; /* it fails with the commit */
	audit_note(db, *note);
	return ST_OK;
}

enum status
audit_note_alone(
    struct system_db *db, const struct audit_note *note, struct error *err)
{
	return system_db_transact(db, note_write, &note, err);
}

struct watch **
audit_mark(struct system_db *db)
{
	return audit_of(db)->last;
}

void
audit_rewind(struct system_db *db, struct watch **mark)
{
	*mark = NULL;
	db->audit->last = mark;
}

static const char *
action_of(const struct watch *w)
{
	if (!w->before.found)
		return "create";
	return w->after.found ? "update" : "delete";
}

static struct str
side_text(struct arena *arena, const struct watch *w,
    const struct audit_row *side, const struct audit_row *other)
{
	struct buf json = buf_in(arena);

	if (!side->found)
		return STR_NULL;
	if (w->is_note)
		return side->shown[0];
	audit_row_put(&json, w->kind, side, other);
	return buf_str(&json);
}

static bool
is_changed(const struct watch *w)
{
	if (w->before.found != w->after.found)
		return true;
	for (size_t i = 0; i < w->before.n; i++) {
		if (!str_eq(w->before.stored[i], w->after.stored[i]))
			return true;
	}
	return false;
}

static const struct actor *
actor_of(const struct system_db *db)
{
	static const struct actor weir = { 0, { "weir", 4 }, { "weir", 4 } };

	return db->actor == NULL ? &weir : db->actor;
}

static enum status
row_insert(struct system_db *db, const struct watch *w, struct error *err)
{
	struct arena *arena = &db->audit->arena;
	const struct actor *actor = actor_of(db);
	char now[DATE_BYTES];
	int64_t id;

	date_text(db->wall_ms, now);
	struct db_value args[] = { bind_text(str_of(now)),
		bind_id(actor->user_id), bind_text(actor->name),
		bind_text(actor->source),
		bind_text(str_of(audit_kind_name(w->kind))), bind_i64(w->id),
		bind_text(str_of(action_of(w))),
		bind_text(side_text(arena, w, &w->before, &w->after)),
		bind_text(side_text(arena, w, &w->after, &w->before)) };
	struct db_stmt stmt =
	    DB_STMT("INSERT INTO audit (at, actor_id, actor, source, resource,"
		    " record_id, action, before_text, after_text)"
		    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
		args);

	return system_db_insert(db, &stmt, &id, err);
}

enum status
audit_finish(struct system_db *db, struct error *err)
{
	struct audit *a = db->audit;
	enum status st = ST_OK;

	if (a == NULL)
		return ST_OK;
	for (struct watch *w = a->first; w != NULL && st == ST_OK;
	     w = w->next) {
		if (!w->is_note)
			st = audit_row_read(
			    db, &a->arena, w->kind, w->id, &w->after, err);
		if (st == ST_OK && is_changed(w))
			st = row_insert(db, w, err);
	}
	return st;
}

static struct str
label_of(const struct watch *w)
{
	if (w->is_note)
		return STR("*");
	return audit_row_label(w->after.found ? &w->after : &w->before);
}

static void
line_log(const struct system_db *db, const struct watch *w)
{
	struct arena *arena = &db->audit->arena;
	const struct actor *actor = actor_of(db);
	struct str before = side_text(arena, w, &w->before, &w->after);
	struct str after = side_text(arena, w, &w->after, &w->before);

	log_line(LOG_INFO, STR_NULL,
	    "audit: %s %s %lld %.*s by %.*s (%.*s): %.*s -> %.*s", action_of(w),
	    audit_kind_name(w->kind), (long long)w->id, STR_ARG(label_of(w)),
	    STR_ARG(actor->name), STR_ARG(actor->source),
	    STR_ARG(str_is_null(before) ? STR("nothing") : before),
	    STR_ARG(str_is_null(after) ? STR("nothing") : after));
}

void
audit_end(struct system_db *db, enum status outcome)
{
	struct audit *a = db->audit;

	if (a == NULL)
		return;
	for (const struct watch *w = a->first;
	     w != NULL && outcome == ST_OK && db->audit_log; w = w->next) {
		if (is_changed(w))
			line_log(db, w);
	}
	arena_close(&a->arena);
	free(a);
	db->audit = NULL;
}
