/* What documents say of columns (app/services/docs/doc.h). */
#ifndef WEIR_SERVICES_DB_DOCS_FIELD_H
#define WEIR_SERVICES_DB_DOCS_FIELD_H

#include <stdbool.h>

struct buf;
struct column;
struct db_table;
struct doc;

/* The schema of its values; `written`: as they are sent, in the bounds that
 * the column has. What is read may be beyond them: SQLite keeps to none. */
void docs_field(struct doc *d, struct buf *out, const struct db_table *table,
    const struct column *column, bool written);

/* Must it be sent with a new record? */
bool docs_field_required(const struct column *column);

#endif
