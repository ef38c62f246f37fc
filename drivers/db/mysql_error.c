#include "drivers/db/mysql_error.h"

#include <string.h>

#include "app/base/str.h"
#include "drivers/db/db.h"
#include "drivers/db/mysql_lib.h"

/* What people are told. */
enum say {
	SAY_OWN,    /* the sentence of the row */
	SAY_SERVER, /* the server's: it holds no value */
	SAY_HEAD,   /* the server's in front of what names the database */
	SAY_NAME,   /* the row's, and the name at the end of the server's */
	SAY_FIELD   /* the column that the server names, and the row's */
};

struct meaning {
	unsigned code;
	enum status st;
	enum say say;
	const char *text;
	const char *before; /* what stands before the server's name, or behind
			     * the server's head */
};

#define KEY_TEXT   "a record with that value exists already: key "
#define REFER_TEXT "a foreign key constraint fails: no record has the value of "
#define FITS_TEXT  "has a value that its column cannot hold."
#define GEO_TEXT   "a geometry must be as it is read: SRID and WKB in base64"
#define SET_TEXT                                                               \
	"a text has characters that the character set of its column lacks"
#define LOCK_TEXT "another transaction holds the records: try again"
#define LOST_TEXT "the connection to the database was lost"

/* By number, since neither library knows all names of the other's server. */
static const struct meaning meanings[] = {
	{ 1020, ST_UNAVAILABLE, SAY_OWN, LOCK_TEXT, NULL },
	{ 1021, ST_FULL, SAY_OWN, "the disk of the database is full", NULL },
	{ 1022, ST_EXISTS, SAY_OWN, "a record with that key exists", NULL },
	{ 1036, ST_DENIED, SAY_SERVER, NULL, NULL },
	{ 1040, ST_UNAVAILABLE, SAY_OWN,
	    "the database has too many connections", NULL },
	{ 1044, ST_DENIED, SAY_OWN, "the database user may not do that", NULL },
	{ 1048, ST_INVALID, SAY_FIELD, "can not be NULL.", "Column " },
	{ 1053, ST_UNAVAILABLE, SAY_OWN, "the database is stopping", NULL },
	{ 1054, ST_STALE, SAY_SERVER, NULL, NULL },
	{ 1062, ST_EXISTS, SAY_NAME, KEY_TEXT, " for key " },
	{ 1109, ST_STALE, SAY_SERVER, NULL, NULL },
	{ 1114, ST_FULL, SAY_OWN, "the table is full", NULL },
	{ 1118, ST_INVALID, SAY_OWN, "the record is too long", NULL },
	{ 1138, ST_INVALID, SAY_OWN, "a column cannot be null", NULL },
	{ 1142, ST_DENIED, SAY_NAME,
	    "the database user may not do that: table ", " for table " },
	{ 1143, ST_DENIED, SAY_NAME,
	    "the database user may not do that: column ", " for column " },
	{ 1146, ST_STALE, SAY_SERVER, NULL, NULL },
	{ 1153, ST_TOO_BIG, SAY_OWN,
	    "the values are larger than the database takes "
	    "(max_allowed_packet)",
	    NULL },
	{ 1169, ST_EXISTS, SAY_OWN, "a record with that key exists", NULL },
	{ 1203, ST_UNAVAILABLE, SAY_OWN,
	    "the database user has too many connections", NULL },
	{ 1205, ST_UNAVAILABLE, SAY_OWN, LOCK_TEXT, NULL },
	{ 1213, ST_UNAVAILABLE, SAY_OWN, LOCK_TEXT, NULL },
	{ 1216, ST_INVALID, SAY_OWN, "a foreign key constraint fails", NULL },
	{ 1217, ST_INVALID, SAY_OWN, "a foreign key constraint fails", NULL },
	{ 1226, ST_UNAVAILABLE, SAY_OWN,
	    "the database user has used up a limit of its own", NULL },
	{ 1227, ST_DENIED, SAY_OWN, "the database user may not do that", NULL },
	{ 1263, ST_INVALID, SAY_SERVER, NULL, NULL },
	{ 1264, ST_INVALID, SAY_FIELD,
	    "is out of the range that its column has.", " for column " },
	{ 1265, ST_INVALID, SAY_FIELD, FITS_TEXT, " for column " },
	{ 1267, ST_INVALID, SAY_OWN, SET_TEXT, NULL },
	{ 1270, ST_INVALID, SAY_OWN, SET_TEXT, NULL },
	{ 1271, ST_INVALID, SAY_OWN, SET_TEXT, NULL },
	{ 1288, ST_DENIED, SAY_SERVER, NULL, NULL },
	{ 1290, ST_DENIED, SAY_SERVER, NULL, NULL },
	{ 1292, ST_INVALID, SAY_FIELD, FITS_TEXT, " for column " },
	{ 1298, ST_INVALID, SAY_OWN,
	    "the database knows no such time zone: set timezone to one like "
	    "+01:00, or fill its tables of time zones",
	    NULL },
	{ 1317, ST_TIMEOUT, SAY_OWN, "the statement was interrupted", NULL },
	{ 1356, ST_STALE, SAY_SERVER, NULL, NULL },
	{ 1364, ST_INVALID, SAY_SERVER, NULL, NULL },
	{ 1366, ST_INVALID, SAY_FIELD, FITS_TEXT, " for column " },
	{ 1370, ST_DENIED, SAY_OWN, "the database user may not do that", NULL },
	{ 1390, ST_TOO_BIG, SAY_OWN,
	    "the statement has too many values for the database", NULL },
	{ 1406, ST_INVALID, SAY_FIELD, "is longer than its column.",
	    " for column " },
	{ 1411, ST_INVALID, SAY_OWN, "a value does not fit", NULL },
	{ 1412, ST_STALE, SAY_OWN, "a table has just been changed", NULL },
	{ 1416, ST_INVALID, SAY_OWN, GEO_TEXT, NULL },
	{ 1451, ST_INVALID, SAY_HEAD, NULL, " (`" },
	{ 1452, ST_INVALID, SAY_NAME, REFER_TEXT, " FOREIGN KEY (" },
	{ 1461, ST_UNAVAILABLE, SAY_OWN,
	    "the database keeps too many prepared statements "
	    "(max_prepared_stmt_count)",
	    NULL },
	{ 1586, ST_EXISTS, SAY_NAME, KEY_TEXT, " for key " },
	{ 1644, ST_INVALID, SAY_OWN, "a trigger refuses the record", NULL },
	{ 1690, ST_INVALID, SAY_OWN, "a number is out of range", NULL },
	{ 1792, ST_DENIED, SAY_OWN, "the connection may only read", NULL },
	{ 1836, ST_DENIED, SAY_OWN, "the database may only be read", NULL },
	{ 1906, ST_INVALID, SAY_OWN,
	    "a generated column has no value of its "
	    "own",
	    NULL },
	{ 1927, ST_UNAVAILABLE, SAY_OWN, LOST_TEXT, NULL },
	{ 1969, ST_TIMEOUT, SAY_OWN, "the statement took too long", NULL },
	{ 2020, ST_TOO_BIG, SAY_OWN, "a record is too big to be read", NULL },
	{ 3024, ST_TIMEOUT, SAY_OWN, "the statement took too long", NULL },
	{ 3037, ST_INVALID, SAY_OWN, GEO_TEXT, NULL },
	{ 3105, ST_INVALID, SAY_OWN,
	    "a generated column has no value of its "
	    "own",
	    NULL },
	{ 3140, ST_INVALID, SAY_OWN, "the text is not JSON", NULL },
	{ 3156, ST_INVALID, SAY_OWN, "a value does not fit", NULL },
	{ 3169, ST_UNAVAILABLE, SAY_OWN, LOST_TEXT, NULL },
	{ 3819, ST_INVALID, SAY_SERVER, NULL, NULL },
	{ 4025, ST_INVALID, SAY_HEAD, NULL, " for `" },
	{ 4031, ST_UNAVAILABLE, SAY_OWN, LOST_TEXT, NULL },
};

