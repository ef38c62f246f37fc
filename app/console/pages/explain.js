// Why a call would be allowed, limited, a hit or a miss: nothing is done.

import { ApiError, list, query, segment, send } from "../api.js";
import { badge, card, h } from "../dom.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { roleWithRows } from "../keytools.js";
import * as session from "../session.js";
import { table } from "../table.js";
import { VERBS, allows, deciding } from "../verbs.js";

export const title = "Explain";

const KEY = "X-DreamFactory-API-Key";
const KINDS = { hit: "good", old: "good", miss: "warn", stale: "warn",
    bypass: "warn", uncacheable: "" };

function facts(parts) {
    return h("dl", { class: "facts" }, parts
        .filter(([, value]) => value !== null && value !== undefined)
        .map(([name, value]) => h("div", {}, h("dt", {}, name),
            h("dd", {}, typeof value === "object"
                && !(value instanceof Node) ? format.value(value)
                : value))));
}

function cachePart(told) {
    const { scope, key, stored, times, tags } = told;
    return card("Cache", h("p", {}, badge(told.verdict,
        KINDS[told.verdict] || ""), ` ${told.reason}`),
    told.refusal && h("p", { class: "problem" }, told.refusal),
    facts([["Shared by", scope && `${scope.kind}: ${scope.reason}`],
        ["Kept as", key && h("code", {}, key.name)],
        ["Request", key && key.request],
        ["Lives for", times && `${times.ttl} s`],
        ["Age", stored && `${stored.age} s`],
        ["Left", stored && `${stored.ttl} s`],
        ["Bytes", stored && stored.bytes]]),
    tags && tags.length > 0 && table("What outdates it", [
        { title: "Of", cell: (t) => format.value(t.of) },
        { title: "Stands", cell: (t) => format.value(t.stands) },
        { title: "Name", cell: (t) => h("code", {}, t.name) },
    ], tags));
}

function limitPart(told) {
    const limits = told.limits || [];
    return card("Limits", told.limits_exempt && h("p", {},
        "You are an administrator, whom no limit counts. Others are "
        + "counted by these."),
    limits.length === 0 ? h("p", {}, "No limit applies.")
        : table("Limits that apply", [
            { title: "Name", cell: (l) => l.name },
            { title: "Rate", cell: (l) => `${l.rate} in ${l.period}` },
            { title: "Counts", cell: (l) => format.value(l.counts) },
            { title: "Refuses", cell: (l) => (l.refuses ? "yes"
                : "no") },
        ], limits));
}

function sqlPart(told) {
    return told.sql && told.sql.length > 0 && card("Statements of a miss",
        told.sql.map((text) => h("pre", { tabindex: 0 },
            format.value(text))));
}

function pathParts(path) {
    const [service, ...rest] = path.split("?")[0]
        .replace(/^\/?(api\/(v\d+\/)?)?/, "").split("/");
    return { service, resource: rest.join("/") };
}

async function rightsPart(values, services, apps) {
    const app = apps.find((a) => a.id === values.app_id);
    if (!app)
        return null;
    const { service, resource } = pathParts(values.path);
    const found = services.find((s) => s.name === service.toLowerCase());
    if (!found || app.role_id === null)
        return card(`Rights of ${app.name}`, h("p", {}, badge("refused",
            "bad"), found ? " The app has no role."
            : " There is no such service."));
    const role = await roleWithRows(app.role_id);
    const may = app.is_active && role.is_active
        && allows(role.rows, found.id, resource, values.method);
    const rows = deciding(role.rows, found.id, resource);
    return card(`Rights of ${app.name}`, h("p", {}, badge(may ? "allowed"
        : "refused", may ? "good" : "bad"), " by the role ", role.name,
    rows.length > 0 ? [", in which ", h("code", {}, rows.map((r) =>
        r.component || "/").join(", ")), " decides."]
        : ", which has no row about it.",
    !app.is_active && " The app is off.",
    !role.is_active && " The role is off."));
}

async function ask(values) {
    const { service, resource } = pathParts(values.path);
    const [, text = ""] = values.path.split("?");
    const path = `/api/v2/${segment(service)}/${resource}`
        + (text ? `?${text}` : query({}));
    const token = session.token();
    const answer = await send(values.method, path, { headers: {
        ...session.lines(), "X-Weir-Explain": "1",
        ...(values.api_key ? { [KEY]: values.api_key } : {}) } });
    if (answer.status === 401)
        session.expire(token);
    if (answer.json && answer.json.verdict)
        return answer.json;
    const error = answer.json && answer.json.error;
    throw new ApiError(error ? `${answer.status}: ${error.message}`
        : `The call is answered ${answer.status} and not explained.`,
    answer.status);
}

export async function render(ctx) {
    const o = { signal: ctx.signal };
    const [services, apps] = await Promise.all([
        list("system/service?fields=id,name", o),
        list("system/app?fields=id,name,role_id,is_active&order=name",
            o)]);
    const place = h("div", { "aria-live": "polite" });
    return h("div", {}, h("h1", {}, "Explain a call"),
        h("p", {}, "Why it would be allowed, limited, a hit or a miss. "
            + "Nothing is read, written, stored or counted."),
        form([
            { name: "method", label: "Method", required: true,
                values: Object.keys(VERBS), value: "GET" },
            { name: "path", label: "Path", required: true,
                type: "string", value: ctx.query.get("path")
                    || "/api/v2/", description: "As "
                    + "/api/v2/SERVICE/_table/NAME?limit=5." },
            { name: "app_id", label: "Rights of the app",
                numeric: true, blank: "(yours)", values: apps.map(
                    (a) => ({ name: a.id, label: a.name })) },
            { name: "api_key", label: "API key", type: "string",
                description: "Of whose limits it is told; none is "
                    + "needed." },
        ], "Explain", async (values) => {
            const rights = await rightsPart(values, services, apps);
            place.replaceChildren(rights || "");
            const told = await ask(values);
            place.replaceChildren(...[cachePart(told), rights,
                limitPart(told), sqlPart(told)].filter(Boolean));
        }), place);
}
