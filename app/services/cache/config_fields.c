#include "app/services/cache/config_fields.h"

#include "drivers/cache/cache.h"

#define TEXT(field, title, said)                                               \
	{                                                                      \
		.name = (field), .type = "string", .label = (title),           \
		.help = (said)                                                 \
	}

#define PATH(field, title, said)                                               \
	{                                                                      \
		.name = (field), .type = "string", .label = (title),           \
		.is_path = true, .help = (said)                                \
	}

#define PASSWORD(field, title, said)                                           \
	{                                                                      \
		.name = (field), .type = "password", .label = (title),         \
		.help = (said)                                                 \
	}

#define SWITCH(field, title, is, said)                                         \
	{                                                                      \
		.name = (field), .type = "boolean", .label = (title),          \
		.fallback = (is), .help = (said)                               \
	}

#define PORT(field, title, is, said)                                           \
	{                                                                      \
		.name = (field), .type = "integer", .label = (title),          \
		.fallback = (is), .min = 1, .max = 65535, .help = (said)       \
	}

#define HOST(said)                                                             \
	{                                                                      \
		.name = "host", .type = "string", .label = "Host",             \
		.fallback = CACHE_CONFIG_HOST, .help = (said)                  \
	}

/* Fields that every cache has. */
#define COMMON                                                                 \
	{ .name = "default_ttl",                                               \
		.type = "integer",                                             \
		.label = "Default time to live",                               \
		.fallback = CACHE_CONFIG_TTL,                                  \
		.min = 0,                                                      \
		.max = CACHE_TTL_MAX,                                          \
		.help = "Seconds for which a value lives when the client "     \
			"does not say; 0: for ever." },                        \
	    { .name = "bare_values",                                           \
		    .type = "boolean",                                         \
		    .label = "Bare values",                                    \
		    .fallback = "false",                                       \
		    .help =                                                    \
			"Answer values without {\"key\",\"value\"} around "    \
			"them, take bodies for values and maps, and let "      \
			"POST only make new keys, as DreamFactory does." },    \
	{                                                                      \
		.name = "timeout", .type = "integer", .label = "Timeout",      \
		.fallback = CACHE_CONFIG_TIMEOUT_MS, .min = 1, .max = 10000,   \
		.help = "Milliseconds that a call waits for the store before " \
			"it is answered 503."                                  \
	}

/* In place of a connection of its own. */
#define STORE                                                                  \
	{                                                                      \
		.name = "store", .type = "string", .label = "Store",           \
		.choices = "default",                                          \
		.help = "default: the store of CACHE_DRIVER, instead of the "  \
			"one that the fields below say."                       \
	}

#define OPTIONS                                                                \
	TEXT("options", "Options",                                             \
	    "A text of DreamFactory's config; accepted and not used.")

const struct config_field config_fields_cache_local[] = {
	{ .name = "store",
	    .type = "string",
	    .label = "Store",
	    .choices = "local|default|array|file|database|redis|memcached",
	    .help = "default: the store of CACHE_DRIVER; file, database, "
		    "redis or memcached: as the settings say it is reached. "
		    "Without, and for array: the local store." },
	COMMON,
	{ .name = NULL },
};

const struct config_field config_fields_cache_file[] = {
	STORE,
	PATH("path", "Folder",
	    "Absolute path of the folder of the files, which is made when it "
	    "is missing."),
	{ .name = "max_bytes",
	    .type = "integer",
	    .label = "Maximum size",
	    .min = 1048576,
	    .max = INT64_C(1) << 40,
	    .help = "Bytes that the folder may fill before old values make "
		    "room; without, CACHE_DISK." },
	COMMON,
	{ .name = NULL },
};

const struct config_field config_fields_cache_database[] = {
	STORE,
	{ .name = "connection",
	    .type = "string",
	    .label = "Kind",
	    .fallback = "sqlite",
	    .choices = "sqlite|mysql|mariadb",
	    .help = "Which database it is." },
	TEXT("database", "Database",
	    "Absolute path of the SQLite file, which is made when it is "
	    "missing; else the name of the database on the server."),
	HOST("Name or address of the server."),
	PORT("port", "Port", "3306", "Port of the server."),
	PATH("unix_socket", "Unix socket",
	    "Path of the server's socket, instead of host and port."),
	TEXT("username", "Username", "Who signs in to the server."),
	PASSWORD("password", "Password", "The password, kept encrypted."),
	{ .name = "tls",
	    .type = "string",
	    .label = "TLS",
	    .fallback = "off",
	    .choices = "off|require|verify",
	    .help = "require: encrypt, whoever answers; verify: and check "
		    "that the certificate names the host." },
	PATH("tls_ca", "TLS authorities",
	    "File of the certificates that verify trusts; without it the "
	    "system's."),
	TEXT("table", "Table",
	    "The table, which is made when it is missing; without, "
	    "DB_CACHE_TABLE."),
	COMMON,
	{ .name = NULL },
};

const struct config_field config_fields_cache_redis[] = {
	STORE,
	HOST("The server, or with cluster the nodes to ask first, as HOST or "
	     "HOST:PORT with commas between them."),
	PORT("port", "Port", "6379", "Their port, where host names none."),
	PATH("socket", "Unix socket",
	    "Path of the server's socket, instead of host and port."),
	TEXT("username", "Username",
	    "Who logs in; without, Redis' default user."),
	PASSWORD("password", "Password", "The password, kept encrypted."),
	{ .name = "database_index",
	    .type = "integer",
	    .label = "Database",
	    .fallback = "0",
	    .min = 0,
	    .max = 65535,
	    .help = "Number of the database; a cluster has only 0." },
	TEXT("prefix", "Prefix",
	    "Put before every name; without, REDIS_PREFIX or CACHE_PREFIX."),
	SWITCH("tls", "TLS", "false",
	    "Encrypt the line to the server and to its sentinels."),
	SWITCH("tls_verify", "Verify", "true",
	    "Want a valid certificate that names the host."),
	PATH("tls_ca", "TLS authorities",
	    "File of the certificates to verify by; without it the "
	    "system's."),
	TEXT("sentinel_host", "Sentinels",
	    "The sentinels that know the master, all of them, as HOST or "
	    "HOST:PORT with commas between them; more than half of them must "
	    "answer. Then host and port are not used."),
	PORT("sentinel_port", "Port of the sentinels", "26379",
	    "Their port, where sentinel_host names none."),
	{ .name = "sentinel_master",
	    .type = "string",
	    .label = "Master",
	    .fallback = "mymaster",
	    .help = "The name under which the sentinels know the master." },
	TEXT("sentinel_username", "Username at the sentinels",
	    "Who logs in to the sentinels; without, their default user."),
	PASSWORD("sentinel_password", "Password at the sentinels",
	    "The password, kept encrypted."),
	SWITCH("cluster", "Cluster", "false",
	    "Whether host names nodes of a Redis Cluster."),
	OPTIONS,
	COMMON,
	{ .name = NULL },
};

const struct config_field config_fields_cache_memcached[] = {
	STORE,
	HOST("The servers, as HOST, HOST:PORT or HOST:PORT:WEIGHT with commas "
	     "between them. Every weir that shares them must name them "
	     "alike."),
	PORT("port", "Port", "11211", "Their port, where host names none."),
	PATH("socket", "Unix socket",
	    "Path of the socket of one server, instead of host."),
	TEXT("username", "Username",
	    "Who logs in by SASL; without, nobody does."),
	PASSWORD("password", "Password", "The password, kept encrypted."),
	OPTIONS,
	COMMON,
	{ .name = NULL },
};
