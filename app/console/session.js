// Who is signed in. The token is held here, in memory, and nowhere else: a
// reload of the page forgets it.

const PATH = "/api/v2/system/admin/session";
const TOKEN = "X-DreamFactory-Session-Token";
const RENEW_PART = 0.5; // of its life, after which another is asked for

const LIFE_MS = 3600e3; // of one of which nothing else is known

let held = null; // { token, user, from, life }: the last two in milliseconds
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

// For how long it is in force, by the server's clock alone: this computer's
// may tell another time.
function lifeOf(user, now) {
    const text = `${user.token_expiry_date}`.replace(" ", "T");
    const life = Date.parse(`${text}Z`) - Date.parse(now);
    return life > 0 ? life : LIFE_MS;
}

function take({ user, now }) {
    held = { token: user.session_token, user, from: Date.now(),
        life: lifeOf(user, now) };
}

async function ask(method, body, more) {
    const answer = await fetch(PATH, { method, cache: "no-store",
        credentials: "omit", body: body && JSON.stringify(body),
        headers: { "Content-Type": "application/json", ...more } });
    const json = await answer.json().catch(() => ({}));
    if (answer.ok)
        return { user: json, now: answer.headers.get("Date") };
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

async function end(token) {
    await ask("DELETE", null, { [TOKEN]: token }).catch(() => null);
}

// A token that is on its way is ended with the one at hand.
export async function signOut() {
    if (!held)
        return;
    const { token: open } = held;
    const coming = renewing;
    held = null;
    tell("ended");
    await end((await coming) || open);
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

// Resolves once no new token is on its way.
export async function settled() {
    await renewing;
}

// The new token, or null. Who has signed out meanwhile, or is another, does
// not get it.
async function renew(sent) {
    try {
        const answer = await ask("PUT", null, { [TOKEN]: sent });
        if (token() === sent)
            take(answer);
        return answer.user.session_token;
    } catch {
        return null;
    } finally {
        renewing = null;
    }
}

// Of who is at work: a new token, once the one at hand is half through. A
// clock that was set back says nothing of it, so that one is asked for too.
export function keep() {
    if (!held || renewing)
        return;
    const gone = Date.now() - held.from;
    if (gone < 0 || gone >= held.life * RENEW_PART)
        renewing = renew(held.token);
}
