// One app: its keys, and what they may do.

import { get, list, patch, remove, segment } from "../api.js";
import { badge, button, card, empty, h, link } from "../dom.js";
import { confirm, open } from "../dialog.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { isInForce, rightsCard, roleWithRows, serviceNames, showKey,
    stateOf } from "../keytools.js";
import { attempt, notify } from "../notice.js";
import { go } from "../router.js";
import { table } from "../table.js";

export const title = "Key";

const KEYS = "app_key_by_app_id";

async function rotate(ctx, app) {
    const made = await open(`Another key for ${app.name}`, (close) => form([
        { name: "grace", label: "Seconds for which the old key still works",
            type: "integer", min: 0, max: 31536000, value: 3600,
            description: "So long callers have to change. 0: it ends "
                + "now." },
    ], "Make another key", async (values) => {
        close(await patch(`system/app/${app.id}?fields=*&regenerate=true`
            + `&grace=${values.grace || 0}`, {}));
    }, button("Cancel", () => close(null))));
    if (!made)
        return;
    await showKey(app.name, made.api_key);
    ctx.reload();
}

async function expire(ctx, app) {
    const done = await open(`When do the keys of ${app.name} end?`,
        (close) => form([
            { name: "expires_in", label: "Seconds from now",
                type: "integer", min: 0, max: 3153600000, value: 86400,
                required: true, description: "0: never." },
        ], "Set", async (values) => {
            await patch(`system/app/${app.id}?expires_in=`
                + values.expires_in, {});
            close(true);
        }, button("Cancel", () => close(null))));
    if (!done)
        return;
    notify("The end of the keys is set.");
    ctx.reload();
}

async function revoke(ctx, app, key) {
    const sure = await confirm(`Revoke the key ${key.hint}…?`,
        "Whoever calls with it is refused from now on. This cannot be "
        + "undone.", "Revoke");
    if (sure && await attempt(() => patch(`system/app/${app.id}`
        + `?revoke=true&key=${segment(key.hint)}`, {}),
    `The key ${key.hint}… is revoked.`))
        ctx.reload();
}

function keysCard(ctx, app) {
    const keys = app[KEYS] || [];
    return card("Its keys", keys.length === 0
        ? empty("No key", "Make one to let a program call.")
        : table("Keys of the app", [
            { title: "Begins", cell: (k) => h("code", {},
                `${k.hint}…`) },
            { title: "Made", cell: (k) => format.moment(k.created) },
            { title: "State", cell: (k) => stateOf(k) },
            { title: "Action", cell: (k) => (isInForce(k)
                ? button("Revoke", () => revoke(ctx, app, k),
                    "danger", { "aria-label":
                        `Revoke ${k.hint}` }) : "") },
        ], keys),
    h("p", { class: "actions" },
        button("Rotate: make another key", () => rotate(ctx, app),
            "primary"),
        button("Set when they end", () => expire(ctx, app))));
}

function settingsCard(ctx, app, roles) {
    return card("Settings", form([
        { name: "name", label: "Name", type: "string", required: true,
            length: 64, value: app.name },
        { name: "description", label: "Description", type: "string",
            length: 255, value: app.description },
        { name: "role_id", label: "Role", numeric: true,
            value: app.role_id, values: roles.map((r) => ({
                name: r.id, label: r.name })) },
        { name: "is_active", label: "Active", type: "boolean",
            value: app.is_active },
    ], "Save", async (values) => {
        await patch(`system/app/${app.id}`, { ...values,
            role_id: values.role_id === "" ? null : values.role_id });
        notify("The app is saved.");
        ctx.reload();
    }));
}

async function drop(app) {
    const sure = await confirm(`Remove ${app.name}?`,
        "Its keys end at once.", "Remove");
    if (sure && await attempt(() => remove(`system/app/${app.id}`),
        `${app.name} is removed.`))
        go("keys");
}

export async function render(ctx) {
    const { signal } = ctx;
    const app = await get(`system/app/${segment(ctx.params.id)}`
        + `?fields=*&related=${KEYS}`, { signal });
    const [roles, names] = await Promise.all([
        list("system/role?fields=id,name&order=name", { signal }),
        serviceNames(signal)]);
    const role = app.role_id === null ? null
        : await roleWithRows(app.role_id, signal);
    return h("div", {}, h("h1", {}, `Key of ${app.name}`),
        h("p", {}, app.is_active ? badge("active", "good")
            : badge("off", "warn")),
        keysCard(ctx, app),
        card("What may this key do?", role === null
            ? h("p", {}, "It has no role, so it may do nothing.")
            : [h("p", {}, "It acts with the role ",
                link(role.name, `#/roles/${role.id}`), ".",
                !role.is_active && [" ", badge(
                    "the role is off: all is refused", "bad")]),
            rightsCard(role.rows, names)]),
        settingsCard(ctx, app, roles),
        card("Removal", h("p", { class: "actions" },
            button("Remove the app", () => drop(app), "danger"))));
}
