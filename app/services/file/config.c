#include "app/services/file/config.h"

#include <stdlib.h>
#include <string.h>

#include "app/base/settings.h"
#include "app/services/file/file.h"
#include "middleware/json_config.h"
#include "middleware/registry/snapshot.h"
#include "middleware/service.h"

#define ARENA_BYTES  1024
#define SECONDS_MAX  31536000 /* a year */
#define SIZE_DEFAULT 104857600
#define SIZE_TEXT    "104857600"
#define SIZE_MAX_    (INT64_C(1) << 50)
#define MISSING      10
#define MISSING_TEXT "10"

#define SECONDS(field, title, is, said)                                        \
	{                                                                      \
		.name = (field), .type = "integer", .label = (title),          \
		.fallback = (is), .max = SECONDS_MAX, .help = (said)           \
	}

const struct config_field file_config_fields[] = {
	{ .name = "root",
	    .type = "string",
	    .label = "Root folder",
	    .required = true,
	    .is_path = true,
	    .help = "Absolute path of the folder that is served. It must "
		    "exist, and weir needs the rights to it." },
	{ .name = "max_file_size",
	    .type = "integer",
	    .label = "Maximum file size",
	    .fallback = SIZE_TEXT,
	    .min = 1,
	    .max = SIZE_MAX_,
	    .help = "Bytes that a file may have that is written, and the body "
		    "of the request that brings it." },
	{ .name = "read_only",
	    .type = "boolean",
	    .label = "Read only",
	    .fallback = "false",
	    .help = "Refuse every write through this service." },
	{ .name = "cache_check",
	    .type = "string",
	    .label = "Cache check",
	    .fallback = "ttl",
	    .choices = "ttl|mtime",
	    .help = "How cached answers learn of changes that others make to "
		    "the files past weir. ttl: at the end of their time. "
		    "mtime: at once, by what the system says of the file, "
		    "which is asked before each hit; lists that show sizes "
		    "and dates are not cached then." },
	SECONDS("cache_ttl_missing", "Cache time to live of a missing file",
	    MISSING_TEXT,
	    "How many seconds at most the 404 of a path is cached, unless it "
	    "is made meanwhile; 0: it is not. With cache_check=mtime it "
	    "never is."),
	SECONDS("stale_while_revalidate", "Stale while revalidate", "0",
	    "So many seconds beyond its time a cached answer is still served, "
	    "while it is read anew behind it."),
	SECONDS("stale_if_error", "Stale if error", "0",
	    "So many seconds beyond its time a cached answer is still served "
	    "when the folder cannot be read."),
	SECONDS("client_ttl", "Client time to live", "0",
	    "How many seconds clients may keep an answer without asking again, "
	    "which they are told as max-age; 0: they always ask."),
	{ .name = "sendfile",
	    .type = "string",
	    .label = "Sent by the web server",
	    .choices = HANDOFF_CHOICES,
	    .help = "The header by which the web server is told to send a "
		    "file itself; without, weir sends it." },
	{ .name = "sendfile_prefix",
	    .type = "string",
	    .label = "Path for the web server",
	    .help = "What stands before the path of a file in that header: of "
		    "x-accel-redirect an internal location of nginx, of "
		    "x-sendfile the folder as the web server finds it." },
	{ .name = NULL },
};

struct config_text {
	struct str root, max_file_size, read_only, cache_check;
	struct str cache_ttl_missing, stale_while_revalidate, stale_if_error;
	struct str client_ttl, sendfile, sendfile_prefix;
};

#define MEMBER(name) JSON_CONFIG_MEMBER(struct config_text, name)

static const struct json_config_member members[] = {
	MEMBER(root),
	MEMBER(max_file_size),
	MEMBER(read_only),
	MEMBER(cache_check),
	MEMBER(cache_ttl_missing),
	MEMBER(stale_while_revalidate),
	MEMBER(stale_if_error),
	MEMBER(client_ttl),
	MEMBER(sendfile),
	MEMBER(sendfile_prefix),
	{ .name = NULL },
};

static enum status
seconds_read(
    const char *name, struct str text, uint32_t *out, struct error *err)
{
	return json_config_seconds(name, text, SECONDS_MAX, out, err);
}

