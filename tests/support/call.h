/*
 * A request to test with, made by request_init() over settings of its own: no
 * registry stands behind it.
 */
#ifndef WEIR_TESTS_SUPPORT_CALL_H
#define WEIR_TESTS_SUPPORT_CALL_H

#include "app/base/arena.h"
#include "app/base/settings.h"
#include "middleware/request.h"

#define CALL_MAX_PARAMS 4

struct test_call {
	struct request req;
	struct arena arena;
	struct settings settings;
};

void call_open(struct test_call *call);
void call_close(struct test_call *call);

/* A fresh request with that method and REQUEST_URI; gives req for short. */
struct request *call_begin(
    struct test_call *call, const char *method, const char *uri);

#endif
