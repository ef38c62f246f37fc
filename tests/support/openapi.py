"""OpenAPI documents: are they ones, and does the server do what they say?"""

import json
import re
from urllib.parse import quote, urlencode

import jsonschema

METHODS = ("get", "post", "put", "patch", "delete")
NAME = re.compile(r"[A-Za-z0-9._-]+\Z")
INFO = {"title", "version", "description"}
DOCUMENT = {"openapi", "info", "servers", "security", "tags", "paths",
            "components"}
COMPONENTS = {"responses", "headers", "parameters", "securitySchemes",
              "schemas"}
OPERATION = {"operationId", "tags", "summary", "description", "deprecated",
             "security", "parameters", "requestBody", "responses"}
PARAMETER = {"name", "in", "required", "description", "style", "explode",
             "schema"}
STYLES = {"query": ("form", "deepObject"), "path": (), "header": ()}
RESPONSE = {"description", "headers", "content"}
BODY = {"required", "content"}
SCHEMES = {"apiKey": {"type", "in", "name"},
           "http": {"type", "scheme", "bearerFormat"}}
WORDS = {"type", "properties", "required", "items", "anyOf", "allOf", "enum",
         "minimum", "maximum", "minLength", "maxLength", "minItems",
         "maxItems", "maxProperties", "additionalProperties", "format",
         "default", "description", "readOnly", "writeOnly", "$ref", "example"}
NEW_WORDS = {"contentEncoding", "contentMediaType"}
TYPES = {"object", "array", "string", "number", "integer", "boolean"}


class Document:
    """A parsed document that keeps to the rules; else AssertionError."""

    def __init__(self, text):
        self.root = json.loads(text, object_pairs_hook=once)
        self.old = self.root["openapi"] == "3.0.3"
        self.prefix = self.root["servers"][0]["url"]
        self.operations = []
        self.used = set()
        self.check()

    def named(self, name):
        """The operation of that id; None when the document has none."""
        return next((op for op in self.operations if op.id == name), None)

    @property
    def ids(self):
        return {op.id for op in self.operations}

    def follow(self, item):
        """What a reference leads to, or the item itself."""
        while "$ref" in item:
            assert set(item) == {"$ref"}, item
            kind, name = re.fullmatch(r"#/components/(\w+)/([^/]+)",
                                      item["$ref"]).groups()
            self.used.add((kind, name))
            item = self.root["components"][kind][name]
        return item

    # -- the rules ------------------------------------------------------------

    def check(self):
        root = self.root
        assert set(root) == DOCUMENT
        assert self.old or root["openapi"] == "3.1.0"
        assert {"title", "version"} <= set(root["info"])
        assert {name for name in root["info"] if name[:2] != "x-"} <= INFO
        assert set(root["components"]) <= COMPONENTS
        self.check_components()
        for path, item in root["paths"].items():
            self.check_path(path, item)
        assert len(self.ids) == len(self.operations)
        self.check_tags()
        for wanted in root["security"]:
            self.check_wanted(wanted)
        unused = {(kind, name) for kind in ("schemas", "parameters",
                                            "responses", "headers")
                  for name in root["components"].get(kind, ())} - self.used
        assert not unused, unused

    def check_components(self):
        parts = self.root["components"]
        for kind, members in parts.items():
            assert all(NAME.match(name) for name in members), kind
        for schema in parts["schemas"].values():
            self.check_schema(schema)
        for header in parts["headers"].values():
            assert set(header) <= {"schema", "description"}
            self.check_schema(header["schema"])
        for scheme in parts["securitySchemes"].values():
            assert set(scheme) <= SCHEMES[scheme["type"]]
        for answer in parts["responses"].values():
            self.check_answer(answer)
        for parameter in parts["parameters"].values():
            self.check_parameter(parameter)

    def check_tags(self):
        told = [tag["name"] for tag in self.root["tags"]]
        assert len(told) == len(set(told))
        assert set(told) == {tag for op in self.operations
                             for tag in op.item["tags"]}

    def check_wanted(self, wanted):
        assert set(wanted) <= set(self.root["components"]["securitySchemes"])
        assert all(scopes == [] for scopes in wanted.values())

    def check_path(self, path, item):
        assert path.startswith("/") and item and set(item) <= set(METHODS)
        assert not re.search(r"[ ?#\"<>\\^`|]", path), path
        plain = re.sub(r"{\w+}", "{}", path)
        assert plain not in [re.sub(r"{\w+}", "{}", op.path)
                             for op in self.operations if op.path != path]
        for method, operation in item.items():
            assert {"operationId", "summary", "tags", "responses"} <= set(
                operation) <= OPERATION
            self.operations.append(Operation(self, path, method, operation))
            self.check_operation(self.operations[-1])

    def check_operation(self, op):
        for parameter in op.parameters:
            self.check_parameter(parameter)
        names = [(p["in"], p["name"]) for p in op.parameters]
        assert len(names) == len(set(names)), (op, names)
        assert sorted(re.findall(r"{(\w+)}", op.path)) == sorted(
            p["name"] for p in op.parameters if p["in"] == "path"), op
        for wanted in op.item.get("security", ()):
            self.check_wanted(wanted)
        body = op.item.get("requestBody", {"content": {}})
        assert set(body) <= BODY and op.method != "get" or not body["content"]
        self.check_content(body["content"])
        assert any(status[0] == "2" for status in op.answers)
        for status, answer in op.answers.items():
            assert re.fullmatch(r"[2345]\d\d|default", status)
            self.check_answer(answer)

    def check_parameter(self, p):
        assert {"name", "in", "schema"} <= set(p) <= PARAMETER, p
        assert p["in"] != "path" or p["required"] is True
        assert "style" not in p or p["style"] in STYLES[p["in"]]
        self.check_schema(p["schema"])

    def check_answer(self, answer):
        assert "description" in answer and set(answer) <= RESPONSE
        self.check_content(answer.get("content", {}))
        for header in answer.get("headers", {}).values():
            self.follow(header)

    def check_content(self, content):
        for medium, what in content.items():
            assert re.fullmatch(r"\w+/[\w+-]+|\*/\*", medium)
            assert set(what) <= {"schema"}
            if what:
                self.check_schema(what["schema"])

    def check_schema(self, schema):
        if "$ref" in schema:
            self.follow(schema)
            return
        assert set(schema) <= WORDS | ({"nullable"} if self.old
                                       else NEW_WORDS), schema
        kinds = schema.get("type", [])
        assert self.old or "nullable" not in schema
        assert "nullable" not in schema or kinds
        assert not (self.old and "type" in schema and isinstance(kinds, list))
        kinds = kinds if isinstance(kinds, list) else [kinds]
        assert set(kinds) <= TYPES | (set() if self.old else {"null"})
        assert "array" not in kinds or "items" in schema or not self.old
        inner = list(schema.get("properties", {}).values())
        inner += schema.get("anyOf", []) + schema.get("allOf", [])
        inner += [schema[name] for name in ("items", "additionalProperties")
                  if isinstance(schema.get(name), dict)]
        for one in inner:
            self.check_schema(one)

    # -- against the server ---------------------------------------------------

    def fits(self, schema, value):
        """Fails unless the value is what the schema says (3.1 only)."""
        resolver = jsonschema.RefResolver("", self.root)
        jsonschema.Draft202012Validator(
            schema, resolver=resolver).validate(value)


