#include "app/services/file/batch.h"

#include "app/base/base64.h"
#include "app/base/jsonmember.h"
#include "app/services/file/answer.h"
#include "app/services/file/call.h"
#include "app/services/file/file.h"
#include "app/services/file/folder.h"
#include "app/services/file/put.h"
#include "app/services/file/remove.h"
#include "app/services/file/transfer.h"
#include "middleware/json.h"
#include "middleware/request.h"

#define ITEMS_MAX 1000

/* One resource of the body. */
struct item {
	struct json json;
	struct str path;
	bool is_folder;
};

static struct str
text_of(const struct file_call *c, const struct item *item, const char *name)
{
	struct arena *arena = c->req->arena;

	return json_to_str(arena, json_get(arena, item->json, str_of(name)));
}

/* true, or a text that says so. */
static bool
flag_of(const struct file_call *c, const struct item *item, const char *name)
{
	struct arena *arena = c->req->arena;
	struct json value = json_get(arena, item->json, str_of(name));
	bool flag = false;

	if (!json_to_bool(value, &flag))
		flag = str_to_bool(json_to_str(arena, value));
	return flag;
}

static enum status
type_take(const struct file_call *c, struct item *item, struct error *err)
{
	struct str type = text_of(c, item, "type");

	item->is_folder = str_eq(type, STR("folder"));
	if (item->is_folder || str_eq(type, STR("file")))
		return ST_OK;
	return error_set(err, ST_INVALID,
	    "'type' of a resource must be \"file\" or \"folder\".");
}

/* A path from the root, or a name in the folder of the call. */
static enum status
path_take(const struct file_call *c, struct item *item, struct error *err)
{
	struct str sent = text_of(c, item, "path");
	struct str name = text_of(c, item, "name");
	struct file_path path;
	enum status st;

	if (c->req->method == METHOD_DELETE && sent.n > 0) {
		st = file_path_read(sent, &path, err);
		item->path = path.text;
		return st;
	}
	if (name.n == 0)
		name = file_path_name(text_of(c, item, "source_path"));
	if (name.n > 0 && name.p[name.n - 1] == '/')
		name.n--;
	return file_call_below(c, c->path, name, &item->path, err);
}

static enum status
content_put(struct file_call *c, const struct item *item, struct error *err)
{
	struct str content = text_of(c, item, "content");
	struct put put = {
		.call = c, .path = item->path, .must_be_new = put_must_be_new(c)
	};
	enum status st =
	    file_call_check(c, item->path, (unsigned)c->req->method, err);

	if (st == ST_OK && str_is_null(content))
		st = error_set(err, ST_INVALID,
		    "A file needs 'content', which is a string, or "
		    "'source_path'.");
	if (st == ST_OK && flag_of(c, item, "is_base64") &&
	    !base64_decode(c->req->arena, content, &content))
		st = error_set(err, ST_INVALID, "'content' is no Base64.");
	if (st == ST_OK)
		st = put_begin(&put, err);
	if (st != ST_OK)
		return st;
	st = put_bytes(&put, content, err);
	if (st == ST_OK)
		return put_end(&put, err);
	put_drop(&put);
	return st;
}

static enum status
source_take(struct file_call *c, const struct item *item, struct str source,
    struct error *err)
{
	struct file_path from;
	enum status st = file_path_read(source, &from, err);

	if (st != ST_OK)
		return st;
	if (flag_of(c, item, "delete_source"))
		return file_move(
		    c, from.text, item->path, item->is_folder, err);
	return item->is_folder ? folder_copy(c, from.text, item->path, err)
			       : file_copy(c, from.text, item->path, err);
}

static enum status
item_make(struct file_call *c, const struct item *item, struct error *err)
{
	struct str source = text_of(c, item, "source_path");

	if (source.n > 0)
		return source_take(c, item, source, err);
	if (!str_is_null(text_of(c, item, "url")))
		return error_set(err, ST_INVALID,
		    "Weir fetches no files by 'url': send the content.");
	return item->is_folder ? file_folder_make(c, item->path, err)
			       : content_put(c, item, err);
}

static enum status
item_run(struct file_call *c, struct item *item, struct error *err)
{
	bool force = request_asks(c->req, "force");
	enum status st = type_take(c, item, err);

	if (st == ST_OK)
		st = file_call_timely(c, err);
	if (st == ST_OK)
		st = path_take(c, item, err);
	if (st != ST_OK)
		return st;
	if (c->req->method != METHOD_DELETE)
		return item_make(c, item, err);
	return item->is_folder ? remove_folder(c, item->path, force, err)
			       : remove_file(c, item->path, err);
}

static void
put_item(struct request *req, const struct item *item, enum status st,
    const struct error *err)
{
	struct buf *b = &req->response.build;

	if (b->p[b->n - 1] != '[')
		buf_put_char(b, ',');
	file_put_named(b, item->path, item->is_folder);
	if (st != ST_OK) {
		json_put_name(b, STR("error"));
		buf_put_char(b, '{');
		put_number(b, "code", file_answer_status(req, st));
		put_text(b, "message", str_of(err->text));
		buf_put_char(b, '}');
	}
	buf_put_char(b, '}');
}

/* Each for itself, as DreamFactory does; one alone is answered as the call. */
static void
items_run(struct file_call *c, const struct records *items)
{
	struct request *req = c->req;
	struct buf *b = &req->response.build;

	buf_put_lit(b, "{\"resource\":[");
	for (size_t i = 0; i < items->n; i++) {
		struct item item = { .json = items->list[i], .path = STR("") };
		struct error err = { .text = "" };
		enum status st = item_run(c, &item, &err);

		if (st != ST_OK && items->n == 1) {
			file_answer_fail(req, st, &err);
			return;
		}
		put_item(req, &item, st, &err);
	}
	buf_put_lit(b, "]}");
	file_answer_json(req, req->method == METHOD_DELETE ? 200 : 201);
}

static void
folder_answer(struct file_call *c, struct str path)
{
	struct error err = { .text = "" };
	enum status st = file_folder_make(c, path, &err);

	if (st == ST_OK)
		file_answer_named(c->req, 201, path, true);
	else
		file_answer_fail(c->req, st, &err);
}

static void
named_make(struct file_call *c)
{
	struct error err = { .text = "" };
	struct str path;
	enum status st = file_call_below(
	    c, c->path, c->req->param[PARAM_FOLDER_NAME], &path, &err);

	if (st == ST_OK)
		folder_answer(c, path);
	else
		file_answer_fail(c->req, st, &err);
}

void
batch_handle(struct file_call *c)
{
	struct request *req = c->req;
	struct records items;
	struct json body;

	if (req->method == METHOD_PATCH) {
		response_fail(
		    req, 405, "A folder has nothing that can be changed.");
		response_header(&req->response, STR("Allow"),
		    STR("GET, HEAD, POST, PUT, DELETE, OPTIONS"));
	} else if (!str_is_null(request_query(req, STR("url")))) {
		response_fail(req, 400,
		    "Weir fetches no files by 'url': send the content.");
	} else if (req->param[PARAM_FOLDER_NAME].n > 0 &&
		   req->method != METHOD_DELETE) {
		named_make(c);
	} else if (json_body(req, &body) != ST_OK) {
		return;
	} else if (json_kind(body) == JSON_NONE) {
		folder_answer(c, c->path);
	} else if (json_records(req, body, ITEMS_MAX, &items) == ST_OK) {
		items_run(c, &items);
	}
}
