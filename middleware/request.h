/*
 * One API call on its way through the pipeline. Everything it points to lives
 * in its arena or in the snapshot it pins, until the answer has been sent.
 */
#ifndef WEIR_REQUEST_H
#define WEIR_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/arena.h"
#include "app/base/clock.h"
#include "app/base/str.h"
#include "app/base/uri.h"
#include "drivers/cache/cache.h"
#include "middleware/format.h"
#include "middleware/response.h"
#include "middleware/timing.h"
#include "middleware/trace.h"

struct app;
struct body_source;
struct cancel;
struct jwt;
struct key_memo;
struct people;
struct principal;
struct registry;
struct role;
struct service;
struct settings;
struct snapshot;
struct store;
struct stores;
struct stream;

/* Bits as in role_service_access.verb_mask (dreamfactory.md 3.1). */
enum method {
	METHOD_NONE = 0,
	METHOD_GET = 1,
	METHOD_POST = 2,
	METHOD_PUT = 4,
	METHOD_PATCH = 8,
	METHOD_DELETE = 16,
	METHOD_OPTIONS = 32,
	METHOD_HEAD = 64
};

/* The CGI parameters weir reads; request_param_name() has their names. */
enum request_param {
	PARAM_METHOD,
	PARAM_URI,
	PARAM_QUERY,
	PARAM_SERVER_SOFTWARE, /* "nginx/1.22.1"; empty when not passed on */
	PARAM_REMOTE_ADDR, /* on arrival client_set() makes it the client's */
	PARAM_X_FORWARDED_FOR,
	PARAM_CONTENT_TYPE,
	PARAM_CONTENT_LENGTH,
	PARAM_REQUEST_ID, /* REQUEST_ID: the web server's */
	PARAM_X_REQUEST_ID,
	PARAM_API_KEY,
	PARAM_API_KEY_ALIAS, /* X-API-Key */
	PARAM_AUTHORIZATION,
	PARAM_SESSION_TOKEN,
	PARAM_ACCEPT,
	PARAM_CACHE_CONTROL,
	PARAM_IF_NONE_MATCH,
	PARAM_IF_MATCH,
	PARAM_IF_MODIFIED_SINCE,
	PARAM_IF_UNMODIFIED_SINCE,
	PARAM_IF_RANGE,
	PARAM_RANGE,
	PARAM_X_HTTP_METHOD,
	PARAM_X_METHOD_OVERRIDE,
	PARAM_X_HTTP_METHOD_OVERRIDE,
	PARAM_HOST,
	PARAM_ORIGIN,
	PARAM_PREFLIGHT_METHOD, /* Access-Control-Request-Method */
	PARAM_PREFLIGHT_HEADERS,
	PARAM_WRAP,
	PARAM_EXPLAIN, /* X-Weir-Explain */
	PARAM_TRACEPARENT,
	PARAM_FILE_NAME,   /* X-File-Name */
	PARAM_FOLDER_NAME, /* X-Folder-Name */
	PARAM_COUNT
};

#define SEGMENTS_MAX  8
#define BATCH_OPS_MAX CACHE_GROUP_MAX
#define LATER_MAX     3

/* Store operations planned by the stages, for one store. */
struct batch {
	struct cache_op ops[BATCH_OPS_MAX];
	size_t n;
};

enum store_use {
	STORE_CACHE, /* responses and tags */
	STORE_LIMIT, /* counters; may be the same store as STORE_CACHE */
	STORE_SESSION,
	STORE_SERVICE, /* of the request's own cache service */
	STORE_USES
};

/* Which stage said what, for the access log. */
enum cache_verdict {
	CACHE_VERDICT_NONE, /* not a cacheable request */
	CACHE_VERDICT_HIT,
	CACHE_VERDICT_MISS,
	CACHE_VERDICT_STALE,  /* a tag changed: a miss */
	CACHE_VERDICT_BYPASS, /* the client asked, or the store was skipped */
	CACHE_VERDICT_JOINED, /* answered by another request's query */
	CACHE_VERDICT_OLD     /* a hit, though beyond its time */
};

