// Who changed what.

import { get, query } from "../api.js";
import { empty, h } from "../dom.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { problem } from "../notice.js";
import { pager, table } from "../table.js";

export const title = "Audit";

const LIMIT = 25;
const RESOURCES = ["service", "role", "app", "limit", "user", "admin", "cors",
    "lookup"];

function parsed(text) {
    if (text === null || text === undefined || typeof text === "object")
        return text ?? null;
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

// What is not the same before and after.
function changes(row) {
    const before = parsed(row.before ?? row.before_text) || {};
    const after = parsed(row.after ?? row.after_text) || {};
    if (typeof before !== "object" || typeof after !== "object")
        return "";
    const names = [...new Set([...Object.keys(before),
        ...Object.keys(after)])].filter((name) =>
        JSON.stringify(before[name]) !== JSON.stringify(after[name])
        && !name.endsWith("_date"));
    if (names.length === 0)
        return "";
    return h("details", {}, h("summary", {}, names.slice(0, 3).join(", ")
        + (names.length > 3 ? " …" : "")),
    h("dl", { class: "changes" }, names.map((name) => h("div", {},
        h("dt", {}, name), h("dd", {}, format.value(before[name]), " → ",
            format.value(after[name]))))));
}

function quoted(text) {
    return `'${text.replace(/'/g, "''")}'`;
}

function filterOf({ resource, actor }) {
    return [resource && `(resource = ${quoted(resource)})`,
        actor && `(actor contains ${quoted(actor)})`].filter(Boolean)
        .join(" and ");
}

function show(answer, view, go) {
    const rows = answer.resource;
    if (rows.length === 0)
        return [empty("Nothing here", "What administrators change is "
            + "written down here, and by whom.")];
    return [table("Changes", [
        { title: "When", cell: (r) => format.moment(r.at) },
        { title: "Who", cell: (r) => r.actor },
        { title: "From", cell: (r) => r.source },
        { title: "Did", cell: (r) => r.action },
        { title: "To", cell: (r) => `${r.resource} ${r.record_id ?? ""}` },
        { title: "What changed", cell: changes },
    ], rows), pager({ offset: view.offset, limit: LIMIT, shown: rows.length,
        total: answer.meta && answer.meta.count,
        go: (offset) => go({ offset }) })];
}

export async function render(ctx) {
    const place = h("div", {});
    const view = { offset: 0, filter: "" };
    async function draw(change) {
        Object.assign(view, change);
        const answer = await get(`system/audit${query({ ...view,
            limit: LIMIT, order: "id desc", include_count: true })}`,
        { signal: ctx.signal });
        place.replaceChildren(...show(answer, view, go));
    }
    function go(change) {
        return draw(change).catch((error) =>
            place.replaceChildren(problem(error)));
    }
    await draw({});
    return h("div", {}, h("h1", {}, "Audit"), form([
        { name: "resource", label: "Of", values: RESOURCES,
            blank: "(everything)" },
        { name: "actor", label: "By", type: "string" },
    ], "Show", (values) => draw({ offset: 0, filter: filterOf(values) })),
    place);
}
