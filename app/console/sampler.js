// What the server counted, asked for every few seconds while somebody is
// signed in and looks: the last 15 minutes of it.

import { get } from "./api.js";
import * as session from "./session.js";

export const WINDOW_MS = 15 * 60e3;
const EVERY_MS = 5000;

let samples = []; // { at, told }, the oldest first
let timer = null;
const listeners = new Set();

export function onSample(listener) {
    listeners.add(listener);
    return () => listeners.delete(listener);
}

export function all() {
    return samples;
}

async function take() {
    try {
        const told = await get("system/statistics", { background: true });
        const at = Date.now();
        samples = samples.filter((s) => s.at > at - WINDOW_MS);
        samples.push({ at, told });
    } catch (error) {
        if (session.isOpen())
            samples.push({ at: Date.now(), told: null, error });
    }
    for (const listener of listeners)
        listener();
}

function wait() {
    clearTimeout(timer);
    timer = setTimeout(async () => {
        if (session.isOpen() && !document.hidden)
            await take();
        wait();
    }, EVERY_MS);
}

session.onChange((why) => {
    clearTimeout(timer);
    if (why === "begun")
        take().then(wait);
    else
        samples = [];
});

function sum(numbers) {
    return numbers.reduce((a, b) => a + b, 0);
}

function counted(told, wanted) {
    return sum(told.requests.filter(wanted).map((r) => r.count));
}

// The duration below which this part of the answers lie, in ms, between two
// samples; null without answers.
export function quantile(before, now, part) {
    const n = now.duration.counts.map((c, i) =>
        c - before.duration.counts[i]);
    const wanted = sum(n) * part;
    let seen = 0;
    if (wanted <= 0)
        return null;
    for (let i = 0; i < n.length; i += 1) {
        const low = i === 0 ? 0 : now.bounds_us[i - 1];
        const high = now.bounds_us[i] ?? low * 2;
        if (n[i] > 0 && seen + n[i] >= wanted)
            return (low + (high - low) * (wanted - seen) / n[i])
                / 1000;
        seen += n[i];
    }
    return null;
}

// Of two samples what happened between them, a second or as a part.
function between(before, now) {
    const seconds = (now.time_ms - before.time_ms) / 1000;
    const rate = (count) => (count(now) - count(before)) / seconds;
    const hits = (t) => t.cache.hit + t.cache.old;
    const reads = (t) => hits(t) + t.cache.miss + t.cache.stale
        + t.cache.joined;
    const asked = reads(now) - reads(before);
    return {
        requests: rate((t) => counted(t, () => true) + t.requests_other),
        refusals: rate((t) => counted(t, (r) => r.status === 429
            || r.status === 401 || r.status === 403)),
        errors: rate((t) => counted(t, (r) => r.status >= 500)),
        ratio: asked > 0 ? (100 * (hits(now) - hits(before))) / asked
            : null,
        p50: quantile(before, now, 0.5),
        p99: quantile(before, now, 0.99),
    };
}

// { name: [{ at: 0..1, value }] } of the last 15 minutes.
export function series() {
    const found = { requests: [], refusals: [], errors: [], ratio: [],
        p50: [], p99: [] };
    const end = Date.now();
    for (let i = 1; i < samples.length; i += 1) {
        const before = samples[i - 1].told;
        const now = samples[i].told;
        const usable = before && now && now.counted && before.counted
            && now.time_ms > before.time_ms;
        const values = usable ? between(before, now) : {};
        const at = 1 - (end - samples[i].at) / WINDOW_MS;
        for (const name of Object.keys(found))
            found[name].push({ at, value: values[name] ?? null });
    }
    return found;
}
