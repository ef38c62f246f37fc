// One service: its cache, its config, its end.

import { get, patch, remove, segment } from "../api.js";
import { badge, button, card, h, link } from "../dom.js";
import { confirm } from "../dialog.js";
import { configOf, ofType, plain } from "../fields.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { attempt, notify } from "../notice.js";
import { probe, verdict } from "../probe.js";
import { go } from "../router.js";
import { ratio } from "./services.js";

export const title = "Service";

const CACHE_EVERY_MS = 3000;
const CACHE = ["cache_enabled", "cache_ttl"];

function facts(counts) {
    const saved = counts.time_saved_ms;
    const parts = [["Hit ratio", ratio(counts)],
        ["Hits", format.count(counts.hits)],
        ["Misses", format.count(counts.misses)],
        ["Joined", format.count(counts.collapsed)],
        ["Bypassed", format.count(counts.bypassed)],
        ["Bytes of hits", format.bytes(counts.bytes)],
        ["Database time saved", saved === null ? "–"
            : format.saved(saved)]];
    return h("dl", { class: "facts" }, parts.map(([name, value]) => h("div",
        {}, h("dt", {}, name), h("dd", {}, value))));
}

function cacheCard(ctx, service, schema) {
    const fields = ofType(schema, service.config)
        .filter((f) => CACHE.includes(f.name));
    const path = `system/cache/${segment(service.name)}`;
    const place = h("div", { class: "live" });
    const draw = () => get(path, { signal: ctx.signal, background: true })
        .then((counts) => place.replaceChildren(facts(counts)))
        .catch(() => null);
    const flush = async () => {
        if (await confirm(`Flush the cache of ${service.name}?`,
            "All its cached answers go. Until they are made again, its "
            + "reads come from the database.", "Flush")
            && await attempt(() => remove(path),
                `The cache of ${service.name} is empty.`))
            draw();
    };
    draw();
    ctx.every(CACHE_EVERY_MS, draw);
    return card("Caching", place, form(fields, "Save caching",
        async (values) => {
            await patch(`system/service/${service.id}`, { config: {
                cache_enabled: values.cache_enabled,
                cache_ttl: values.cache_ttl === "" ? 0
                    : values.cache_ttl } });
            notify(values.cache_enabled ? "Answers are cached."
                : "Answers are no longer cached.");
        }, button("Flush the cache", flush, "danger")));
}

function settingsCard(ctx, service, type) {
    const fields = [...plain(service), ...ofType(type, service.config)
        .filter((f) => !CACHE.includes(f.name))];
    return card("Settings", form(fields, "Save settings",
        async (values, changed) => {
            const record = { config: configOf(type, values, changed) };
            for (const { name } of plain())
                record[name] = values[name];
            await patch(`system/service/${service.id}`, record);
            notify("The settings are saved.");
            ctx.reload();
        }));
}

function testCard(service) {
    const place = h("div", {});
    return card("Connection", h("p", { class: "help" },
        "Asks what the service stands on, as /health/ready does."),
    place, h("p", { class: "actions" }, button("Test the connection",
        async () => {
            place.replaceChildren(h("p", { role: "status" },
                "Asking …"));
            await attempt(async () => place.replaceChildren(
                verdict(await probe(service.name))));
        })));
}

async function drop(service) {
    const sure = await confirm(`Remove ${service.name}?`,
        "Its calls are answered 404 from then on. What it stands on stays "
        + "as it is.", "Remove");
    if (sure && await attempt(() => remove(`system/service/${service.id}`),
        `Service ${service.name} is removed.`))
        go("services");
}

export async function render(ctx) {
    const service = await get(`system/service/${segment(ctx.params.id)}`
        + "?fields=*", { signal: ctx.signal });
    const type = await get(`system/service_type/${segment(service.type)}`,
        { signal: ctx.signal });
    const isCached = type.config_schema.some((f) =>
        f.name === "cache_enabled");
    return h("div", {}, h("div", { class: "head" },
        h("h1", {}, service.label || service.name),
        type.group === "Database" && link("Browse its rows",
            `#/services/${service.id}/rows`, { class: "button" }),
        type.group === "Cache" && link("Browse its keys",
            `#/cache/${service.name}`, { class: "button" }),
        link("Try its calls", `#/try/${service.name}`,
            { class: "button" })),
    h("p", {}, h("code", {}, `/api/v2/${service.name}`), " ", type.label, " ",
        service.is_active ? badge("active", "good") : badge("off", "warn")),
    isCached && cacheCard(ctx, service, type), testCard(service),
    settingsCard(ctx, service, type),
    card("Removal", h("p", {}, "Roles and limits that name it must be "
        + "changed first."), h("p", { class: "actions" },
        button("Remove the service", () => drop(service), "danger"))));
}

