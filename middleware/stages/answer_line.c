#include "middleware/stages/answer_line.h"

#include <stdio.h>
#include <time.h>

#include "app/base/jsonout.h"
#include "app/base/log.h"
#include "app/base/log_text.h"
#include "middleware/principal.h"
#include "middleware/registry/snapshot.h"
#include "middleware/request.h"
#include "middleware/verdict.h"

#define LINE_BYTES   512u
#define MEMBERS_MAX  20
#define MEMBER(name) STR(",\"" name "\":") /* never the first */

enum kind { KIND_TEXT, KIND_NUMBER, KIND_TRUE };

/* One thing known of the answer. */
struct member {
	struct str json; /* its name, as MEMBER() has it */
	enum kind kind;
	bool in_head; /* a line of text has it without a name */
	struct str text;
	int64_t number;
};

struct members {
	struct member list[MEMBERS_MAX];
	size_t n;
};

static struct str
name_of(const struct member *m)
{
	return str_make(m->json.p + 2, m->json.n - 4);
}

static struct member *
add(struct members *all, struct str json, enum kind kind)
{
	struct member *m = &all->list[all->n++];

	*m = (struct member){ .json = json, .kind = kind };
	return m;
}

static struct member *
add_text(struct members *all, struct str json, struct str text)
{
	struct member *m = add(all, json, KIND_TEXT);

	m->text = text;
	return m;
}

static struct member *
add_number(struct members *all, struct str json, int64_t number)
{
	struct member *m = add(all, json, KIND_NUMBER);

	m->number = number;
	return m;
}

static void
add_caller(struct members *all, const struct request *req)
{
	add_text(all, MEMBER("client"), req->param[PARAM_REMOTE_ADDR])
	    ->in_head = true;
	add_text(
	    all, MEMBER("app"), req->app != NULL ? req->app->name : STR(""));
	if (req->key_hint.n > 0)
		add_text(all, MEMBER("key"), req->key_hint);
	if (req->principal != NULL)
		add_number(all, MEMBER("user_id"), req->principal->id)
		    ->in_head = true;
}

static void
members_fill(struct members *all, const struct request *req, struct str path,
    int64_t bytes, int64_t took_us)
{
	all->n = 0;
	add_text(all, MEMBER("request_id"), req->id);
	if (req->trace.id.n > 0) {
		add_text(all, MEMBER("trace_id"), req->trace.id);
		add_text(all, MEMBER("parent_id"), req->trace.parent);
	}
	add_caller(all, req);
	add_text(all, MEMBER("service"), req->service_name);
	add_text(all, MEMBER("method"), req->param[PARAM_METHOD])->in_head =
	    true;
	add_text(all, MEMBER("path"), path)->in_head = true;
	add_number(all, MEMBER("status"), req->response.status)->in_head = true;
	add_number(all, MEMBER("bytes"), bytes)->in_head = true;
	add_number(all, MEMBER("duration_us"), took_us);
	add_text(all, MEMBER("cache"), cache_verdict_name(req->cache_verdict));
	add_text(all, MEMBER("limit"), limit_verdict_name(req->limit_verdict));
	if (req->response.cut)
		add(all, MEMBER("truncated"), KIND_TRUE);
}

/* The date and time up to the second, written once a second a thread. */
static void
put_time(struct buf *b, int64_t wall_ms)
{
	static _Thread_local char text[sizeof("2026-01-01T00:00:00")];
	static _Thread_local int64_t written = -1;
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	int ms = (int)(wall_ms % 1000);

	if (written != seconds) {
		(void)gmtime_r(&seconds, &tm);
		(void)strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%S", &tm);
		written = seconds;
	}
	buf_put_lit(b, "{\"time\":\"");
	buf_put(b, str_make(text, sizeof(text) - 1));
	buf_put_char(b, '.');
	buf_put_char(b, (char)('0' + ms / 100));
	buf_put_char(b, (char)('0' + ms / 10 % 10));
	buf_put_char(b, (char)('0' + ms % 10));
	buf_put_lit(b, "Z\"");
}

static void
put_json(struct buf *b, const struct members *all, int64_t wall_ms)
{
	put_time(b, wall_ms);
	for (size_t i = 0; i < all->n; i++) {
		const struct member *m = &all->list[i];

		buf_put(b, m->json);
		if (m->kind == KIND_TEXT)
			json_put_str(b, m->text);
		else if (m->kind == KIND_NUMBER)
			buf_put_i64(b, m->number);
		else
			buf_put_lit(b, "true");
	}
	buf_put_char(b, '}');
}

/* A word of the common log format, which has no empty ones. */
static void
put_word(struct buf *b, struct str text)
{
	if (text.n == 0)
		buf_put_char(b, '-');
	else
		log_put_shown(b, text);
}

/* httpd.apache.org/docs/2.4/logs.html#common; the user by its number. */
static void
put_common(
    struct buf *b, const struct request *req, struct str path, int64_t bytes)
{
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	time_t seconds = (time_t)(req->arrived.wall_ms / 1000);
	struct buf asked = buf_in(req->arena);
	struct tm tm = { 0 };

	put_word(b, req->param[PARAM_REMOTE_ADDR]);
	buf_put_lit(b, " - ");
	if (req->principal != NULL)
		buf_put_i64(b, req->principal->id);
	else
		buf_put_char(b, '-');
	(void)gmtime_r(&seconds, &tm);
	buf_printf(b, " [%02d/%s/%04d:%02d:%02d:%02d +0000] ", tm.tm_mday,
	    months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
	    tm.tm_sec);
	buf_put(&asked, req->param[PARAM_METHOD]);
	buf_put_char(&asked, ' ');
	buf_put(&asked, path);
	log_put_quoted(b, buf_str(&asked));
	buf_printf(b, " %d %lld", req->response.status, (long long)bytes);
}

static void
put_rest(struct buf *b, const struct members *all)
{
	for (size_t i = 0; i < all->n; i++) {
		const struct member *m = &all->list[i];

		if (m->in_head)
			continue;
		buf_put_char(b, ' ');
		buf_put(b, name_of(m));
		buf_put_char(b, '=');
		if (m->kind == KIND_TEXT)
			log_put_quoted(b, m->text);
		else if (m->kind == KIND_NUMBER)
			buf_put_i64(b, m->number);
		else
			buf_put_lit(b, "true");
	}
}

static void
put_fields(struct buf *b, const struct request *req, const struct members *all)
{
	log_put_field(b, STR("log"), STR("access"));
	for (size_t i = 0; i < all->n; i++) {
		const struct member *m = &all->list[i];
		struct str text = m->text;

		if (m->kind == KIND_NUMBER)
			text = arena_printf(
			    req->arena, "%lld", (long long)m->number);
		if (m->kind == KIND_TRUE)
			text = STR("true");
		log_put_field(b, name_of(m), text);
	}
}

void
answer_line(
    struct request *req, struct str path, int64_t bytes, int64_t took_us)
{
	struct buf line = buf_in(req->arena), fields = buf_in(req->arena);
	struct members all;

	(void)buf_reserve(&line, LINE_BYTES);
	members_fill(&all, req, path, bytes, took_us);
	if (log_access_format() == LOG_JSON) {
		put_json(&line, &all, req->arrived.wall_ms);
	} else {
		put_common(&line, req, path, bytes);
		put_rest(&line, &all);
	}
	buf_put_char(&line, '\n');
	if (log_access_fields())
		put_fields(&fields, req, &all);
	req->log_line = buf_str(&line);
	req->log_fields = buf_str(&fields);
}
