// What is around every page: the name, the menu, the theme, who is signed in.

import { button, h, link, newId } from "./dom.js";
import * as session from "./session.js";
import * as themes from "./theme.js";

const MENU = [
    ["overview", "", "Overview"],
    ["services", "services", "Services"],
    ["keys", "keys", "Keys and roles"],
    ["limits", "limits", "Limits"],
    ["users", "users", "Users"],
    ["cache", "cache", "Cache"],
    ["audit", "audit", "Audit"],
    ["explain", "explain", "Explain"],
    ["try", "try", "Try it"],
];

export function themeSwitch() {
    const id = newId("theme");
    return h("span", { class: "theme" },
        h("label", { for: id, class: "unseen" }, "Colours"),
        h("select", { id, onchange: (e) => themes.choose(e.target.value) },
            themes.NAMES.map((name) => h("option", { value: name,
                selected: themes.theme() === name },
            { system: "System", light: "Light",
                dark: "Dark" }[name]))));
}

export function brand() {
    return h("span", { class: "brand" },
        h("img", { src: "/console/icon.svg", alt: "", width: 28,
            height: 28 }), "weir");
}

// The element that holds the pages is its main.
export function shell() {
    const nav = h("nav", { id: "menu", "aria-label": "Console" },
        h("ul", {}, MENU.map(([name, path, label]) => h("li", {},
            link(label, `#/${path}`, { "data-menu": name })))));
    const toggle = button("Menu", () => {
        const open = toggle.getAttribute("aria-expanded") !== "true";
        toggle.setAttribute("aria-expanded", open);
        nav.classList.toggle("open", open);
    }, "menu", { "aria-expanded": "false", "aria-controls": "menu" });
    const who = session.user();
    const node = h("div", { class: "shell" },
        h("header", {}, brand(), toggle, h("div", { class: "who" },
            themeSwitch(),
            h("span", { class: "name" }, who.email || who.name),
            button("Sign out", () => session.signOut()))),
        nav, h("main", { id: "main", tabindex: -1 }));
    node.mark = (menu) => {
        toggle.setAttribute("aria-expanded", "false");
        nav.classList.remove("open");
        for (const a of nav.querySelectorAll("a")) {
            if (a.dataset.menu === menu)
                a.setAttribute("aria-current", "page");
            else
                a.removeAttribute("aria-current");
        }
    };
    return node;
}
