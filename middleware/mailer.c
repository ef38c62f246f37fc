#include "middleware/mailer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "app/base/buf.h"
#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/secret.h"

#define WORDS_MAX   16 /* of a command, the last NULL included */
#define MAILS_MAX   16 /* under way at once */
#define PATIENCE_MS 10000
#define NAP_NS      10000000L

struct mail {
	char *command; /* split into words in place */
	struct buf text;
	struct mail *next;
};

struct mailer {
	pthread_mutex_t lock;
	pthread_cond_t news;
	pthread_t thread;
	bool started;
	bool stopping;
	size_t n; /* under way */
	struct mail *head;
	struct mail **tail;
};

static void
mail_free(struct mail *mail)
{
	free(mail->command);
	if (mail->text.p != NULL)
		secret_wipe(mail->text.p, mail->text.n);
	buf_free(&mail->text);
	free(mail);
}

static void
words_split(char *command, char *words[WORDS_MAX])
{
	size_t n = 0;
	char *rest = NULL;

	for (char *word = strtok_r(command, " \t", &rest);
	     word != NULL && n < WORDS_MAX - 1;
	     word = strtok_r(NULL, " \t", &rest))
		words[n++] = word;
	words[n] = NULL;
}

/* In a group of its own, with the signals that this process blocks; what it
 * says is not heard. */
static int
program_start(char *words[WORDS_MAX], int in, pid_t *pid)
{
	static char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	char *const environment[] = { path, NULL };
	posix_spawn_file_actions_t files;
	posix_spawnattr_t how;
	sigset_t none;
	int rc;

	(void)sigemptyset(&none);
	(void)posix_spawn_file_actions_init(&files);
	(void)posix_spawn_file_actions_adddup2(&files, in, 0);
	(void)posix_spawn_file_actions_addopen(
	    &files, 1, "/dev/null", O_WRONLY, 0);
	(void)posix_spawn_file_actions_adddup2(&files, 1, 2);
	(void)posix_spawnattr_init(&how);
	(void)posix_spawnattr_setsigmask(&how, &none);
	(void)posix_spawnattr_setflags(
	    &how, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
	rc = posix_spawn(pid, words[0], &files, &how, words, environment);
	(void)posix_spawnattr_destroy(&how);
	(void)posix_spawn_file_actions_destroy(&files);
	return rc;
}

/* A mail is smaller than what a pipe holds, so this does not wait. A program
 * that does not read it tells so by its exit status. */
static void
text_give(int out, struct str text)
{
	while (text.n > 0) {
		ssize_t n = write(out, text.p, text.n);

		if (n < 0 && errno != EINTR)
			return;
		if (n > 0)
			text = str_skip(text, (size_t)n);
	}
}

/* Its exit status, or -1 after it had to be killed. */
static int
program_end(pid_t pid)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	int64_t end_ms = clock_boot_ms() + PATIENCE_MS;
	int status = 0;

	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (clock_boot_ms() >= end_ms) {
			(void)kill(-pid, SIGKILL);
			(void)waitpid(pid, &status, 0);
			return -1;
		}
		(void)nanosleep(&nap, NULL);
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
mail_run(struct mail *mail)
{
	char *words[WORDS_MAX];
	int ends[2];
	pid_t pid = 0;
	int rc;

	words_split(mail->command, words);
	if (words[0] == NULL || pipe2(ends, O_CLOEXEC) != 0) {
		log_line(LOG_ERROR, STR_NULL, "mail: cannot be sent");
		return;
	}
	rc = program_start(words, ends[0], &pid);
	(void)close(ends[0]);
	if (rc == 0)
		text_give(ends[1], buf_str(&mail->text));
	(void)close(ends[1]);
	if (rc != 0) {
		log_line(LOG_ERROR, STR_NULL, "mail: SENDMAIL %s: %s", words[0],
		    strerror(rc));
		return;
	}
	rc = program_end(pid);
	if (rc != 0)
		log_line(LOG_ERROR, STR_NULL,
		    "mail: SENDMAIL %s ended with status %d", words[0], rc);
}

/* Waits for one; NULL at the end. */
static struct mail *
mail_take(struct mailer *m)
{
	struct mail *mail;

	(void)pthread_mutex_lock(&m->lock);
	while (m->head == NULL && !m->stopping)
		(void)pthread_cond_wait(&m->news, &m->lock);
	mail = m->head;
	if (mail != NULL)
		m->head = mail->next;
	if (m->head == NULL)
		m->tail = &m->head;
	(void)pthread_mutex_unlock(&m->lock);
	return mail;
}

static void *
mailer_main(void *arg)
{
	struct mailer *m = arg;
	struct mail *mail;

	while ((mail = mail_take(m)) != NULL) {
		mail_run(mail);
		mail_free(mail);
		(void)pthread_mutex_lock(&m->lock);
		m->n--;
		(void)pthread_mutex_unlock(&m->lock);
	}
	return NULL;
}

struct mailer *
mailer_new(void)
{
	struct mailer *m = calloc(1, sizeof(*m));

	if (m == NULL)
		abort();
	(void)pthread_mutex_init(&m->lock, NULL);
	(void)pthread_cond_init(&m->news, NULL);
	m->tail = &m->head;
	return m;
}

void
mailer_free(struct mailer *m)
{
	if (m == NULL)
		return;
	(void)pthread_mutex_lock(&m->lock);
	m->stopping = true;
	(void)pthread_cond_signal(&m->news);
	(void)pthread_mutex_unlock(&m->lock);
	if (m->started)
		(void)pthread_join(m->thread, NULL);
	(void)pthread_cond_destroy(&m->news);
	(void)pthread_mutex_destroy(&m->lock);
	free(m);
}

static struct mail *
mail_new(const char *command, struct str text)
{
	struct mail *mail = calloc(1, sizeof(*mail));

	if (mail == NULL)
		abort();
	mail->command = strdup(command);
	if (mail->command == NULL)
		abort();
	buf_put(&mail->text, text);
	return mail;
}

static enum status
put_locked(
    struct mailer *m, const char *command, struct str text, struct error *err)
{
	struct mail *mail;

	if (m->n >= MAILS_MAX)
		return error_set(err, ST_FULL,
		    "%d mails are under way: SENDMAIL is slow", MAILS_MAX);
	if (!m->started &&
	    pthread_create(&m->thread, NULL, mailer_main, m) != 0)
		return error_set(err, ST_ERROR, "cannot start a thread");
	m->started = true;
	mail = mail_new(command, text);
	*m->tail = mail;
	m->tail = &mail->next;
	m->n++;
	(void)pthread_cond_signal(&m->news);
	return ST_OK;
}

enum status
mailer_send(
    struct mailer *m, const char *command, struct str mail, struct error *err)
{
	enum status st;

	(void)pthread_mutex_lock(&m->lock);
	st = put_locked(m, command, mail, err);
	(void)pthread_mutex_unlock(&m->lock);
	return st;
}
