#include "app/services/system/input.h"

static enum status
refuse(const char *name, const char *expected, struct error *err)
{
	return error_set(err, ST_INVALID, "%s must be %s.", name, expected);
}

struct json
input_get(const struct input *in, const char *name)
{
	return json_get(in->arena, in->record, str_of(name));
}

enum status
input_text(const struct input *in, const char *name, struct str *out,
    struct error *err)
{
	struct json value = input_get(in, name);
	enum json_kind kind = json_kind(value);

	if (kind == JSON_NONE)
		return ST_OK;
	if (kind != JSON_STRING && kind != JSON_NULL)
		return refuse(name, "a string", err);
	*out = kind == JSON_NULL ? STR("") : json_to_str(in->arena, value);
	return ST_OK;
}

enum status
input_number(
    const struct input *in, const char *name, int64_t *out, struct error *err)
{
	struct json value = input_get(in, name);

	switch (json_kind(value)) {
	case JSON_NONE:
		return ST_OK;
	case JSON_NULL:
		*out = 0;
		return ST_OK;
	case JSON_STRING:
		if (str_to_i64(json_to_str(in->arena, value), out))
			return ST_OK;
		break;
	default:
		if (json_to_i64(value, out))
			return ST_OK;
		break;
	}
	return refuse(name, "an integer", err);
}

static bool
word_to_bool(struct str word, bool *out)
{
	*out = str_to_bool(word);
	return *out || str_is_no(word);
}

enum status
input_switch(
    const struct input *in, const char *name, bool *out, struct error *err)
{
	struct json value = input_get(in, name);
	int64_t number = 0;

	switch (json_kind(value)) {
	case JSON_NONE:
		return ST_OK;
	case JSON_NULL:
		*out = false;
		return ST_OK;
	case JSON_STRING:
		if (word_to_bool(json_to_str(in->arena, value), out))
			return ST_OK;
		break;
	case JSON_NUMBER:
		if (!json_to_i64(value, &number))
			break;
		*out = number != 0;
		return ST_OK;
	default:
		if (json_to_bool(value, out))
			return ST_OK;
		break;
	}
	return refuse(name, "true or false", err);
}

enum status
input_list(const struct input *in, const char *name, struct json *out,
    struct error *err)
{
	struct json value = input_get(in, name);
	enum json_kind kind = json_kind(value);

	*out = (struct json){ STR_NULL };
	if (kind == JSON_NONE || kind == JSON_NULL)
		return ST_OK;
	if (kind != JSON_ARRAY)
		return refuse(name, "an array", err);
	if (json_count(value) > 0)
		*out = value;
	return ST_OK;
}
