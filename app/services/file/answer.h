/* How what a tree of files said becomes an answer. */
#ifndef WEIR_SERVICES_FILE_ANSWER_H
#define WEIR_SERVICES_FILE_ANSWER_H

#include <stdbool.h>

#include "app/base/status.h"
#include "app/base/str.h"

struct buf;
struct file_info;
struct request;

/* The answer is what has been put into response.build, as JSON. */
void file_answer_json(struct request *req, int status);

/* A refusal or a failure that err words. */
void file_answer_fail(
    struct request *req, enum status st, const struct error *err);

/* The HTTP status that it has. Others were waited for too long: 503, and 504
 * when all the time of the call is over. */
int file_answer_status(const struct request *req, enum status st);

/* 405 with Allow: the service only reads. */
void file_answer_read_only(struct request *req);

/* 200 with Allow: what the service takes. */
void file_answer_options(struct request *req, bool read_only);

/* Appends {"name":N,"path":P,"type":T without "}": path ends in a slash when
 * it is a folder's. */
void file_put_named(struct buf *b, struct str path, bool is_folder);

/* {"name","path","type"} */
void file_answer_named(
    struct request *req, int status, struct str path, bool is_folder);

#endif
