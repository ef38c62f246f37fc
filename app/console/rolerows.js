// The rows of a role: service, component, a box for each method, and which
// rows of its tables they are about.

import { button, h, newId } from "./dom.js";
import { ALL, VERBS } from "./verbs.js";

const OPERATORS = ["=", "!=", "<>", "<", "<=", ">", ">=", "in", "not in",
    "like", "not like", "starts with", "not starts with", "ends with",
    "not ends with", "contains", "not contains", "is null", "is not null"];

function labelled(name, input, cls = "field") {
    const id = newId("row");
    input.id = id;
    return h("div", { class: cls }, h("label", { for: id }, name), input);
}

// What was stored goes back as it was, unless its input says another thing.
function kept(input, stored, edited) {
    const shown = input.value;
    return () => (stored !== undefined && input.value === shown ? stored
        : edited(input.value));
}

// The text of a value that is no string: its JSON.
function shownValue(value) {
    return typeof value === "string" ? value : JSON.stringify(value) ?? "";
}

// What was a list or a number stays one where the text allows it.
function editedValue(text, stored) {
    if (stored === undefined || typeof stored === "string")
        return text;
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

// Those of the server, and the one at hand as it is spelt.
function operators(stored) {
    return stored === undefined || OPERATORS.includes(stored) ? OPERATORS
        : [stored, ...OPERATORS];
}

function filterLine(filter, removed) {
    const name = h("input", { value: filter.name ?? "", size: 12 });
    const operator = h("select", {}, operators(filter.operator).map((o) =>
        h("option", { value: o, selected: o === filter.operator }, o)));
    const value = h("input", { value: shownValue(filter.value), size: 12 });
    const as = (text) => text;
    const read = { name: kept(name, filter.name, as),
        operator: kept(operator, filter.operator, as),
        value: kept(value, filter.value, (text) => editedValue(text,
            filter.value)) };
    const node = h("div", { class: "line filter" }, labelled("Column", name),
        labelled("Compared", operator), labelled("With", value),
        button("Remove the filter", () => removed(node), "quiet"));
    node.read = () => ({ name: read.name(), operator: read.operator(),
        value: read.value() });
    return node;
}

function filterPart(row) {
    const lines = h("div", {}, (row.filters || []).map((f) => filterLine(f,
        (node) => node.remove())));
    const any = ["or", "||"].includes(`${row.filter_op}`.trim()
        .toLowerCase());
    const how = h("select", {}, ["and", "or"].map((o) => h("option",
        { value: o, selected: any === (o === "or") },
        { and: "all hold", or: "any holds" }[o])));
    const node = h("details", { open: (row.filters || []).length > 0 },
        h("summary", {}, "Row filters"),
        h("p", { class: "help" }, "Only rows for which these hold exist for "
            + "the caller. {user.id} stands for who has logged in."),
        lines, h("div", { class: "line" },
            labelled("Of several", how),
            button("Add a filter", () => lines.append(filterLine({},
                (line) => line.remove())))));
    const read = () => ({ filter_op: how.value, filters: [...lines.children]
        .map((line) => line.read()).filter((f) => f.name !== "") });
    const before = JSON.stringify(read());
    // A row that is there keeps what is not sent: numbers of many digits too,
    // that would lose some of them here.
    node.read = () => (row.id && JSON.stringify(read()) === before ? {}
        : read());
    return node;
}

function verbBoxes(row) {
    const boxes = Object.entries(VERBS).map(([name, bit]) => {
        const id = newId("verb");
        const input = h("input", { type: "checkbox", id, value: bit,
            checked: (row.verb_mask & bit) !== 0 });
        return h("span", { class: "verb" }, input,
            h("label", { for: id }, name));
    });
    const node = h("fieldset", { class: "verbs" },
        h("legend", {}, "Methods"), boxes);
    node.read = () => [...node.querySelectorAll("input:checked")]
        .reduce((mask, input) => mask | Number(input.value),
            row.verb_mask & ~ALL);
    return node;
}

// names: services by id. The node's read() is the row to send.
export function roleRow(row, names, removed) {
    const service = h("select", {}, h("option", { value: "" },
        "all services"), [...names].map(([id, name]) => h("option",
        { value: id, selected: id === row.service_id }, name)));
    const component = h("input", { value: row.component ?? "",
        list: "components", size: 24 });
    const verbs = verbBoxes(row);
    const filters = filterPart(row);
    const node = h("fieldset", { class: "grant" },
        h("legend", {}, "Grant"),
        h("div", { class: "line" }, labelled("Service", service),
            labelled("Component", component), verbs,
            button("Remove the grant", () => removed(node, row),
                "danger")),
        filters);
    node.read = () => ({ ...(row.id ? { id: row.id } : {}),
        service_id: service.value === "" ? null : Number(service.value),
        component: component.value, verb_mask: verbs.read(),
        requestor_mask: row.requestor_mask ?? 1, ...filters.read() });
    return node;
}
