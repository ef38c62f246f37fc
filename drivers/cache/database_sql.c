#include "drivers/cache/database_sql.h"

#include <assert.h>
#include <string.h>

#include "app/base/buf.h"
#include "drivers/db/db.h"

#define CHUNK_BYTES 16384

struct template
{
	const char *text; /* NULL: the engine needs none */
};

/* How the two engines say the same. */
struct dialect {
	const char *now;  /* milliseconds, within one statement the same */
	const char *lock; /* behind a SELECT that will be written upon */
	struct template query[DATABASE_QUERIES];
	struct template list[DATABASE_LIST_QUERIES];
};

/*
 * In the templates: $T the table, $P the beginning of an index's name, $N now,
 * $W the row is live, $L the lock; what stands between $[ and $] comes as
 * often as a list has rows.
 */
#define COLUMNS "(`id`, `space`, `name`, `value`, `expires`, `n`)"
#define VALUES  "VALUES (?, ?, ?, ?, ? * $N + ?, 0)"
#define INSERT  "INSERT INTO $T " COLUMNS " " VALUES
#define ON_SQLITE                                                              \
	" ON CONFLICT (`id`) DO UPDATE SET `space` = excluded.`space`, "       \
	"`name` = excluded.`name`, `value` = excluded.`value`, "               \
	"`expires` = excluded.`expires`, `n` = excluded.`n`"
#define ON_MYSQL                                                               \
	" ON DUPLICATE KEY UPDATE `space` = VALUES(`space`), "                 \
	"`name` = VALUES(`name`), `value` = VALUES(`value`), "                 \
	"`expires` = VALUES(`expires`), `n` = VALUES(`n`)"
#define SAVED " VALUES $[(?, ?, ?, ?, ?, ?)$]"
#define WINDOWS                                                                \
	"SELECT `id`, `n`, `expires`, `value`, $N FROM $T WHERE `id` IN "      \
	"($[?$])"
#define PASSED "`expires` > 0 AND `expires` <= $N"
#define BYTES  "LENGTH(`name`) + LENGTH(`value`)"

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)
#define CHUNK           " LIMIT " TEXT(DATABASE_CHUNK)

/* clang-format off */
#define COMMON                                                                 \
	[DATABASE_CHECK] = {                                                   \
	    "SELECT `id`, `space`, `name`, `value`, `expires`, `n` FROM $T "   \
	    "WHERE 1 = 0" },                                                   \
	[DATABASE_BIRTH] = {                                                   \
	    "INSERT INTO $T " COLUMNS " VALUES (?, x'', x'', ?, 0, 0)" },      \
	[DATABASE_INSERT] = { INSERT },                                        \
	[DATABASE_TOUCH] = {                                                   \
	    "UPDATE $T SET `expires` = ? * $N + ? WHERE `id` = ? AND $W" },    \
	[DATABASE_DEL] = { "DELETE FROM $T WHERE `id` = ? AND $W" },           \
	[DATABASE_DROP] = { "DELETE FROM $T WHERE `id` = ?" },                 \
	[DATABASE_PASS] = { "DELETE FROM $T WHERE `id` = ? AND " PASSED },     \
	[DATABASE_PULL] = {                                                    \
	    "DELETE FROM $T WHERE `id` = ? AND $W RETURNING `name`, `value`" },\
	[DATABASE_LOOK] = {                                                    \
	    "SELECT `name`, `value` FROM $T WHERE `id` = ? AND $W$L" },        \
	[DATABASE_LIST] = {                                                    \
	    "SELECT `name` FROM $T WHERE `space` = ? AND `name` >= ? AND "     \
	    "`name` <> ? AND `name` < ? AND $W ORDER BY `name` LIMIT ?" },     \
	[DATABASE_PASSED] = { "SELECT 1 FROM $T WHERE " PASSED " LIMIT 1" },   \
	[DATABASE_SIZE] = {                                                    \
	    "SELECT COUNT(*), CAST(COALESCE(SUM(b), 0) AS SIGNED) FROM "       \
	    "(SELECT " BYTES " AS b FROM $T WHERE `space` <> x'' "             \
	    "LIMIT " TEXT(DATABASE_SIZE_ROWS) ") AS part" },                   \
	[DATABASE_ITEMS] = {                                                   \
	    "SELECT COUNT(*) FROM (SELECT 1 FROM $T WHERE `space` <> x'' "     \
	    "LIMIT " TEXT(DATABASE_ITEMS_MOST) ") AS part" }

