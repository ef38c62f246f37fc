/*
 * What the cache must know of a read. With cache_check=mtime the key holds what
 * the system says of the file, so that an answer made of an earlier state is
 * not found. That is asked in the front, which must wait for nobody: only what
 * the kernel has in memory counts (peek() of struct file_driver), and what it
 * has not makes the call an uncached one, whose worker brings it in.
 */
#include "app/services/file/call.h"
#include "app/services/file/depends.h"
#include "app/services/file/file.h"
#include "app/services/file/list.h"
#include "app/services/file/read.h"
#include "middleware/request.h"
#include "middleware/service.h"

#define MS INT64_C(1000000)

/* A file that was changed so lately may change again without telling: clocks
 * of file systems have steps. */
#define SETTLED_MS 100

/* Sentences for those who ask why. */
#define WHY_LINKED "Nothing is kept of an answer with a symbolic link in it."

#define WHY_HANDED "The web server sends the file (sendfile)."
#define WHY_LIST                                                               \
	"With cache_check=mtime nothing is kept of lists that show sizes or "  \
	"dates, or all that lies below a folder."
#define WHY_STATE                                                              \
	"With cache_check=mtime nothing is kept of what is not there, is "     \
	"reached by a symbolic link, was changed just now, or is not known "   \
	"to the system without a look at the disk."

/* Lengths stand before texts, so that no two calls have one key. */
static void
put_text_of(struct buf *key, const char *what, struct str text)
{
	buf_put_char(key, '\n');
	buf_put(key, str_of(what));
	buf_put_u64(key, text.n);
	buf_put_char(key, ':');
	buf_put(key, text);
}

/* One letter each. */
static void
put_flags(struct buf *key, const bool *flags, size_t n)
{
	for (size_t i = 0; i < n; i++)
		buf_put_char(key, flags[i] ? 'y' : 'n');
}

static enum status
put_state(struct buf *key, const struct file_call *c)
{
	const struct file_driver *driver = c->service->driver;
	int64_t settled_ms = c->req->arrived.wall_ms - SETTLED_MS;
	struct file_info info;

	if (driver->peek == NULL ||
	    driver->peek(c->service->tree, c->path, &info) != ST_OK ||
	    info.changed_ns / MS >= settled_ms)
		return ST_UNAVAILABLE;
	buf_put_lit(key, "\nstate:");
	buf_put_u64(key, info.id);
	buf_put_char(key, ':');
	buf_put_i64(key, info.bytes);
	buf_put_char(key, ':');
	buf_put_i64(key, info.modified_ns);
	buf_put_char(key, ':');
	buf_put_i64(key, info.changed_ns);
	return ST_OK;
}

static void
put_list(struct buf *key, const struct list_wish *wish)
{
	const bool flags[] = { wish->files, wish->folders, wish->tree,
		wish->as_list, wish->as_access_list, wish->count };

	buf_put_lit(key, "\nlist:");
	put_flags(key, flags, sizeof(flags) / sizeof(flags[0]));
	buf_put_i64(key, wish->limit);
	buf_put_char(key, ':');
	buf_put_i64(key, wish->offset);
	put_text_of(key, "search", wish->search);
	put_text_of(key, "fields", wish->fields);
}

/* The state of a folder tells of the names in it, and of nothing else. */
static bool
list_is_checked(const struct list_wish *wish)
{
	return !wish->known && !wish->tree;
}

static enum status
plan_list(struct file_call *c, struct cache_plan *plan)
{
	struct list_wish wish;
	enum status st = list_wish_take(c, &wish, NULL);

	if (st != ST_OK)
		return st;
	if (c->service->checks && !list_is_checked(&wish)) {
		plan->why = STR(WHY_LIST);
		return ST_UNAVAILABLE;
	}
	put_list(&plan->key, &wish);
	plan->n_tags = file_depends_read(
	    c->req->arena, c->service, c->path, wish.tree, plan->tags);
	return ST_OK;
}

/* What is kept goes by the file as it was, and what the web server sends by the
 * file as it is: one tag would stand for both. */
static bool
is_handed(const struct file_call *c, const struct read_wish *wish)
{
	return !wish->properties && c->service->handoff.header != NULL;
}

static enum status
plan_known(
    struct file_call *c, const struct read_wish *wish, struct cache_plan *plan)
{
	struct str folder = c->is_folder ? c->path : file_path_folder(c->path);
	bool content = wish->properties && !c->is_folder && wish->content;
	const bool flags[] = { c->is_folder, wish->properties, content,
		content && wish->bare, !wish->properties && wish->download };

	if (is_handed(c, wish)) {
		plan->why = STR(WHY_HANDED);
		return ST_MISSING;
	}
	buf_put_lit(&plan->key, "\nfile:");
	put_flags(&plan->key, flags, sizeof(flags) / sizeof(flags[0]));
	plan->n_tags = file_depends_read(
	    c->req->arena, c->service, folder, false, plan->tags);
	return ST_OK;
}

enum status
file_cache_plan(struct request *req, struct cache_plan *plan)
{
	struct file_call c;
	struct read_wish wish;
	enum status st = file_call_open(&c, req, NULL);

	if (st != ST_OK)
		return st;
	plan->key = buf_in(req->arena);
	put_text_of(&plan->key, "system", c.service->system);
	put_text_of(&plan->key, "path", c.path);
	plan->why = STR(WHY_STATE);
	if (c.service->checks && put_state(&plan->key, &c) != ST_OK)
		return ST_UNAVAILABLE;
	plan->why = STR(WHY_LINKED);
	plan->fresh = c.service->fresh;
	read_wish_take(&c, &wish);
	if (c.is_folder && !wish.properties)
		return plan_list(&c, plan);
	return plan_known(&c, &wish, plan);
}

enum status
file_explain(struct request *req, struct sql_list *out, struct error *err)
{
	struct file_call c;
	struct read_wish wish;
	struct list_wish list;
	enum status st = file_call_open(&c, req, err);

	(void)out;
	if (st != ST_OK || !c.is_folder)
		return st;
	if (request_asks(req, "zip"))
		return error_set(err, ST_REFUSED, FILE_ZIP_REFUSAL);
	read_wish_take(&c, &wish);
	return wish.properties ? ST_OK : list_wish_take(&c, &list, err);
}
