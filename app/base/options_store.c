/* The system database and the stores: rows of option.h's table. */
#include "app/base/option_rows.h"

#include "app/base/settings.h"

#define KIB      INT64_C(1024)
#define MIB      (1024 * KIB)
#define GIB      (1024 * MIB)
#define SECOND   INT64_C(1000)
#define TEN_YEAR INT64_C(315360000)

/* As the table of drivers/cache/cache.c has them. */
#define STORES "local|redis|memcached|file|database"

/* clang-format off */
const struct option options_store[] = {
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
};
/* clang-format on */

const size_t options_store_n = sizeof(options_store) / sizeof(options_store[0]);
