/* The parameters that operations share. What each does, weir-api(7) says. */
#include <assert.h>

#include "app/base/jsonmember.h"
#include "app/services/docs/doc.h"
#include "app/services/docs/shared.h"

#define TEXT    "{'type':'string'}"
#define SWITCH  "{'type':'boolean'}"
#define NAMES   "{'type':'array','items':{'type':'string'},'minItems':1}"
#define SECONDS "{'type':'integer','minimum':-1,'maximum':315360000}"

/* A list stands in one parameter, with commas. */
#define BY_COMMAS "'style':'form','explode':false,"

static const struct parameter {
	const char *key; /* among the components */
	const char *name;
	const char *in;
	const char *schema;
	const char *more; /* members before the schema, or NULL */
	const char *about;
} parameters[] = {
	/* records */
	{ "fields", "fields", "query", NAMES, BY_COMMAS,
	    "Fields of each record, by commas, or *. Reads show all, and "
	    "writes "
	    "the key alone, without it." },
	{ "filter", "filter", "query", TEXT, NULL,
	    "Which records: conditions such as (state = 'open' or amount >= "
	    "100) and not name like 'a%'. Operators: = != < <= > >= in like "
	    "starts with, ends with, contains, is null, is not null; joined by "
	    "and, or, xor, nor, not. :name stands for params[:name], and "
	    "relation.field for a field of related records." },
	{ "params", "params", "query",
	    "{'type':'object','additionalProperties':{'type':'string'}}",
	    "'style':'deepObject','explode':true,",
	    "Values for the :names of the filter, as params[:name]=value." },
	{ "related", "related", "query", NAMES, BY_COMMAS,
	    "Relations whose records are shown with each record, by commas; * "
	    "is all that the role may read, and a.b those of a relation of a "
	    "relation. RELATION.fields, .limit, .order and .filter go for the "
	    "related records." },
	{ "ids", "ids", "query", NAMES, BY_COMMAS,
	    "Identifiers of the records that are meant, by commas. One that "
	    "names no record fails the call." },
	{ "id_field", "id_field", "query", NAMES, BY_COMMAS,
	    "The fields that identify a record, instead of the primary key." },
	{ "order", "order", "query", TEXT, NULL,
	    "Fields to sort by, each with asc or desc, as in name, year "
	    "desc." },
	{ "group", "group", "query", NAMES, BY_COMMAS,
	    "A row for each group of records that agree in these fields; "
	    "fields "
	    "may then hold COUNT(*), COUNT(f), SUM(f), AVG(f), MIN(f), MAX(f), "
	    "shown as COUNT_ALL, SUM_f and so on." },
	{ "having", "having", "query", TEXT, NULL,
	    "A filter on the groups, as in COUNT(*) > 10." },
	{ "limit", "limit", "query", "{'type':'integer','minimum':1}", NULL,
	    "Most records of the answer; the max_records of the service bounds "
	    "it." },
	{ "offset", "offset", "query", "{'type':'integer','minimum':0}", NULL,
	    "How many records are passed over first." },
	{ "include_count", "include_count", "query", SWITCH, NULL,
	    "Tell in meta.count how many records there are in all." },
	{ "count_only", "count_only", "query", SWITCH, NULL,
	    "Answer only how many there are: a bare number." },
	{ "include_schema", "include_schema", "query", SWITCH, NULL,
	    "Describe the table in meta.schema." },
	{ "as_list", "as_list", "query", SWITCH, NULL,
	    "Identifiers or names alone, in place of objects." },
	{ "wrap", "wrap", "query", SWITCH, NULL,
	    "false: a list is answered as an array, without resource around "
	    "it." },
	{ "continue", "continue", "query", SWITCH, NULL,
	    "Go on behind a record that fails; the error tells of each." },
	{ "rollback", "rollback", "query", SWITCH, NULL,
	    "All records or none." },
	{ "force", "force", "query", SWITCH, NULL,
	    "Delete all records, where neither filter, ids nor body say "
	    "which." },
	{ "allow_related_delete", "allow_related_delete", "query", SWITCH, NULL,
	    "Let related records be deleted that are let go and cannot stand "
	    "alone." },
	{ "refresh", "refresh", "query", SWITCH, NULL,
	    "Ask the database anew, and replace what is cached." },
	{ "file", "file", "query", TEXT, NULL,
	    "Answer as a file of this name; its ending, .json, .csv or .xml, "
	    "decides the format." },
	/* lists of tables and resources */
	{ "member_fields", "fields", "query", NAMES, BY_COMMAS,
	    "Members to show: name, label, plural, is_view, access, or *." },
	{ "table_ids", "ids", "query", NAMES, BY_COMMAS,
	    "Names of those that are meant, by commas." },
	{ "table_ids_all", "ids", "query", NAMES, "'required':true," BY_COMMAS,
	    "Names of those that are meant, by commas." },
	{ "include_access", "include_access", "query", SWITCH, NULL,
	    "Tell the methods that the role may use." },
	{ "as_access_list", "as_access_list", "query", SWITCH, NULL,
	    "The components that a row of a role may name." },
	{ "look", "refresh", "query", SWITCH, NULL,
	    "Look at the schema, and read it anew when it is another." },
	{ "check_exist", "check_exist", "query", SWITCH, NULL,
	    "Refuse what there is already, rather than change it." },
	{ "routine_params", "params", "query",
	    "{'type':'object','additionalProperties':{'type':'string'}}",
	    "'style':'deepObject','explode':true,",
	    "Its parameters, as params[name]=value; the name alone does where "
	    "no option has it." },
	/* values of a cache */
	{ "keys", "keys", "query",
	    "{'type':'array','items':{'type':'string'},'minItems':1,"
	    "'maxItems':1000}",
	    BY_COMMAS, "Keys, by commas; a comma in a key is %2C." },
	{ "default", "default", "query", TEXT, NULL,
	    "What is answered, as a string, for a value that is missing." },
	{ "clear", "clear", "query", SWITCH, NULL,
	    "Delete the value as it is read; the role must allow DELETE, "
	    "too." },
	{ "check_key", "check_exist", "query", SWITCH, NULL,
	    "Only tell whether there is a value." },
	{ "raw", "raw", "query", SWITCH, NULL,
	    "The value alone, without key and value around it: a string as "
	    "text, anything else as JSON." },
	{ "raw_body", "raw", "query", SWITCH, NULL,
	    "The body is the value itself, whatever its members are." },
	{ "key_prefix", "prefix", "query", TEXT, NULL,
	    "Only keys that begin so." },
	{ "key_limit", "limit", "query",
	    "{'type':'integer','minimum':1,'maximum':1000,'default':100}", NULL,
	    "Most keys of a page." },
	{ "cursor", "cursor", "query", TEXT, NULL,
	    "meta.next of the page before." },
	{ "stats", "stats", "query", SWITCH, NULL,
	    "Counts of the whole store, in place of keys." },
	{ "ttl", "ttl", "query", SECONDS, NULL,
	    "Seconds for which a value is kept, where the body does not say: 0 "
	    "for ever, -1 the default_ttl of the service." },
	{ "forever", "forever", "query", SWITCH, NULL,
	    "The same as a ttl of 0." },
	{ "create", "create", "query", SWITCH, NULL,
	    "Only make new keys: 400 when there is one already." },
	{ "map", "map", "query", SWITCH, NULL,
	    "The body is an object of keys and their values, whatever its "
	    "members are." },
	/* people */
	{ "all_sessions", "all", "query", SWITCH, NULL,
	    "Log out from every session of the user." },
	{ "login", "login", "query", SWITCH, NULL,
	    "false: answer without the token of a new session." },
	{ "reset", "reset", "query", SWITCH, NULL,
	    "Mail a code to the email of the body." },
	{ "send_invite", "send_invite", "query", SWITCH, NULL,
	    "Mail the user a code to set a password by." },
	{ "user_id", "user_id", "query", "{'type':'integer','minimum':1}", NULL,
	    "Whose sessions." },
	{ "whose", "user_id", "query", "{'type':'integer','minimum':1}",
	    "'required':true,", "Whose sessions." },
	{ "page_limit", "limit", "query",
	    "{'type':'integer','minimum':1,'maximum':1000}", NULL,
	    "Most of them." },
	/* administration */
	{ "regenerate", "regenerate", "query", SWITCH, NULL,
	    "Another key; those before it end after grace seconds." },
	{ "grace", "grace", "query", "{'type':'integer','minimum':0}", NULL,
	    "Seconds for which keys in force still count beside the new one." },
	{ "expires_in", "expires_in", "query", "{'type':'integer','minimum':0}",
	    NULL, "Seconds after which keys end; 0: never." },
	{ "revoke", "revoke", "query", SWITCH, NULL, "Keys in force end now." },
	{ "key_of_app", "key", "query", TEXT, NULL,
	    "The first six characters of the one key that is meant." },
	{ "allow_delete", "allow_delete", "query", SWITCH, NULL,
	    "Let all limits begin anew." },
	{ "group_of_types", "group", "query", TEXT, NULL,
	    "Only those of a group, such as Database or Cache." },
	{ "count_fields", "fields", "query", NAMES, BY_COMMAS,
	    "What is told of each: label, description, type, hits, stale, "
	    "misses, collapsed, bypassed, bytes, time_saved_ms, or *." },
	{ "type_fields", "fields", "query", NAMES, BY_COMMAS,
	    "Members to show, or *." },
	/* files */
	{ "download", "download", "query", SWITCH, NULL,
	    "Content-Disposition says that it is to be saved." },
	{ "file_properties", "include_properties", "query", SWITCH, NULL,
	    "What is known of it, in place of what it holds." },
	{ "file_content", "content", "query", SWITCH, NULL,
	    "With include_properties: the content, too, in Base64." },
	{ "is_base64", "is_base64", "query", SWITCH, NULL,
	    "false: the content as a string." },
	{ "no_check", "no_check", "query", SWITCH, NULL,
	    "200 also when there is none." },
	{ "force_folder", "force", "query", SWITCH, NULL,
	    "With all that it holds." },
	{ "include_files", "include_files", "query", SWITCH, NULL,
	    "false: without files." },
	{ "include_folders", "include_folders", "query", SWITCH, NULL,
	    "false: without folders." },
	{ "full_tree", "full_tree", "query", SWITCH, NULL,
	    "And all below it." },
	{ "search", "search", "query", TEXT, NULL,
	    "Whose names hold it, in any case." },
	{ "folder_limit", "limit", "query",
	    "{'type':'integer','minimum':1,'maximum':10000}", NULL,
	    "Most of them." },
	{ "XFileName", "X-File-Name", "header", TEXT, NULL,
	    "The name of the file in the folder that the body is." },
	{ "XFolderName", "X-Folder-Name", "header", TEXT, NULL,
	    "The name of the folder to make in it." },
	{ "Range", "Range", "header", TEXT, NULL,
	    "A part of the content, as in bytes=0-99." },
	/* documents */
	{ "openapi", "openapi", "query",
	    "{'type':'string','enum':['3.0','3.1'],'default':'3.1'}", NULL,
	    "The version of OpenAPI." },
	{ "compact", "compact", "query", SWITCH, NULL,
	    "Leave out what only explains: descriptions, and the errors." },
	{ "resource_name", "resource_name", "query", TEXT, NULL,
	    "Only what is below that resource, such as _table." },
	{ "doc_tables", "tables", "query", NAMES, BY_COMMAS,
	    "Only these tables of a database, by commas." },
	{ "model", "model", "query", SWITCH, NULL,
	    "Of a database, in place of the document: its tables with the type "
	    "of each field, their keys and relations." },
	{ "format", "format", "query", "{'type':'string','enum':['json']}",
	    NULL, "The form of the document." },
	/* headers */
	{ "IfNoneMatch", "If-None-Match", "header", TEXT, NULL,
	    "304 in place of what has this ETag." },
	{ "IfMatch", "If-Match", "header", TEXT, NULL,
	    "Write only while a GET of the same URL would have one of these "
	    "ETags, or while there is a record for *; else 412." },
	{ "CacheControl", "Cache-Control", "header", TEXT, NULL,
	    "no-cache asks the database and replaces what is cached, no-store "
	    "keeps nothing, max-age, min-fresh and max-stale say how old an "
	    "answer may be, only-if-cached asks no database." },
};