#define COMMON_LISTS                                                           \
	[DATABASE_GET] = {                                                     \
	    "SELECT `id`, `name`, `value` FROM $T "                            \
	    "WHERE `id` IN ($[?$]) AND $W" },                                  \
	[DATABASE_WINDOWS] = { WINDOWS },                                      \
	[DATABASE_WINDOWS_HELD] = { WINDOWS "$L" }

/* Julian days: unixepoch() knows no fractions in all versions. Rounded, they
 * are the very milliseconds of our own clock. */
static const struct dialect sqlite = {
	.now = "CAST((julianday('now') - 2440587.5) * 86400000.0 + 0.5 "
	       "AS INTEGER)",
	.lock = "",
	.query = {
		COMMON,
		[DATABASE_CREATE] = {
		    "CREATE TABLE IF NOT EXISTS $T ("
		    "`id` BLOB NOT NULL PRIMARY KEY, `space` BLOB NOT NULL, "
		    "`name` BLOB NOT NULL, `value` BLOB NOT NULL, "
		    "`expires` INTEGER NOT NULL, `n` INTEGER NOT NULL)" },
		[DATABASE_BY_NAME] = {
		    "CREATE INDEX IF NOT EXISTS `$P_by_name` "
		    "ON $T (`space`, `name`)" },
		[DATABASE_BY_EXPIRY] = {
		    "CREATE INDEX IF NOT EXISTS `$P_by_expiry` "
		    "ON $T (`expires`) WHERE `expires` > 0" },
		[DATABASE_SET] = { INSERT ON_SQLITE },
		[DATABASE_FLUSH] = {
		    "DELETE FROM $T WHERE `id` IN (SELECT `id` FROM $T "
		    "WHERE `space` = ?" CHUNK ")" },
		[DATABASE_SWEEP] = {
		    "DELETE FROM $T WHERE `id` IN (SELECT `id` FROM $T "
		    "WHERE " PASSED CHUNK ")" },
	},
	.list = {
		COMMON_LISTS,
		[DATABASE_SAVE] = { "INSERT INTO $T " COLUMNS SAVED ON_SQLITE },
	},
};

/*
 * UTC_TIMESTAMP: the session's time zone may have hours that come twice. A
 * counter is claimed before it is read: it then has a row, which is locked, so
 * that two who count for the first time do not both find nothing.
 */
static const struct dialect mysql = {
	.now = "(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) "
	       "DIV 1000)",
	.lock = " FOR UPDATE",
	.query = {
		COMMON,
		[DATABASE_CREATE] = {
		    "CREATE TABLE IF NOT EXISTS $T ("
		    "`id` BINARY(16) NOT NULL PRIMARY KEY, "
		    "`space` VARBINARY(255) NOT NULL, "
		    "`name` VARBINARY(1024) NOT NULL, "
		    "`value` LONGBLOB NOT NULL, "
		    "`expires` BIGINT NOT NULL, `n` BIGINT NOT NULL, "
		    "KEY `by_name` (`space`, `name`), "
		    "KEY `by_expiry` (`expires`)"
		    ") ENGINE = InnoDB ROW_FORMAT = DYNAMIC" },
		[DATABASE_SERVER] = {
		    "SELECT CONCAT_WS('|', @@hostname, @@port, @@datadir, "
		    "@@server_id)" },
		[DATABASE_SET] = { INSERT ON_MYSQL },
		[DATABASE_FLUSH] = {
		    "DELETE FROM $T WHERE `space` = ?" CHUNK },
		[DATABASE_SWEEP] = {
		    "DELETE FROM $T WHERE " PASSED
		    " ORDER BY `expires`" CHUNK },
	},
	.list = {
		COMMON_LISTS,
		[DATABASE_CLAIM] = {
		    "INSERT INTO $T " COLUMNS
		    " VALUES $[(?, ?, ?, x'', $N, 0)$] "
		    "ON DUPLICATE KEY UPDATE `n` = `n`" },
		[DATABASE_SAVE] = { "INSERT INTO $T " COLUMNS SAVED ON_MYSQL },
	},
};

