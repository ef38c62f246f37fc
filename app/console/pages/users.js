// People: who administers, and who uses the services.

import { list, make } from "../api.js";
import { badge, button, card, empty, h, link } from "../dom.js";
import { open } from "../dialog.js";
import { form } from "../form.js";
import * as format from "../format.js";
import { notify } from "../notice.js";
import { table } from "../table.js";

export const title = "Users";

const KINDS = { user: "user", admin: "administrator" };

function fields() {
    return [
        { name: "email", label: "E-mail", type: "email", required: true },
        { name: "first_name", label: "First name", type: "string" },
        { name: "last_name", label: "Last name", type: "string" },
        { name: "password", label: "Password", type: "password",
            autocomplete: "new-password", description: "Without one an "
                + "invitation is mailed, where SENDMAIL is set." },
    ];
}

async function add(ctx, kind) {
    const done = await open(`Make a ${KINDS[kind]}`, (close) => form(fields(),
        "Make", async (values) => {
            const record = { is_active: true };
            for (const [name, value] of Object.entries(values))
                if (value !== "")
                    record[name] = value;
            record.name = [values.first_name, values.last_name]
                .filter((n) => n !== "").join(" ") || values.email;
            await make(`system/${kind}${record.password ? ""
                : "?send_invite=true"}`, record);
            close(true);
        }, button("Cancel", () => close(null))));
    if (!done)
        return;
    notify("Made.");
    ctx.reload();
}

function people(kind, records) {
    return table(kind === "admin" ? "Administrators" : "Users", [
        { title: "E-mail", cell: (u) => link(u.email,
            `#/users/${kind}/${u.id}`) },
        { title: "Name", cell: (u) => u.name || "" },
        { title: "State", cell: (u) => (u.is_active
            ? badge("active", "good") : badge("off", "warn")) },
        { title: "Last log-in",
            cell: (u) => format.moment(u.last_login_date) },
    ], records);
}

export async function render(ctx) {
    const o = { signal: ctx.signal };
    const [users, admins] = await Promise.all([
        list("system/user?fields=*&order=email", o),
        list("system/admin?fields=*&order=email", o)]);
    return h("div", {}, h("h1", {}, "Users"),
        card("Users", users.length === 0 ? empty("No user yet",
            "Programs need a key alone. People log in with a key and a "
            + "password, and act with a role of their own.")
            : people("user", users), h("p", { class: "actions" },
            button("Make a user", () => add(ctx, "user"), "primary"))),
        card("Administrators", people("admin", admins),
            h("p", { class: "actions" }, button(
                "Make an administrator",
                () => add(ctx, "admin")))));
}