static enum status
freshness_read(
    const struct config_text *text, struct freshness *fresh, struct error *err)
{
	enum status st = seconds_read(
	    "cache_ttl_missing", text->cache_ttl_missing, &fresh->missing, err);

	if (st == ST_OK)
		st = seconds_read("stale_while_revalidate",
		    text->stale_while_revalidate, &fresh->revalidate, err);
	if (st == ST_OK)
		st = seconds_read("stale_if_error", text->stale_if_error,
		    &fresh->on_error, err);
	return st == ST_OK ? seconds_read("client_ttl", text->client_ttl,
				 &fresh->client, err)
			   : st;
}

static enum status
text_read(struct file_service *service, const struct config_text *text,
    struct error *err)
{
	const struct json_config_range size = { 1, SIZE_MAX_ };
	struct arena *arena = &service->arena;
	enum status st;

	if (text->root.n == 0 || text->root.p[0] != '/')
		return error_set(err, ST_INVALID,
		    "root must be the absolute path of a folder");
	service->root = arena_dup(arena, text->root);
	service->max_file_size = SIZE_DEFAULT;
	service->fresh.missing = MISSING;
	st = json_config_integer("max_file_size", text->max_file_size, size,
	    &service->max_file_size, err);
	if (st == ST_OK)
		st = freshness_read(text, &service->fresh, err);
	if (st == ST_OK)
		st = handoff_read(arena, text->sendfile, text->sendfile_prefix,
		    &service->handoff, err);
	service->read_only = str_to_bool(text->read_only);
	service->checks = str_eq(text->cache_check, STR("mtime"));
	if (service->checks)
		service->fresh.missing = 0;
	return st;
}

static enum status
config_take(struct file_service *service, struct str config, struct error *err)
{
	struct config_text text;
	enum status st =
	    json_config_read(&service->arena, config, members, &text, err);

	return st == ST_OK ? text_read(service, &text, err) : st;
}

enum status
file_config_check(
    const struct service_type *type, struct str config, struct error *err)
{
	struct file_service service = { .root = STR_NULL };
	enum status st;

	(void)type;
	arena_init(&service.arena, ARENA_BYTES);
	st = config_take(&service, config, err);
	arena_close(&service.arena);
	return st;
}

/* NULL: there is none. */
static char *
real_of(const char *path)
{
	return path == NULL || path[0] == '\0' ? NULL : realpath(path, NULL);
}

/* Does the path lie in the folder, or is it that, however both are written? */
static bool
holds(const char *folder, const char *path)
{
	char *outer = real_of(folder);
	char *inner = real_of(path);
	size_t n = outer == NULL ? 0 : strlen(outer);
	bool held = false;

	if (n == 1)
		n = 0; /* "/" holds all */
	if (outer != NULL && inner != NULL)
		held = strncmp(inner, outer, n) == 0 &&
		       (inner[n] == '/' || inner[n] == '\0');
	free(outer);
	free(inner);
	return held;
}

/* Whoever could read or write these would have every key. */
static enum status
root_check(const char *root, const struct settings *settings, struct error *err)
{
	if (holds(root, settings->cache_path))
		return error_set(err, ST_INVALID,
		    "root must not hold the folder of CACHE_PATH, in which "
		    "weir keeps sessions and cached answers");
	if (holds(settings->cache_path, root))
		return error_set(err, ST_INVALID,
		    "root must not lie in the folder of CACHE_PATH, in which "
		    "weir keeps sessions and cached answers");
	if (holds(root, settings->env_path))
		return error_set(err, ST_INVALID,
		    "root must not hold weir's environment file, in which its "
		    "secrets are");
	if (strcmp(settings->db_connection, "sqlite") == 0 &&
	    holds(root, settings->db_database))
		return error_set(err, ST_INVALID,
		    "root must not hold weir's own database (DB_DATABASE)");
	return ST_OK;
}

enum status
file_config_open(struct file_service *service, const struct service *record,
    const struct service_host *host, struct error *err)
{
	enum status st = config_take(service, record->config, err);

	return st == ST_OK ? root_check(service->root.p, host->settings, err)
			   : st;
}
