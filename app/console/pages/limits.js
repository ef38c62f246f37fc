// Rate limits, and what stands in their counters now.

import { list, make, patch, remove } from "../api.js";
import { badge, button, card, empty, h } from "../dom.js";
import { confirm, open } from "../dialog.js";
import { form } from "../form.js";
import { attempt, notify } from "../notice.js";
import { table } from "../table.js";
import { VERBS } from "../verbs.js";

export const title = "Limits";

const EVERY_MS = 3000;
const TYPES = {
    instance: "All requests together",
    "instance.app": "Those with a key of an app",
    "instance.app.service": "Those of an app to a service",
    "instance.service": "Those to a service",
    "instance.service.endpoint": "Those to a resource of a service",
    "instance.role": "Those made with a role",
    "instance.user": "Those of a user",
    "instance.each_user": "Those of each user, by itself",
    "instance.user.service": "Those of a user to a service",
    "instance.each_user.service": "Those of each user to a service",
    "instance.user.service.endpoint": "Those of a user to a resource",
    "instance.each_user.service.endpoint":
        "Those of each user to a resource",
};
const PERIODS = ["minute", "hour", "day", "7-day", "30-day"];
const ALGORITHMS = { fixed: "Fixed periods", sliding: "Sliding period",
    gcra: "An even pace (GCRA)" };

function options(records, text = "name") {
    return records.map((r) => ({ name: r.id, label: r[text] }));
}

function fields(known, limit) {
    const pick = (name, label, values, description) => ({ name, label,
        numeric: true, values, description, value: limit[name],
        blank: "(any)" });
    return [
        { name: "name", label: "Name", type: "string", required: true,
            length: 64, value: limit.name },
        { name: "type", label: "It counts", required: true,
            value: limit.type || "instance.app",
            values: Object.entries(TYPES).map(([name, label]) =>
                ({ name, label })) },
        pick("app_id", "App", options(known.apps),
            "None: each app is counted on its own."),
        pick("role_id", "Role", options(known.roles)),
        pick("user_id", "User", options(known.users, "email")),
        pick("service_id", "Service", options(known.services)),
        { name: "endpoint", label: "Resource", type: "string",
            value: limit.endpoint,
            description: "As _table/orders, or _table/orders*." },
        { name: "verb", label: "Method", values: Object.keys(VERBS),
            value: limit.verb, blank: "(all)" },
        { name: "rate", label: "Requests", type: "integer", min: 1,
            max: 2147483647, required: true, value: limit.rate ?? 60 },
        { name: "period", label: "In a", required: true,
            value: limit.period ?? "minute",
            values: PERIODS.includes(limit.period ?? "minute")
                ? PERIODS : [...PERIODS, limit.period] },
        { name: "algorithm", label: "Forgotten by", required: true,
            value: limit.algorithm || "fixed",
            values: Object.entries(ALGORITHMS).map(([name, label]) =>
                ({ name, label })) },
        { name: "burst", label: "At once", type: "integer", min: 1,
            value: limit.burst, description: "With an even pace: how "
                + "many may come together." },
        { name: "lockout", label: "Lock out", type: "boolean",
            value: limit.lockout ?? false,
            description: "Who asks for more is refused for a whole "
                + "period." },
        { name: "is_active", label: "Active", type: "boolean",
            value: limit.is_active ?? true },
        { name: "dry_run", label: "Dry run", type: "boolean",
            value: limit.dry_run ?? false,
            description: "It counts, and refuses nobody." },
    ];
}

// Shows only the fields that the chosen type is about.
function follow(node) {
    const row = (name) => node.rows.find((r) => r.field.name === name);
    const type = row("type").input;
    const judge = () => {
        for (const [name, word] of [["app_id", "app"], ["role_id", "role"],
            ["user_id", ".user"], ["service_id", "service"],
            ["endpoint", "endpoint"]])
            row(name).node.hidden = !type.value.includes(word);
        row("burst").node.hidden = row("algorithm").value !== "gcra";
    };
    type.addEventListener("change", judge);
    row("algorithm").input.addEventListener("change", judge);
    judge();
    return node;
}

