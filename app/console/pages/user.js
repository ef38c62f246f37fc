// One user: the account, the roles, the sessions.

import { get, list, patch, query, remove, segment } from "../api.js";
import { button, card, empty, h } from "../dom.js";
import { confirm, open } from "../dialog.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { attempt, notify } from "../notice.js";
import { go } from "../router.js";
import { table } from "../table.js";

export const title = "User";

const ROLES = "user_to_app_to_role_by_user_id";

function account(ctx, path, user) {
    return card("Account", form([
        { name: "email", label: "E-mail", type: "email", required: true,
            value: user.email },
        { name: "name", label: "Name", type: "string", required: true,
            value: user.name },
        { name: "password", label: "New password", type: "password",
            autocomplete: "new-password",
            description: "Empty: it stays. Another one ends all "
                + "sessions." },
        { name: "is_active", label: "Active", type: "boolean",
            value: user.is_active },
    ], "Save", async (values, changed) => {
        await patch(path, changed);
        notify("The account is saved.");
        ctx.reload();
    }));
}

async function grant(ctx, path, apps, roles) {
    const options = (all) => all.map((r) => ({ name: r.id, label: r.name }));
    const done = await open("Give a role", (close) => form([
        { name: "app_id", label: "In the app", required: true,
            numeric: true, values: options(apps) },
        { name: "role_id", label: "The role", required: true,
            numeric: true, values: options(roles) },
    ], "Give", async (values) => {
        await patch(path, { [ROLES]: [values] });
        close(true);
    }, button("Cancel", () => close(null))));
    if (done)
        ctx.reload();
}

function rolesCard(ctx, path, user, apps, roles) {
    const name = (all, id) => (all.find((r) => r.id === id) || {}).name;
    const take = async (row) => {
        const sure = await confirm(`Take ${name(roles, row.role_id)} back?`,
            `${user.email} acts in ${name(apps, row.app_id)} with the role `
            + "of the app then.", "Take back");
        if (sure && await attempt(() => patch(path, { [ROLES]: [{ id: row.id,
            user_id: null }] }), "The role is taken back."))
            ctx.reload();
    };
    const rows = user[ROLES] || [];
    return card("Roles", rows.length === 0 ? empty("No role of its own",
        "It acts with the role of the app whose key comes along.")
        : table("Roles by app", [
            { title: "App", cell: (r) => name(apps, r.app_id) },
            { title: "Role", cell: (r) => name(roles, r.role_id) },
            { title: "Action", cell: (r) => button("Take back",
                () => take(r)) },
        ], rows),
    h("p", { class: "actions" }, apps.length > 0 && roles.length > 0
        && button("Give a role", () => grant(ctx, path, apps, roles))));
}

function sessionsCard(ctx, user, sessions) {
    const end = async () => {
        if (await confirm("End all sessions?", "Whoever is logged in as "
            + `${user.email} must log in again.`, "End them")
            && await attempt(() => remove("system/session"
                + query({ user_id: user.id })), "They are ended."))
            ctx.reload();
    };
    return card("Sessions", sessions.length === 0
        ? h("p", {}, "Nobody is logged in.")
        : [table("Sessions", [
            { title: "Begun", cell: (s) => format.moment(
                s.login_date) },
            { title: "Until", cell: (s) => format.moment(s.end_date) },
            { title: "From", cell: (s) => s.ip_address || "" },
        ], sessions), h("p", { class: "actions" }, button(
            "End all sessions", end, "danger"))]);
}

async function drop(path, user) {
    const sure = await confirm(`Remove ${user.email}?`,
        "The account and its roles go.", "Remove");
    if (sure && await attempt(() => remove(path),
        `${user.email} is removed.`))
        go("users");
}

export async function render(ctx) {
    const { kind, id } = ctx.params;
    const path = `system/${segment(kind)}/${segment(id)}`;
    const o = { signal: ctx.signal };
    const [user, apps, roles, sessions] = await Promise.all([
        get(`${path}?fields=*&related=${ROLES}`, o),
        list("system/app?fields=id,name&order=name", o),
        list("system/role?fields=id,name&order=name", o),
        list(`system/session?user_id=${segment(id)}`, o)
            .catch(() => [])]);
    return h("div", {}, h("h1", {}, user.email),
        account(ctx, path, user),
        rolesCard(ctx, path, user, apps, roles),
        sessionsCard(ctx, user, sessions),
        card("Removal", h("p", { class: "actions" },
            button("Remove the account", () => drop(path, user),
                "danger"))));
}
