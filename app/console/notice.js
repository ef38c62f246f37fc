// Short messages that go by themselves; read out by screen readers.

import { button, h } from "./dom.js";

const STAY_MS = 6000;

export function notify(text, kind = "good") {
    const box = document.getElementById("notices");
    const note = h("div", { class: `notice ${kind}` }, h("p", {}, text),
        button("Dismiss", () => note.remove(), "quiet"));
    box.append(note);
    if (kind === "good")
        setTimeout(() => note.remove(), STAY_MS);
}

// What went wrong, where it did.
export function problem(error) {
    return h("div", { class: "problem", role: "alert" },
        h("p", { class: "strong" }, error.message));
}

// Runs it and says what came of it; false when it failed.
export async function attempt(work, done) {
    try {
        const result = await work();
        if (done)
            notify(done);
        return result === undefined ? true : result;
    } catch (error) {
        if (error.name !== "AbortError")
            notify(error.message, "bad");
        return false;
    }
}
