#include "drivers/cache/redis_greet.h"

#include <string.h>

#include "app/base/secret.h"
#include "drivers/cache/redis_cache.h"
#include "drivers/cache/redis_count.h"
#include "drivers/cache/redis_info.h"
#include "drivers/cache/redis_node.h"
#include "drivers/cache/redis_pace.h"
#include "drivers/cache/redis_put.h"
#include "drivers/cache/redis_reply.h"
#include "drivers/cache/redis_script.h"

/* A command of the greeting. */
struct step {
	/* NULL: always sent. */
	bool (*wanted)(const struct cache *cache);
	void (*put)(struct buf *out, const struct cache *cache);
	/* Takes an answer that is no error; NULL: any will do. */
	enum status (*take)(
	    struct redis_greet *greet, struct str text, struct error *err);
	const char *command; /* that must not fail; NULL: it may */
	const char *hint;    /* where to look when it does */
};

/* Of a kind of servers. */
struct redis_greeting {
	const struct step *steps;
	size_t n;
	const char *password; /* the setting of it */
};

static void
login_put(struct buf *out, const struct redis_login *login)
{
	bool named = login->username.n > 0;

	redis_put_head(out, named ? 3 : 2);
	redis_put(out, STR("AUTH"));
	if (named)
		redis_put(out, login->username);
	redis_put(out, login->password);
}

static bool
auth_wanted(const struct cache *cache)
{
	return cache->login.password.n > 0;
}

static void
auth_put(struct buf *out, const struct cache *cache)
{
	login_put(out, &cache->login);
}

static bool
sentinel_auth_wanted(const struct cache *cache)
{
	return cache->sentinel_login.password.n > 0;
}

static void
sentinel_auth_put(struct buf *out, const struct cache *cache)
{
	login_put(out, &cache->sentinel_login);
}

static bool
select_wanted(const struct cache *cache)
{
	return cache->database != 0;
}

static void
select_put(struct buf *out, const struct cache *cache)
{
	redis_put_head(out, 2);
	redis_put(out, STR("SELECT"));
	redis_put_number(out, (uint64_t)cache->database);
}

static void
name_put(struct buf *out, const struct cache *cache)
{
	(void)cache;
	redis_put_head(out, 3);
	redis_put(out, STR("CLIENT"));
	redis_put(out, STR("SETNAME"));
	redis_put(out, STR("weir"));
}

static void
info_put(struct buf *out, struct str section)
{
	redis_put_head(out, 2);
	redis_put(out, STR("INFO"));
	redis_put(out, section);
}

static void
server_put(struct buf *out, const struct cache *cache)
{
	(void)cache;
	info_put(out, STR("server"));
}

static void
replication_put(struct buf *out, const struct cache *cache)
{
	(void)cache;
	info_put(out, STR("replication"));
}

static void
ping_put(struct buf *out, const struct cache *cache)
{
	(void)cache;
	redis_put_head(out, 1);
	redis_put(out, STR("PING"));
}

static void
script_put(struct buf *out, const struct redis_script *script)
{
	redis_put_head(out, 3);
	redis_put(out, STR("SCRIPT"));
	redis_put(out, STR("LOAD"));
	redis_script_put(out, script);
}

static void
count_put(struct buf *out, const struct cache *cache)
{
	(void)cache;
	script_put(out, redis_count_script());
}

static void
pace_put(struct buf *out, const struct cache *cache)
{
	(void)cache;
	script_put(out, redis_pace_script());
}

static void
id_copy(char out[REDIS_ID_BYTES], struct str id)
{
	memset(out, 0, REDIS_ID_BYTES);
	if (id.n > 0)
		memcpy(
		    out, id.p, id.n < REDIS_ID_BYTES ? id.n : REDIS_ID_BYTES);
}

static enum status
server_take(struct redis_greet *greet, struct str text, struct error *err)
{
	struct str mode = redis_info_field(text, STR("redis_mode"));
	struct str id = redis_info_field(text, STR("run_id"));

	if (str_eq(mode, STR("sentinel")))
		return error_set(err, ST_UNAVAILABLE,
		    "it is a sentinel (REDIS_SENTINEL_HOST)");
	if (greet->cluster != str_eq(mode, STR("cluster")))
		return error_set(err, ST_UNAVAILABLE,
		    greet->cluster
			? "it is no node of a cluster (REDIS_CLUSTER)"
			: "it is a node of a cluster "
			  "(REDIS_CLUSTER)");
	if (id.n == 0)
		return error_set(err, ST_UNAVAILABLE,
		    "its INFO does not say which server it is");
	id_copy(greet->run_id, id);
	return ST_OK;
}

static enum status
replication_take(struct redis_greet *greet, struct str text, struct error *err)
{
	/* A replica in a cluster sends on what is not its own. */
	if (!greet->cluster &&
	    !str_eq(redis_info_field(text, STR("role")), STR("master")))
		return error_set(err, ST_UNAVAILABLE,
		    "it is a replica, and takes no writes; its master is "
		    "%.*s port %.*s",
		    STR_ARG(redis_info_field(text, STR("master_host"))),
		    STR_ARG(redis_info_field(text, STR("master_port"))));
	id_copy(greet->data_id, redis_info_field(text, STR("master_replid")));
	return ST_OK;
}

