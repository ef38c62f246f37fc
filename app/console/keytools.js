// Keys: shown once, and what they may do.

import { list } from "./api.js";
import { badge, button, h, newId } from "./dom.js";
import { open } from "./dialog.js";
import * as format from "./format.js";
import { notify } from "./notice.js";
import { table } from "./table.js";
import { ALL, VERBS, allows, deciding, verbsOf } from "./verbs.js";

const ACCESS = "role_service_access_by_role_id";

async function copy(input) {
    try {
        await navigator.clipboard.writeText(input.value);
        notify("The key is copied.");
    } catch {
        input.select();
        notify("Select it, and copy it by hand.", "warn");
    }
}

// The one time that a key is seen.
export function showKey(name, key) {
    const id = newId("key");
    return open(`The key of ${name}`, (close) => {
        const input = h("input", { id, readonly: true, value: key,
            class: "mono", spellcheck: "false" });
        return h("div", {}, h("p", {}, "Copy it now: it is kept as a "
            + "digest and cannot be shown again."),
        h("div", { class: "field" },
            h("label", { for: id }, "API key"), input),
        h("p", { class: "actions" },
            button("Copy", () => copy(input), "primary"),
            button("Done", () => close(true))));
    });
}

function isPast(text) {
    const at = format.parsed(text);
    return at !== null && at <= Date.now();
}

export function isInForce(key) {
    return key.revoked === null && !isPast(key.expires);
}

// Of a key of an app: in force, to end, expired or revoked.
export function stateOf(key) {
    if (key.revoked !== null)
        return badge("revoked", "bad");
    if (!isInForce(key))
        return badge("expired", "bad");
    return key.expires === null ? badge("in force", "good")
        : badge(`until ${format.moment(key.expires)}`, "warn");
}

export async function roleWithRows(id, signal) {
    const found = await list(`system/role?ids=${id}&related=${ACCESS}`,
        { signal });
    return { ...found[0], rows: found[0][ACCESS] || [] };
}

export async function serviceNames(signal) {
    const all = await list("system/service?fields=id,name&order=name",
        { signal });
    return new Map(all.map((s) => [s.id, s.name]));
}

function filtersOf(row) {
    const filters = row.filters || [];
    return filters.map((f) => `${f.name} ${f.operator} ${f.value ?? ""}`)
        .join(` ${row.filter_op || "and"} `);
}

function answerTo(rows, id, component) {
    const found = deciding(rows, id, component);
    const verbs = Object.keys(VERBS).filter((v) =>
        allows(rows, id, component, v));
    if (found.length === 0)
        return h("p", {}, badge(verbs.join(", ") || "nothing",
            verbs.length > 0 ? "good" : "bad"), verbs.length > 0
            ? " It is a list of what the role may read."
            : " No row of the role is about it.");
    return h("p", {}, badge(verbs.length > 0 ? verbs.join(", ")
        : "nothing", verbs.length > 0 ? "good" : "bad"),
    " by ", h("code", {}, found.map((r) => r.component || "/").join(", ")));
}

// "What may it do?": the rows, and an answer for any resource.
export function rightsCard(rows, names) {
    const service = newId("may");
    const component = newId("may");
    const place = h("div", { role: "status" });
    const pick = h("select", { id: service }, [...names].map(([id, name]) =>
        h("option", { value: id, selected: rows.length > 0
            && rows[0].service_id === id }, name)));
    const what = h("input", { id: component, value: "_table/" });
    const ask = () => place.replaceChildren(answerTo(rows,
        Number(pick.value), what.value));
    return h("div", {},
        rows.length === 0 ? h("p", {}, "The role has no row yet, so it may "
            + "do nothing.") : table("What it may do", [
            { title: "Service", cell: (r) => (r.service_id === null
                ? "all services" : names.get(r.service_id)) },
            { title: "Component", cell: (r) => h("code", {},
                r.component || "/") },
            { title: "Methods", cell: (r) => verbsOf(r.verb_mask & ALL) },
            { title: "Rows", cell: (r) => filtersOf(r) || "all" },
        ], rows),
        h("form", { class: "line", onsubmit: (e) => {
            e.preventDefault();
            ask();
        } },
        h("div", { class: "field" }, h("label", { for: service },
            "Service"), pick),
        h("div", { class: "field" }, h("label", { for: component },
            "Resource"), what),
        h("button", { type: "submit" }, "What may it do there?")), place);
}

export { ACCESS, filtersOf };
