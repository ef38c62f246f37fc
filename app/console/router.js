// Which page the part of the address behind "#" names.

// Each: a pattern, the module that draws it, the entry of the menu it is of.
const ROUTES = [
    ["", "overview"],
    ["services", "services"],
    ["services/new/:type", "service_new", "services"],
    ["services/new", "service_new", "services"],
    ["services/:id", "service", "services"],
    ["services/:id/rows", "rows", "services"],
    ["keys", "keys"],
    ["keys/:id", "key", "keys"],
    ["roles", "roles", "keys"],
    ["roles/:id", "role", "keys"],
    ["limits", "limits"],
    ["users", "users"],
    ["users/:kind/:id", "user", "users"],
    ["cache", "cache"],
    ["cache/:name", "cache_keys", "cache"],
    ["audit", "audit"],
    ["explain", "explain"],
    ["try", "try"],
    ["try/:name", "try", "try"],
];

// null: it cannot be read.
function decoded(text) {
    try {
        return decodeURIComponent(text);
    } catch {
        return null;
    }
}

function match(pattern, path) {
    const want = pattern.split("/");
    const have = path.split("/");
    const found = {};
    if (want.length !== have.length)
        return null;
    for (let i = 0; i < want.length; i += 1) {
        const text = want[i].startsWith(":") ? decoded(have[i]) : null;
        if (text !== null)
            found[want[i].slice(1)] = text;
        else if (want[i] !== have[i])
            return null;
    }
    return found;
}

// { page, menu, params, query } of the address at hand.
export function here() {
    const [path, text = ""] = location.hash.replace(/^#\/?/, "").split("?");
    for (const [pattern, page, menu = page] of ROUTES) {
        const params = match(pattern, path.replace(/\/$/, ""));
        if (params)
            return { page, menu, params,
                query: new URLSearchParams(text) };
    }
    return { page: "overview", menu: "overview", params: {},
        query: new URLSearchParams() };
}

export function go(path) {
    location.hash = `#/${path}`;
}
