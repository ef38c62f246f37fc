// One role: what whoever acts with it may do.

import { make, patch, remove } from "../api.js";
import { button, card, h } from "../dom.js";
import { confirm } from "../dialog.js";
import { form } from "../form.js";
import { ACCESS, rightsCard, roleWithRows, serviceNames,
} from "../keytools.js";
import { attempt, notify } from "../notice.js";
import { roleRow } from "../rolerows.js";
import { go } from "../router.js";

export const title = "Role";

const FRESH = { service_id: null, component: "*", verb_mask: 1, filters: [] };

function fields(role) {
    return [
        { name: "name", label: "Name", type: "string", required: true,
            length: 64, value: role.name },
        { name: "description", label: "Description", type: "string",
            length: 255, value: role.description },
        { name: "is_active", label: "Active", type: "boolean",
            value: role.is_active ?? true },
    ];
}

function editor(ctx, role, names) {
    const gone = [];
    const rows = h("div", { class: "grants" });
    const add = (row) => rows.append(roleRow(row, names, (node) => {
        if (row.id)
            gone.push({ id: row.id, role_id: null });
        node.remove();
    }));
    role.rows.forEach(add);
    const components = h("datalist", { id: "components" }, ["*", "_table/*",
        "_table/NAME/*", "_schema/*", "_proc/*", "_func/*"].map((v) =>
        h("option", { value: v })));
    const part = h("section", { "aria-label": "Grants" },
        h("h3", {}, "Grants"), h("p", { class: "help" },
            "A component is a path behind the service’s name, as "
            + "_table/orders/*, or * for everything. One that names the "
            + "resource exactly comes before those with a star."),
        components, rows, h("p", {}, button("Add a grant",
            () => add(FRESH))));
    const node = form(fields(role), "Save the role", async (values) => {
        const record = { ...values, [ACCESS]: [...gone,
            ...[...rows.children].map((row) => row.read())] };
        if (role.id) {
            await patch(`system/role/${role.id}`, record);
            notify("The role is saved.");
            ctx.reload();
        } else {
            const { id } = await make("system/role", record);
            notify("The role is made.");
            go(`roles/${id}`);
        }
    });
    node.querySelector(".actions").before(part);
    return node;
}

async function drop(role) {
    const sure = await confirm(`Remove ${role.name}?`,
        "It must not be in use by a key or a user.", "Remove");
    if (sure && await attempt(() => remove(`system/role/${role.id}`),
        `${role.name} is removed.`))
        go("keys");
}

export async function render(ctx) {
    const isNew = ctx.params.id === "new";
    const names = await serviceNames(ctx.signal);
    const role = isNew ? { rows: [FRESH] }
        : await roleWithRows(Number(ctx.params.id), ctx.signal);
    return h("div", {}, h("h1", {}, isNew ? "Make a role"
        : `Role ${role.name}`),
    card(isNew ? "What it may do" : "Settings", editor(ctx, role, names)),
    !isNew && card("What may it do?", rightsCard(role.rows, names)),
    !isNew && card("Removal", h("p", { class: "actions" },
        button("Remove the role", () => drop(role), "danger"))));
}
