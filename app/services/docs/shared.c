/* Schemas that operations of several types share. */
#include <assert.h>

#include "app/base/jsonmember.h"
#include "app/services/docs/doc.h"
#include "app/services/docs/shared.h"

static const struct {
	const char *name;
	const char *schema;
} schemas[] = {
	{ "Error",
	    "{'type':'object','required':['error'],'properties':{'error':{"
	    "'type':'object',"
	    "'required':['code','context','message','status_code'],"
	    "'properties':{"
	    "'code':{'type':'integer','description':'The status, or 1000 of an "
	    "error about several records.'},"
	    "'context':{'description':'What else is told, or null.'},"
	    "'message':{'type':'string'},"
	    "'status_code':{'type':'integer'},"
	    "'request_id':{'type':'string'}}}}}" },
	{ "Problem",
	    "{'type':'object','description':'RFC 9457, for who accepts it.',"
	    "'properties':{'type':{'type':'string'},'title':{'type':'string'},"
	    "'status':{'type':'integer'},'detail':{'type':'string'}}}" },
	{ "Meta",
	    "{'type':'object','properties':{"
	    "'count':{'type':'integer','description':'Of all records.'},"
	    "'next':{'description':'Where the next page begins; absent on the "
	    "last.'},"
	    "'schema':{'type':'object','description':'The table, with "
	    "include_schema.'}}}" },
	{ "Condensed",
	    "{'description':'What as_list, count_only and wrap=false answer "
	    "instead.','anyOf':[{'type':'integer'},"
	    "{'type':'array','items':{}},"
	    "{'type':'object','required':['resource'],'properties':{"
	    "'resource':{'type':'array','items':{'anyOf':["
	    "{'type':'string'},{'type':'number'}]}},'meta':@Meta}}]}" },
	{ "Names",
	    "{'anyOf':[{'type':'object','required':['resource'],'properties':{"
	    "'resource':{'type':'array','items':{'type':'object',"
	    "'properties':{'name':{'type':'string'},"
	    "'label':{'type':'string'},'plural':{'type':'string'},"
	    "'class':{'type':'string'},'is_view':{'type':'boolean'},"
	    "'access':{'type':'array','items':{'type':'string'}}}}}}},"
	    "@Condensed]}" },
	{ "Objects", "{'type':'object','required':['resource'],'properties':{"
		     "'resource':{'type':'array','items':{'type':'object'}},"
		     "'meta':@Meta}}" },
	{ "ObjectsOrNames", "{'anyOf':[@Objects,@Condensed]}" },
	{ "Success", "{'type':'object','required':['success'],"
		     "'properties':{'success':{'type':'boolean'}}}" },
	{ "Welcome",
	    "{'type':'object','required':['success'],"
	    "'properties':{'success':{'type':'boolean'},"
	    "'session_token':{'type':'string','description':'Of the session "
	    "that has begun.'}}}" },
	{ "Login", "{'type':'object','required':['password'],'properties':{"
		   "'email':{'type':'string'},'username':{'type':'string'},"
		   "'password':{'type':'string'},"
		   "'remember_me':{'type':'boolean'}},'description':'email, or "
		   "username where DF_LOGIN_ATTRIBUTE says so.'}" },
	{ "Session",
	    "{'type':'object','required':['session_token','session_id','id'],"
	    "'properties':{'session_token':{'type':'~string'},"
	    "'session_id':{'type':'~string'},'id':{'type':'integer'},"
	    "'name':{'type':'~string'},'first_name':{'type':'~string'},"
	    "'last_name':{'type':'~string'},'email':{'type':'string'},"
	    "'is_sys_admin':{'type':'boolean'},"
	    "'last_login_date':{'type':'~string'},"
	    "'host':{'type':'~string'},'role':{'type':'~string'},"
	    "'role_id':{'type':'~integer'},"
	    "'token_expiry_date':{'type':'~string'}}}" },
	{ "Profile",
	    "{'type':'object','properties':{"
	    "'first_name':{'type':'~string'},'last_name':{'type':'~string'},"
	    "'name':{'type':'~string'},'username':{'type':'~string'},"
	    "'email':{'type':'string'},'phone':{'type':'~string'},"
	    "'security_question':{'type':'~string'},"
	    "'default_app_id':{'type':'~integer'}}}" },
	{ "ProfileChange",
	    "{'allOf':[@Profile,{'type':'object','properties':{"
	    "'security_answer':{'type':'string','writeOnly':true}}}]}" },
	{ "PasswordChange",
	    "{'type':'object','description':'old_password and new_password of "
	    "who has logged in; or email, code and new_password of who was "
	    "mailed a code; or email alone with reset.','properties':{"
	    "'old_password':{'type':'string'},"
	    "'new_password':{'type':'string'},'email':{'type':'string'},"
	    "'username':{'type':'string'},'code':{'type':'string'},"
	    "'reset':{'type':'boolean'},'login':{'type':'boolean'}}}" },
	{ "Registration",
	    "{'type':'object','required':['email'],'properties':{"
	    "'email':{'type':'string'},'password':{'type':'string'},"
	    "'username':{'type':'string'},'name':{'type':'string'},"
	    "'first_name':{'type':'string'},'last_name':{'type':'string'},"
	    "'phone':{'type':'string'}}}" },
	/* values of a cache */
	{ "CacheValue",
	    "{'anyOf':[{'type':'object','required':['key','value'],"
	    "'properties':{'key':{'type':'string'},'value':{}}},"
	    "{'type':'object','required':['key','exists'],'properties':{"
	    "'key':{'type':'string'},'exists':{'type':'boolean'}}},"
	    "{'description':'The value alone, with raw or where the service "
	    "has "
	    "bare_values.'}]}" },
	{ "CacheBody",
	    "{'description':'A value with its time to live, or the value "
	    "itself.','anyOf':[{'type':'object','required':['value'],"
	    "'properties':{'value':{},'ttl':{'type':'integer','example':3600,'"
	    "minimum':-1,"
	    "'maximum':315360000}},'additionalProperties':false},{}]}" },
	{ "CacheEntry",
	    "{'type':'object','required':['key','value'],'properties':{"
	    "'key':{'type':'string','minLength':1,'maxLength':1024},"
	    "'value':{'description':'Any JSON.'},"
	    "'ttl':{'type':'integer','example':3600,'minimum':-1,'maximum':"
	    "315360000,"
	    "'description':'Seconds; 0: for ever, -1: the default_ttl of the "
	    "service.'}},'additionalProperties':false}" },
	{ "CacheEntries",
	    "{'anyOf':[@CacheEntry,{'type':'object','required':['resource'],"
	    "'properties':{'resource':{'type':'array','minItems':1,"
	    "'maxItems':1000,'items':@CacheEntry}},"
	    "'additionalProperties':false},{'type':'object',"
	    "'description':'Keys with their values.',"
	    "'additionalProperties':true}]}" },
	{ "CacheKeyStored",
	    "{'type':'object','required':['success'],'properties':{"
	    "'key':{'type':'string'},'success':{'type':'boolean'}}}" },
	{ "CacheStored", "{'anyOf':[@CacheKeyStored,{'type':'object',"
			 "'required':['resource'],'properties':{'resource':{"
			 "'type':'array','items':@CacheKeyStored}}}]}" },
	{ "CacheList",
	    "{'anyOf':[{'type':'object','required':['resource'],"
	    "'properties':{'resource':{'type':'array','items':{"
	    "'type':'object','required':['key'],'properties':{"
	    "'key':{'type':'string'},'value':{},"
	    "'exists':{'type':'boolean'}}}},'meta':{'type':'object',"
	    "'properties':{'next':{'type':'string'}}}}},"
	    "{'type':'object','required':['store'],"
	    "'description':'With stats; of what the store does not tell there "
	    "is null or nothing.',"
	    "'properties':{'store':{'type':'string'},"
	    "'hits':{'type':'~integer'},'misses':{'type':'~integer'},"
	    "'items':{'type':'~integer'},'bytes':{'type':'~integer'},"
	    "'bytes_limit':{'type':'~integer'},"
	    "'evictions':{'type':'~integer'}}},"
	    "{'type':'object','description':'Values under their keys, where "
	    "the "
	    "service has bare_values.'}]}" },
	/* schemas of a database */
	{ "Described", "{'type':'object','required':['name'],'properties':{"
		       "'name':{'type':'string'},'label':{'type':'~string'},"
		       "'type':{'type':'~string'}}}" },
	{ "DescribedOrNames",
	    "{'anyOf':[{'type':'object','required':['resource'],"
	    "'properties':{'resource':{'type':'array','items':@Described}}},"
	    "@Condensed]}" },
	{ "Field",
	    "{'type':'object','required':['name'],'properties':{"
	    "'name':{'type':'string','maxLength':64},"
	    "'type':{'type':'string','description':'id, bigid, integer, "
	    "bigint, "
	    "smallint, mediumint, tinyint, boolean, decimal, money, double, "
	    "float, string, text, mediumtext, longtext, binary, date, time, "
	    "datetime, timestamp, timestamp_on_create, timestamp_on_update, "
	    "reference, json or uuid.'},"
	    "'length':{'type':'~integer'},'precision':{'type':'~integer'},"
	    "'scale':{'type':'~integer'},'default':{},"
	    "'allow_null':{'type':'boolean'},'is_unique':{'type':'boolean'},"
	    "'is_primary_key':{'type':'boolean'},"
	    "'ref_table':{'type':'~string'},'ref_field':{'type':'~string'},"
	    "'ref_on_update':{'type':'~string'},"
	    "'ref_on_delete':{'type':'~string'}}}" },
	{ "Table", "{'type':'object','properties':{"
		   "'name':{'type':'string','maxLength':64},"
		   "'field':{'type':'array','maxItems':500,'items':@Field}}}" },
	{ "Tables",
	    "{'anyOf':[{'type':'object','required':['resource'],"
	    "'properties':{'resource':{'type':'array','minItems':1,"
	    "'maxItems':100,'items':@Table}}},"
	    "{'type':'array','minItems':1,'maxItems':100,'items':@Table}]}" },
	{ "Fields", "{'anyOf':[{'type':'object','required':['resource'],"
		    "'properties':{'resource':{'type':'array','minItems':1,"
		    "'items':@Field}}},{'type':'array','minItems':1,"
		    "'items':@Field}]}" },
	/* routines */
	{ "RoutineCall",
	    "{'type':'object','properties':{'params':{"
	    "'description':'The parameters: an object by their names, a list "
	    "of objects with name and value, or a list of values.','anyOf':["
	    "{'type':'object'},{'type':'array','items':{}}]},"
	    "'wrapper':{'type':'string'},'returns':{'type':'string'},"
	    "'schema':{'type':'object'}}}" },
	/* files */
	{ "FileNamed",
	    "{'type':'object','properties':{'name':{'type':'string'},"
	    "'path':{'type':'string'},"
	    "'type':{'type':'string','enum':['file','folder']},"
	    "'content_type':{'type':'string'},"
	    "'last_modified':{'type':'string'},"
	    "'content_length':{'type':'integer'},"
	    "'content':{'type':'string'},'error':{'type':'object'}}}" },
	{ "Files",
	    "{'type':'object','required':['resource'],'properties':{"
	    "'resource':{'type':'array','items':@FileNamed},'meta':@Meta}}" },
	{ "FileBatch",
	    "{'type':'object','required':['resource'],'properties':{"
	    "'resource':{'type':'array','minItems':1,'maxItems':1000,"
	    "'items':{'type':'object','required':['type'],'properties':{"
	    "'type':{'type':'string','enum':['file','folder']},"
	    "'name':{'type':'string'},'path':{'type':'string'},"
	    "'content':{'type':'string'},'is_base64':{'type':'boolean'},"
	    "'source_path':{'type':'string'},"
	    "'delete_source':{'type':'boolean'}}}}}}" },
	{ "Document", "{'type':'object','required':['openapi','info','paths'],"
		      "'properties':{'openapi':{'type':'string'},"
		      "'info':{'type':'object'},'paths':{'type':'object'}}}" },
};