def once(pairs):
    """No member stands twice."""
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), sorted(names)
    return dict(pairs)


class Operation:
    def __init__(self, document, path, method, item):
        self.document = document
        self.path = path
        self.method = method
        self.item = item
        self.id = item["operationId"]
        self.parameters = [document.follow(p)
                           for p in item.get("parameters", ())]
        self.answers = {status: document.follow(answer)
                        for status, answer in item["responses"].items()}

    def __repr__(self):
        return f"{self.method} {self.path} ({self.id})"

    @property
    def needs_token(self):
        """Is it about who shows a token?"""
        security = self.item.get("security")
        return bool(security) and not any("ApiKeyHeader" in wanted
                                          for wanted in security)

    @property
    def body_schema(self):
        body = self.item.get("requestBody")
        return body and body["content"]["application/json"]["schema"]

    def uri(self, values=None, **query):
        """Where it is called, with values for the parameters in the path."""
        path = self.path
        for p in self.parameters:
            if p["in"] == "path":
                value = (values or {}).get(p["name"], sample(
                    self.document, p["schema"]))
                path = path.replace("{%s}" % p["name"],
                                    quote(str(value), safe="~:@"))
            elif p.get("required"):
                value = sample(self.document, p["schema"])
                query[p["name"]] = (",".join(value) if isinstance(value, list)
                                    else value)
        return (self.document.prefix + path +
                ("?" + urlencode(query) if query else ""))

    def check(self, answer):
        """Fails unless it is an answer that the document tells of."""
        told = self.answers.get(str(answer.status),
                                self.answers.get("default"))
        assert told is not None, (self, answer)
        kind = answer.headers.get("Content-Type", "").split(";")[0]
        if answer.status == 304:
            return
        assert {kind, "*/*"} & set(told["content"]), (self, answer)
        if kind == "application/json":
            try:
                self.document.fits(told["content"][kind]["schema"],
                                   answer.json)
            except jsonschema.ValidationError as error:
                raise AssertionError((self, answer, error.message)) from error
        unsaid = {name for name in answer.headers if name in HEADERS} - {
            name.lower() for name in told.get("headers", ())}
        assert not unsaid or "default" in self.answers, (self, unsaid)


# What is worth a word in a document; errors and what must not be kept say
# Cache-Control: no-store without one.
HEADERS = {"x-request-id", "last-modified", "accept-ranges", "etag", "age",
           "cache-status", "vary", "retry-after", "allow", "www-authenticate",
           "ratelimit", "ratelimit-policy", "x-ratelimit-limit",
           "x-ratelimit-remaining", "x-ratelimit-reset"}


def sample(document, schema):
    """A value that the schema allows."""
    schema = document.follow(schema)
    for name in ("example", "default"):
        if name in schema:
            return schema[name]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return sample(document, schema["anyOf"][0])
    if "allOf" in schema:
        whole = {}
        for part in schema["allOf"]:
            value = sample(document, part)
            whole |= value if isinstance(value, dict) else {}
        return whole
    kinds = schema.get("type", "string")
    kind = kinds[0] if isinstance(kinds, list) else kinds
    if kind == "object":
        return {name: sample(document, part)
                for name, part in schema.get("properties", {}).items()
                if not document.follow(part).get("readOnly")}
    if kind == "array":
        return [sample(document, schema.get("items", {}))]
    return {"string": "x", "boolean": True, "null": None}.get(
        kind, max(1, schema.get("minimum", 1)))
