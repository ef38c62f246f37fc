// Dialogs: the browser's own, which keep the focus and close with Escape.

import { button, h, newId } from "./dom.js";

// Shows it; resolves with what close(value) is given, or null.
export function open(title, make) {
    return new Promise((resolve) => {
        const id = newId("dialog");
        const box = h("dialog", { "aria-labelledby": id });
        let result = null;
        const close = (value) => {
            result = value === undefined ? null : value;
            box.close();
        };
        box.append(h("h2", { id }, title), make(close));
        box.addEventListener("close", () => {
            box.remove();
            resolve(result);
        });
        document.body.append(box);
        box.showModal();
    });
}

// Before what destroys; resolves with whether it is meant.
export async function confirm(title, text, action) {
    const sure = await open(title, (close) => h("div", {},
        h("p", {}, text),
        h("p", { class: "actions" },
            button(action, () => close(true), "danger"),
            button("Cancel", () => close(false), "",
                { autofocus: true }))));
    return sure === true;
}
