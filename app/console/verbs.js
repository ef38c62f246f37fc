// The methods of a role's row: a bit each.

export const VERBS = { GET: 1, POST: 2, PUT: 4, PATCH: 8, DELETE: 16 };
export const ALL = 31;
const CALLS = 1; // in requestor_mask
const LIST = "_schema"; // of what one may see of a database

export function verbsOf(mask) {
    if ((mask & ALL) === ALL)
        return "all";
    const names = Object.keys(VERBS).filter((name) => mask & VERBS[name]);
    return names.length > 0 ? names.join(", ") : "none";
}

function trimmed(text) {
    return `${text ?? ""}`.toLowerCase().replace(/^\/+|\/+$/g, "");
}

function isWide(row, path) {
    const component = trimmed(row.component);
    const star = component.indexOf("*");
    return star >= 0 && star === component.length - 1
        && `${path}/`.slice(0, star) === component.slice(0, star);
}

// Rows for scripts alone say nothing of a call.
function isForCalls(row) {
    return ((row.requestor_mask ?? CALLS) & CALLS) !== 0;
}

// Which rows of a role decide of a component, as the server chooses them: what
// names it, else what begins so, else what is for all services.
export function deciding(all, serviceId, component) {
    const path = trimmed(component);
    const rows = all.filter(isForCalls);
    const own = rows.filter((r) => r.service_id === serviceId);
    const exact = own.filter((r) => trimmed(r.component) === path);
    if (exact.length > 0)
        return exact;
    const wide = own.filter((r) => isWide(r, path));
    if (wide.length > 0)
        return wide;
    return rows.filter((r) => r.service_id === null
        && (trimmed(r.component) === "*"
            || (path === "" && trimmed(r.component) === "")));
}

// The list needs no row of its own, only one that reads anything.
function lists(rows, serviceId, component) {
    return trimmed(component) === LIST && rows.some((r) => isForCalls(r)
        && (r.verb_mask & VERBS.GET) && (r.service_id === serviceId
            || (r.service_id === null
                && ["", "*"].includes(trimmed(r.component)))));
}

export function allows(rows, serviceId, component, verb) {
    const found = deciding(rows, serviceId, component);
    if (found.length === 0)
        return verb === "GET" && lists(rows, serviceId, component);
    return found.some((r) => r.verb_mask & VERBS[verb]);
}
