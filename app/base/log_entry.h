/* A line of the log in each of its forms, none with its end. */
#ifndef WEIR_BASE_LOG_ENTRY_H
#define WEIR_BASE_LOG_ENTRY_H

#include "app/base/buf.h"
#include "app/base/log.h"

/* One on its way; texts are anybody's bytes. */
struct log_entry {
	enum log_level level;
	struct str id;
	struct str text;
	const struct log_field *fields;
	size_t n;
};

/* apart: for a receiver that knows the time and the process. */
void log_entry_text(struct buf *b, const struct log_entry *e, bool apart);
void log_entry_json(struct buf *b, const struct log_entry *e);

/* As the fields of a record. */
void log_entry_fields(struct buf *b, const struct log_entry *e);

#endif
