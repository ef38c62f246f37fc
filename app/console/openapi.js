// The operations of an OpenAPI document, and what a call of one needs.

const METHODS = ["get", "post", "put", "patch", "delete"];
const DEEP = 6;

// A reference within the document.
export function resolve(doc, node) {
    if (!node || !node.$ref)
        return node;
    return node.$ref.replace(/^#\//, "").split("/").reduce((at, name) =>
        at && at[name.replace(/~1/g, "/").replace(/~0/g, "~")], doc);
}

// [{ method, path, summary, parameters, body }]
export function operations(doc) {
    const found = [];
    for (const [path, item] of Object.entries(doc.paths || {})) {
        for (const method of METHODS.filter((m) => item[m])) {
            const op = item[method];
            const all = [...(item.parameters || []),
                ...(op.parameters || [])];
            found.push({ method: method.toUpperCase(), path,
                summary: op.summary || op.operationId || "",
                description: op.description || "",
                parameters: all.map((p) => resolve(doc, p))
                    .filter((p) => p && (p.in === "path"
                        || p.in === "query")),
                body: resolve(doc, op.requestBody) });
        }
    }
    return found;
}

function ofType(schema) {
    const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
    return { integer: 0, number: 0, boolean: false, string: "" }[type]
        ?? null;
}

// A value of a schema, to begin with.
export function sample(doc, node, deep = 0) {
    const schema = resolve(doc, node) || {};
    if (schema.example !== undefined)
        return schema.example;
    if (schema.default !== undefined)
        return schema.default;
    if (schema.examples && schema.examples.length > 0)
        return schema.examples[0];
    const one = (schema.oneOf || schema.anyOf || schema.allOf || [])[0];
    if (one)
        return sample(doc, one, deep + 1);
    if (deep > DEEP)
        return null;
    if (schema.items)
        return [sample(doc, schema.items, deep + 1)];
    if (!schema.properties)
        return ofType(schema);
    const made = {};
    for (const [name, part] of Object.entries(schema.properties)) {
        const told = resolve(doc, part) || {};
        if (!told.readOnly)
            made[name] = sample(doc, told, deep + 1);
    }
    return made;
}

// Where its paths begin: "/api/v2/shop".
export function base(doc) {
    const url = doc.servers && doc.servers[0] && doc.servers[0].url;
    return url ? new URL(url, location.origin).pathname
        .replace(/\/$/, "") : "/api/v2";
}