/* The numbers of the client libraries themselves. */
#define CLIENT_FIRST    2000u
#define CLIENT_LAST     2999u
#define OWN_FIRST       5000u /* MariaDB's alone */
#define OWN_LAST        5099u
#define OWN_NOT_ALLOWED 5010u

bool
mysql_error_is_lost(unsigned code)
{
	switch (code) {
	case 1053:
	case 1153: /* the server hangs up on what is too big */
	case 1927:
	case 3169:
	case 4031:
		return true;
	case CR_NO_PREPARE_STMT:
	case MYSQL_NEW_METADATA:
		return false;
	default:
		return (code >= CLIENT_FIRST && code <= CLIENT_LAST) ||
		       (code >= OWN_FIRST && code <= OWN_LAST);
	}
}

bool
mysql_error_ends_transaction(unsigned code)
{
	return code == 1213 || code == 1020;
}

/* As far as a word, which it may lack. */
static struct str
until(struct str text, struct str word)
{
	struct str rest = text;

	while (rest.n > 0 && !str_starts(rest, word))
		rest = str_skip(rest, 1);
	return str_make(text.p, text.n - rest.n);
}

/* The name at the end, without the place ("at row 1") behind it, or without
 * what a foreign key refers to. The last `before` counts: a value may hold the
 * same words. */