enum limit_verdict {
	LIMIT_VERDICT_NONE, /* no limit applies */
	LIMIT_VERDICT_PASS,
	LIMIT_VERDICT_DRY_RUN, /* passed: what would refuse is a dry run */
	LIMIT_VERDICT_REFUSED,
	LIMIT_VERDICT_GUARD, /* too many wrong credentials: see guard.h */
	/* the store was down, and LIMIT_ON_ERROR ruled: */
	LIMIT_VERDICT_LOCAL, /* passed by what this process counted */
	LIMIT_VERDICT_SKIPPED,
	LIMIT_VERDICT_DENIED
};

/* See page.h. */
enum page_kind {
	PAGE_NONE,    /* a call of the API */
	PAGE_LIVE,    /* /health/live */
	PAGE_READY,   /* /health/ready */
	PAGE_METRICS, /* /metrics */
	PAGE_CONSOLE  /* /console and beneath it */
};

/* The most that a body may have, and the setting that says so. */
struct body_limit {
	int64_t bytes;
	const char *name; /* "MAX_BODY" */
};

/* A flight: concurrent misses with one name share one query. */
#define FLIGHT_NAME_BYTES 16

struct request {
	struct arena *arena;
	struct moment arrived;
	int64_t arrived_us;  /* clock_boot_us() */
	int64_t deadline_ms; /* clock_boot_ms() time; upstream gives up then */

	/* as sent */
	struct str param[PARAM_COUNT]; /* STR_NULL when absent */
	/* complete before the upstream runs; or, of a service that reads it
	 * while it arrives, STR_NULL: see body.h */
	struct str body;

	/* as understood by the route */
	struct str id; /* request id, always set */
	enum method method;
	enum page_kind page;
	bool has_body;   /* or one that follows: the answer may depend on it */
	bool tunnelled;  /* sent as POST: a read may depend on its body */
	bool by_query;   /* and by the query, as any form of any page can be */
	struct str path; /* decoded, behind the API prefix and version; as
			  * sent when it is not under the prefix */
	struct str service_name; /* lower case; "" at the root */
	struct str resource;     /* decoded, without slashes at the ends */
	/* what follows the service's name and a slash, as sent; STR_NULL:
	 * not even the slash */
	struct str resource_sent;
	/* resource split at "/" before it was decoded; the last one of
	 * SEGMENTS_MAX takes all that is left */
	struct str segment[SEGMENTS_MAX];
	size_t n_segments;
	struct params query;
	struct str query_sent; /* without "?" */

	/* as found in the pinned snapshot */
	struct snapshot *snapshot;
	struct key_memo *keys; /* of the front, in that snapshot; or NULL */
	const struct settings *settings; /* of that snapshot */
	const struct service *service;   /* NULL at the root or unknown */
	const struct app *app;
	const struct role *role; /* NULL: none */
	/* A filter of the role looks up what this caller has not, who came
	 * with a key alone: a user might have it. */
	bool wants_user;

	/* where its service can be opened anew, or NULL, and the snapshots
	 * pinned for that: see renew.h */
	struct registry *registry;
	struct snapshot *later[LATER_MAX];
	size_t n_later;

	bool key_sent; /* an API key, if only an unknown one */
	/* how a known one begins, as `weir key list` shows it; "" for one that
	 * is too short to be known in part */
	struct str key_hint;
	bool opens_page; /* by a key for that page alone: see page_opens() */
	bool is_failure; /* to prove who calls, counted so: guard.h */
	bool is_open;    /* its service lets everybody in: see service.h */
	/* who calls, when it is a user; NULL: a key alone, or nobody */
	const struct principal *principal;
	bool by_operator; /* made by a command, to be explained: explain.h */
	const struct jwt *token; /* that was shown; NULL: none that counts */
	struct str token_sent;   /* the same as text */
	/* The token is well signed, but its session has ended: the call is
	 * counted, and refused then. */
	bool session_ended;
	/* The principal and its role are as this process remembers them: until
	 * the auth stage is through they may be of the past. */
	bool is_guess;
	struct people *people;

	/* the room it is in: whose store connections may be used, and whether
	 * a call may block. Set by front and worker. */
	struct stores *stores;
	bool may_block;
	/* of a cache service, set by its type's plan; NULL: there is none */
	struct store *store;
	int64_t store_timeout; /* ms for it; 0: STORE_TIMEOUT */
	bool planned; /* its service's answer() may make the response */

