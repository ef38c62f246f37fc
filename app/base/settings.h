/*
 * All that an operator can set, as plain values; app/base/option.h has the
 * table that says how each is written. Settings are immutable once read; a
 * reload makes a new struct settings. Strings live in the arena given to
 * settings_read().
 */
#ifndef WEIR_BASE_SETTINGS_H
#define WEIR_BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/base/env.h"
#include "app/base/status.h"
#include "app/base/str.h"

struct arena;
struct buf;

enum on_error { ON_ERROR_LOCAL, ON_ERROR_ALLOW, ON_ERROR_DENY };

enum session_on_error { SESSION_ON_ERROR_DENY, SESSION_ON_ERROR_JWT };

enum login_attribute { LOGIN_BY_EMAIL, LOGIN_BY_USERNAME };

enum ready_needs { READY_NEEDS_ALL, READY_NEEDS_SYSTEM };

enum write_on_error { WRITE_ON_ERROR_PROCEED, WRITE_ON_ERROR_REFUSE };

struct settings {
	/* identity of the installation */
	const char *app_key;           /* APP_KEY, secret */
	const char *app_previous_keys; /* APP_PREVIOUS_KEYS, comma list */
	int64_t argon_time;            /* ARGON_TIME, passes */
	int64_t argon_memory;          /* ARGON_MEMORY, KiB */
	const char *lookup_modifiers;  /* DF_LOOKUP_MODIFIERS, comma list */
	/* log-ins and sessions */
	const char *jwt_secret;      /* JWT_SECRET, secret; "": of app_key */
	int64_t jwt_ttl;             /* DF_JWT_TTL, minutes */
	int64_t jwt_refresh_ttl;     /* DF_JWT_REFRESH_TTL, minutes */
	bool allow_forever_sessions; /* DF_ALLOW_FOREVER_SESSIONS */
	int64_t login_attribute;     /* enum login_attribute */
	int64_t login_failures;      /* LOGIN_FAILURES, of one account */
	int64_t login_failures_host; /* LOGIN_FAILURES_HOST, of one address */
	int64_t login_failures_time; /* LOGIN_FAILURES_TIME, seconds */
	int64_t auth_failures;       /* AUTH_FAILURES, of one address; 0: off */
	int64_t auth_failures_time;  /* AUTH_FAILURES_TIME, seconds */
	int64_t confirm_code_ttl;    /* DF_CONFIRM_CODE_TTL, seconds */
	const char *sendmail;        /* SENDMAIL: command; "": no mail */
	const char *mail_from;       /* MAIL_FROM_ADDRESS */
	/* the system database */
	const char *db_connection; /* DB_CONNECTION: sqlite, mysql, mariadb */
	const char *db_database;   /* DB_DATABASE: path or name */
	const char *db_host;       /* DB_HOST */
	int64_t db_port;           /* DB_PORT */
	const char *db_socket;     /* DB_SOCKET; "": host and port */
	const char *db_username;   /* DB_USERNAME */
	const char *db_password;   /* DB_PASSWORD, secret */
	int64_t db_tls;            /* DB_TLS: enum db_tls */
	const char *db_tls_ca;     /* DB_TLS_CA; "": the system's */
	int64_t db_max_records;    /* DB_MAX_RECORDS_RETURNED */
	/* stores */
	const char *cache_driver;  /* CACHE_DRIVER, CACHE_STORE */
	const char *cache_prefix;  /* CACHE_PREFIX */
	const char *cache_path;    /* CACHE_PATH: folder of local and file */
	int64_t cache_memory;      /* CACHE_MEMORY, bytes of the local store */
	int64_t cache_disk;        /* CACHE_DISK, bytes of the file store */
	int64_t cache_max_value;   /* CACHE_MAX_VALUE, bytes */
	int64_t cache_default_ttl; /* CACHE_DEFAULT_TTL, seconds */
	int64_t cache_write_on_error; /* enum write_on_error */
	const char *limit_driver;   /* LIMIT_CACHE_DRIVER; "" = cache_driver */
	int64_t limit_on_error;     /* LIMIT_ON_ERROR: enum on_error */
	const char *session_driver; /* SESSION_DRIVER; "" = cache_driver */
	int64_t session_on_error;   /* enum session_on_error */
	int64_t store_timeout;      /* STORE_TIMEOUT, ms */
	/* the redis store */
	const char *redis_host;     /* REDIS_HOST: a name, or a list of seeds */
	int64_t redis_port;         /* REDIS_PORT */
	const char *redis_socket;   /* REDIS_SOCKET; "": host and port */
	const char *redis_username; /* REDIS_USERNAME */
	const char *redis_password; /* REDIS_PASSWORD, secret */
	int64_t redis_database;     /* REDIS_DATABASE */
	const char *redis_prefix;   /* REDIS_PREFIX; "": cache_prefix */
	int64_t redis_timeout;      /* REDIS_TIMEOUT, ms */
	bool redis_cluster;         /* REDIS_CLUSTER */
	bool redis_tls;             /* REDIS_TLS */
	bool redis_tls_verify;      /* REDIS_TLS_VERIFY */
	const char *redis_tls_ca;   /* REDIS_TLS_CA; "": the system's */
	const char *redis_sentinel_host;     /* REDIS_SENTINEL_HOST, a list */
	int64_t redis_sentinel_port;         /* REDIS_SENTINEL_PORT */
	const char *redis_sentinel_master;   /* REDIS_SENTINEL_MASTER */
	const char *redis_sentinel_username; /* REDIS_SENTINEL_USERNAME */
	const char *redis_sentinel_password; /* REDIS_SENTINEL_PASSWORD */
	/* the memcached store */
	const char *memcached_host;     /* MEMCACHED_HOST, a list */
	int64_t memcached_port;         /* MEMCACHED_PORT */
	const char *memcached_socket;   /* MEMCACHED_SOCKET; "": hosts */
	const char *memcached_username; /* MEMCACHED_USERNAME: SASL */
	const char *memcached_password; /* MEMCACHED_PASSWORD, secret */
	/* the database store */
	const char *db_cache_connection; /* DB_CACHE_CONNECTION; "": the
					  * system database */
	const char *db_cache_table;      /* DB_CACHE_TABLE */
	/* the FastCGI edge */
	const char *trusted_proxies; /* TRUSTED_PROXIES: networks, a list */
	const char *listen;          /* LISTEN: unix:/path or host:port */
	const char *listen_group;  /* LISTEN_GROUP: group of the unix socket */
	int64_t backlog;           /* LISTEN_BACKLOG */
	int64_t fronts;            /* FRONTS */
	int64_t workers;           /* WORKERS; 0 = 2 x cores, at least 4 */
	int64_t queue;             /* QUEUE: requests waiting for a worker */
	int64_t max_body;          /* MAX_BODY, bytes */
	int64_t max_headers;       /* MAX_HEADERS, bytes of all parameters */
	int64_t max_params;        /* MAX_PARAMS: query parameters */
	int64_t max_connections;   /* MAX_CONNECTIONS per front */
	int64_t read_timeout;      /* READ_TIMEOUT, ms, whole request */
	int64_t write_timeout;     /* WRITE_TIMEOUT, ms, whole answer */
	int64_t request_timeout;   /* REQUEST_TIMEOUT, ms, queue + upstream */
	int64_t statement_timeout; /* STATEMENT_TIMEOUT, ms */
	int64_t drain_timeout;     /* DRAIN_TIMEOUT, ms */
	int64_t slow_request;      /* SLOW_REQUEST, ms; 0: none is told */
	const char *metrics;       /* METRICS: networks, a list, or off */
	const char *metrics_key;   /* METRICS_KEY, secret; "": none */
	bool console;              /* CONSOLE */
	int64_t ready_needs;       /* READY_NEEDS: enum ready_needs */
	/* logs */
	const char *log_file;    /* LOG_FILE: see log_place.h */
	const char *access_log;  /* ACCESS_LOG: the same, or off */
	int64_t log_format;      /* LOG_FORMAT: enum log_format */
	int64_t access_format;   /* ACCESS_FORMAT: enum log_format */
	int64_t syslog_facility; /* SYSLOG_FACILITY: place in its list */
	int64_t log_level;       /* LOG_LEVEL: enum log_level */
	/* What is no option stands behind these: SERVICE_..., ROLE_...,
	 * KEY_... (envdeclared.h) */
	struct env declared;
	const char *env_path; /* the file that was read, "": none */
};

