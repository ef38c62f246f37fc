// Who is signed in. The token is held here, in memory, and nowhere else: a
// reload of the page forgets it.

const PATH = "/api/v2/system/admin/session";
const TOKEN = "X-DreamFactory-Session-Token";
const RENEW_PART = 0.5; // of its life, after which another is asked for

let held = null; // { token, user, from, until }
let renewing = null;
const listeners = new Set();

function tell(why) {
    for (const listener of listeners)
        listener(why);
}

// listener("begun" | "ended" | "expired"): the state has changed.
export function onChange(listener) {
    listeners.add(listener);
}

export function user() {
    return held && held.user;
}

export function isOpen() {
    return held !== null;
}

// The header lines that say who calls.
export function lines() {
    return held ? { [TOKEN]: held.token } : {};
}

function until(answer) {
    const text = `${answer.token_expiry_date}`.replace(" ", "T");
    const date = Date.parse(`${text}Z`);
    return Number.isNaN(date) ? Date.now() + 3600e3 : date;
}

function take(answer) {
    held = { token: answer.session_token, user: answer, from: Date.now(),
        until: until(answer) };
}

async function ask(method, body, more) {
    const answer = await fetch(PATH, { method, cache: "no-store",
        credentials: "omit", body: body && JSON.stringify(body),
        headers: { "Content-Type": "application/json", ...more } });
    const json = await answer.json().catch(() => ({}));
    if (answer.ok)
        return json;
    const error = new Error(json.error ? json.error.message
        : `The server answered ${answer.status}.`);
    error.status = answer.status;
    error.wait = answer.headers.get("Retry-After");
    throw error;
}

export async function signIn(name, password, attribute) {
    take(await ask("POST", { [attribute]: name, password }));
    tell("begun");
}

export async function signOut() {
    const open = lines();
    held = null;
    tell("ended");
    await ask("DELETE", null, open).catch(() => null);
}

// The server no longer knows the token that was sent.
export function expire(token) {
    if (!held || held.token !== token)
        return;
    held = null;
    tell("expired");
}

export function token() {
    return held && held.token;
}

// Of who is at work: a new token, once the one at hand is half through.
export function keep() {
    if (!held || renewing)
        return;
    const life = held.until - held.from;
    if (Date.now() < held.from + life * RENEW_PART)
        return;
    renewing = ask("PUT", null, lines()).then(take, () => null)
        .finally(() => { renewing = null; });
}
