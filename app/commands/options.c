/*
 * Prints the table of settings in four forms: for people, as a sample
 * environment file, as JSON, and as the list of weir.env(5).
 */
#include <stdio.h>

#include "app/base/arena.h"
#include "app/base/buf.h"
#include "app/base/jsonout.h"
#include "app/base/option.h"
#include "app/commands/commands.h"
#include "app/commands/prose.h"

/* "Expected: a number from 1 to 64. A change needs a restart." */
static struct str
facts(const struct option *opt, struct arena *a)
{
	struct buf out = buf_in(a);

	buf_put_lit(&out, "Expected: ");
	option_expected(opt, &out);
	buf_put_char(&out, '.');
	if (opt->alias != NULL)
		buf_printf(&out, " Also known as %s.", opt->alias);
	if (!opt->reload)
		buf_put_lit(&out, " A change needs a restart.");
	return buf_str(&out);
}

static void
people_put(struct buf *out, const struct option *opt)
{
	buf_printf(out, "%s=%s\n", opt->name, opt->fallback);
	prose_put(out, STR("    "), str_of(opt->help));
	prose_put(out, STR("    "), facts(opt, out->arena));
	buf_put_char(out, '\n');
}

static void
sample_put(struct buf *out, const struct option *opt)
{
	prose_put(out, STR("# "), str_of(opt->help));
	prose_put(out, STR("# "), facts(opt, out->arena));
	buf_printf(out, "#%s=%s\n\n", opt->name, opt->fallback);
}

static void
mdoc_put(struct buf *out, const struct option *opt)
{
	buf_printf(out, ".It Ev %s\n", opt->name);
	prose_put_mdoc(out, str_of(opt->help));
	prose_put_mdoc(out, facts(opt, out->arena));
	if (opt->fallback[0] != '\0')
		buf_printf(out, "Default:\n.Ql %s .\n", opt->fallback);
}

/* "choices": ["a","b"], when the option has some. */
static void
json_put_choices(struct buf *out, const struct option *opt)
{
	struct str rest = str_of(opt->choices);

	if (opt->choices == NULL)
		return;
	json_put_name(out, STR("choices"));
	for (char sep = '['; !str_is_null(rest); sep = ',') {
		buf_put_char(out, sep);
		json_put_str(out, str_cut(&rest, '|'));
	}
	buf_put_char(out, ']');
}

static void
json_put(struct buf *out, const struct option *opt)
{
	buf_put_char(out, '{');
	json_put_name(out, STR("name"));
	json_put_str(out, str_of(opt->name));
	if (opt->alias != NULL) {
		json_put_name(out, STR("alias"));
		json_put_str(out, str_of(opt->alias));
	}
	json_put_name(out, STR("type"));
	json_put_str(out, str_of(option_type_name(opt->type)));
	json_put_name(out, STR("default"));
	json_put_str(out, str_of(opt->fallback));
	if (opt->max > 0) {
		json_put_name(out, STR("min"));
		buf_put_i64(out, opt->min);
		json_put_name(out, STR("max"));
		buf_put_i64(out, opt->max);
	}
	json_put_choices(out, opt);
	json_put_name(out, STR("reload"));
	json_put_bool(out, opt->reload);
	json_put_name(out, STR("help"));
	json_put_str(out, str_of(opt->help));
	buf_put_char(out, '}');
}

static void
json_put_all(struct buf *out)
{
	const struct option *opt;

	buf_put_char(out, '[');
	for (size_t i = 0; (opt = option_at(i)) != NULL; i++) {
		buf_put(out, i > 0 ? STR(",\n") : STR("\n"));
		json_put(out, opt);
	}
	buf_put_lit(out, "\n]\n");
}

typedef void put_f(struct buf *out, const struct option *opt);

static void
put_all(struct buf *out, put_f *put)
{
	const struct option *opt;

	for (size_t i = 0; (opt = option_at(i)) != NULL; i++)
		put(out, opt);
}

static int
options_run(struct command_call *call)
{
	struct buf out = buf_in(call->arena);

	if (command_switch(call, "--json"))
		json_put_all(&out);
	else if (command_switch(call, "--env-file"))
		put_all(&out, sample_put);
	else if (command_switch(call, "--mdoc"))
		put_all(&out, mdoc_put);
	else
		put_all(&out, people_put);
	(void)fwrite(out.p, 1, out.n, stdout); /* main() looks for errors */
	return 0;
}

static const struct command_option list_options[] = {
	{ "--json", NULL, false, "as JSON" },
	{ "--env-file", NULL, false, "as an environment file, all commented" },
	{ "--mdoc", NULL, false, "as the list of the manual page" },
	{ 0 },
};

const struct command options_commands[] = {
	{ .verb = "options",
	    .summary = "List everything that can be set",
	    .options = list_options,
	    .run = options_run },
	{ 0 },
};
