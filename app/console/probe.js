// Whether what a service stands on answers, as the server finds it.

import { get } from "./api.js";
import { badge, h } from "./dom.js";
import * as format from "./format.js";

const TRIES = 4;
const PAUSE_MS = 700;

// The check of a service, or null when it stands on nothing that is asked.
export async function probe(name) {
    for (let i = 0; i < TRIES; i += 1) {
        // What was found before the service was changed says nothing of it.
        await new Promise((done) => { setTimeout(done, PAUSE_MS); });
        const { checks } = await get("system/statistics");
        const check = checks.find((c) => c.kind === "service"
            && c.name === name);
        if (check && (check.answers || i === TRIES - 1))
            return check;
    }
    return null;
}

export function verdict(check) {
    if (!check)
        return h("p", { role: "status" }, badge("not asked", "warn"),
            " It is switched off, or stands on nothing of its own.");
    return check.answers ? h("p", { role: "status" },
        badge("it answers", "good"), ` in ${format.ms(check.time_ms)}`)
        : h("p", { role: "alert" }, badge("no answer", "bad"),
            ` ${check.error || "It does not answer."}`);
}
