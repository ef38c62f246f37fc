// Apps with their keys, and the roles that they act with.

import { list, make } from "../api.js";
import { badge, button, card, empty, h, link } from "../dom.js";
import { open } from "../dialog.js";
import { form } from "../form.js";
import { showKey } from "../keytools.js";
import { table } from "../table.js";

export const title = "Keys and roles";

// There from the start, for clients that know their keys: they do nothing
// until they are given a role.
const SEEDED = ["admin", "api_docs", "file_manager"];

function isOwn(app) {
    return app.role_id !== null || !SEEDED.includes(app.name);
}

function fields(roles) {
    return [
        { name: "name", label: "Name", type: "string", required: true,
            length: 64, description: "Which program it is for." },
        { name: "description", label: "Description", type: "string",
            length: 255 },
        { name: "role_id", label: "Role", required: true, numeric: true,
            values: roles.map((r) => ({ name: r.id, label: r.name })),
            description: "What the key may do." },
    ];
}

async function add(ctx, roles) {
    const made = await open("Make a key", (close) => form(fields(roles),
        "Make the key", async (values) => {
            const record = { ...values, is_active: true };
            close({ ...await make("system/app?fields=*", record),
                name: values.name });
        }, button("Cancel", () => close(null))));
    if (!made)
        return;
    await showKey(made.name, made.api_key);
    ctx.reload();
}

function appTable(apps, names) {
    return table("Apps and their keys", [
        { title: "App", cell: (a) => link(a.name, `#/keys/${a.id}`) },
        { title: "Key", cell: (a) => h("code", {}, a.api_key || "none") },
        { title: "Role", cell: (a) => (a.role_id === null
            ? badge("none", "warn")
            : link(names.get(a.role_id), `#/roles/${a.role_id}`)) },
        { title: "State", cell: (a) => (a.is_active
            ? badge("active", "good") : badge("off", "warn")) },
    ], apps);
}

function roleTable(roles) {
    return table("Roles", [
        { title: "Role", cell: (r) => link(r.name, `#/roles/${r.id}`) },
        { title: "Description", cell: (r) => r.description || "" },
        { title: "State", cell: (r) => (r.is_active
            ? badge("active", "good") : badge("off", "warn")) },
    ], roles);
}

export async function render(ctx) {
    const options = { signal: ctx.signal };
    const [all, roles] = await Promise.all([
        list("system/app?fields=*&order=name", options),
        list("system/role?fields=*&order=name", options)]);
    const apps = all.filter(isOwn);
    const names = new Map(roles.map((r) => [r.id, r.name]));
    const newRole = link("Make a role", "#/roles/new", { class: "button" });
    return h("div", {}, h("h1", {}, "Keys and roles"),
        card("Keys", apps.length === 0 ? empty("No key yet",
            roles.length === 0 ? "A key acts with a role: make one first."
                : "A program shows its key with each call. The key's "
                + "role says what it may do.") : appTable(apps, names),
        h("p", { class: "actions" }, roles.length > 0 && button(
            "Make a key", () => add(ctx, roles), "primary"))),
        card("Roles", roles.length === 0 ? empty("No role yet",
            "A role says which services, tables and methods whoever "
            + "acts with it may use.") : roleTable(roles),
        h("p", { class: "actions" }, newRole)));
}
