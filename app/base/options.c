/*
 * The table of option.h. Ranges bound what one request or one process can be
 * made to hold: an operator may set them freely inside what the code has been
 * built for.
 */
#include "app/base/option.h"

#include "app/base/log_place.h"
#include "app/base/lookup_modifier.h"
#include "app/base/network.h"
#include "app/base/option_check.h"
#include "app/base/settings.h"

#define KIB      INT64_C(1024)
#define MIB      (1024 * KIB)
#define GIB      (1024 * MIB)
#define SECOND   INT64_C(1000)
#define HOUR     (3600 * SECOND)
#define TEN_YEAR INT64_C(315360000)

#define DAY_SECONDS  INT64_C(86400)
#define YEAR_MINUTES INT64_C(525600)

/* As the table of drivers/cache/cache.c has them. */
#define STORES "local|redis|memcached|file|database"

#define MEMBER(name) offsetof(struct settings, name)

/* clang-format off */
const struct option option_table[] = {
	{ .name = "APP_KEY", .type = OPTION_SECRET,
	  .offset = MEMBER(app_key), .fallback = "", .reload = true,
	  .valid = option_is_key, .expected = "base64 of 32 bytes, as `weir setup` "
	      "writes it",
	  .help = "The installation's master key, from which the keys for API "
	      "key hashes, tokens and stored credentials are derived. "
	      "`weir setup` writes one when it is missing." },
	{ .name = "APP_PREVIOUS_KEYS", .type = OPTION_SECRET,
	  .offset = MEMBER(app_previous_keys), .fallback = "", .reload = true,
	  .valid = option_is_key_list, .expected = "keys like APP_KEY with commas "
	      "between them",
	  .help = "Earlier values of APP_KEY, which still verify and decrypt "
	      "after a rotation." },
	{ .name = "ARGON_TIME", .type = OPTION_NUMBER,
	  .offset = MEMBER(argon_time), .fallback = "2",
	  .min = 1, .max = 16, .reload = true,
	  .help = "How often argon2id passes over its memory when it hashes "
	      "a password. Hashes that were made with other numbers verify, "
	      "and are made anew at the next login." },
	{ .name = "ARGON_MEMORY", .type = OPTION_NUMBER,
	  .offset = MEMBER(argon_memory), .fallback = "65536",
	  .min = 8192, .max = 1048576, .reload = true,
	  .help = "How many KiB of memory it takes for each. At most half of "
	      "the WORKERS hash at the same time." },
	{ .name = "DF_LOOKUP_MODIFIERS", .type = OPTION_TEXT,
	  .offset = MEMBER(lookup_modifiers),
	  .fallback = "strtoupper,strtolower,ucfirst,lcfirst,ucwords,"
	      "urlencode,urldecode,rawurlencode,rawurldecode,base64_encode,"
	      "base64_decode,trim",
	  .reload = true,
	  .valid = lookup_modifiers_check, .expected = "names of the default "
	      "value with commas between them",
	  .help = "The functions that lookups may use, as in "
	      "{strtolower(user.email)}." },
	{ .name = "JWT_SECRET", .type = OPTION_SECRET,
	  .offset = MEMBER(jwt_secret), .fallback = "", .reload = true,
	  .valid = option_is_long_secret, .expected = "at least 32 bytes",
	  .help = "What the tokens of sessions are signed with (HS256); empty "
	      "means a key derived from APP_KEY, which is better unless "
	      "another program must verify the tokens." },
	{ .name = "DF_JWT_TTL", .type = OPTION_NUMBER,
	  .offset = MEMBER(jwt_ttl), .fallback = "1440",
	  .min = 1, .max = YEAR_MINUTES, .reload = true,
	  .help = "For how many minutes a token is valid." },
	{ .name = "DF_JWT_REFRESH_TTL", .type = OPTION_NUMBER,
	  .offset = MEMBER(jwt_refresh_ttl), .fallback = "20160",
	  .min = 1, .max = 10 * YEAR_MINUTES, .reload = true,
	  .help = "For how many minutes after the log-in a session can be "
	      "given new tokens; then it ends." },
	{ .name = "DF_ALLOW_FOREVER_SESSIONS", .type = OPTION_BOOLEAN,
	  .offset = MEMBER(allow_forever_sessions), .fallback = "false",
	  .reload = true,
	  .help = "Whether a log-in with remember_me begins a session for "
	      "which DF_JWT_REFRESH_TTL counts anew with each new token." },
	{ .name = "DF_LOGIN_ATTRIBUTE", .type = OPTION_CHOICE,
	  .offset = MEMBER(login_attribute), .fallback = "email",
	  .choices = "email|username", .reload = true,
	  .help = "By what a user is known at the log-in." },
	{ .name = "LOGIN_FAILURES", .type = OPTION_NUMBER,
	  .offset = MEMBER(login_failures), .fallback = "10",
	  .min = 1, .max = 1000000, .reload = true,
	  .help = "How many log-ins of one account may fail within "
	      "LOGIN_FAILURES_TIME; further ones are answered 429, whatever "
	      "their password. Every host counts for itself." },
	{ .name = "LOGIN_FAILURES_HOST", .type = OPTION_NUMBER,
	  .offset = MEMBER(login_failures_host), .fallback = "100",
	  .min = 1, .max = 1000000, .reload = true,
	  .help = "How many from one address of a client, where who registers "
	      "counts, too; an IPv6 address counts with its /64 network." },
	{ .name = "LOGIN_FAILURES_TIME", .type = OPTION_SECONDS,
	  .offset = MEMBER(login_failures_time), .fallback = "15m",
	  .min = 1, .max = 7 * DAY_SECONDS, .reload = true,
	  .help = "The time in which they are counted, from the first "
	      "failure on." },
	{ .name = "AUTH_FAILURES", .type = OPTION_NUMBER,
	  .offset = MEMBER(auth_failures), .fallback = "100",
	  .min = 0, .max = 1000000, .reload = true,
	  .help = "How many wrong credentials of any kind, keys, tokens and "
	      "passwords, may come from one address of a client within "
	      "AUTH_FAILURES_TIME; further ones are answered 429, and right "
	      "ones as ever. A wrong key counts wherever it is sent, also "
	      "where none is needed, but not beside an administrator's token. "
	      "An IPv6 address counts with its /64 network, and every host "
	      "counts for itself. 0 counts nothing." },
	{ .name = "AUTH_FAILURES_TIME", .type = OPTION_SECONDS,
	  .offset = MEMBER(auth_failures_time), .fallback = "15m",
	  .min = 1, .max = 7 * DAY_SECONDS, .reload = true,
	  .help = "The time in which they are counted, from the first "
	      "failure on." },
	{ .name = "SENDMAIL", .type = OPTION_TEXT,
	  .offset = MEMBER(sendmail), .fallback = "", .reload = true,
	  .valid = option_is_command, .expected = "the path of a program and its "
	      "words",
	  .help = "What sends a mail that it is given, as in "
	      "\"/usr/sbin/sendmail -t -i\": codes by which users set a "
	      "password that they have forgotten. Empty means that "
	      "administrators set it." },
	{ .name = "MAIL_FROM_ADDRESS", .type = OPTION_TEXT,
	  .offset = MEMBER(mail_from), .fallback = "", .reload = true,
	  .valid = option_is_one_line, .expected = "an e-mail address",
	  .help = "Whom these mails are from; empty leaves it to the "
	      "program." },
	{ .name = "DF_CONFIRM_CODE_TTL", .type = OPTION_SECONDS,
	  .offset = MEMBER(confirm_code_ttl), .fallback = "24h",
	  .min = 60, .max = 30 * DAY_SECONDS, .reload = true,
	  .help = "How long such a code is good." },
	{ .name = "DB_CONNECTION", .type = OPTION_TEXT,
	  .offset = MEMBER(db_connection), .fallback = "sqlite",
	  .choices = "sqlite|mysql|mariadb",
	  .help = "The kind of the system database, which holds services, "
	      "keys, roles and limits: a file of this host, or a database on "
	      "a server that several hosts may share. mysql and mariadb mean "
	      "the same." },
	{ .name = "DB_DATABASE", .type = OPTION_TEXT,
	  .offset = MEMBER(db_database),
	  .fallback = "/var/lib/weir/system.sqlite",
	  .help = "The file of the system database, or its name on the "
	      "server." },
	{ .name = "DB_HOST", .type = OPTION_TEXT,
	  .offset = MEMBER(db_host), .fallback = "127.0.0.1",
	  .help = "The server of the system database; not for sqlite, as all "
	      "of the following." },
	{ .name = "DB_PORT", .type = OPTION_NUMBER,
	  .offset = MEMBER(db_port), .fallback = "3306",
	  .min = 1, .max = 65535,
	  .help = "Its port." },
	{ .name = "DB_SOCKET", .type = OPTION_TEXT,
	  .offset = MEMBER(db_socket), .fallback = "",
	  .help = "The path of its unix socket, which is used instead of "
	      "DB_HOST and DB_PORT." },
	{ .name = "DB_USERNAME", .type = OPTION_TEXT,
	  .offset = MEMBER(db_username), .fallback = "weir",
	  .help = "Who logs in there." },
	{ .name = "DB_PASSWORD", .type = OPTION_SECRET,
	  .offset = MEMBER(db_password), .fallback = "",
	  .help = "With which password." },
	{ .name = "DB_TLS", .type = OPTION_CHOICE,
	  .offset = MEMBER(db_tls), .fallback = "off",
	  .choices = "off|require|verify",
	  .help = "Whether the line to the server is encrypted: verify also "
	      "wants a certificate that names DB_HOST, require takes any." },
	{ .name = "DB_TLS_CA", .alias = "MYSQL_ATTR_SSL_CA",
	  .type = OPTION_TEXT,
	  .offset = MEMBER(db_tls_ca), .fallback = "",
	  .help = "A file of certificates to verify the server's by, instead "
	      "of the system's. To name one means DB_TLS=verify, unless that "
	      "says require." },
	{ .name = "DB_MAX_RECORDS_RETURNED", .type = OPTION_NUMBER,
	  .offset = MEMBER(db_max_records), .fallback = "100000",
	  .min = 1, .max = 1000000, .reload = true,
	  .help = "How many records one answer holds at most, whatever the "
	      "max_records of its service says." },
	{ .name = "CACHE_DRIVER", .alias = "CACHE_STORE", .type = OPTION_TEXT,
	  .offset = MEMBER(cache_driver), .fallback = "local",
	  .choices = STORES,
	  .help = "The store of cached responses, their tags and, unless "
	      "LIMIT_CACHE_DRIVER says otherwise, the rate limits." },
	{ .name = "CACHE_PREFIX", .type = OPTION_TEXT,
	  .offset = MEMBER(cache_prefix), .fallback = "weir",
	  .help = "Put before every name in a store that is shared with "
	      "other programs." },
	{ .name = "CACHE_PATH", .type = OPTION_TEXT,
	  .offset = MEMBER(cache_path), .fallback = "/var/lib/weir/cache",
	  .help = "The folder of the local store and of the file store. All "
	      "processes of one host that name the same folder share it." },
	{ .name = "CACHE_MEMORY", .type = OPTION_BYTES,
	  .offset = MEMBER(cache_memory), .fallback = "64m",
	  .min = 4 * MIB, .max = 1024 * GIB,
	  .help = "How large the local store may grow before it evicts." },
	{ .name = "CACHE_DISK", .type = OPTION_BYTES,
	  .offset = MEMBER(cache_disk), .fallback = "1g",
	  .min = 4 * MIB, .max = 1024 * GIB,
	  .help = "How much the file store may fill before it evicts." },
	{ .name = "CACHE_MAX_VALUE", .type = OPTION_BYTES,
	  .offset = MEMBER(cache_max_value), .fallback = "1000000",
	  .min = 1 * KIB, .max = 64 * MIB,
	  .help = "The largest value that is stored; a larger response is "
	      "answered without being cached." },
	{ .name = "CACHE_DEFAULT_TTL", .type = OPTION_SECONDS,
	  .offset = MEMBER(cache_default_ttl), .fallback = "300",
	  .min = 1, .max = TEN_YEAR, .reload = true,
	  .help = "How long a response is cached when its service caches but "
	      "has no cache_ttl of its own." },
	{ .name = "LIMIT_CACHE_DRIVER", .type = OPTION_TEXT,
	  .offset = MEMBER(limit_driver), .fallback = "",
	  .choices = STORES,
	  .help = "The store of the rate limits' counters; empty means the "
	      "one of CACHE_DRIVER. The local store has room for 65536 of "
	      "limits with a fixed window, and for 32768 of those that slide, "
	      "pace or lock out, of all processes of the host together; some "
	      "may find none when more than half of that is used. "
	      "LIMIT_ON_ERROR rules those." },
	{ .name = "CACHE_WRITE_ON_ERROR", .type = OPTION_CHOICE,
	  .offset = MEMBER(cache_write_on_error), .fallback = "proceed",
	  .choices = "proceed|refuse", .reload = true,
	  .help = "What a write does while the store of cached answers is "
	      "down: proceed, and this process serves nothing from the cache "
	      "that depends on it until the store is back (others may, until "
	      "their entries end), or answer 503 and write nothing. A write "
	      "that had begun when the store went down is done, and told, in "
	      "either case." },
	{ .name = "LIMIT_ON_ERROR", .type = OPTION_CHOICE,
	  .offset = MEMBER(limit_on_error), .fallback = "local",
	  .choices = "local|allow|deny", .reload = true,
	  .help = "What a rate limit does while its store is down or full: "
	      "count in this process, let every request through, or answer "
	      "503. A process has room for 65536 counters of its own; "
	      "requests are not counted by further ones, which the log tells. "
	      "The log tells when the store is lost and when it is back, the "
	      "access log which requests that was about." },
	{ .name = "STORE_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(store_timeout), .fallback = "50ms",
	  .min = 1, .max = 10 * SECOND, .reload = true,
	  .help = "How long a request waits for a store before it goes on "
	      "without it." },
	{ .name = "SESSION_DRIVER", .type = OPTION_TEXT,
	  .offset = MEMBER(session_driver), .fallback = "",
	  .choices = STORES,
	  .help = "The store of sessions; empty means the one of "
	      "CACHE_DRIVER." },
	{ .name = "SESSION_ON_ERROR", .type = OPTION_CHOICE,
	  .offset = MEMBER(session_on_error), .fallback = "deny",
	  .choices = "deny|jwt", .reload = true,
	  .help = "What becomes of a token while that store is down: it is "
	      "answered 503, or the token and the system database, which is "
	      "then asked each time, decide without it." },
	{ .name = "REDIS_HOST", .alias = "CACHE_HOST", .type = OPTION_TEXT,
	  .offset = MEMBER(redis_host), .fallback = "127.0.0.1",
	  .help = "The Redis server, or with REDIS_CLUSTER the nodes to ask "
	      "first, as HOST or HOST:PORT with commas between them." },
	{ .name = "REDIS_PORT", .alias = "CACHE_PORT", .type = OPTION_NUMBER,
	  .offset = MEMBER(redis_port), .fallback = "6379",
	  .min = 1, .max = 65535,
	  .help = "Its port, where REDIS_HOST names none." },
	{ .name = "REDIS_SOCKET", .type = OPTION_TEXT,
	  .offset = MEMBER(redis_socket), .fallback = "",
	  .help = "The path of its unix socket, which is used instead of "
	      "REDIS_HOST and REDIS_PORT." },
	{ .name = "REDIS_USERNAME", .type = OPTION_TEXT,
	  .offset = MEMBER(redis_username), .fallback = "",
	  .help = "Who logs in there; empty is Redis' default user." },
	{ .name = "REDIS_PASSWORD", .alias = "CACHE_PASSWORD",
	  .type = OPTION_SECRET,
	  .offset = MEMBER(redis_password), .fallback = "",
	  .help = "With which password." },
	{ .name = "REDIS_DATABASE", .alias = "CACHE_DATABASE",
	  .type = OPTION_NUMBER,
	  .offset = MEMBER(redis_database), .fallback = "0",
	  .min = 0, .max = 65535,
	  .help = "The number of its database; a cluster has only 0." },
	{ .name = "REDIS_PREFIX", .type = OPTION_TEXT,
	  .offset = MEMBER(redis_prefix), .fallback = "",
	  .help = "Put before every name in Redis; empty means "
	      "CACHE_PREFIX." },
	{ .name = "REDIS_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(redis_timeout), .fallback = "250ms",
	  .min = 1, .max = 10 * SECOND,
	  .help = "How long connecting to Redis may take, TLS and log-in "
	      "included. How long a request waits is STORE_TIMEOUT." },
	{ .name = "REDIS_CLUSTER", .type = OPTION_BOOLEAN,
	  .offset = MEMBER(redis_cluster), .fallback = "false",
	  .help = "Whether REDIS_HOST names nodes of a Redis Cluster." },
	{ .name = "REDIS_TLS", .type = OPTION_BOOLEAN,
	  .offset = MEMBER(redis_tls), .fallback = "false",
	  .help = "Whether the line to Redis, and to its sentinels, is "
	      "encrypted." },
	{ .name = "REDIS_TLS_VERIFY", .type = OPTION_BOOLEAN,
	  .offset = MEMBER(redis_tls_verify), .fallback = "true",
	  .help = "Whether the server must show a valid certificate that "
	      "names the host." },
	{ .name = "REDIS_TLS_CA", .type = OPTION_TEXT,
	  .offset = MEMBER(redis_tls_ca), .fallback = "",
	  .help = "A file of certificates to verify the server's by, instead "
	      "of the system's." },
	{ .name = "REDIS_SENTINEL_HOST", .type = OPTION_TEXT,
	  .offset = MEMBER(redis_sentinel_host), .fallback = "",
	  .help = "The sentinels that know the master, all of them, as HOST "
	      "or HOST:PORT with commas between them; more than half of them "
	      "must answer. Then REDIS_HOST and REDIS_PORT are not used." },
	{ .name = "REDIS_SENTINEL_PORT", .type = OPTION_NUMBER,
	  .offset = MEMBER(redis_sentinel_port), .fallback = "26379",
	  .min = 1, .max = 65535,
	  .help = "Their port, where REDIS_SENTINEL_HOST names none." },
	{ .name = "REDIS_SENTINEL_MASTER", .alias = "REDIS_SENTINEL_SERVICE",
	  .type = OPTION_TEXT,
	  .offset = MEMBER(redis_sentinel_master), .fallback = "mymaster",
	  .help = "The name under which the sentinels know the master." },
	{ .name = "REDIS_SENTINEL_USERNAME", .type = OPTION_TEXT,
	  .offset = MEMBER(redis_sentinel_username), .fallback = "",
	  .help = "Who logs in to the sentinels; empty is their default "
	      "user." },
	{ .name = "REDIS_SENTINEL_PASSWORD", .type = OPTION_SECRET,
	  .offset = MEMBER(redis_sentinel_password), .fallback = "",
	  .help = "With which password; empty means without one." },
	{ .name = "MEMCACHED_HOST", .type = OPTION_TEXT,
	  .offset = MEMBER(memcached_host), .fallback = "127.0.0.1",
	  .help = "The memcached servers, as HOST, HOST:PORT or "
	      "HOST:PORT:WEIGHT with commas between them, an IPv6 address in "
	      "[brackets]. Every weir that shares them must name them "
	      "alike." },
	{ .name = "MEMCACHED_PORT", .type = OPTION_NUMBER,
	  .offset = MEMBER(memcached_port), .fallback = "11211",
	  .min = 1, .max = 65535,
	  .help = "Their port, where MEMCACHED_HOST names none." },
	{ .name = "MEMCACHED_SOCKET", .type = OPTION_TEXT,
	  .offset = MEMBER(memcached_socket), .fallback = "",
	  .help = "The path of the unix socket of one server, which is used "
	      "instead of MEMCACHED_HOST." },
	{ .name = "MEMCACHED_USERNAME", .type = OPTION_TEXT,
	  .offset = MEMBER(memcached_username), .fallback = "",
	  .help = "Who logs in there by SASL; empty means without log-in." },
	{ .name = "MEMCACHED_PASSWORD", .type = OPTION_SECRET,
	  .offset = MEMBER(memcached_password), .fallback = "",
	  .help = "With which password." },
	{ .name = "DB_CACHE_CONNECTION", .type = OPTION_TEXT,
	  .offset = MEMBER(db_cache_connection), .fallback = "",
	  .help = "The database service whose database holds the table of "
	      "the database store; empty means the system database." },
	{ .name = "DB_CACHE_TABLE", .alias = "CACHE_TABLE",
	  .type = OPTION_TEXT,
	  .offset = MEMBER(db_cache_table), .fallback = "weir_cache",
	  .help = "The table of the database store, which is made when it is "
	      "missing." },
	{ .name = "LISTEN", .type = OPTION_TEXT,
	  .offset = MEMBER(listen), .fallback = "",
	  .valid = option_is_listen, .expected = "unix:/path or host:port",
	  .help = "Where the web server finds weir. Empty means the socket "
	      "that was passed as fd 0 or by LISTEN_FDS." },
	{ .name = "LISTEN_GROUP", .type = OPTION_TEXT,
	  .offset = MEMBER(listen_group), .fallback = "",
	  .help = "The group that may connect to the unix socket of LISTEN; "
	      "empty means the group of the process." },
	{ .name = "TRUSTED_PROXIES", .type = OPTION_TEXT,
	  .offset = MEMBER(trusted_proxies), .fallback = "", .reload = true,
	  .valid = networks_check, .expected = "addresses, networks such as "
	      "10.0.0.0/8, and unix, with commas between them",
	  .help = "Whose X-Forwarded-For is believed, in front of the web "
	      "server that calls weir: the client is the first address from "
	      "the right that is none of these. Empty means nobody's, and the "
	      "client is who called the web server. unix is who calls it on a "
	      "unix socket." },
	{ .name = "LISTEN_BACKLOG", .type = OPTION_NUMBER,
	  .offset = MEMBER(backlog), .fallback = "1024",
	  .min = 1, .max = 65535,
	  .help = "How many connections the kernel keeps before weir has "
	      "accepted them." },
	{ .name = "FRONTS", .type = OPTION_NUMBER,
	  .offset = MEMBER(fronts), .fallback = "1",
	  .min = 1, .max = 64,
	  .help = "How many event loops read requests and answer from the "
	      "cache." },
	{ .name = "WORKERS", .type = OPTION_NUMBER,
	  .offset = MEMBER(workers), .fallback = "0",
	  .min = 0, .max = 1024,
	  .help = "How many threads run what may block. 0 means twice the "
	      "number of processors and at least 4." },
	{ .name = "QUEUE", .type = OPTION_NUMBER,
	  .offset = MEMBER(queue), .fallback = "256",
	  .min = 1, .max = 65536,
	  .help = "How many requests may wait for a worker; the next one is "
	      "answered 503 at once." },
	{ .name = "MAX_BODY", .type = OPTION_BYTES,
	  .offset = MEMBER(max_body), .fallback = "10m",
	  .min = 1 * KIB, .max = 1 * GIB, .reload = true,
	  .help = "The largest request body; a larger one is answered 413. "
	      "Uploads to a file service have its max_file_size instead." },
	{ .name = "MAX_HEADERS", .type = OPTION_BYTES,
	  .offset = MEMBER(max_headers), .fallback = "64k",
	  .min = 4 * KIB, .max = 1 * MIB,
	  .help = "How many bytes of FastCGI parameters, which hold the "
	      "request's headers, are read; more are answered 431." },
	{ .name = "MAX_PARAMS", .type = OPTION_NUMBER,
	  .offset = MEMBER(max_params), .fallback = "256",
	  .min = 16, .max = 10000, .reload = true,
	  .help = "How many parameters a query string may have; more are "
	      "answered 400." },
	{ .name = "MAX_CONNECTIONS", .type = OPTION_NUMBER,
	  .offset = MEMBER(max_connections), .fallback = "4096",
	  .min = 16, .max = 1000000,
	  .help = "How many connections of the web server each event loop "
	      "holds." },
	{ .name = "READ_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(read_timeout), .fallback = "30s",
	  .min = 100, .max = HOUR,
	  .help = "How long a whole request may take to arrive. An upload to a "
	      "file service may take as much longer as it takes at 64 KiB a "
	      "second." },
	{ .name = "WRITE_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(write_timeout), .fallback = "60s",
	  .min = 100, .max = HOUR, .reload = true,
	  .help = "How long a whole answer may take to be sent." },
	{ .name = "REQUEST_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(request_timeout), .fallback = "30s",
	  .min = 100, .max = HOUR, .reload = true,
	  .help = "How long a request may wait for a worker and for its "
	      "database together; then it is answered 503 or 504. An answer "
	      "too large to be held must be sent by then, or it is cut off; a "
	      "file may take as much longer as it takes at 64 KiB a second." },
	{ .name = "STATEMENT_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(statement_timeout), .fallback = "10s",
	  .min = 10, .max = HOUR, .reload = true,
	  .help = "How long one statement may run in a database; then it is "
	      "ended and the request answered 504. One whose rows are sent "
	      "while it runs has the time of its request." },
	{ .name = "DRAIN_TIMEOUT", .type = OPTION_MS,
	  .offset = MEMBER(drain_timeout), .fallback = "30s",
	  .min = 0, .max = HOUR,
	  .help = "How long weir goes on answering what it has begun to read "
	      "after it was told to stop. Requests that are in work even two "
	      "seconds later are cut off: they have no answer from weir, "
	      "which ends with status 1." },
	{ .name = "METRICS", .type = OPTION_TEXT,
	  .offset = MEMBER(metrics), .fallback = "off",
	  .valid = option_is_metrics, .expected = "off, or addresses, networks "
	      "such as 10.0.0.0/8, and unix, with commas between them",
	  .help = "Who may read /metrics, besides administrators: clients at "
	      "these addresses. Behind a proxy that TRUSTED_PROXIES does not "
	      "name, all clients have its address. With off, no METRICS_KEY "
	      "and CONSOLE=false, nothing is counted." },
	{ .name = "METRICS_KEY", .type = OPTION_SECRET,
	  .offset = MEMBER(metrics_key), .fallback = "", .reload = true,
	  .valid = option_is_long_secret, .expected = "at least 32 bytes",
	  .help = "Who sends this as a bearer token may read /metrics from "
	      "anywhere, and nothing else; empty: nobody. It has weir count, from "
	      "its next start, where METRICS is off." },
	{ .name = "CONSOLE", .type = OPTION_BOOLEAN,
	  .offset = MEMBER(console), .fallback = "true",
	  .help = "Whether browsers are given the console at /console, which "
	      "can do what the API lets its administrator do, and no more. "
	      "Calls are counted for its charts, as for METRICS." },
	{ .name = "READY_NEEDS", .type = OPTION_CHOICE,
	  .offset = MEMBER(ready_needs), .fallback = "all",
	  .choices = "all|system", .reload = true,
	  .help = "What must answer for /health/ready to be 200: every store "
	      "and every database, or the system database alone, for a "
	      "balancer that is to send requests here although a part of them "
	      "fails everywhere." },
	{ .name = "LOG_FILE", .type = OPTION_TEXT,
	  .offset = MEMBER(log_file), .fallback = "stderr", .reload = true,
	  .help = "Where the log goes: stderr, syslog, journal, or a file to "
	      "append to. syslog:PATH and journal:PATH name the socket, which is "
	      "else /dev/log and systemd's. A stderr that systemd has connected "
	      "to its journal is journal. See LOGS." },
	{ .name = "ACCESS_LOG", .type = OPTION_TEXT,
	  .offset = MEMBER(access_log), .fallback = "stderr", .reload = true,
	  .help = "Where the access log goes, one line an answer: off, or as "
	      "LOG_FILE says." },
	{ .name = "LOG_FORMAT", .type = OPTION_CHOICE,
	  .offset = MEMBER(log_format), .fallback = "text",
	  .choices = "text|json", .reload = true,
	  .help = "What a line of the log is: text for people, or a JSON object." },
	{ .name = "ACCESS_FORMAT", .type = OPTION_CHOICE,
	  .offset = MEMBER(access_format), .fallback = "json",
	  .choices = "text|json", .reload = true,
	  .help = "What a line of the access log is: a JSON object, or text, the "
	      "common log format of web servers with what weir knows behind it." },
	{ .name = "SYSLOG_FACILITY", .type = OPTION_CHOICE,
	  .offset = MEMBER(syslog_facility), .fallback = "daemon",
	  .choices = LOG_FACILITIES, .reload = true,
	  .help = "Under which facility lines go to syslog and the journal." },
	{ .name = "SLOW_REQUEST", .type = OPTION_MS,
	  .offset = MEMBER(slow_request), .fallback = "0",
	  .min = 0, .max = HOUR, .reload = true,
	  .help = "Requests that take as long are told in the log, with the "
	      "milliseconds of their stages, as weir_stage_duration_seconds of "
	      "weir-api(7) has them. 0 tells of none." },
	{ .name = "LOG_LEVEL", .type = OPTION_CHOICE,
	  .offset = MEMBER(log_level), .fallback = "info",
	  .choices = "error|warning|info|debug", .reload = true,
	  .help = "The least important kind of line that is logged." },
};
/* clang-format on */

const size_t option_count = sizeof(option_table) / sizeof(option_table[0]);