/*
 * PING is refused while a server loads its data, INFO is not. The scripts may
 * be loaded later as well, so that their answers do not matter.
 */
static const struct step server_steps[] = {
	{ auth_wanted, auth_put, NULL, "AUTH",
	    " (REDIS_USERNAME, REDIS_PASSWORD)" },
	{ NULL, ping_put, NULL, "PING", "" },
	{ select_wanted, select_put, NULL, "SELECT", " (REDIS_DATABASE)" },
	{ NULL, server_put, server_take, "INFO", "" },
	{ NULL, replication_put, replication_take, "INFO", "" },
	{ NULL, name_put, NULL, NULL, NULL },
	{ NULL, count_put, NULL, NULL, NULL },
	{ NULL, pace_put, NULL, NULL, NULL },
};

/* A sentinel is known by what it answers afterwards. */
static const struct step sentinel_steps[] = {
	{ sentinel_auth_wanted, sentinel_auth_put, NULL, "AUTH",
	    " (REDIS_SENTINEL_USERNAME, REDIS_SENTINEL_PASSWORD)" },
	{ NULL, ping_put, NULL, "PING", "" },
	{ NULL, name_put, NULL, NULL, NULL },
};

static const struct redis_greeting server_greeting = {
	.steps = server_steps,
	.n = sizeof(server_steps) / sizeof(server_steps[0]),
	.password = "REDIS_PASSWORD",
};

static const struct redis_greeting sentinel_greeting = {
	.steps = sentinel_steps,
	.n = sizeof(sentinel_steps) / sizeof(sentinel_steps[0]),
	.password = "REDIS_SENTINEL_PASSWORD",
};

void
redis_greet_begin(
    struct redis_greet *greet, const struct cache *cache, bool sentinel)
{
	const struct redis_greeting *kind =
	    sentinel ? &sentinel_greeting : &server_greeting;

	greet->kind = kind;
	greet->cluster = cache->cluster;
	greet->out.n = 0;
	greet->out_at = 0;
	greet->n = 0;
	greet->at = 0;
	for (size_t i = 0; i < kind->n; i++) {
		const struct step *step = &kind->steps[i];

		if (step->wanted != NULL && !step->wanted(cache))
			continue;
		step->put(&greet->out, cache);
		greet->steps[greet->n++] = (uint8_t)i;
	}
}

/* What an error in the greeting means to whoever runs weir. */
static enum status
refused(const struct redis_greeting *kind, const struct step *step,
    struct str said, struct error *err)
{
	if (str_starts(said, STR("NOAUTH")))
		return error_set(err, ST_UNAVAILABLE,
		    "it wants a password (%s)", kind->password);
	if (str_starts(said, STR("WRONGPASS")))
		return error_set(err, ST_UNAVAILABLE,
		    "the user or the password is wrong%s", step->hint);
	if (str_starts(said, STR("LOADING")))
		return error_set(
		    err, ST_UNAVAILABLE, "it still loads its data");
	if (str_starts(said, STR("MASTERDOWN")))
		return error_set(err, ST_UNAVAILABLE,
		    "it is a replica that has lost its master");
	return error_set(err, ST_UNAVAILABLE, "it answers %s with \"%.*s\"%s",
	    step->command, STR_ARG(redis_reply_shown(said)), step->hint);
}

enum status
redis_greet_take(struct redis_greet *greet, const struct redis_reply *reply,
    struct error *err)
{
	const struct step *step = &greet->kind->steps[greet->steps[greet->at]];
	enum status st = ST_OK;

	if (reply->type == REDIS_ERROR && step->command != NULL)
		return refused(greet->kind, step, reply->text, err);
	if (step->take != NULL)
		st = step->take(greet, reply->text, err);
	if (st != ST_OK)
		return st;
	greet->at++;
	return greet->at == greet->n ? ST_OK : ST_MISSING;
}

void
redis_greet_incarnation(const struct redis_greet *greet, uint8_t *incarnation)
{
	char ids[2 * REDIS_ID_BYTES];

	memcpy(ids, greet->run_id, REDIS_ID_BYTES);
	memcpy(ids + REDIS_ID_BYTES, greet->data_id, REDIS_ID_BYTES);
	digest(str_make(ids, sizeof(ids)), incarnation);
}

static void
check_answer(struct redis_node *node, const struct redis_command *command,
    const struct redis_reply *reply)
{
	struct error err = { 0 };

	(void)command;
	if (reply == NULL || reply->type != REDIS_STRING)
		return;
	if (replication_take(&node->greet, reply->text, &err) == ST_OK)
		redis_greet_incarnation(&node->greet, node->incarnation);
	else
		redis_node_doom(node, err.text);
}

void
redis_greet_check(struct redis_node *node)
{
	replication_put(&node->pipe.out, node->cache);
	redis_pipe_add(&node->pipe, NULL, check_answer, NULL, NULL);
}

void
redis_greet_free(struct redis_greet *greet)
{
	if (greet->out.p != NULL)
		secret_wipe(greet->out.p, greet->out.cap); /* the log-in */
	buf_free(&greet->out);
}
