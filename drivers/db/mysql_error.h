/*
 * What the numbers of errors mean to the rest of weir. The server's sentences
 * hold values ("Duplicate entry 'x' for key"), so only those that name nothing
 * but tables, columns and keys are passed on.
 */
#ifndef WEIR_DB_MYSQL_ERROR_H
#define WEIR_DB_MYSQL_ERROR_H

#include <stdbool.h>

#include "app/base/status.h"

struct db_config;

/* Of a statement that failed. Returns the status that code means. */
enum status mysql_error_set(
    unsigned code, const char *message, struct error *err);

/* Of a connect that failed: says what to do; never holds the password. */
enum status mysql_error_connect(unsigned code, const char *message,
    const struct db_config *config, struct error *err);

/* Whether nothing can be asked over this connection any more. */
bool mysql_error_is_lost(unsigned code);

/* Whether the server has ended the transaction with it. */
bool mysql_error_ends_transaction(unsigned code);

#endif
