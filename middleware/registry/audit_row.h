/* One record as the audit sees it: its columns, each as JSON. */
#ifndef WEIR_AUDIT_ROW_H
#define WEIR_AUDIT_ROW_H

#include <stdbool.h>
#include <stddef.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "middleware/registry/audit.h"

struct arena;
struct buf;

#define AUDIT_COLUMNS_MAX 16

struct audit_row {
	bool found;
	size_t n;
	struct str stored[AUDIT_COLUMNS_MAX]; /* tells values apart */
	struct str shown[AUDIT_COLUMNS_MAX];  /* the same, secrets masked */
};

/* Texts live in the arena. A record that does not exist is not found. */
enum status audit_row_read(struct system_db *db, struct arena *arena,
    enum audit_kind kind, int64_t id, struct audit_row *out, struct error *err);

/* What the resource is called in the API: "service". */
const char *audit_kind_name(enum audit_kind kind);

/* Of two rows of a kind, of which `was` or `is` may not be found: a JSON object
 * of those columns of `row`, one of both, in which they differ. */
void audit_row_put(struct buf *json, enum audit_kind kind,
    const struct audit_row *row, const struct audit_row *other);

/* The first column, which says which record it is, as JSON. */
struct str audit_row_label(const struct audit_row *row);

#endif
