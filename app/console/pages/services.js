// All services.

import { list } from "../api.js";
import { badge, empty, h, link } from "../dom.js";
import * as format from "../format.js";
import { table } from "../table.js";

export const title = "Services";

const OWN = ["system", "user", "api_docs"];

function ratio(counts) {
    if (!counts || counts.hits === null)
        return "–";
    const hits = counts.hits + counts.stale;
    const all = hits + counts.misses + counts.collapsed;
    return all > 0 ? format.percent((100 * hits) / all) : "no reads yet";
}

function caching(service) {
    const { config } = service;
    if (!config || config.cache_enabled === undefined)
        return "–";
    return config.cache_enabled ? badge(config.cache_ttl > 0
        ? `${config.cache_ttl} s` : "on", "good") : badge("off");
}

export async function render(ctx) {
    const options = { signal: ctx.signal };
    const [records, cached, told] = await Promise.all([
        list("system/service?fields=*&order=name", options),
        list("system/cache?fields=*", options).catch(() => []),
        list("system/service_type?fields=name,label", options)]);
    const counts = new Map(cached.map((c) => [c.name, c]));
    const labels = new Map(told.map((t) => [t.name, t.label]));
    const shown = records.filter((s) => !OWN.includes(s.type));
    return h("div", {}, h("div", { class: "head" }, h("h1", {}, "Services"),
        link("Make a service", "#/services/new",
            { class: "button primary" })),
    shown.length === 0 ? empty("No service yet",
        "A service is a database or a cache that weir gives an API to. "
        + "You need its address and who may sign in there.",
        link("Make a service", "#/services/new", { class: "button" }))
        : table("Services", [
            { title: "Name", cell: (s) => link(s.name,
                `#/services/${s.id}`) },
            { title: "Label", cell: (s) => s.label || "" },
            { title: "Type", cell: (s) => labels.get(s.type)
                || s.type },
            { title: "State", cell: (s) => (s.is_active
                ? badge("active", "good") : badge("off", "warn")) },
            { title: "Caching", cell: caching },
            { title: "Hit ratio", number: true,
                cell: (s) => ratio(counts.get(s.name)) },
        ], shown));
}

export { ratio };
