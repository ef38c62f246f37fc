#include <sys/utsname.h>

#include "app/base/jsonmember.h"
#include "app/base/settings.h"
#include "app/services/system/handlers.h"
#include "app/services/user/account.h"
#include "app/services/user/user.h"
#include "middleware/principal.h"
#include "middleware/registry/snapshot.h"
#include "middleware/registry/system_db.h"
#include "middleware/request.h"

#define LICENSE STR("GOLD") /* what front ends show everything for */

static bool
registration_is_open(const struct request *req)
{
	const struct service *user =
	    snapshot_service(req->snapshot, STR("user"));
	const struct user_service *instance =
	    user == NULL ? NULL : user->instance;

	return instance != NULL && instance->open_registration;
}

static void
put_login(struct buf *b, const char *name, const char *path,
    const struct settings *settings)
{
	bool by_name = settings->login_attribute == LOGIN_BY_USERNAME;

	json_put_name(b, str_of(name));
	buf_put_char(b, '{');
	put_text(b, "path", str_of(path));
	put_text(b, "verb", STR("POST"));
	buf_printf(b,
	    ",\"payload\":{\"%s\":\"string\",\"password\":\"string\","
	    "\"remember_me\":\"bool\"}}",
	    by_name ? "username" : "email");
}

static void
put_authentication(struct buf *b, const struct request *req)
{
	bool by_name = req->settings->login_attribute == LOGIN_BY_USERNAME;

	buf_put_lit(b, "{\"authentication\":{");
	put_login(b, "admin", "system/admin/session", req->settings);
	put_login(b, "user", "user/session", req->settings);
	buf_put_lit(b, ",\"oauth\":[],\"adldap\":[],\"saml\":[]");
	put_bool(b, "allow_open_registration", registration_is_open(req));
	put_raw(b, "open_reg_email_service_id", STR("null"));
	put_bool(
	    b, "allow_forever_sessions", req->settings->allow_forever_sessions);
	put_text(
	    b, "login_attribute", by_name ? STR("username") : STR("email"));
	buf_put_lit(b, "},\"apps\":[]");
}

static bool
is_admin(const struct request *req)
{
	return req->principal != NULL && req->principal->is_sys_admin;
}

static void
put_platform(struct buf *b, const struct request *req)
{
	buf_put_lit(b, ",\"platform\":{");
	put_text(b, "version", STR(PACKAGE_VERSION));
	put_bool(b, "bitnami_demo", false);
	put_bool(b, "is_hosted", false);
	put_bool(b, "is_trial", false);
	put_text(b, "license", LICENSE);
	put_bool(b, "secured_package_export", false);
	put_bool(b, "license_key", false);
	put_text(b, "install_type", STR("weir"));
	if (is_admin(req)) {
		put_text(b, "db_driver", str_of(req->settings->db_connection));
		put_text(
		    b, "cache_driver", str_of(req->settings->cache_driver));
		put_bool(b, "app_debug", false);
		put_raw(b, "packages", STR("[]"));
	}
	buf_put_char(b, '}');
}

static void
put_server(struct buf *b, const struct request *req)
{
	struct utsname host;

	buf_put_lit(b, ",\"server\":{");
	if (uname(&host) == 0) {
		put_text(b, "server_os", str_of(host.sysname));
		put_text(b, "release", str_of(host.release));
		put_text(b, "version", str_of(host.version));
		put_text(b, "host", str_of(host.nodename));
		put_text(b, "machine", str_of(host.machine));
	}
	buf_put_lit(b, "},\"client\":{");
	put_text(b, "user_agent", STR_NULL);
	put_text(b, "ip_address", req->param[PARAM_REMOTE_ADDR]);
	put_text(b, "locale", STR_NULL);
	buf_put_char(b, '}');
}

/* Who comes with nothing learns what it takes to log in. */
void
environment_handle(struct account_call *c)
{
	struct request *req = c->req;
	struct buf *b = &req->response.build;

	if (!account_allows(req, METHOD_GET))
		return;
	put_authentication(b, req);
	if (req->role != NULL || req->principal != NULL) {
		put_platform(b, req);
		put_server(b, req);
	}
	buf_put_char(b, '}');
	account_answer(c);
}

/* How many there are; null while the system database cannot be asked. */
static void
put_counts(struct buf *b, struct system_db *db)
{
	static const struct {
		const char *name;
		const char *sql;
	} counts[] = {
		{ "app", "SELECT COUNT(*) FROM app" },
		{ "admin", "SELECT COUNT(*) FROM user WHERE is_sys_admin = 1" },
		{ "user", "SELECT COUNT(*) FROM user WHERE is_sys_admin = 0" },
		{ "service", "SELECT COUNT(*) FROM service" },
		{ "role", "SELECT COUNT(*) FROM role" },
	};

	buf_put_lit(b, ",\"resources\":{");
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct db_stmt stmt = { str_of(counts[i].sql), NULL, 0 };
		int64_t n = 0;

		if (db->conn != NULL &&
		    system_db_number(db, &stmt, &n, NULL) == ST_OK)
			put_number(b, counts[i].name, n);
		else
			put_raw(b, counts[i].name, STR("null"));
	}
	buf_put_char(b, '}');
}

struct text_read {
	struct arena *arena;
	struct str text;
};

static enum status
text_row(void *ctx, const struct db_value *v, size_t n)
{
	struct text_read *r = ctx;

	(void)n; /* as many as the statement names */
	r->text = value_text(r->arena, &v[0]);
	return ST_OK;
}

/* When somebody administered last is for administrators to know. */
static struct str
last_login(const struct request *req, struct system_db *db)
{
	struct text_read r = { req->arena, STR_NULL };
	struct db_stmt stmt = DB_STMT_PLAIN(
	    "SELECT MAX(last_login_date) FROM user WHERE is_sys_admin = 1");

	if (!is_admin(req) || db->conn == NULL ||
	    system_db_run(db, &stmt, text_row, &r, NULL) != ST_OK)
		return STR_NULL;
	return r.text;
}

static void
put_status(struct account_call *c, struct system_db *db)
{
	struct buf *b = &c->req->response.build;
	struct utsname host;

	buf_put_char(b, '{');
	put_text(b, "uri", STR_NULL);
	put_bool(b, "managed", false);
	put_text(b, "dist", STR("weir"));
	put_bool(b, "demo", false);
	put_text(b, "version", STR(PACKAGE_VERSION));
	put_text(b, "license", LICENSE);
	put_text(
	    b, "host_os", uname(&host) == 0 ? str_of(host.sysname) : STR_NULL);
	put_text(b, "last_admin_login", last_login(c->req, db));
	put_counts(b, db);
	buf_put_char(b, '}');
}

void
status_handle(struct account_call *c)
{
	const struct response before = c->req->response;
	struct system_db db = { .conn = NULL };

	if (!account_allows(c->req, METHOD_GET))
		return;
	if (!account_db_take(c, &db)) {
		c->req->response = before; /* it is told without */
		db.conn = NULL;
	}
	put_status(c, &db);
	if (db.conn != NULL)
		account_db_give(c, &db);
	account_answer(c);
}
