/* Builders of the statements that write. */
#ifndef WEIR_SERVICES_DB_MODIFY_H
#define WEIR_SERVICES_DB_MODIFY_H

#include "app/services/db/statement.h"
#include "app/services/db/write/draft.h"

struct record_name;

/*
 * A new row. An INSERT has no place for the role's condition: whoever runs it
 * under one reads the row back through select_record() with the condition,
 * and undoes the INSERT when it is not there.
 */
void modify_insert(struct statement *s, const struct db_table *table,
    const struct draft *draft);

/* A row more of that INSERT, whose draft assigns the same columns. */
void modify_insert_also(struct statement *s, const struct draft *draft);

/* Makes that INSERT give the key of the new row, where the driver can. */
void modify_returning(struct statement *s, const struct db_table *table);

/* The rows of that name which the role allows. Under a condition the new row
 * must be read back as well. */
void modify_update(struct statement *s, const struct draft *draft,
    const struct record_name *name, const struct condition *role);
void modify_delete(struct statement *s, const struct record_name *name,
    const struct condition *role);

/* Every row of the filter (NULL: of the table) which the role allows. */
void modify_update_rows(struct statement *s, const struct db_table *table,
    const struct draft *draft, const struct condition *filter,
    const struct condition *role);
void modify_delete_rows(struct statement *s, const struct db_table *table,
    const struct condition *filter, const struct condition *role);

#endif
