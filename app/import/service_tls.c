#include "app/import/service_tls.h"

#include "app/base/jsonread.h"

/* PDO's numbers: MYSQL_ATTR_SSL_KEY, _CERT, _CA, _CAPATH, _CIPHER and
 * _VERIFY_SERVER_CERT. */
static const char *const pdo_numbers[] = { "1007", "1008", "1009", "1010",
	"1011", "1014" };

#define PDO_CA     STR("1009")
#define PDO_VERIFY STR("1014")

static void
put(struct service_tls *out, struct str name, struct str value)
{
	out->list[out->n++] = (struct config_member){ name, value };
}

/* What a member says, a string or not; STR_NULL: nothing, or null. */
static struct str
text_of(struct arena *arena, struct json object, struct str name)
{
	struct json value = json_get(arena, object, name);

	if (json_kind(value) == JSON_NONE || json_kind(value) == JSON_NULL)
		return STR_NULL;
	return json_kind(value) == JSON_STRING ? json_to_str(arena, value)
					       : value.text;
}

static bool
says_no(struct str text)
{
	return !str_is_null(text) && (text.n == 0 || str_is_no(text));
}

static bool
is_path(struct str text)
{
	return text.n > 0 && text.p[0] == '/';
}

static void
pdo_read(struct service_tls *out, struct arena *arena, struct json options)
{
	struct str ca = text_of(arena, options, PDO_CA);
	bool any = false;

	for (size_t i = 0; i < sizeof(pdo_numbers) / sizeof(pdo_numbers[0]);
	     i++) {
		if (text_of(arena, options, str_of(pdo_numbers[i])).n > 0)
			any = true;
	}
	if (!any)
		return;
	if (!is_path(ca) || says_no(text_of(arena, options, PDO_VERIFY))) {
		put(out, STR("tls"), STR("require"));
		return;
	}
	put(out, STR("tls"), STR("verify"));
	put(out, STR("tls_ca"), ca);
}

/* "ssl" is an object, or a text of one. */
static void
redis_read(struct service_tls *out, struct arena *arena, struct json options)
{
	struct str scheme = text_of(arena, options, STR("scheme"));
	struct str text = text_of(arena, options, STR("ssl"));
	struct str ca;
	struct json ssl = { STR_NULL };

	if (text.n > 0)
		(void)json_parse(arena, text, &ssl, NULL); /* none, then */
	if (json_count(ssl) == 0 && !str_eq_nocase(scheme, STR("tls")) &&
	    !str_eq_nocase(scheme, STR("rediss")))
		return;
	put(out, STR("tls"), STR("true"));
	if (says_no(text_of(arena, ssl, STR("verify_peer"))))
		put(out, STR("tls_verify"), STR("false"));
	ca = text_of(arena, ssl, STR("cafile"));
	if (is_path(ca))
		put(out, STR("tls_ca"), ca);
}

void
service_tls_read(struct service_tls *out, struct arena *arena, struct str type,
    struct str options)
{
	struct json json;

	out->n = 0;
	if (str_trim(options).n == 0 ||
	    json_parse(arena, options, &json, NULL) != ST_OK)
		return;
	if (str_eq(type, STR("mysql")) || str_eq(type, STR("mariadb")))
		pdo_read(out, arena, json);
	else if (str_eq(type, STR("cache_redis")))
		redis_read(out, arena, json);
}
