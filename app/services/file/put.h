/* One file that is written: what every way to write one has in common. */
#ifndef WEIR_SERVICES_FILE_PUT_H
#define WEIR_SERVICES_FILE_PUT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/base/status.h"
#include "app/base/str.h"
#include "drivers/file/file.h"

struct file_call;
struct request;

struct put {
	const struct file_call *call;
	struct str path;
	enum file_mode mode;
	bool must_be_new; /* ST_EXISTS when something stands there */
	struct file_writer *writer;
	int64_t bytes;
	bool made; /* there was none */
};

/* Do the conditions of the request hold? now: what stands at the path; NULL:
 * nothing. ST_REFUSED with err: they do not. */
enum status put_conditions(const struct request *req, struct str path,
    const struct file_info *now, struct error *err);

/* Does the call only make what is new? PUT of a folder is its POST. */
bool put_must_be_new(const struct file_call *c);

/* To when a change may wait for others in its folder: clock_boot_ms() time. */
int64_t put_deadline_ms(void);

/* Worker only. Each fails as the driver does, with err; ST_TOO_BIG above
 * max_file_size. What has begun is ended by one of the last two. */
enum status put_begin(struct put *p, struct error *err);
enum status put_bytes(struct put *p, struct str bytes, struct error *err);

/* The content takes its place, and what is cached of it goes. */
enum status put_end(struct put *p, struct error *err);
void put_drop(struct put *p);

#endif
