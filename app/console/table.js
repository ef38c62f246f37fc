// Tables: wide ones scroll in a frame of their own, by keyboard, too.

import { h } from "./dom.js";

// columns: [{ title, cell(row) -> node or text, number }]
export function table(caption, columns, rows) {
    return h("div", { class: "scroll", tabindex: 0, role: "group",
        "aria-label": caption },
    h("table", {},
        h("caption", { class: "unseen" }, caption),
        h("thead", {}, h("tr", {}, columns.map((c) => h("th",
            { scope: "col", class: c.number && "number",
                "aria-sort": c.sorted }, c.title)))),
        h("tbody", {}, rows.map((row) => h("tr", {},
            columns.map((c, i) => h(i === 0 ? "th" : "td",
                { scope: i === 0 && "row",
                    class: c.number && "number" },
                c.cell(row))))))));
}

// Buttons to go through a list a page at a time.
export function pager({ offset, limit, shown, total, go }) {
    const last = offset + shown;
    const more = total === undefined ? shown === limit : last < total;
    const of = total === undefined ? "" : ` of ${total}`;
    return h("nav", { class: "pager", "aria-label": "Pages of the list" },
        h("button", { type: "button", disabled: offset === 0,
            onclick: () => go(Math.max(0, offset - limit)) },
        "Previous"),
        h("span", { role: "status" }, shown === 0 ? "Nothing here"
            : `${offset + 1} to ${last}${of}`),
        h("button", { type: "button", disabled: !more,
            onclick: () => go(offset + limit) }, "Next"));
}
