// The page of who is not signed in.

import { h } from "./dom.js";
import { form } from "./form.js";
import * as session from "./session.js";
import { brand, themeSwitch } from "./shell.js";

async function attribute() {
    const answer = await fetch("/api/v2/system/environment",
        { credentials: "omit", cache: "no-store" }).catch(() => null);
    const told = answer && await answer.json().catch(() => null);
    return (told && told.authentication
        && told.authentication.login_attribute) || "email";
}

function say(error) {
    if (error.status === 429)
        return new Error("Too many log-ins have failed. Try again "
            + (error.wait ? `in ${error.wait} seconds.` : "later."));
    if (error.status === undefined)
        return new Error("The server cannot be reached.");
    return error;
}

// why: what had happened, or null.
export async function signIn(why) {
    const by = await attribute();
    const name = by === "email" ? "E-mail" : "User name";
    const fields = [
        { name: "name", label: name, required: true, type: "string",
            autocomplete: "username" },
        { name: "password", label: "Password", type: "password",
            required: true, autocomplete: "current-password" },
    ];
    return h("div", { class: "signin" },
        h("header", {}, brand(), themeSwitch()),
        h("main", { id: "main", tabindex: -1 },
            h("h1", { tabindex: -1 }, "Sign in"),
            why && h("p", { class: "problem", role: "alert" }, why),
            form(fields, "Sign in", (values) => session.signIn(
                values.name, values.password, by)
                .catch((error) => { throw say(error); })),
            h("p", { class: "help" }, "For administrators. "
                + "“weir setup” or “weir admin add” makes one; the "
                + "session ends when this page is closed.")));
}