/*
 * Gives `fresh` the values of `start` for all that a reload does not change.
 * Texts stay where they are.
 */
void settings_keep(const struct settings *start, struct settings *fresh);

/*
 * Where settings come from: `file` (path as given by --env, else $WEIR_ENV,
 * ./.env, /etc/weir/weir.env, the first that exists; file NULL: not given),
 * then the process environment, which wins. Laravel's words true/(true), null,
 * empty and so on are understood; null, and an empty value that is no text,
 * mean the default. On error: ST_INVALID and "FILE:LINE: NAME: value X:
 * expected ..." (a secret's value is shown as "***"). Unknown CACHE_*, REDIS_*,
 * DB_*, LIMIT_* and other weir-looking names are warnings with the nearest
 * known name, appended to `warnings`, one a line. `path_used` receives the
 * file's path, or STR_NULL when there is none.
 */
enum status settings_read(struct arena *a, const char *file,
    struct settings *out, struct str *path_used, struct buf *warnings,
    struct error *err);

/*
 * The same for people who mend a file: goes on after a wrong value (which
 * becomes the default) and appends every problem to `problems`, one a line.
 * ST_INVALID when there was one.
 */
enum status settings_check(struct arena *a, const char *file,
    struct settings *out, struct str *path_used, struct buf *warnings,
    struct buf *problems);

#endif
