#include "middleware/jwt.h"

#include "app/base/arena.h"
#include "app/base/base64.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/secret.h"

#define ALGORITHM STR("HS256")

/* {"typ":"JWT","alg":"HS256"} */
#define HEADER STR("eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9")

/* A token in its three parts, each as sent. */
struct parts {
	struct str header;
	struct str claims;
	struct str signature;
	struct str is_signed; /* header, dot, claims */
};

static void
put_text(struct buf *b, const char *name, struct str value)
{
	json_put_name(b, str_of(name));
	json_put_str(b, value);
}

static void
put_number(struct buf *b, const char *name, int64_t value)
{
	json_put_name(b, str_of(name));
	buf_put_i64(b, value);
}

static struct str
claims_text(struct arena *a, const struct jwt *claims)
{
	struct buf b = buf_in(a);

	buf_put_char(&b, '{');
	if (!str_is_null(claims->issuer))
		put_text(&b, "iss", claims->issuer);
	put_number(&b, "iat", claims->issued);
	put_number(&b, "exp", claims->expires);
	if (claims->not_before != 0)
		put_number(&b, "nbf", claims->not_before);
	put_text(&b, "jti", claims->id);
	put_text(&b, "sub", claims->subject);
	put_number(&b, "user_id", claims->user_id);
	json_put_name(&b, STR("forever"));
	json_put_bool(&b, claims->forever);
	buf_put_char(&b, '}');
	return buf_str(&b);
}

struct str
jwt_sign(
    struct arena *a, const struct secret_mac *key, const struct jwt *claims)
{
	struct buf token = buf_in(a);
	uint8_t signature[SECRET_MAC_BYTES];

	buf_put(&token, HEADER);
	buf_put_char(&token, '.');
	base64url_put(&token, claims_text(a, claims));
	secret_mac(key, buf_str(&token), signature);
	buf_put_char(&token, '.');
	base64url_put(
	    &token, str_make((const char *)signature, sizeof(signature)));
	return buf_str(&token);
}

static enum status
split(struct str token, struct parts *out, struct error *err)
{
	struct str rest = token;

	if (token.n > JWT_BYTES_MAX)
		return error_set(err, ST_INVALID, "It is longer than %d bytes.",
		    JWT_BYTES_MAX);
	out->header = str_cut(&rest, '.');
	out->claims = str_cut(&rest, '.');
	out->signature = rest;
	if (rest.n == 0 || str_find(rest, '.') < rest.n)
		return error_set(err, ST_INVALID, "Wrong number of segments.");
	out->is_signed = str_make(token.p, out->header.n + 1 + out->claims.n);
	return ST_OK;
}

static enum status
part_parse(struct arena *a, struct str part, struct json *out)
{
	struct str text;

	if (!base64url_decode(a, part, &text) ||
	    json_parse(a, text, out, NULL) != ST_OK)
		return ST_INVALID;
	return json_kind(*out) == JSON_OBJECT ? ST_OK : ST_INVALID;
}

/* RFC 7515 4.1: what a token says is critical must be understood, and nothing
 * that could be is. */
static bool
header_fits(struct arena *a, struct str part)
{
	struct json header = { STR_NULL };

	if (str_eq(part, HEADER))
		return true;
	return part_parse(a, part, &header) == ST_OK &&
	       str_eq(json_to_str(a, json_get(a, header, STR("alg"))),
		   ALGORITHM) &&
	       json_kind(json_get(a, header, STR("crit"))) == JSON_NONE;
}

static bool
is_signed_by(const struct secret_mac *key, const struct parts *parts,
    struct str signature)
{
	uint8_t wanted[SECRET_MAC_BYTES];

	secret_mac(key, parts->is_signed, wanted);
	return signature.n == sizeof(wanted) &&
	       secret_equal(wanted, signature.p, sizeof(wanted));
}

static bool
signature_holds(struct arena *a, const struct secret_mac *keys, size_t n,
    const struct parts *parts)
{
	struct str signature;

	if (!base64url_decode(a, parts->signature, &signature))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (is_signed_by(&keys[i], parts, signature))
			return true;
	}
	return false;
}

enum status
jwt_open(struct arena *a, const struct secret_mac *keys, size_t n,
    struct str token, struct json *claims, struct error *err)
{
	struct parts parts = { .header = STR_NULL };
	enum status st = split(token, &parts, err);

	if (st != ST_OK)
		return st;
	if (!header_fits(a, parts.header))
		return error_set(err, ST_INVALID,
		    "Its header does not name the algorithm HS256.");
	if (!signature_holds(a, keys, n, &parts))
		return error_set(
		    err, ST_INVALID, "Token Signature could not be verified.");
	if (part_parse(a, parts.claims, claims) != ST_OK)
		return error_set(
		    err, ST_INVALID, "Its claims are no JSON object.");
	return ST_OK;
}

static bool
is_id(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') &&
		    (c < '0' || c > '9') && c != '_' && c != '-')
			return false;
	}
	return s.n > 0 && s.n <= JWT_ID_BYTES_MAX;
}

/* A claim that is read into a member, and whether it must be there. */
static bool
number_read(struct arena *a, struct json claims, const char *name, bool needed,
    int64_t *out)
{
	struct json value = json_get(a, claims, str_of(name));

	if (json_kind(value) == JSON_NONE)
		return !needed;
	return json_to_i64(value, out);
}

static bool
text_read(struct arena *a, struct json claims, const char *name, bool needed,
    struct str *out)
{
	struct json value = json_get(a, claims, str_of(name));

	*out = json_to_str(a, value);
	if (json_kind(value) == JSON_NONE)
		return !needed;
	return json_kind(value) == JSON_STRING;
}

static bool
claims_read(struct arena *a, struct json claims, struct jwt *out)
{
	return text_read(a, claims, "iss", false, &out->issuer) &&
	       text_read(a, claims, "jti", true, &out->id) && is_id(out->id) &&
	       text_read(a, claims, "sub", true, &out->subject) &&
	       number_read(a, claims, "iat", true, &out->issued) &&
	       number_read(a, claims, "exp", true, &out->expires) &&
	       number_read(a, claims, "nbf", false, &out->not_before) &&
	       number_read(a, claims, "user_id", true, &out->user_id) &&
	       json_to_bool(json_get(a, claims, STR("forever")), &out->forever);
}

enum status
jwt_read(struct arena *a, const struct secret_mac *keys, size_t n,
    struct str token, int64_t now, struct jwt *out, struct error *err)
{
	struct json claims = { STR_NULL };
	enum status st = jwt_open(a, keys, n, token, &claims, err);

	*out = (struct jwt){ .issuer = STR_NULL };
	if (st != ST_OK)
		return st;
	if (!claims_read(a, claims, out))
		return error_set(err, ST_INVALID,
		    "It lacks a claim of a session, or has a wrong one.");
	if (out->not_before > now + JWT_LEEWAY_SECONDS ||
	    out->issued > now + JWT_LEEWAY_SECONDS)
		return error_set(err, ST_INVALID, "It is not valid yet.");
	return ST_OK;
}
