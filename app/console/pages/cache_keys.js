// The keys of a cache service: look, delete, flush.

import { get, list, query, remove, segment } from "../api.js";
import { button, card, empty, h } from "../dom.js";
import { confirm, open } from "../dialog.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { attempt, notify, problem } from "../notice.js";
import { table } from "../table.js";

export const title = "Keys of a cache";

const LIMIT = 50;

// Not as a part of the path: "." is a key, and one may end with a slash.
function pathOf(service, key) {
    return `${segment(service)}?keys=${encodeURIComponent(key)}`;
}

async function look(service, key) {
    const found = await attempt(() => list(pathOf(service, key)));
    if (!found)
        return;
    if (found.length === 0) {
        notify(`${key} is gone.`, "warn");
        return;
    }
    const { value } = found[0];
    const text = typeof value === "string" ? value
        : JSON.stringify(value, null, 2);
    await open(key, (close) => h("div", {},
        h("pre", { tabindex: 0 }, text),
        h("p", { class: "actions" }, button("Close",
            () => close(true)))));
}

async function drop(service, key, again) {
    const sure = await confirm(`Delete ${key}?`, "The value is gone then.",
        "Delete");
    if (sure && await attempt(() => remove(pathOf(service, key)),
        `${key} is deleted.`))
        again();
}

function stats(told) {
    const parts = [["Store", told.store], ["Items", told.items],
        ["Bytes", format.bytes(told.bytes)],
        ["Hits", format.count(told.hits)],
        ["Misses", format.count(told.misses)],
        ["Evictions", format.count(told.evictions)]];
    return card("The store", h("p", { class: "help" },
        "The whole store, which others may use as well."),
    h("dl", { class: "facts" }, parts.map(([name, value]) => h("div", {},
        h("dt", {}, name), h("dd", {}, `${value ?? "–"}`)))));
}

function browser(ctx, service) {
    const place = h("div", {});
    const view = { prefix: "", cursor: "" };
    async function draw(change) {
        Object.assign(view, change);
        const answer = await get(segment(service) + query({ ...view,
            limit: LIMIT }), { signal: ctx.signal });
        const again = () => go({});
        const { next } = answer.meta || {};
        place.replaceChildren(answer.resource.length === 0
            ? empty("No key here", "Programs store values with PUT "
                + `/api/v2/${service}/KEY.`)
            : table("Keys", [
                { title: "Key", cell: (r) => h("code", {}, r.key) },
                { title: "Actions", cell: (r) => h("span",
                    { class: "actions" },
                    button("Look", () => look(service, r.key), "",
                        { "aria-label": `Look at ${r.key}` }),
                    button("Delete", () => drop(service, r.key,
                        again), "danger",
                    { "aria-label": `Delete ${r.key}` })) },
            ], answer.resource),
        h("p", { class: "actions" },
            view.cursor !== "" && button("From the beginning",
                () => go({ cursor: "" })),
            next && button("More", () => go({ cursor: next }))));
    }
    function go(change) {
        return draw(change).catch((error) => {
            if (error.name !== "AbortError")
                place.replaceChildren(problem(error));
        });
    }
    go({});
    return card("Keys", form([{ name: "prefix", label: "Keys that begin with",
        type: "string" }], "Show",
    (values) => draw({ prefix: values.prefix, cursor: "" })), place);
}

async function flush(ctx, service) {
    const sure = await confirm(`Delete all keys of ${service}?`,
        "Every value that programs keep there is gone then.",
        "Delete all");
    if (sure && await attempt(() => remove(segment(service)),
        `All keys of ${service} are deleted.`))
        ctx.reload();
}

export async function render(ctx) {
    const service = ctx.params.name;
    const told = await get(`${segment(service)}?stats=true`,
        { signal: ctx.signal }).catch(() => null);
    return h("div", {}, h("div", { class: "head" },
        h("h1", {}, `Keys of ${service}`),
        button("Delete all keys", () => flush(ctx, service), "danger")),
    browser(ctx, service), told && stats(told));
}