#define SCHEMAS (sizeof(schemas) / sizeof(schemas[0]))

void
doc_shared(struct doc *d, struct buf *out, struct str name)
{
	size_t i = 0;

	_Static_assert(SCHEMAS <= DOC_PARTS_MAX, "too many schemas");
	while (i < SCHEMAS && !str_eq(name, str_of(schemas[i].name)))
		i++;
	assert(i < SCHEMAS);
	d->shared.named[i] = true;
	buf_put_lit(out, "{\"$ref\":\"#/components/schemas/");
	buf_put(out, name);
	buf_put_lit(out, "\"}");
}

/* One may name others. */
void
doc_shared_put(struct doc *d, struct buf *out)
{
	bool again = true;

	buf_put_lit(out, ",\"schemas\":{");
	while (again) {
		again = false;
		for (size_t i = 0; i < SCHEMAS; i++) {
			if (!d->shared.named[i] || d->shared.written[i])
				continue;
			d->shared.written[i] = true;
			again = true;
			json_put_name(out, str_of(schemas[i].name));
			doc_text(d, out, schemas[i].schema);
		}
	}
	if (d->schemas.n > 0 && out->p[out->n - 1] != '{')
		buf_put_char(out, ',');
	buf_put(out, buf_str(&d->schemas));
	buf_put_char(out, '}');
}
