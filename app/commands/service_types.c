/*
 * Prints the table of service types: as a list, one type with all members of
 * its config, as JSON, and as the list of weir-api(7).
 */
#include "app/commands/service_types.h"

#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/command.h"
#include "app/commands/admin.h"
#include "app/commands/columns.h"
#include "app/commands/prose.h"
#include "middleware/service.h"

/* "One of a, b." and the like; nothing for a plain text. */
static void
expected_put(struct buf *out, const struct config_field *f)
{
	struct str rest = str_of(f->choices);
	bool bounded = f->min != 0 || f->max != 0;

	if (f->choices != NULL) {
		buf_put_lit(out, " One of ");
		buf_put(out, str_cut(&rest, '|'));
		while (!str_is_null(rest)) {
			buf_put_lit(out, ", ");
			buf_put(out, str_cut(&rest, '|'));
		}
		buf_put_char(out, '.');
	} else if (bounded) {
		buf_printf(out, " From %lld to %lld.", (long long)f->min,
		    (long long)f->max);
	} else if (strcmp(f->type, "boolean") == 0) {
		buf_put_lit(out, " True or false.");
	}
	if (f->required)
		buf_put_lit(out, " Required.");
}

static struct str
about(struct arena *arena, const struct config_field *f)
{
	struct buf out = buf_in(arena);

	buf_put(&out, str_of(f->help));
	expected_put(&out, f);
	return buf_str(&out);
}

static void
field_put(struct buf *out, const struct config_field *f)
{
	buf_printf(
	    out, "%s=%s\n", f->name, f->fallback == NULL ? "" : f->fallback);
	prose_put(out, STR("    "), about(out->arena, f));
	buf_put_char(out, '\n');
}

static void
type_put(struct buf *out, const struct service_type *type)
{
	for (const struct config_field *f = type->config; f->name != NULL; f++)
		field_put(out, f);
}

static void
field_put_mdoc(struct buf *out, const struct config_field *f)
{
	buf_printf(out, ".It Va %s\n", f->name);
	prose_put_mdoc(out, about(out->arena, f));
	if (f->fallback != NULL)
		buf_printf(out, "Default:\n.Ql %s .\n", f->fallback);
}

static void
type_put_mdoc(struct buf *out, const struct service_type *type)
{
	buf_printf(out, ".It Cm %s\n", type->name);
	prose_put_mdoc(out, str_of(type->description));
	if (type->config->name == NULL)
		return;
	buf_put_lit(out, ".Bl -tag -width Ds -compact\n");
	for (const struct config_field *f = type->config; f->name != NULL; f++)
		field_put_mdoc(out, f);
	buf_put_lit(out, ".El\n");
}

static void
field_put_json(struct buf *out, const struct config_field *f)
{
	buf_put_char(out, '{');
	member_text(out, "name", str_of(f->name));
	member_text(out, "type", str_of(f->type));
	member_text(out, "label", str_of(f->label));
	member_bool(out, "required", f->required);
	if (f->fallback != NULL)
		member_text(out, "default", str_of(f->fallback));
	if (f->choices != NULL)
		member_text(out, "choices", str_of(f->choices));
	if (f->min != 0 || f->max != 0) {
		member_i64(out, "min", f->min);
		member_i64(out, "max", f->max);
	}
	member_text(out, "help", str_of(f->help));
	buf_put_char(out, '}');
}

static void
type_put_json(struct buf *out, const struct service_type *type)
{
	buf_put(out, out->n == 1 ? STR("\n{") : STR(",\n{"));
	member_text(out, "name", str_of(type->name));
	member_text(out, "label", str_of(type->label));
	member_text(out, "group", str_of(type->group));
	member_text(out, "description", str_of(type->description));
	json_put_name(out, STR("config"));
	buf_put_char(out, '[');
	for (const struct config_field *f = type->config; f->name != NULL;
	     f++) {
		if (f != type->config)
			buf_put_char(out, ',');
		field_put_json(out, f);
	}
	buf_put_lit(out, "]}");
}

static void
list_print(struct arena *arena)
{
	struct columns c = columns_new(arena, "TYPE GROUP DESCRIPTION");

	for (size_t i = 0; service_types[i] != NULL; i++) {
		columns_put(&c, str_of(service_types[i]->name));
		columns_put(&c, str_of(service_types[i]->group));
		columns_put(&c, str_of(service_types[i]->description));
	}
	columns_print(&c);
}

typedef void put_f(struct buf *out, const struct service_type *type);

/* One type, or all of them. */
static void
types_put(struct buf *out, const struct service_type *type, put_f *put)
{
	for (size_t i = 0; service_types[i] != NULL; i++) {
		if (type == NULL || type == service_types[i])
			put(out, service_types[i]);
	}
}

int
service_types_run(struct command_call *call)
{
	struct buf out = buf_in(call->arena);
	const struct service_type *type = NULL;

	if (call->n_operands > 0) {
		type = service_type_find(str_of(call->operands[0]));
		if (type == NULL)
			return command_fail("there is no service type \"%s\": "
					    "`weir service types` lists them",
			    call->operands[0]);
	}
	if (command_switch(call, "--json")) {
		buf_put_char(&out, '[');
		types_put(&out, type, type_put_json);
		buf_put_lit(&out, "\n]\n");
	} else if (command_switch(call, "--mdoc")) {
		types_put(&out, type, type_put_mdoc);
	} else if (type != NULL) {
		type_put(&out, type);
	} else {
		list_print(call->arena);
	}
	(void)fwrite(buf_str(&out).p, 1, out.n, stdout); /* main() looks */
	return 0;
}
