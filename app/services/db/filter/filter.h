/*
 * filter=(item = 'cog') and amount > 2: a client's condition on the rows of
 * one table (dreamfactory.md 7.3), understood and made into SQL.
 *
 *   filter    := one of the below, joined by logic; not binds tightest, then
 *                and (&&), xor, or (||), nor; parentheses as one likes
 *   condition := field [not] operator value
 *   operator  := = != <> < <= > >= eq ne lt lte gt gte in like contains
 *                starts with, ends with, is null, is not null
 *
 * Words count in any case. A field is a name of the catalogue, bare or in
 * backticks or double quotes (doubled inside); or relation.field, where the
 * relation has its name (relation.h) or that of the table it leads to when no
 * other leads there, or relation.relation.field. Such a condition holds for a
 * record when it holds for one of those related to it; each condition may hold
 * for another of them. "not orders.paid = 1" is for records of which no order
 * is paid, those without orders among them; "orders.paid != 1" and
 * "orders.paid not in (1)" are for those of which some order is not paid.
 * A value is one of
 *   'text' or "text"  a quote inside is doubled, or followed by more text
 *                     ('O'Brien'); a backslash is only itself
 *   :name             the parameter of that name
 *   null              in this spelling without quotes: = null is "is null"
 *   anything else     up to the next logic, the parenthesis that closes what
 *                     was open before it, or in a list the comma: John Smith
 * and must be what the column holds. A list, of "in" alone, stands in
 * parentheses. "like" has the wildcards % and _, and a backslash that takes
 * them literally; contains, starts and ends know none. Whether letters differ
 * by case is the database's matter.
 */
#ifndef WEIR_SERVICES_DB_FILTER_H
#define WEIR_SERVICES_DB_FILTER_H

#include "app/base/status.h"
#include "app/base/uri.h"
#include "app/services/db/statement.h"

struct arena;
struct catalog;
struct db_table;
struct relations;

#define FILTER_BYTES_MAX      65536u
#define FILTER_DEPTH_MAX      64u    /* parentheses in parentheses */
#define FILTER_NESTING_MAX    70u    /* see filter_tree_nesting() */
#define FILTER_CONDITIONS_MAX 200u   /* field operator value */
#define FILTER_ELEMENTS_MAX   1000u  /* of all lists together */
#define FILTER_PARAMS_MAX     1200u  /* as many as could be used */
#define FILTER_PATTERN_MAX    16384u /* bytes, for like and its kin */
#define FILTER_RELATED_MAX    20u    /* conditions on related records */
#define FILTER_LEVELS_MAX     2u     /* relations one behind the other */
#define FILTER_TABLES_MAX     12u    /* reached by them */

/* The tables that a filter reaches besides its own, each once. */
struct filter_reach {
	const struct db_table *tables[FILTER_TABLES_MAX];
	size_t n;
};

/*
 * Which rows of a table the caller may go by, as a condition in which the
 * table has that alias; NULL: every row. ST_DENIED when it may not read it.
 */
typedef enum status filter_rows_f(const void *ctx, const struct db_table *table,
    struct str alias, const struct condition **out, struct error *err);

/* What relations lead to. */
struct filter_scope {
	const struct catalog *catalog;
	const struct relations *relations; /* beside its tables */
	filter_rows_f *rows;
	const void *ctx;
	/* A table that the statement writes: where a server reads none that it
	 * writes, subqueries take a copy of it. NULL: it does. */
	const struct db_table *written;
};

struct filter_order {
	struct str text; /* not empty */
	const struct db_table *table;
	const struct params *params;      /* see filter_params(); NULL: none */
	char quote;                       /* the driver's, around names */
	const struct filter_scope *scope; /* NULL: relations lead nowhere */
	struct filter_reach *reach;       /* added to; only with a scope */
	/* The table is a group's result: COUNT(*) is its column COUNT_ALL, and
	 * SUM(a) SUM_a. */
	bool has_functions;
};

/*
 * The condition, in the arena, with values that may be views of the text and
 * the params. ST_INVALID with what is wrong and at which byte, counted from 1,
 * or the bound that is passed; ST_DENIED from the scope. What differs only in
 * blanks, case of words, spelling of operators or needless parentheses makes
 * the same SQL and values.
 */
enum status filter_parse(struct arena *arena, const struct filter_order *order,
    struct condition *out, struct error *err);

/*
 * The values of ":name": each option params[:name] or params[name], and the
 * members of the JSON object that the option params holds. In *out names stand
 * without ":", the first of a name counts, null is STR_NULL. options are those
 * of options_of(); everything lives as long as they or the arena. ST_INVALID
 * when params is no object, a value is no scalar or there are too many.
 */
enum status filter_params(struct arena *arena, const struct params *options,
    struct params *out, struct error *err);

#endif
