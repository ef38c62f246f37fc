#include "app/services/db/config_fields.h"

/* Fields that every database has. */
#define FIELD_MAX_RECORDS                                                      \
	{                                                                      \
		.name = "max_records", .type = "integer",                      \
		.label = "Maximum records", .fallback = "1000", .min = 1,      \
		.max = INT32_MAX,                                              \
		.help = "Most records of one answer, and its size when the "   \
			"client sets no limit; DB_MAX_RECORDS_RETURNED "       \
			"bounds it."                                           \
	}

#define FIELD_ALLOW_UPSERT                                                     \
	{                                                                      \
		.name = "allow_upsert", .type = "boolean",                     \
		.label = "Allow upsert", .fallback = "false",                  \
		.help = "Let PUT and PATCH of a missing record make it."       \
	}

#define FIELD_READ_ONLY                                                        \
	{                                                                      \
		.name = "read_only", .type = "boolean", .label = "Read only",  \
		.fallback = "false",                                           \
		.help = "Refuse every write through this service."             \
	}

#define FIELD_JSON_AS_OBJECT                                                   \
	{                                                                      \
		.name = "json_as_object", .type = "boolean",                   \
		.label = "JSON as objects", .fallback = "false",               \
		.help =                                                        \
		    "Read and write columns of type JSON as the JSON that "    \
		    "they hold; without it as strings of it."                  \
	}

/* See freshness.h. */
#define FIELDS_FRESHNESS                                                       \
	{ .name = "cache_ttl_by_table",                                        \
		.type = "string",                                              \
		.label = "Cache time to live by table",                        \
		.help =                                                        \
		    "Tables whose answers are cached for another time than "   \
		    "cache_ttl, as orders=10, countries=86400 (seconds; 0: "   \
		    "not cached). What is read from several tables is cached " \
		    "for the shortest of their times." },                      \
	    { .name = "cache_ttl_missing",                                     \
		    .type = "integer",                                         \
		    .label = "Cache time to live of a missing record",         \
		    .fallback = "10",                                          \
		    .max = CONFIG_SECONDS_MAX,                                 \
		    .help = "How many seconds at most the 404 of a record by " \
			    "its identifier is cached, unless it is made "     \
			    "meanwhile; 0: it is not." },                      \
	    { .name = "stale_while_revalidate",                                \
		    .type = "integer",                                         \
		    .label = "Stale while revalidate",                         \
		    .fallback = "0",                                           \
		    .max = CONFIG_SECONDS_MAX,                                 \
		    .help = "So many seconds beyond its time a cached answer " \
			    "is still served, while it is read anew behind "   \
			    "it." },                                           \
	    { .name = "stale_if_error",                                        \
		    .type = "integer",                                         \
		    .label = "Stale if error",                                 \
		    .fallback = "0",                                           \
		    .max = CONFIG_SECONDS_MAX,                                 \
		    .help = "So many seconds beyond its time a cached answer " \
			    "is still served when the database fails." },      \
	    { .name = "cache_scope",                                           \
		    .type = "string",                                          \
		    .label = "Cache scope",                                    \
		    .fallback = "private",                                     \
		    .choices = "private|public",                               \
		    .help =                                                    \
			"public: proxies and other shared caches may keep "    \
			"what is read from tables and give it to "             \
			"everybody, without a key. It has no effect while "    \
			"any role has row filters for the service." },         \
	{                                                                      \
		.name = "client_ttl", .type = "integer",                       \
		.label = "Client time to live", .fallback = "0",               \
		.max = CONFIG_SECONDS_MAX,                                     \
		.help = "How many seconds clients may keep a cached answer "   \
			"without asking again, which they are told as "        \
			"max-age; 0: they always ask."                         \
	}

