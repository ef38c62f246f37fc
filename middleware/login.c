#include "middleware/login.h"

#include "app/base/clock.h"
#include "app/base/log.h"
#include "app/base/password.h"
#include "app/base/password_gate.h"
#include "middleware/guard.h"
#include "middleware/people.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/system_pool.h"
#include "middleware/registry/user_login.h"
#include "middleware/request.h"
#include "middleware/throttle.h"

/* Who is asked for, and what the password is compared with. */
struct candidate {
	struct user_record user;
	bool found;      /* a user who may log in here */
	struct str hash; /* the user's, or a decoy; STR_NULL: there is none */
};

static bool
may_enter(const struct login_order *order, const struct user_record *user)
{
	return user->active && !str_is_null(user->password) &&
	       (order->either || user->is_sys_admin == order->admin);
}

/* The same is asked of the database whoever is found. */
static enum status
candidate_read(struct request *req, struct system_db *db,
    const struct login_order *order, struct candidate *out, struct error *err)
{
	struct error none = { 0 };
	struct str decoy = user_login_decoy(
	    db, snapshot_app_keys(req->snapshot), req->arena, order->name);
	enum status st = user_record_find(
	    db, req->arena, order->by, order->name, &out->user, &none);

	if (st != ST_OK && st != ST_MISSING)
		return error_set(err, st, "%s", none.text);
	out->found = st == ST_OK && may_enter(order, &out->user);
	out->hash = decoy;
	if (st == ST_OK && !str_is_null(out->user.password))
		out->hash = out->user.password;
	return ST_OK;
}

static enum status
candidate_find(struct request *req, const struct login_order *order,
    struct candidate *out, struct error *err)
{
	struct system_db db;
	enum status st =
	    system_pool_take(req->people->pool, req->deadline_ms, &db, err);

	if (st != ST_OK)
		return st;
	st = candidate_read(req, &db, order, out, err);
	system_pool_give(req->people->pool, &db);
	return st;
}

static bool
password_fits(
    struct request *req, const struct candidate *candidate, struct str password)
{
	struct password_cost cost = password_cost(req->settings);

	if (!str_is_null(candidate->hash))
		return password_verify(candidate->hash, password) &&
		       candidate->found;
	password_verify_nobody(&cost, password);
	return false;
}

/* A hash of an older kind, or of another cost, is made anew. That it could not
 * be is no reason to turn the user away. */
static void
hash_renew(struct request *req, struct user_record *user, struct str password)
{
	struct password_cost cost = password_cost(req->settings);
	char hash[PASSWORD_HASH_BYTES];
	struct error err = { 0 };
	struct system_db db;
	enum status st;

	if (!password_is_outdated(user->password, &cost) ||
	    password_hash(password, &cost, hash, NULL) != ST_OK)
		return;
	st = system_pool_take(req->people->pool, req->deadline_ms, &db, &err);
	if (st == ST_OK) {
		st = user_login_rehash(&db, user, hash, &err);
		system_pool_give(req->people->pool, &db);
	}
	if (st == ST_OK)
		user->password = arena_dup(req->arena, str_of(hash));
	else
		log_line(LOG_WARNING, req->id,
		    "the password of user %lld could not be hashed anew: %s",
		    (long long)user->id, err.text);
}

static enum status
refuse_wait(struct request *req, int64_t wait)
{
	response_fail(req, 429,
	    "Too many log-ins have failed. Try again in %lld seconds.",
	    (long long)wait);
	response_header_i64(&req->response, STR("Retry-After"), wait);
	return ST_REFUSED;
}

static enum status
refuse_busy(struct request *req, const char *what, enum status st,
    const struct error *err)
{
	log_line(LOG_WARNING, req->id, "log-in: %s", err->text);
	response_busy(req, "%s", what);
	return st;
}

/* Under the gate: as many at once as may be. */
static enum status
compare(struct request *req, const struct login_order *order,
    struct candidate *candidate, bool *fits)
{
	struct error err = { 0 };
	enum status st =
	    password_gate_enter(req->people->gate, req->deadline_ms, &err);

	if (st != ST_OK)
		return refuse_busy(
		    req, "Too many log in at the same time.", st, &err);
	*fits = password_fits(req, candidate, order->password);
	if (*fits)
		hash_renew(req, &candidate->user, order->password);
	password_gate_leave(req->people->gate);
	return ST_OK;
}

enum status
login_verify(struct request *req, const struct login_order *order,
    const char *wrong, struct user_record *out)
{
	struct failures *failures = req->people->failures;
	struct candidate candidate = { .found = false };
	struct error err = { 0 };
	bool fits = false;
	int64_t wait;
	enum status st;

	if (!throttle_allows(failures, req, order->name, &wait))
		return refuse_wait(req, wait);
	st = candidate_find(req, order, &candidate, &err);
	if (st != ST_OK)
		return refuse_busy(
		    req, "The system database cannot be reached.", st, &err);
	st = compare(req, order, &candidate, &fits);
	if (st != ST_OK)
		return st;
	if (!fits) {
		throttle_failed(failures, req, order->name);
		guard_refuse(req, wrong);
		return ST_DENIED;
	}
	throttle_passed(failures, req, order->name);
	*out = candidate.user;
	return ST_OK;
}
