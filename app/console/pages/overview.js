// How weir does: the last 15 minutes, and what stands badly.

import { list } from "../api.js";
import { chart } from "../chart.js";
import { badge, button, card, empty, h, link } from "../dom.js";
import * as format from "../format.js";
import * as sampler from "../sampler.js";
import { table } from "../table.js";

export const title = "Overview";

function charts() {
    const s = sampler.series();
    return h("div", { class: "charts" },
        chart("Requests", [{ name: "requests", points: s.requests,
            show: format.rate }], { show: format.rate }),
        chart("Cache hit ratio", [{ name: "hits", points: s.ratio,
            show: format.percent }], { most: 100,
            show: format.percent }),
        chart("Latency", [
            { name: "p50", points: s.p50, show: format.ms },
            { name: "p99", points: s.p99, show: format.ms },
        ], { low: 0.01, show: format.ms }),
        chart("Refusals and errors", [
            { name: "refused", points: s.refusals, show: format.rate },
            { name: "errors", points: s.errors, show: format.rate },
        ], { show: format.rate }));
}

function health(told) {
    return card("Health", table("What weir stands on", [
        { title: "Name", cell: (c) => c.name || c.kind },
        { title: "Kind", cell: (c) => c.kind },
        { title: "State", cell: (c) => (c.answers ? badge("answers", "good")
            : badge("silent", "bad")) },
        { title: "Time", number: true,
            cell: (c) => (c.time_ms < 1 ? "< 1 ms"
                : format.ms(c.time_ms)) },
        { title: "Error", cell: (c) => c.error || "" },
    ], told.checks));
}

// By service: answers, refusals, errors.
function byService(told) {
    const found = new Map();
    for (const r of told.requests) {
        const name = r.service || "(none)";
        const row = found.get(name)
            || { name, all: 0, refused: 0, errors: 0 };
        row.all += r.count;
        row.refused += [401, 403, 429].includes(r.status) ? r.count : 0;
        row.errors += r.status >= 500 ? r.count : 0;
        found.set(name, row);
    }
    return [...found.values()].sort((a, b) => b.all - a.all);
}

function services(told) {
    return card("Answers by service", table("Answers by service", [
        { title: "Service", cell: (r) => r.name },
        { title: "Answers", number: true, cell: (r) => format.count(r.all) },
        { title: "Refused", number: true,
            cell: (r) => format.count(r.refused) },
        { title: "Errors", number: true,
            cell: (r) => format.count(r.errors) },
    ], byService(told)));
}

function routeTable(name, rows, about) {
    return card(name, h("p", { class: "help" }, about),
        rows.length === 0 ? h("p", {}, "Nothing has been called yet.")
            : table(name, [
                { title: "Route", cell: (r) => h("code", {},
                    `${r.verb} ${r.service}/${r.resource}`) },
                { title: "Calls", number: true,
                    cell: (r) => format.count(r.count) },
                { title: "Misses", number: true,
                    cell: (r) => format.count(r.misses) },
                { title: "Mean", number: true,
                    cell: (r) => format.ms(r.sum_us
                        / r.count / 1000) },
                { title: "Slowest", number: true,
                    cell: (r) => format.ms(r.max_us / 1000) },
            ], rows.slice(0, 8)));
}

function routes(told) {
    const all = told.routes || [];
    const slow = [...all].sort((a, b) => b.sum_us / b.count
        - a.sum_us / a.count);
    const missed = all.filter((r) => r.misses > 0)
        .sort((a, b) => b.misses - a.misses);
    return [routeTable("Slowest routes", slow,
        "By the mean of all answers that were counted."),
    routeTable("Most missed routes", missed,
        "Reads that the cache did not have. A longer time to live, or "
        + "fewer writes, makes them hits.")];
}

function state(told) {
    const parts = [
        ["Processes", told.processes], ["Workers", told.workers],
        ["Waiting", `${told.queue} of ${told.queue_limit}`],
        ["Connections", `${told.connections_taken} in use, `
            + `${told.connections_idle} idle`],
    ];
    return h("dl", { class: "facts" }, parts.map(([name, value]) => h("div",
        {}, h("dt", {}, name), h("dd", {}, `${value}`))));
}

function first() {
    return empty("No service yet", "A service is a database or a cache that "
        + "weir gives an API to. Begin by making one.",
    link("Make a service", "#/services/new", { class: "button primary" }));
}

function body(services_) {
    const last = sampler.all().findLast((s) => s.told);
    if (!last)
        return h("p", { role: "status" }, "Asking the server …");
    const { told } = last;
    if (!told.counted)
        return h("div", {}, h("p", { class: "problem" },
            "METRICS is off, so nothing is counted."), health(told));
    return h("div", {}, services_.length === 0 && first(), charts(),
        state(told), h("div", { class: "columns" }, health(told),
            services(told), routes(told)));
}

export async function render(ctx) {
    const records = await list("system/service?fields=id,name,type",
        { signal: ctx.signal });
    const own = records.filter((s) => !["system", "user", "api_docs"]
        .includes(s.type));
    const place = h("div", {}, body(own));
    const pause = button("Pause", () => pause.setAttribute("aria-pressed",
        pause.getAttribute("aria-pressed") !== "true"), "",
    { "aria-pressed": "false" });
    ctx.onLeave(sampler.onSample(() => {
        const held = pause.getAttribute("aria-pressed") === "true"
            || place.contains(document.activeElement);
        if (!held)
            place.replaceChildren(body(own));
    }));
    return h("div", {}, h("div", { class: "head" },
        h("h1", {}, "Overview"), pause), place);
}