	struct format_choice format; /* ask format_of() */

	/* the most of the body that is taken; `streams`: its service reads it
	 * by body_read(); then source is how more of it is had, NULL: all of
	 * it is in `body` */
	struct body_limit body_limit;
	bool body_streams;
	struct body_source *source;
	int64_t body_taken;

	/* how a large answer leaves while it is made; NULL: it does not */
	struct stream *stream;
	/* set by the cache stage: with so many bytes the answer may be stored,
	 * so it is held; 0: it is not stored */
	size_t storable_bytes;

	/* what a read arms while it can be ended, or NULL: see cancel.h */
	struct cancel *cancel;

	void *slot[16];   /* per stage, by its index */
	size_t n_planned; /* stages that have planned; they may be entered */
	size_t entered;   /* stages entered so far; they are left backwards */

	/* set by the cache stage: calls with one flight may wait for the
	 * first of them, in a miss or before tags without a version */
	bool shareable;
	uint8_t flight[FLIGHT_NAME_BYTES];
	/* and only before its query begins, which must be later than they */
	bool joins_early;
	/* set by the cache stage: it is answered from the cache, and its query,
	 * of that flight, is to be made behind the answer */
	bool renews;
	/* set by the front: it asks the upstream, whoever else does */
	bool asks_anyway;
	/* set by the cache stage when the store fails the call, and by the
	 * front for those who waited for it: they do without the store */
	bool skip_store;

	enum cache_verdict cache_verdict;
	enum limit_verdict limit_verdict;

	struct timing timing;
	struct trace trace; /* known once it is answered */

	/* for the access log, once the call has left: see log_access() */
	struct str log_line;
	struct str log_fields;

	struct response response;

	/* last, since a new request clears only their counts */
	struct batch batch[STORE_USES];
};

/*
 * Empties *req for a new call: now, arena, and the snapshot (whose reference
 * the request takes over; its settings are the request's).
 */
void request_init(
    struct request *req, struct arena *arena, struct snapshot *snapshot);

/* The CGI name of a parameter: "HTTP_X_DREAMFACTORY_API_KEY". */
struct str request_param_name(enum request_param p);

/*
 * Gives it its id: the web server's, else the client's when it is 1 to 64
 * characters of A-Za-z0-9._-, else a fresh one. Part of request_route().
 */
void request_identify(struct request *req);

/*
 * Fills id, method, path, service_name, resource, segments and query from the
 * parameters (dreamfactory.md 1.1, 1.2). ST_OK, or the response holds the
 * refusal: 400 bad escapes, ".." or more query parameters than MAX_PARAMS, 404
 * not a path of the API, 405 a verb that is none of ours.
 */
enum status request_route(struct request *req);

/*
 * Is the body within its limit, as announced and as it came? `whole`: all of it
 * is there. ST_OK, or the response holds the refusal: 413 above the limit, 400
 * when CONTENT_LENGTH is no number or not what came.
 */
enum status request_check_body(struct request *req, bool whole);

/* Is it a GET or a HEAD, however it was sent? */
bool request_reads(const struct request *req);

/* Does it read what a service says of itself, SERVICE/_spec, whatever else its
 * type may have at that path? */
bool request_is_document(const struct request *req);

/* What the client calls its body, without parameters such as charset;
 * STR_NULL or "" when it does not say. */
struct str request_media_type(const struct request *req);

/* A planned operation, all zero, to fill in; NULL when the batch is full. */
struct cache_op *request_plan_op(struct request *req, enum store_use use);

/* 16 hexadecimal digits that no other request of this host has. */
struct str request_fresh_id(struct arena *arena);

/* The first value of a query parameter, or STR_NULL. */
struct str request_query(const struct request *req, struct str name);

/* Does a query parameter say yes? */
bool request_asks(const struct request *req, const char *name);

/* "GET"; the empty string for METHOD_NONE. */
struct str method_name(enum method m);

/* In any case; METHOD_NONE when it is none of ours; MERGE is PATCH. */
enum method method_parse(struct str name);

#endif
