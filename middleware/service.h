/*
 * A service type: what stands behind /api/v2/{service}. The pipeline knows
 * only this interface; the types are listed in app/services/services.c.
 */
#ifndef WEIR_SERVICE_H
#define WEIR_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/buf.h"
#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/freshness.h"
#include "middleware/tags.h"

struct arena;
struct body_limit;
struct db_config;
struct doc;
struct pool_state;
struct request;
struct service;
struct settings;
struct store_table;

/*
 * What the cache stage needs to know of a cacheable read, filled in without
 * I/O. key: the canonical text of the request below the service (resource,
 * normalised parameters); tags: names of what the answer depends on. Both live
 * in the request's arena. fresh: all 0 before the plan. why: for who asks why
 * nothing is kept, a sentence; of a cacheable read, which answers are not kept
 * all the same. STR_NULL before the plan: there is nothing to say.
 */
struct cache_plan {
	struct buf key;
	struct str tags[TAGS_MAX];
	size_t n_tags;
	struct freshness fresh;
	struct str why;
};

/* Statements of SQL, in the request's arena. A call that reads makes few: one
 * for each of its relations, and what its own records take. */
#define SQL_LIST_MAX 48

struct sql_list {
	struct str text[SQL_LIST_MAX];
	size_t n;
};

/* One member of a service's config, for parsing, `weir service` and forms. */
struct config_field {
	const char *name;
	const char *type; /* string, integer, boolean, password, text */
	const char *label;
	const char *fallback; /* the default as text, or NULL */
	bool required;
	int64_t min, max;    /* of an integer; both 0: any */
	const char *choices; /* "a|b|c": a string is one of them; or NULL */
	bool is_path;        /* an absolute one */
	bool is_role;        /* the id of one, or 0 */
	const char *help;
};

/* Whom a service lets in to a call, whatever the role of who calls. */
enum entrance {
	ENTRANCE_ROLE,  /* whose role allows it */
	ENTRANCE_OPEN,  /* everybody (dreamfactory.md 2.3) */
	ENTRANCE_LOGIN, /* the same, and a token that is sent is not looked at
			 */
	/* The same, and a token counts that has expired or whose session has
	 * ended: the call is about it, and judges it. */
	ENTRANCE_TOKEN
};

/* The process in which a service is opened. */
struct service_host {
	const struct settings *settings;
	struct store_table *stores; /* where its store is taken (store.h) */
};

/* What became of that on which an instance stands. */
enum service_change {
	SERVICE_SAME,
	SERVICE_CHANGED, /* the schema of a database: it serves meanwhile */
	SERVICE_GONE     /* the database itself: it must serve nobody */
};

