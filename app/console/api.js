// Calls of weir's API, as whoever is signed in.

import * as session from "./session.js";

const ROOT = "/api/v2/";

export class ApiError extends Error {
    constructor(message, status, context) {
        super(message);
        this.status = status;
        this.context = context;
    }
}

function parse(text) {
    try {
        return text === "" ? null : JSON.parse(text);
    } catch {
        return null;
    }
}

function failure(answer) {
    const error = (answer.json && answer.json.error) || {};
    return new ApiError(error.message
        || `The server answered ${answer.status}.`, answer.status,
    error.context);
}

// The browser keeps nothing of it, but what weir keeps will do: without this, a
// request that the browser is not to keep would ask weir for a new answer.
const KEPT = { "Cache-Control": "max-age=315360000" };

// The browser would go to another place than the one that is meant.
function checkParts(parts) {
    if (parts.some((part) => /^(\.|%2e){1,2}$/i.test(part)))
        throw new ApiError("Browsers take “.” and “..” out of a path. Name "
            + "what is meant in another way, as by ?keys= or ?ids=.", 0);
}

// As the browser reads it: a backslash is a slash, and blanks go.
function partsOf(path) {
    return path.replace(/[\0-\x20]/g, "").split(/[?#]/)[0].split(/[/\\]/);
}

// As it is: no answer is an error, but that there is none.
export async function send(method, path, options = {}) {
    const { headers = {}, body, signal } = options;
    checkParts(partsOf(path));
    const began = performance.now();
    let answer;
    try {
        answer = await fetch(path, { method, body, signal, cache: "no-store",
            headers: { ...KEPT, ...headers }, credentials: "omit" });
    } catch (error) {
        if (error.name === "AbortError")
            throw error;
        throw new ApiError("The server cannot be reached.", 0);
    }
    const text = await answer.text();
    return { status: answer.status, text, json: parse(text),
        headers: [...answer.headers], time_ms: performance.now() - began };
}

// Another token of the same user has taken its place while the call was under
// way, or is about to.
async function isOutdated(token, user) {
    await session.settled();
    return session.isOpen() && session.token() !== token
        && session.user().id === user.id;
}

// background: it does not mean that anybody is at work.
export async function call(method, path, options = {}) {
    const { json, background, headers = {}, signal } = options;
    const token = session.token();
    const user = session.user();
    if (!background)
        session.keep();
    const answer = await send(method, ROOT + path, { signal,
        headers: { ...session.lines(), ...headers,
            ...(json === undefined ? {}
                : { "Content-Type": "application/json" }) },
        body: json === undefined ? undefined : JSON.stringify(json) });
    if (answer.status === 401 && user && await isOutdated(token, user))
        return call(method, path, options);
    if (answer.status === 401)
        session.expire(token);
    if (answer.status >= 400)
        throw failure(answer);
    return answer;
}

export async function get(path, options) {
    return (await call("GET", path, options)).json;
}

export async function post(path, json, options) {
    return (await call("POST", path, { json, ...options })).json;
}

export async function patch(path, json, options) {
    return (await call("PATCH", path, { json, ...options })).json;
}

export async function remove(path, options) {
    return (await call("DELETE", path, options)).json;
}

// The records of a list.
export async function list(path, options) {
    return (await get(path, options)).resource;
}

// A record is made: its members that the server chose.
export async function make(path, record) {
    return (await post(path, { resource: [record] })).resource[0];
}

// "a/b c" as a path's segment: "." and ".." cannot be one.
export function segment(text) {
    const part = encodeURIComponent(text);
    checkParts([part]);
    return part;
}

// { limit: 5, filter: "" } as "?limit=5".
export function query(values) {
    const pairs = Object.entries(values)
        .filter(([, value]) => value !== "" && value !== null &&
            value !== undefined)
        .map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}