static struct str
name_of(const char *message, const char *before)
{
	struct str rest = str_of(message);
	struct str word = str_of(before);
	struct str name = STR_NULL;

	for (; rest.n >= word.n; rest = str_skip(rest, 1)) {
		if (str_starts(rest, word))
			name = str_skip(rest, word.n);
	}
	name = until(name, STR(" at row "));
	return until(name, STR(") REFERENCES "));
}

/* i of `d`.`t`.`i` and of 'i'; what stands behind the quote is left. */
static struct str
column_of(struct str name)
{
	struct str rest;

	if (name.n < 2)
		return STR_NULL;
	for (rest = name; rest.n > 0; rest = str_skip(rest, 1)) {
		if (str_starts(rest, STR("`.`")))
			name = str_skip(rest, 2);
	}
	while (name.n > 1 && name.p[name.n - 1] != name.p[0])
		name.n--;
	return name.n < 3 ? STR_NULL : str_make(name.p + 1, name.n - 2);
}

static enum status
field_set(const struct meaning *m, const char *message, struct error *err)
{
	struct str name = column_of(name_of(message, m->before));

	if (str_is_null(name))
		return error_set(err, m->st, "a value does not fit");
	return error_set(err, m->st, "Field '%.*s' %s", STR_ARG(name), m->text);
}

static enum status
meaning_set(const struct meaning *m, const char *message, struct error *err)
{
	struct str name;

	switch (m->say) {
	case SAY_OWN:
		return error_set(err, m->st, "%s", m->text);
	case SAY_SERVER:
		return error_set(err, m->st, "%s", message);
	case SAY_HEAD:
		name = until(str_of(message), str_of(m->before));
		return error_set(err, m->st, "%.*s", STR_ARG(name));
	case SAY_FIELD:
		return field_set(m, message, err);
	case SAY_NAME:
		break;
	}
	name = name_of(message, m->before);
	if (name.n == 0)
		name = STR("(unknown)");
	return error_set(err, m->st, "%s%.*s", m->text, STR_ARG(name));
}

enum status
mysql_error_set(unsigned code, const char *message, struct error *err)
{
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].code == code)
			return meaning_set(&meanings[i], message, err);
	}
	if (mysql_error_is_lost(code))
		return error_set(err, ST_UNAVAILABLE, LOST_TEXT);
	return error_set(err, ST_ERROR,
	    "the database refuses the statement (error %u)", code);
}

static const char *
place_of(const struct db_config *config)
{
	if (config->host != NULL)
		return config->host;
	return config->socket == NULL ? "the usual socket" : config->socket;
}

enum status
mysql_error_connect(unsigned code, const char *message,
    const struct db_config *config, struct error *err)
{
	const char *where = place_of(config);

	switch (code) {
	case 1045:
	case 1698:
		return error_set(err, ST_INVALID,
		    "%s refuses the user or the password: set username and "
		    "password",
		    where);
	case 1044:
		return error_set(err, ST_INVALID,
		    "the user may not use the database: GRANT it on %s", where);
	case 1049:
		return error_set(err, ST_INVALID,
		    "%s has no such database: create it, or set database",
		    where);
	case 1130:
		return error_set(err, ST_INVALID,
		    "%s lets nobody in from this host: GRANT the user access "
		    "from here",
		    where);
	case 1129:
		return error_set(err, ST_UNAVAILABLE,
		    "%s has blocked this host: run FLUSH HOSTS there", where);
	case CR_SSL_CONNECTION_ERROR:
		return error_set(
		    err, ST_INVALID, "TLS to %s fails: %s", where, message);
	case CR_AUTH_PLUGIN_CANNOT_LOAD:
	case CR_AUTH_PLUGIN_ERR:
	case OWN_NOT_ALLOWED:
		return error_set(err, ST_INVALID,
		    "%s wants another way to log in: use TLS, or another kind "
		    "of user",
		    where);
	case 1040:
	case 1203:
	case 1226:
		return mysql_error_set(code, message, err);
	default:
		return error_set(err, ST_UNAVAILABLE,
		    "cannot connect to %s (error %u)", where, code);
	}
}