const struct config_field config_fields_sqlite[] = {
	{ .name = "database",
	    .type = "string",
	    .label = "Database file",
	    .required = true,
	    .is_path = true,
	    .help = "Absolute path of the SQLite database. It must exist." },
	FIELD_MAX_RECORDS,
	FIELD_ALLOW_UPSERT,
	FIELD_READ_ONLY,
	FIELD_JSON_AS_OBJECT,
	FIELDS_FRESHNESS,
	{ .name = "watch",
	    .type = "boolean",
	    .label = "Watch the file",
	    .fallback = "false",
	    .help = "Drop all cached answers of the database within about two "
		    "seconds of any commit to it, for a file that others "
		    "write past weir. Writes through weir count as well, as "
		    "SQLite does not tell whose a commit was." },
	{ .name = NULL },
};

const struct config_field config_fields_mysql[] = {
	{ .name = "host",
	    .type = "string",
	    .label = "Host",
	    .fallback = CONFIG_HOST,
	    .help = "Name or address of the server." },
	{ .name = "port",
	    .type = "integer",
	    .label = "Port",
	    .fallback = "3306",
	    .min = 1,
	    .max = 65535,
	    .help = "Port of the server." },
	{ .name = "unix_socket",
	    .type = "string",
	    .label = "Unix socket",
	    .is_path = true,
	    .help = "Path of the server's socket, instead of host and port." },
	{ .name = "database",
	    .type = "string",
	    .label = "Database",
	    .required = true,
	    .help = "Name of the database on the server. It must exist." },
	{ .name = "username",
	    .type = "string",
	    .label = "Username",
	    .required = true,
	    .help = "Who signs in to the server." },
	{ .name = "password",
	    .type = "password",
	    .label = "Password",
	    .help = "The password, kept encrypted." },
	{ .name = "tls",
	    .type = "string",
	    .label = "TLS",
	    .fallback = "off",
	    .choices = "off|require|verify",
	    .help = "require: encrypt, whoever answers; verify: and check "
		    "that the certificate names the host." },
	{ .name = "tls_ca",
	    .type = "string",
	    .label = "TLS authorities",
	    .is_path = true,
	    .help = "File of the certificates that verify trusts; without it "
		    "the system's." },
	{ .name = "charset",
	    .type = "string",
	    .label = "Character set",
	    .fallback = "utf8mb4",
	    .choices = "utf8mb4",
	    .help = "Of the connection: JSON is UTF-8, so there is one." },
	{ .name = "collation",
	    .type = "string",
	    .label = "Collation",
	    .help = "Accepted and not used: texts compare as their columns "
		    "say." },
	{ .name = "timezone",
	    .type = "string",
	    .label = "Time zone",
	    .help = "In which TIMESTAMPs are read and written and the server "
		    "says what time it is: +01:00, or a name that it knows; "
		    "without it the server's own." },
	{ .name = "read_hosts",
	    .type = "string",
	    .label = "Read hosts",
	    .help = "Replicas that answer reads: HOST or HOST:PORT, with "
		    "commas between them. Only where cache_enabled is off, "
		    "since they may be behind." },
	{ .name = "read_lag",
	    .type = "integer",
	    .label = "Read lag",
	    .fallback = "10",
	    .min = 1,
	    .max = CONFIG_READ_LAG_MAX,
	    .help = "Most seconds that a replica may be behind; beyond them "
		    "it is asked nothing." },
	{ .name = "max_connections",
	    .type = "integer",
	    .label = "Maximum connections",
	    .fallback = "16",
	    .min = 1,
	    .max = CONFIG_CONNECTIONS_MAX,
	    .help = "Most connections of each weir process to the server; "
		    "further calls wait for one. As many to each of "
		    "read_hosts." },
	FIELD_MAX_RECORDS,
	FIELD_ALLOW_UPSERT,
	FIELD_READ_ONLY,
	FIELD_JSON_AS_OBJECT,
	FIELDS_FRESHNESS,
	{ .name = "cache_tables_by_routine",
	    .type = "string",
	    .label = "Tables written by routine",
	    .help = "Which tables a procedure or function writes, as "
		    "book=orders stock, report= (which writes none): a call of "
		    "it makes only their cached answers outdated. A routine "
		    "that is not named is taken to write them all, as is one "
		    "with a table that has triggers, or is unknown." },
	{ .name = NULL },
};