struct service_type {
	const char *name; /* "sqlite" */
	const char *label;
	const char *group; /* "Database" */
	const char *description;
	const struct config_field *config; /* name NULL ends the list */
	bool has_calls;                    /* see access_component() */
	/* Any path may be one of its own: of ACCESS_DOCUMENT only reads are
	 * about the document. */
	bool names_anything;
	bool is_single; /* there is one service of it, from the start */
	/* Optional: ENTRANCE_ROLE. */
	enum entrance (*entrance)(const struct request *req);
	/*
	 * Do the members of a config fit each other? Each has been checked
	 * against `config`; secrets may be sealed. ST_INVALID names the member
	 * that is wrong. Optional.
	 */
	enum status (*check)(const struct service_type *type, struct str config,
	    struct error *err);
	/*
	 * May answers be cached under that config? ST_INVALID names the member
	 * with which they may not. Optional: always, where there is a
	 * cache_plan.
	 */
	enum status (*cacheable)(struct str config, struct error *err);
	/*
	 * The database that a config leads to, whose secrets are in clear;
	 * texts live in the arena. Optional: a service of the type stands on
	 * no database.
	 */
	enum status (*database)(const struct service_type *type,
	    struct str config, struct arena *arena, struct db_config *out,
	    struct error *err);
	/*
	 * Makes the instance from the service's record (config is JSON text
	 * with its secrets in clear, checked against `config` by the caller).
	 * The record, and the settings and the table that the host names, live
	 * as long as the instance. May block. On failure the service answers
	 * 503 with err and is tried again later.
	 */
	enum status (*open)(const struct service *service,
	    const struct service_host *host, void **instance,
	    struct error *err);
	void (*close)(void *instance);
	/* A resource that whoever may GET anything of the service may GET as
	 * well, unless a row of his role says otherwise: it lists only what he
	 * may see. Optional. */
	const char *open_list;
	/*
	 * For a GET or HEAD: ST_OK when the answer may be cached; any other
	 * status when it may not. Optional.
	 */
	enum status (*cache_plan)(struct request *req, struct cache_plan *plan);
	/*
	 * For a GET or HEAD, without I/O: the SQL with which handle() would
	 * ask the database, in its order, with "?" for each value; what
	 * depends on the records found stands as for one of them. out: none
	 * before. Any status but ST_OK: handle() would refuse the call, as err
	 * says. Optional: no SQL answers any call.
	 */
	enum status (*explain)(
	    struct request *req, struct sql_list *out, struct error *err);
	/*
	 * Front only, without I/O: can one batch of reads answer the request?
	 * True: it has set req->store and added the operations to the batch of
	 * STORE_SERVICE; then answer() makes the response, in the front, when
	 * they are done and every stage let the request pass, and returns
	 * true; or false: handle() is to do it on a worker. Both or neither.
	 */
	bool (*plan)(struct request *req);
	bool (*answer)(struct request *req);
	/*
	 * Front, without I/O, before it is known who calls: does handle() read
	 * the body of this routed request itself, by body_read(), while it
	 * arrives? Then limit is set to the most that it takes, and the setting
	 * that says so. False: the body is put before it whole, up to MAX_BODY.
	 * req->service is not set yet. Optional: false.
	 */
	bool (*body_limit)(const struct service *service,
	    const struct request *req, struct body_limit *limit);
	/* Front, of a routed request: is the answer, where it is no error,
	 * content that goes out as it is, whatever format is asked for?
	 * Optional: false. */
	bool (*is_verbatim)(const struct request *req);
	/* Worker only: makes the response. */
	void (*handle)(struct request *req);
	/*
	 * Does what it stands on answer before deadline_ms? May block; the
	 * error says what to do about it. Optional: an instance that is open
	 * does.
	 */
	enum status (*probe)(
	    void *instance, int64_t deadline_ms, struct error *err);
	/*
	 * Worker only: writes into an OpenAPI document what the role of the
	 * caller may do with the service, which is open: see
	 * app/services/docs/doc.h. Where it has made a response, that is the
	 * answer. Optional.
	 */
	void (*describe)(struct doc *d, const struct service *service);
	/* A database's tables in short, as one JSON value (dreamfactory.md
	 * 10.2). Optional. */
	void (*model)(
	    struct doc *d, const struct service *service, struct buf *out);
	/* How many connections to its database there are. Any thread.
	 * Optional. */
	void (*connections)(void *instance, struct pool_state *out);
	/*
	 * About once a second, from the registry's opening thread: must the
	 * instance be opened anew? *outdated becomes true when others wrote
	 * to what it stands on, and all that is cached of it is to go.
	 * Optional.
	 */
	enum service_change (*changed)(void *instance, bool *outdated);
	/* The tags whose deletion drops every cached answer of the service,
	 * in the arena. Optional. */
	size_t (*flush_tags)(
	    void *instance, struct arena *arena, struct str *tags, size_t max);
	/* The same for the answers that a part of it is in, a table; 0: there
	 * is none of that name. Optional. */
	size_t (*part_tags)(void *instance, struct arena *arena,
	    struct str part, struct str *tags, size_t max);
};

/* Worker only: answers GET /api/v2, the list of services the role reaches and
 * of all service types (dreamfactory.md 1.7). */
void service_root(struct request *req);

/* Worker only: answers /api/v2/{service}/_spec, what the caller may do with
 * the service (dreamfactory.md 10.2). */
void service_document(struct request *req);

/* Worker only: answers what page.h left. */
void service_page(struct request *req);

/* NULL when there is no such type. */
const struct service_type *service_type_find(struct str name);

/* All types built in; NULL ends the list. */
extern const struct service_type *const service_types[];

#endif
