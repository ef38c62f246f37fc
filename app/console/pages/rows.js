// The rows of a table of a database service.

import { get, list, query, segment } from "../api.js";
import { button, empty, h, link } from "../dom.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { problem } from "../notice.js";
import { pager, table } from "../table.js";

export const title = "Rows";

const LIMIT = 25;

function columnsOf(rows, view, draw) {
    return Object.keys(rows[0]).map((name, i) => {
        const [by, way] = view.order.split(" ");
        const sorted = by === name && (way === "desc" ? "descending"
            : "ascending");
        return { title: button(name, () => draw({ offset: 0,
            order: sorted === "ascending" ? `${name} desc`
                : `${name} asc` }), "sort"), sorted,
        number: i > 0 && rows.every((r) => typeof r[name] === "number"),
        cell: (r) => format.value(r[name]) };
    });
}

function browser(ctx, service, name) {
    const place = h("div", {});
    const view = { offset: 0, filter: "", order: "" };
    async function draw(change) {
        Object.assign(view, change);
        const answer = await get(`${segment(service.name)}/_table/`
            + segment(name) + query({ ...view, limit: LIMIT,
            include_count: true }), { signal: ctx.signal });
        const rows = answer.resource;
        const total = answer.meta && answer.meta.count;
        place.replaceChildren(rows.length === 0 ? h("p",
            { role: "status" }, "No row is so.")
            : table(`Rows of ${name}`, columnsOf(rows, view, go),
                rows), pager({ offset: view.offset, limit: LIMIT,
            shown: rows.length, total, go: (offset) => go({ offset }) }));
    }
    function go(change) {
        return draw(change).catch((error) => {
            if (error.name !== "AbortError")
                place.replaceChildren(problem(error));
        });
    }
    go({});
    return h("div", {}, form([{ name: "filter", label: "Filter",
        type: "string", description: "As in (status = 'open') and "
            + "(total > 100)." }], "Filter",
    (values) => draw({ offset: 0, filter: values.filter })), place);
}

function choose(service, tables, chosen) {
    return h("ul", { class: "tabs" }, tables.map((t) => h("li", {},
        link(t.name, `#/services/${service.id}/rows?table=`
            + encodeURIComponent(t.name),
        { "aria-current": t.name === chosen && "page" }))));
}

export async function render(ctx) {
    const service = await get(`system/service/${segment(ctx.params.id)}`
        + "?fields=id,name,label", { signal: ctx.signal });
    const tables = await list(`${segment(service.name)}/_table`,
        { signal: ctx.signal });
    const chosen = ctx.query.get("table")
        || (tables[0] && tables[0].name);
    return h("div", {}, h("div", { class: "head" },
        h("h1", {}, `Rows of ${service.label || service.name}`),
        link("Its settings", `#/services/${service.id}`,
            { class: "button" })),
    tables.length === 0 ? empty("No table yet",
        "The database of this service has no table. Make one there, or "
        + "with POST to /_schema.")
        : [h("nav", { "aria-label": "Tables" },
            choose(service, tables, chosen)),
        browser(ctx, service, chosen)]);
}
