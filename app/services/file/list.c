#include "app/services/file/list.h"

#include "app/base/jsonmember.h"
#include "app/base/jsonread.h"
#include "app/services/file/answer.h"
#include "app/services/file/call.h"
#include "app/services/file/file.h"
#include "app/services/file/reach.h"
#include "app/services/file/read.h"
#include "app/services/file/walk.h"
#include "middleware/request.h"

static enum status
number_take(const struct request *req, const char *name, int64_t min,
    int64_t *out, struct error *err)
{
	struct str text = request_query(req, str_of(name));

	if (text.n == 0 || (str_to_i64(text, out) && *out >= min))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "'%s' must be an integer from %lld on.", name, (long long)min);
}

static bool
asks_unless(const struct request *req, const char *name)
{
	return !str_is_no(request_query(req, str_of(name)));
}

static bool
shows(const struct list_wish *wish, const char *field)
{
	struct str rest = wish->fields;

	if (wish->fields.n == 0)
		return true;
	while (rest.p != NULL) {
		struct str name = str_trim(str_cut(&rest, ','));

		if (str_eq(name, STR("*")) || str_eq(name, str_of(field)))
			return true;
	}
	return false;
}

enum status
list_wish_take(
    const struct file_call *c, struct list_wish *out, struct error *err)
{
	const struct request *req = c->req;
	enum status st;

	*out = (struct list_wish){
		.files = asks_unless(req, "include_files"),
		.folders = asks_unless(req, "include_folders"),
		.tree = request_asks(req, "full_tree"),
		.as_list = request_asks(req, "as_list"),
		.as_access_list =
		    c->path.n == 0 && request_asks(req, "as_access_list"),
		.count = request_asks(req, "include_count"),
		.limit = LIST_MAX,
		.search = request_query(req, STR("search")),
		.fields = request_query(req, STR("fields")),
	};
	if (out->as_access_list) {
		out->files = false;
		out->folders = out->tree = true;
	}
	out->known =
	    !out->as_list && !out->as_access_list &&
	    (shows(out, "content_type") || shows(out, "last_modified") ||
		shows(out, "content_length"));
	st = number_take(req, "limit", 1, &out->limit, err);
	if (st == ST_OK)
		st = number_take(req, "offset", 0, &out->offset, err);
	if (out->limit > LIST_MAX)
		out->limit = LIST_MAX;
	if (out->offset > WALK_MAX)
		out->offset = WALK_MAX; /* nothing is there either */
	return st;
}

struct page {
	struct file_call *call;
	const struct list_wish *wish;
	struct str folder;
	struct buf *b;
	int64_t counted;
	int64_t shown;
};

static bool
holds_nocase(struct str text, struct str part)
{
	for (size_t i = 0; i + part.n <= text.n; i++) {
		if (str_eq_nocase(str_make(text.p + i, part.n), part))
			return true;
	}
	return false;
}

/* What a link leads to; false: nowhere that may be shown. */
static bool
link_follow(struct page *p, const struct walk_step *step, bool *is_folder)
{
	struct file_info info;

	if (reach_look(p->call, step->path, &info, NULL) != ST_OK)
		return false;
	*is_folder = info.is_folder;
	return true;
}

static bool
is_listed(struct page *p, const struct walk_step *step, bool *is_folder)
{
	const struct list_wish *wish = p->wish;

	*is_folder = step->kind == FILE_KIND_FOLDER;
	if (wish->search.n > 0 &&
	    !holds_nocase(file_path_name(step->path), wish->search))
		return false;
	if (step->kind == FILE_KIND_LINK && !link_follow(p, step, is_folder))
		return false;
	return *is_folder ? wish->folders : wish->files;
}

static void
put_path(struct buf *b, struct str path, const char *end)
{
	json_put_str(b, path);
	if (end[0] == '\0')
		return;
	b->n--;
	buf_put(b, str_of(end));
	buf_put_char(b, '"');
}

/* Its name as seen from the folder that is listed. */
static struct str
name_from(const struct page *p, struct str path)
{
	return str_skip(path, p->folder.n == 0 ? 0 : p->folder.n + 1);
}

