// What is cached: answers of databases, and the keys of cache services.

import { list, remove, segment } from "../api.js";
import { button, card, empty, h, link } from "../dom.js";
import { confirm } from "../dialog.js";
import * as format from "../format.js";
import { attempt } from "../notice.js";
import { table } from "../table.js";
import { ratio } from "./services.js";

export const title = "Cache";

async function flush(ctx, name) {
    const what = name === null ? "all services" : name;
    const sure = await confirm(`Flush the answers of ${what}?`,
        "Until they are made again, reads come from the database.",
        "Flush");
    if (sure && await attempt(() => remove(`system/cache${name === null
        ? "" : `/${segment(name)}`}`), `The answers of ${what} are gone.`))
        ctx.reload();
}

function answers(ctx, cached) {
    return card("Answers of databases", cached.length === 0
        ? empty("Nothing can be cached yet", "Make a database service, and "
            + "switch its caching on.",
        link("Make a service", "#/services/new", { class: "button" }))
        : [table("Cached answers by service", [
            { title: "Service", cell: (c) => c.name },
            { title: "Hit ratio", number: true, cell: ratio },
            { title: "Hits", number: true,
                cell: (c) => format.count(c.hits) },
            { title: "Misses", number: true,
                cell: (c) => format.count(c.misses) },
            { title: "Bytes of hits", number: true,
                cell: (c) => format.bytes(c.bytes) },
            { title: "Action", cell: (c) => button("Flush",
                () => flush(ctx, c.name), "danger",
                { "aria-label": `Flush ${c.name}` }) },
        ], cached), h("p", { class: "actions" },
            button("Flush all answers", () => flush(ctx, null),
                "danger"))]);
}

function services(all) {
    return card("Cache services", all.length === 0
        ? empty("No cache service yet", "A cache service lets programs keep "
            + "values under keys of their own.",
        link("Make a service", "#/services/new", { class: "button" }))
        : table("Cache services", [
            { title: "Service", cell: (s) => link(s.name,
                `#/cache/${s.name}`) },
            { title: "Label", cell: (s) => s.label || "" },
            { title: "Type", cell: (s) => s.type },
        ], all));
}

export async function render(ctx) {
    const o = { signal: ctx.signal };
    const [cached, all] = await Promise.all([
        list("system/cache?fields=*", o),
        list("system/service?fields=id,name,label,type&order=name", o)]);
    return h("div", {}, h("h1", {}, "Cache"), answers(ctx, cached),
        services(all.filter((s) => s.type.startsWith("cache_"))));
}
