// Elements, made without any HTML text: what comes from the API is text only.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, kids) {
    for (const [name, value] of Object.entries(props || {})) {
        if (value === null || value === undefined || value === false)
            continue;
        if (name.startsWith("on"))
            node.addEventListener(name.slice(2), value);
        else if (name === "value")
            node.value = value;
        else
            node.setAttribute(name, value === true ? "" : value);
    }
    for (const kid of kids.flat(Infinity)) {
        if (kid !== null && kid !== undefined && kid !== false)
            node.append(kid);
    }
    return node;
}

// h("p", { class: "hint" }, "text"): props that are null are left out, those
// that begin with "on" are listeners.
export function h(tag, props, ...kids) {
    return fill(document.createElement(tag), props, kids);
}

export function svg(tag, props, ...kids) {
    return fill(document.createElementNS(SVG, tag), props, kids);
}

let last = 0;

// An id that no other element of the page has.
export function newId(word) {
    last += 1;
    return `${word}-${last}`;
}

// A button: kind is "", "primary" or "danger".
export function button(text, onclick, kind = "", props = {}) {
    return h("button", { type: "button", class: kind, onclick, ...props },
        text);
}

export function link(text, href, props = {}) {
    return h("a", { href, ...props }, text);
}

// A section with a heading of its own.
export function card(title, ...kids) {
    const id = newId("card");
    return h("section", { class: "card", "aria-labelledby": id },
        h("h2", { id }, title), ...kids);
}

// What stands where there is nothing yet: what it is for, what to do first.
export function empty(title, text, ...actions) {
    return h("div", { class: "empty" }, h("p", { class: "strong" }, title),
        h("p", {}, text), h("p", { class: "actions" }, ...actions));
}

// A word that says how something stands: kind is good, bad, warn or "".
export function badge(text, kind = "") {
    return h("span", { class: `badge ${kind}` }, text);
}
