// Any call, as an administrator or with a key: what is sent, what comes back.

import { get, list, segment, send } from "../api.js";
import { button, card, empty, h, link } from "../dom.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { notify } from "../notice.js";
import * as openapi from "../openapi.js";
import * as session from "../session.js";
import { table } from "../table.js";
import { VERBS } from "../verbs.js";

export const title = "Try it";

const KEY = "X-DreamFactory-API-Key";
const SHOWN = 100000;

function quoted(text) {
    return `'${text.replace(/'/g, "'\\''")}'`;
}

// The token is not written there: who copies the line would spread it.
function curlLine(call) {
    const lines = [`curl -X ${call.method}`,
        call.key ? `-H ${quoted(`${KEY}: ${call.key}`)}`
            : `-H "X-DreamFactory-Session-Token: $TOKEN"`];
    if (call.body)
        lines.push("-H 'Content-Type: application/json'",
            `-d ${quoted(call.body)}`);
    lines.push(quoted(location.origin + call.path));
    return lines.join(" \\\n    ");
}

function answerPart(answer) {
    const text = answer.json === null ? answer.text
        : JSON.stringify(answer.json, null, 2);
    const kind = answer.status < 400 ? "good" : "bad";
    return card("Answer", h("p", { role: "status" }, h("span",
        { class: `badge ${kind}` }, `${answer.status}`),
    ` in ${format.ms(answer.time_ms)}, ${text.length} characters`),
    h("pre", { tabindex: 0 }, text.length > SHOWN
        ? `${text.slice(0, SHOWN)}\n… cut here` : text || "(no body)"),
    h("details", {}, h("summary", {}, "Headers"), table("Headers", [
        { title: "Name", cell: (r) => r[0] },
        { title: "Value", cell: (r) => r[1] },
    ], answer.headers)));
}

function curlPart(call) {
    const line = curlLine(call);
    return card("The same with curl", h("pre", { tabindex: 0 }, line),
        h("p", {}, button("Copy", () => navigator.clipboard
            .writeText(line).then(() => notify("Copied."),
                () => notify("Copy it by hand.", "warn")))));
}

// fields and path of an operation, or of none: then all is typed.
function caller(place, fields, action, callOf) {
    return form([...fields, { name: "api_key", label: "API key",
        type: "string", description: "Empty: the call is yours, as an "
            + "administrator. With a key it is that key’s alone." }],
    action, async (values) => {
        const call = { ...callOf(values), key: values.api_key };
        const token = session.token();
        const answer = await send(call.method, call.path, {
            body: call.body || undefined,
            headers: { ...(call.key ? { [KEY]: call.key }
                : session.lines()),
            ...(call.body ? { "Content-Type": "application/json" }
                : {}) } });
        if (answer.status === 401 && !call.key)
            session.expire(token);
        place.replaceChildren(answerPart(answer), curlPart(call));
    });
}

function byHand(place, path) {
    return caller(place, [
        { name: "method", label: "Method", required: true, value: "GET",
            values: Object.keys(VERBS) },
        { name: "path", label: "Path", required: true, type: "string",
            value: path },
        { name: "body", label: "Body (JSON)", type: "text" },
    ], "Send", (v) => ({ method: v.method, path: v.path,
        body: v.method === "GET" ? "" : v.body }));
}

function fieldOf(parameter) {
    const schema = parameter.schema || {};
    const many = { integer: "integer", boolean: "string" };
    return { name: `${parameter.in} ${parameter.name}`,
        label: parameter.name, required: parameter.required,
        type: many[schema.type] || "string",
        values: schema.enum || (schema.type === "boolean"
            ? ["true", "false"] : undefined),
        value: parameter.example ?? (parameter.required
            ? schema.default : undefined),
        description: parameter.description };
}

function ofOperation(place, doc, op) {
    const media = op.body && op.body.content
        && op.body.content["application/json"];
    const fields = op.parameters.map(fieldOf);
    if (media)
        fields.push({ name: "body", label: "Body (JSON)", type: "text",
            value: JSON.stringify(media.example
                ?? openapi.sample(doc, media.schema), null, 2) });
    return caller(place, fields, `Send ${op.method}`, (values) => {
        let path = openapi.base(doc) + op.path;
        const search = new URLSearchParams();
        for (const p of op.parameters) {
            const value = values[`${p.in} ${p.name}`];
            if (p.in === "path")
                path = path.replace(`{${p.name}}`,
                    segment(value));
            else if (value !== "")
                search.set(p.name, value);
        }
        return { method: op.method, body: values.body || "",
            path: path + (`${search}` && `?${search}`) };
    });
}

function documented(place, doc) {
    const ops = openapi.operations(doc);
    const here = h("div", {});
    const choose = (i) => {
        const op = ops[i];
        place.replaceChildren();
        here.replaceChildren(h("h2", {}, h("code", {}, `${op.method} `
            + op.path)), op.description && h("p", { class: "help" },
            op.description), ofOperation(place, doc, op));
    };
    const pick = h("select", { id: "operation",
        onchange: (e) => choose(Number(e.target.value)) },
    ops.map((op, i) => h("option", { value: i },
        `${op.method} ${op.path} ${op.summary}`)));
    if (ops.length > 0)
        choose(0);
    return h("div", {}, h("div", { class: "field" },
        h("label", { for: "operation" }, "Operation"), pick), here);
}

async function ofService(ctx, name, place) {
    const doc = await get(`api_docs/${segment(name)}`,
        { signal: ctx.signal }).catch(() => null);
    if (doc && doc.paths)
        return documented(place, doc);
    return byHand(place, `/api/v2/${name}`);
}

export async function render(ctx) {
    const services = await list("system/service?fields=name&order=name",
        { signal: ctx.signal });
    const chosen = ctx.params.name || (services.find((s) =>
        !["system", "user", "api_docs"].includes(s.name)) || {}).name;
    const place = h("div", {});
    return h("div", {}, h("h1", {}, "Try it"),
        h("nav", { "aria-label": "Services" }, h("ul", { class: "tabs" },
            services.map((s) => h("li", {}, link(s.name,
                `#/try/${s.name}`, { "aria-current":
                    s.name === chosen && "page" }))))),
        chosen === undefined ? empty("No service yet",
            "Make one to have calls to try.",
            link("Make a service", "#/services/new",
                { class: "button primary" }))
            : await ofService(ctx, chosen, place), place);
}