static void
put_fields(struct page *p, struct str path, const struct file_info *info)
{
	const struct list_wish *wish = p->wish;
	struct buf all = buf_in(p->call->req->arena);
	struct json_walk walk;
	struct json_member member;

	if (wish->fields.n == 0) {
		read_put_known(p->b, path, info);
		return;
	}
	buf_put_char(&all, '{');
	read_put_known(&all, path, info);
	buf_put_char(&all, '}');
	walk = json_walk(all.arena, (struct json){ buf_str(&all) });
	while (json_next(&walk, &member)) {
		if (shows(wish, arena_dup(all.arena, member.name).p))
			put_raw(p->b, arena_dup(all.arena, member.name).p,
			    member.value.text);
	}
}

/* One that has gone meanwhile is left out. */
static void
put_entry(struct page *p, struct str path, bool is_folder)
{
	struct file_info info = { .is_folder = is_folder };
	struct buf *b = p->b;

	if (p->wish->known && reach_look(p->call, path, &info, NULL) != ST_OK)
		return;
	if (p->shown++ > 0)
		buf_put_char(b, ',');
	if (p->wish->as_list) {
		put_path(b, path, is_folder ? "/" : "");
		return;
	}
	buf_put_char(b, '{');
	if (shows(p->wish, "path")) {
		json_put_name(b, STR("path"));
		put_path(b, path, is_folder ? "/" : "");
	}
	if (shows(p->wish, "type"))
		put_text(b, "type", is_folder ? STR("folder") : STR("file"));
	if (shows(p->wish, "name"))
		put_text(b, "name", name_from(p, path));
	if (p->wish->known)
		put_fields(p, path, &info);
	buf_put_char(b, '}');
}

static void
put_access(struct page *p, struct str path)
{
	buf_put_char(p->b, ',');
	put_path(p->b, path, "/");
	buf_put_char(p->b, ',');
	put_path(p->b, path, "/*");
}

static void
put_meta(struct page *p)
{
	int64_t next = p->wish->offset + p->wish->limit;
	struct buf *b = p->b;

	buf_put_char(b, ']');
	if (!p->wish->count && next >= p->counted)
		return;
	json_put_name(b, STR("meta"));
	buf_put_char(b, '{');
	if (p->wish->count)
		put_number(b, "count", p->counted);
	if (next < p->counted)
		put_number(b, "next", next);
	buf_put_char(b, '}');
}

static enum status
put_all(struct page *p, const struct walk *walk, struct error *err)
{
	const struct walk_step *steps = walk_steps(walk);
	int64_t end = p->wish->offset + p->wish->limit;
	bool is_folder;

	buf_put_lit(p->b, "{\"resource\":[");
	if (p->wish->as_access_list)
		buf_put_lit(p->b, "\"\",\"*\"");
	for (size_t i = 0; i < walk->n; i++) {
		if (i % FILE_CALL_STEPS == 0 &&
		    file_call_timely(p->call, err) != ST_OK)
			return ST_TIMEOUT;
		if (!is_listed(p, &steps[i], &is_folder))
			continue;
		if (p->wish->as_access_list)
			put_access(p, steps[i].path);
		else if (p->counted >= p->wish->offset && p->counted < end)
			put_entry(p, steps[i].path, is_folder);
		p->counted++;
	}
	put_meta(p);
	buf_put_char(p->b, '}');
	return ST_OK;
}

void
list_folder(struct file_call *c, const struct list_wish *wish)
{
	struct page page = {
		.call = c,
		.wish = wish,
		.folder = c->path,
		.b = &c->req->response.build,
	};
	struct walk walk = {
		.call = c, .tree = wish->tree, .verb = METHOD_GET
	};
	struct error err = { .text = "" };
	struct file_info info;
	enum status st;

	st = reach_look(c, c->path, &info, &err);
	if (st == ST_OK)
		st = walk_run(&walk, c->path, &err);
	if (st == ST_OK)
		st = put_all(&page, &walk, &err);
	if (st != ST_OK) {
		file_answer_fail(
		    c->req, st == ST_TOO_BIG ? ST_INVALID : st, &err);
		return;
	}
	if (walk.has_links)
		c->req->response.unkept = true;
	file_answer_json(c->req, 200);
}