#define PARAMETERS (sizeof(parameters) / sizeof(parameters[0]))

void
doc_parameter(struct doc *d, struct buf *out, struct str name)
{
	size_t i = 0;

	_Static_assert(PARAMETERS <= DOC_PARTS_MAX, "too many parameters");
	while (i < PARAMETERS && !str_eq(name, str_of(parameters[i].key)))
		i++;
	assert(i < PARAMETERS);
	d->parameters.named[i] = true;
	buf_put_lit(out, "{\"$ref\":\"#/components/parameters/");
	buf_put(out, name);
	buf_put_lit(out, "\"}");
}

static void
put_parameter(struct doc *d, struct buf *out, const struct parameter *p)
{
	json_put_name(out, str_of(p->key));
	buf_put_char(out, '{');
	put_text(out, "name", str_of(p->name));
	put_text(out, "in", str_of(p->in));
	doc_about(d, out, p->about);
	buf_put_char(out, ',');
	if (p->more != NULL)
		doc_text(d, out, p->more);
	buf_put_lit(out, "\"schema\":");
	doc_text(d, out, p->schema);
	buf_put_char(out, '}');
}

void
doc_parameters_put(struct doc *d, struct buf *out)
{
	buf_put_lit(out, ",\"parameters\":{");
	for (size_t i = 0; i < PARAMETERS; i++) {
		if (d->parameters.named[i])
			put_parameter(d, out, &parameters[i]);
	}
	buf_put_char(out, '}');
}