/* clang-format on */

static const size_t sizes[DATABASE_SIZES] = { 1, 4, 16, DATABASE_LARGEST };

size_t
database_size(size_t n, size_t *rows)
{
	size_t i = 0;

	while (i + 1 < DATABASE_SIZES && sizes[i] < n)
		i++;
	*rows = sizes[i];
	return i;
}

/* A template on its way to a text. */
struct expansion {
	const struct dialect *dialect;
	const char *table;
	size_t rows;
	struct buf *out;
};

static void expand(const struct expansion *e, struct str text);

static void
expand_rows(const struct expansion *e, struct str row)
{
	for (size_t i = 0; i < e->rows; i++) {
		if (i > 0)
			buf_put_lit(e->out, ", ");
		expand(e, row);
	}
}

/* How long the part up to "$]" is. */
static size_t
row_length(struct str text)
{
	struct str rest = text;

	while (rest.n > 0 && !str_starts(rest, STR("$]")))
		rest = str_skip(rest, 1);
	return text.n - rest.n;
}

static void
expand_name(const struct expansion *e, char name)
{
	switch (name) {
	case 'T':
		buf_printf(e->out, "`%s`", e->table);
		break;
	case 'P':
		buf_put(e->out, str_of(e->table));
		break;
	case 'N':
		buf_put(e->out, str_of(e->dialect->now));
		break;
	case 'W':
		expand(e, STR("(`expires` = 0 OR `expires` > $N)"));
		break;
	case 'L':
		buf_put(e->out, str_of(e->dialect->lock));
		break;
	default:
		assert(name == ']');
	}
}

static void
expand(const struct expansion *e, struct str text)
{
	while (text.n > 0) {
		size_t plain = str_find(text, '$');

		buf_put(e->out, str_make(text.p, plain));
		text = str_skip(text, plain);
		if (text.n < 2)
			break;
		if (text.p[1] == '[') {
			size_t n;

			text = str_skip(text, 2);
			n = row_length(text);
			expand_rows(e, str_make(text.p, n));
			text = str_skip(text, n);
		} else {
			expand_name(e, text.p[1]);
		}
		text = str_skip(text, 2);
	}
}

static struct str
text_of(struct database_sql *sql, const struct dialect *dialect,
    const char *table, const struct template *template, size_t rows)
{
	struct buf out = buf_in(&sql->arena);
	const struct expansion e = { dialect, table, rows, &out };

	if (template->text == NULL)
		return STR_NULL;
	expand(&e, str_of(template->text));
	return buf_str(&out);
}

void
database_sql_open(
    struct database_sql *sql, const struct db_driver *driver, const char *table)
{
	const struct dialect *d =
	    strcmp(driver->name, "sqlite") == 0 ? &sqlite : &mysql;

	arena_init(&sql->arena, CHUNK_BYTES);
	for (size_t q = 0; q < DATABASE_QUERIES; q++)
		sql->text[q] = text_of(sql, d, table, &d->query[q], 0);
	for (size_t q = 0; q < DATABASE_LIST_QUERIES; q++)
		for (size_t i = 0; i < DATABASE_SIZES; i++)
			sql->list[q][i] =
			    text_of(sql, d, table, &d->list[q], sizes[i]);
}

void
database_sql_close(struct database_sql *sql)
{
	arena_close(&sql->arena);
}