async function edit(ctx, known, limit) {
    const done = await open(limit.id ? `Limit ${limit.name}`
        : "Make a limit", (close) => follow(form(fields(known, limit),
        "Save the limit", async (values) => {
            const record = { ...values };
            if (values.algorithm !== "gcra")
                record.burst = null;
            for (const [name, value] of Object.entries(record))
                record[name] = value === "" ? null : value;
            if (limit.id)
                await patch(`system/limit/${limit.id}`, record);
            else
                await make("system/limit", record);
            close(true);
        }, button("Cancel", () => close(null)))));
    if (!done)
        return;
    notify("The limit is saved.");
    ctx.reload();
}

async function reset(limit, draw) {
    const sure = await confirm(`Reset ${limit.name}?`,
        "What was counted is forgotten: who was refused may go on.",
        "Reset");
    if (sure && await attempt(() => remove(`system/limit_cache/${limit.id}`),
        `${limit.name} begins anew.`))
        draw();
}

async function drop(ctx, limit) {
    const sure = await confirm(`Remove ${limit.name}?`,
        "What it counted is no longer limited by it.", "Remove");
    if (sure && await attempt(() => remove(`system/limit/${limit.id}`),
        `${limit.name} is removed.`))
        ctx.reload();
}

function used(counters) {
    if (!counters || counters.length === 0)
        return "not yet";
    return h("ul", { class: "counters" }, counters.slice(0, 5).map((c) =>
        h("li", {}, `${c.attempts} of ${c.max} `, h("meter", { min: 0,
            max: c.max, value: c.attempts, high: c.max * 0.8, optimum: 0,
            "aria-label": `used of ${c.max}` }))));
}

function actions(ctx, known, limit, draw) {
    return h("span", { class: "actions" },
        button("Edit", () => edit(ctx, known, limit), "",
            { "aria-label": `Edit ${limit.name}` }),
        button("Reset", () => reset(limit, draw), "",
            { "aria-label": `Reset ${limit.name}` }),
        button("Remove", () => drop(ctx, limit), "danger",
            { "aria-label": `Remove ${limit.name}` }));
}

function limitTable(ctx, known, limits) {
    const places = new Map(limits.map((l) => [l.id,
        h("div", {}, "…")]));
    const draw = async () => {
        const counters = await list("system/limit_cache",
            { signal: ctx.signal, background: true }).catch(() => null);
        for (const limit of counters ? limits : [])
            places.get(limit.id).replaceChildren(used(
                counters.filter((c) => c.id === limit.id)));
    };
    draw();
    ctx.every(EVERY_MS, draw);
    return table("Limits", [
        { title: "Name", cell: (l) => l.name },
        { title: "Counts", cell: (l) => TYPES[l.type] || l.type },
        { title: "Rate", cell: (l) => `${l.rate} in a ${l.period}`
            + (l.verb ? `, ${l.verb}` : "") },
        { title: "Used now", cell: (l) => places.get(l.id) },
        { title: "State", cell: (l) => [l.is_active
            ? badge("active", "good") : badge("off", "warn"),
        l.dry_run && badge("dry run", "warn")] },
        { title: "Actions", cell: (l) => actions(ctx, known, l, draw) },
    ], limits);
}

export async function render(ctx) {
    const o = { signal: ctx.signal };
    const [limits, apps, roles, users, services] = await Promise.all([
        list("system/limit?fields=*&order=name", o),
        list("system/app?fields=id,name&order=name", o),
        list("system/role?fields=id,name&order=name", o),
        list("system/user?fields=id,email&order=email", o),
        list("system/service?fields=id,name&order=name", o)]);
    const known = { apps, roles, users, services };
    return h("div", {}, h("div", { class: "head" }, h("h1", {}, "Limits"),
        button("Make a limit", () => edit(ctx, known, {}), "primary")),
    limits.length === 0 ? empty("No limit yet", "A limit lets so many "
        + "requests pass in a period, and answers 429 to the rest.")
        : card("All limits", limitTable(ctx, known, limits)));
}
