#include "tests/support/local.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "app/base/clock.h"
#include "app/base/secret.h"

#define HANG_MS     60000
#define CHUNK_BYTES 65536

const struct local_wish local_wish = { LOCAL_MEMORY, LOCAL_MAX_VALUE, false };

int64_t
local_deadline(void)
{
	return clock_boot_ms() + HANG_MS;
}

struct local_store *
local_open(struct local_fixture *f)
{
	struct local_store *store = NULL;
	struct error err = { 0 };

	if (local_store_open(&f->folder, &local_wish, local_deadline(), &store,
		&err) != ST_OK)
		fail_msg("%s", err.text);
	return store;
}

void
local_reopen(struct local_fixture *f)
{
	local_store_close(f->store);
	f->store = local_open(f);
}

int
local_set_up(void **state)
{
	struct local_fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	assert_true(secret_init());
	folder_make(f->path);
	arena_init(&f->arena, CHUNK_BYTES);
	assert_int_equal(cache_folder_open(&f->folder, f->path, NULL), ST_OK);
	f->store = local_open(f);
	*state = f;
	return 0;
}

int
local_tear_down(void **state)
{
	struct local_fixture *f = *state;

	local_store_close(f->store);
	cache_folder_close(&f->folder);
	arena_close(&f->arena);
	folder_remove(f->path);
	free(f);
	return 0;
}

struct values
local_begin(struct local_fixture *f)
{
	struct values v = { .store = f->store, .now_ms = clock_boot_ms() };

	assert_int_equal(mdb_txn_begin(f->store->env, NULL, 0, &v.txn), 0);
	return v;
}

void
local_commit(struct values *v)
{
	assert_int_equal(mdb_txn_commit(v->txn), 0);
}

void
local_scribble(struct local_fixture *f, const char *name, long at,
    const void *bytes, size_t n)
{
	int fd = openat(f->folder.fd, name, O_WRONLY | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	(void)close(fd);
}

struct str
local_text(struct local_fixture *f, size_t n, char letter)
{
	char *p = arena_alloc(&f->arena, n);

	memset(p, letter, n);
	return str_make(p, n);
}
