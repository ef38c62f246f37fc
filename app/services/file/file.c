/*
 * The service types that are trees of files: one for each driver of
 * drivers/file.
 */
#include "app/services/file/file.h"

#include <stdlib.h>

#include "app/base/buf.h"
#include "app/services/file/answer.h"
#include "app/services/file/batch.h"
#include "app/services/file/call.h"
#include "app/services/file/config.h"
#include "app/services/file/depends.h"
#include "app/services/file/docs.h"
#include "app/services/file/list.h"
#include "app/services/file/read.h"
#include "app/services/file/remove.h"
#include "app/services/file/types.h"
#include "app/services/file/upload.h"
#include "drivers/cache/cache_boot.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/service.h"

#define ARENA_FIRST 512u

static void
file_close(void *instance)
{
	struct file_service *service = instance;

	if (service == NULL)
		return;
	if (service->tree != NULL)
		service->driver->close(service->tree);
	arena_close(&service->arena);
	free(service);
}

/* What a tree is called in this life of this machine says which they are. */
static void
identity_take(struct file_service *service)
{
	struct buf system = buf_in(&service->arena);
	struct buf name = buf_in(&service->arena);
	bool everywhere = service->driver->identity(service->tree, &name);
	char boot[CACHE_BOOT_BYTES];
	size_t at = str_find(buf_str(&name), '/');

	if (!everywhere && cache_boot_id(boot))
		buf_put(&system, str_make(boot, strnlen(boot, sizeof(boot))));
	buf_put_char(&system, ':');
	buf_put(&system, str_make(name.p, at));
	service->system = buf_str(&system);
	service->place = str_skip(buf_str(&name), at);
	file_depends_open(service);
}

static enum status
driver_open(const struct file_driver *driver, const struct service *record,
    const struct service_host *host, void **instance, struct error *err)
{
	struct file_service *service = calloc(1, sizeof(*service));
	struct file_config config = { .root = NULL };
	enum status st;

	if (service == NULL)
		abort();
	*instance = NULL;
	arena_init(&service->arena, ARENA_FIRST);
	service->driver = driver;
	st = file_config_open(service, record, host, err);
	config.root = service->root.p;
	config.read_only = service->read_only;
	if (st == ST_OK)
		st = driver->open(&config, &service->tree, err);
	if (st != ST_OK) {
		file_close(service);
		return st;
	}
	identity_take(service);
	*instance = service;
	return ST_OK;
}

static enum status
local_open(const struct service *record, const struct service_host *host,
    void **instance, struct error *err)
{
	return driver_open(&file_local, record, host, instance, err);
}

static enum status
file_probe(void *instance, int64_t deadline_ms, struct error *err)
{
	const struct file_service *service = instance;
	struct file_info info;

	(void)deadline_ms;
	return service->driver->look(service->tree, STR(""), &info, err);
}

/* What was cached of the folder that stood there is of no use. */
static enum service_change
file_changed(void *instance, bool *outdated)
{
	const struct file_service *service = instance;
	const struct file_driver *driver = service->driver;

	if (driver->stands == NULL || driver->stands(service->tree))
		return SERVICE_SAME;
	*outdated = true;
	return SERVICE_GONE;
}

static size_t
file_flush_tags(
    void *instance, struct arena *arena, struct str *tags, size_t max)
{
	const struct file_service *service = instance;

	if (max == 0)
		return 0;
	tags[0] = arena_dup(arena, service->tag_all);
	return 1;
}

static void
reads_handle(struct file_call *c)
{
	struct error err = { .text = "" };
	struct read_wish wish;
	struct list_wish list;

	read_wish_take(c, &wish);
	if (!c->is_folder)
		read_file(c, &wish);
	else if (request_asks(c->req, "zip"))
		response_fail(c->req, 501, FILE_ZIP_REFUSAL);
	else if (wish.properties)
		read_folder(c);
	else if (list_wish_take(c, &list, &err) == ST_OK)
		list_folder(c, &list);
	else
		file_answer_fail(c->req, ST_INVALID, &err);
}

static bool
has_conditions(const struct request *req)
{
	return !str_is_null(req->param[PARAM_IF_MATCH]) ||
	       !str_is_null(req->param[PARAM_IF_NONE_MATCH]) ||
	       !str_is_null(req->param[PARAM_IF_UNMODIFIED_SINCE]);
}

/* Conditions are of what stands at one path. Where a write has several, or that
 * of a folder, none can be kept, and what they are to save must not be lost. */
static bool
is_judgeable(const struct file_call *c)
{
	return !has_conditions(c->req) || !c->is_folder ||
	       upload_is_one(c->req, true);
}

static void
writes_handle(struct file_call *c)
{
	if (c->service->read_only)
		file_answer_read_only(c->req);
	else if (!is_judgeable(c))
		response_fail(c->req, 400,
		    "If-Match, If-None-Match and If-Unmodified-Since are "
		    "conditions of one file's own path: here it would be that "
		    "of a folder, or there might be several.");
	else if (c->req->method == METHOD_DELETE)
		remove_handle(c);
	else if (upload_is(c->req, c->is_folder))
		upload_handle(c);
	else
		batch_handle(c);
}

static void
file_handle(struct request *req)
{
	struct file_call c;
	struct error err = { .text = "" };
	enum status st = file_call_open(&c, req, &err);

	if (st != ST_OK)
		file_answer_fail(req, st, &err);
	else if (req->method == METHOD_OPTIONS)
		file_answer_options(req, c.service->read_only);
	else if (request_reads(req))
		reads_handle(&c);
	else
		writes_handle(&c);
}

/* A call that is refused for its path or its role reads no body. */
static bool
file_body_limit(const struct service *service, const struct request *req,
    struct body_limit *limit)
{
	const struct file_service *files = service->instance;
	struct str sent = req->resource_sent;
	bool is_folder = sent.n == 0 || sent.p[sent.n - 1] == '/';

	if (!upload_is(req, is_folder))
		return false;
	limit->bytes = files->max_file_size;
	limit->name = "max_file_size";
	return true;
}

/* What is read of a file goes out as it is, whatever format is asked for. */
static bool
file_is_verbatim(const struct request *req)
{
	struct str sent = req->resource_sent;

	return request_reads(req) && sent.n > 0 && sent.p[sent.n - 1] != '/' &&
	       !request_asks(req, "include_properties");
}

const struct service_type service_local_file = {
	.name = "local_file",
	.label = "Local File Storage",
	.group = "File",
	.names_anything = true,
	.description = "File service for a folder of this machine, or one "
		       "that it has mounted.",
	.config = file_config_fields,
	.check = file_config_check,
	.open = local_open,
	.close = file_close,
	.cache_plan = file_cache_plan,
	.explain = file_explain,
	.body_limit = file_body_limit,
	.is_verbatim = file_is_verbatim,
	.handle = file_handle,
	.describe = file_describe,
	.probe = file_probe,
	.changed = file_changed,
	.flush_tags = file_flush_tags,
};
