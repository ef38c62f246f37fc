#include "app/commands/env_append.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/env.h"
#include "app/base/secret.h"

#define READ_BYTES 4096
#define FILE_BYTES 1048576 /* no environment file is larger */

static enum status
refuse(const char *path, struct error *err)
{
	return error_set(
	    err, ST_ERROR, "cannot write %s: %s", path, strerror(errno));
}

static bool
file_read(int fd, struct buf *text)
{
	ssize_t n;

	do {
		n = read(fd, buf_reserve(text, READ_BYTES), READ_BYTES);
		text->n += n > 0 ? (size_t)n : 0;
		if (text->n > FILE_BYTES) {
			errno = EFBIG;
			return false;
		}
	} while (n > 0);
	return n == 0;
}

static bool
has_value(struct arena *arena, struct str text, const char *name)
{
	const struct env_entry *entry;
	struct env env = { 0 };

	if (env_parse(arena, text, NULL, NULL, &env, NULL) != ST_OK)
		return false;
	entry = env_get(&env, str_of(name));
	return entry != NULL && entry->value.n > 0;
}

/* In one write, so that no other process sees half of it. */
static bool
line_write(int fd, struct buf *line)
{
	ssize_t n = write(fd, line->p, line->n);

	if (n >= 0 && (size_t)n != line->n)
		errno = ENOSPC;
	return n >= 0 && (size_t)n == line->n && fsync(fd) == 0;
}

/* Who may read the file may read the secret. */
static bool
others_shut_out(int fd)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return false;
	return (st.st_mode & S_IRWXO) == 0 ||
	       fchmod(fd, st.st_mode & ~(mode_t)(S_IFMT | S_IRWXO)) == 0;
}

static enum status
locked_append(struct arena *arena, int fd, const char *name, const char *value)
{
	struct buf text = buf_in(arena), line = buf_in(arena);
	enum status st = ST_OK;

	if (!file_read(fd, &text))
		return ST_ERROR;
	if (has_value(arena, buf_str(&text), name))
		return ST_EXISTS;
	if (text.n > 0 && text.p[text.n - 1] != '\n')
		buf_put_char(&line, '\n');
	buf_printf(&line, "%s=%s\n", name, value);
	if (!others_shut_out(fd) || !line_write(fd, &line))
		st = ST_ERROR;
	secret_wipe(line.p, line.n);
	return st;
}

enum status
env_append(struct arena *arena, const char *path, const char *name,
    const char *value, struct error *err)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY,
	    S_IRUSR | S_IWUSR);
	enum status st = ST_ERROR;

	if (fd < 0)
		return refuse(path, err);
	if (flock(fd, LOCK_EX) == 0)
		st = locked_append(arena, fd, name, value);
	if (st == ST_ERROR)
		(void)refuse(path, err);
	(void)close(fd); /* what was written has been synced */
	return st;
}
