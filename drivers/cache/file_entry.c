#include "drivers/cache/file_entry.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/hash.h"
#include "drivers/cache/file_store.h"

#define MAGIC "weirval1"
#define LOOKS 4 /* at a head that a touch may just be changing */

#define HEAD_CHANGES offsetof(struct file_head, expiry_ms)

_Static_assert(sizeof(struct file_head) == 48, "the head has no holes");
_Static_assert(sizeof(struct file_head) + CACHE_KEY_MAX <= FILE_FIRST_BYTES,
    "the first bytes hold the key");

static uint64_t
sum_of(const void *p, size_t n)
{
	static const uint8_t key[HASH_KEY_BYTES] = { 0 };

	return hash_keyed(key, str_make(p, n));
}

static uint64_t
head_sum(const struct file_head *head)
{
	return sum_of(head, offsetof(struct file_head, sum));
}

size_t
file_entry_length(struct str key, struct str value)
{
	return sizeof(struct file_head) + key.n + value.n;
}

static bool
head_sound(const struct file_entry *e)
{
	const struct file_head *head = &e->head;

	return e->n >= sizeof(*head) &&
	       memcmp(head->magic, MAGIC, sizeof(head->magic)) == 0 &&
	       head->sum == head_sum(head) && head->key_n <= CACHE_KEY_MAX &&
	       e->n >= sizeof(*head) + head->key_n;
}

static enum status
entry_look(struct file_store *store, struct file_entry *e)
{
	ssize_t n = -1;

	for (int i = 0; i < LOOKS && !e->sound; i++) {
		do
			n = pread(e->fd, e->first, sizeof(e->first), 0);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return file_store_fail(store);
		e->n = (size_t)n;
		if (e->n >= sizeof(e->head))
			memcpy(&e->head, e->first, sizeof(e->head));
		e->sound = head_sound(e);
	}
	return ST_OK;
}

enum status
file_entry_open(struct file_store *store, int at, const char *name,
    bool writing, struct file_entry *e)
{
	int flags = (writing ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW;
	enum status st;

	e->sound = false;
	e->fd = openat(at, name, flags);
	if (e->fd < 0) /* a link is no entry, and is replaced by one */
		return errno == ELOOP ? ST_MISSING : file_store_fail(store);
	st = entry_look(store, e);
	if (st != ST_OK)
		file_entry_close(e);
	return st;
}

void
file_entry_close(struct file_entry *e)
{
	(void)close(e->fd); /* what was written went through already */
}

struct str
file_entry_key(const struct file_entry *e)
{
	return str_make(e->first + sizeof(e->head), e->head.key_n);
}

bool
file_entry_live(const struct file_entry *e, struct str key, int64_t now_ms)
{
	if (!e->sound)
		return false;
	if (e->head.expiry_ms != 0 && e->head.expiry_ms <= now_ms)
		return false;
	return str_is_null(key) || str_eq(key, file_entry_key(e));
}

/* Reads n bytes from `at` on; ST_MISSING: the file is shorter. */
static enum status
read_rest(struct file_store *store, int fd, char *p, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t got = pread(fd, p, n, at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return file_store_fail(store);
		if (got == 0)
			return ST_MISSING;
		p += got;
		at += got;
		n -= (size_t)got;
	}
	return ST_OK;
}

enum status
file_entry_value(struct file_store *store, const struct file_entry *e,
    struct arena *arena, struct str *value)
{
	size_t begin = sizeof(e->head) + e->head.key_n;
	size_t n = e->head.value_n;
	size_t there = e->n - begin < n ? e->n - begin : n;
	char *p = arena_alloc(arena, n);
	enum status st;

	memcpy(p, e->first + begin, there);
	st = read_rest(
	    store, e->fd, p + there, n - there, (off_t)(begin + there));
	if (st != ST_OK)
		return st;
	if (e->head.boot != store->boot && sum_of(p, n) != e->head.value_sum)
		return ST_MISSING;
	*value = str_make(p, n);
	return ST_OK;
}

/* One write of what changes: whoever reads half of it finds the sum wrong, and
 * looks again. */
enum status
file_entry_touch(
    struct file_store *store, struct file_entry *e, int64_t expiry_ms)
{
	size_t n = sizeof(e->head) - HEAD_CHANGES;
	ssize_t done;

	e->head.expiry_ms = expiry_ms;
	e->head.sum = head_sum(&e->head);
	do
		done = pwrite(e->fd, (const char *)&e->head + HEAD_CHANGES, n,
		    (off_t)HEAD_CHANGES);
	while (done < 0 && errno == EINTR);
	if (done == (ssize_t)n)
		return ST_OK;
	if (done >= 0)
		errno = EIO;
	return file_store_fail(store);
}

size_t
file_entry_bytes(const struct file_entry *e)
{
	struct stat st;

	return fstat(e->fd, &st) == 0 ? (size_t)st.st_size : 0;
}

/* Writes all parts, which it uses up. */
static enum status
write_all(struct file_store *store, int fd, struct iovec *parts, int n)
{
	while (n > 0) {
		ssize_t done = writev(fd, parts, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return file_store_fail(store);
		while (n > 0 && (size_t)done >= parts->iov_len) {
			done -= (ssize_t)parts->iov_len;
			parts++;
			n--;
		}
		if (n > 0) {
			parts->iov_base = (char *)parts->iov_base + done;
			parts->iov_len -= (size_t)done;
		}
	}
	return ST_OK;
}

static enum status
write_parts(struct file_store *store, int fd, struct file_head *head,
    struct str key, struct str value)
{
	struct iovec parts[] = {
		{ head, sizeof(*head) },
		{ (void *)(uintptr_t)key.p, key.n },
		{ (void *)(uintptr_t)value.p, value.n },
	};

	return write_all(store, fd, parts, 3);
}

enum status
file_entry_write(struct file_store *store, int at, struct str key,
    struct str value, int64_t expiry_ms)
{
	struct file_head head = {
		.boot = store->boot,
		.value_sum = sum_of(value.p, value.n),
		.value_n = (uint32_t)value.n,
		.key_n = (uint32_t)key.n,
		.expiry_ms = expiry_ms,
	};
	enum status st;
	int fd = openat(at, store->temporary,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return file_store_fail(store);
	memcpy(head.magic, MAGIC, sizeof(head.magic));
	head.sum = head_sum(&head);
	file_store_adopt(store, fd);
	st = write_parts(store, fd, &head, key, value);
	/* Some file systems tell only here that there was no room. */
	if (close(fd) != 0 && st == ST_OK)
		st = file_store_fail(store);
	if (st != ST_OK)
		(void)unlinkat(at, store->temporary, 0);
	return st;
}
