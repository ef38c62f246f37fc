// The console begins here: signs in, and shows the page of the address.

import { h } from "./dom.js";
import { problem } from "./notice.js";
import { here } from "./router.js";
import * as session from "./session.js";
import { shell } from "./shell.js";
import { signIn } from "./signin.js";
import * as theme from "./theme.js";
import "./sampler.js";

const app = document.getElementById("app");
let frame = null;
let leaving = new AbortController();

// What a page may use: its place, and what ends when it is left.
function context(place) {
    leaving.abort();
    leaving = new AbortController();
    const { signal } = leaving;
    return { ...place, signal, reload: () => show(false),
        every(ms, work) {
            const timer = setInterval(() => {
                if (!document.hidden)
                    work();
            }, ms);
            signal.addEventListener("abort", () =>
                clearInterval(timer));
        },
        onLeave: (work) => signal.addEventListener("abort", work) };
}

// A page module has title(context) or title, and render(context).
async function draw(ctx) {
    try {
        const page = await import(`./pages/${ctx.page}.js`);
        return [page.title, await page.render(ctx)];
    } catch (error) {
        if (!session.isOpen())
            return null;
        return ["Not shown", h("div", {},
            h("h1", {}, "This page cannot be shown"), problem(error))];
    }
}

async function show(moved = true) {
    const ctx = context(here());
    const main = frame.querySelector("main");
    frame.mark(ctx.menu);
    main.setAttribute("aria-busy", "true");
    const drawn = await draw(ctx);
    if (ctx.signal.aborted || !drawn)
        return;
    const [title, node] = drawn;
    main.replaceChildren(node);
    main.removeAttribute("aria-busy");
    document.title = `${title} · weir console`;
    if (moved) {
        const heading = main.querySelector("h1");
        heading.tabIndex = -1;
        heading.focus();
        scrollTo(0, 0);
    }
}

async function ask(why) {
    leaving.abort();
    frame = null;
    for (const box of document.querySelectorAll("dialog"))
        box.close();
    document.title = "Sign in · weir console";
    const page = await signIn(why);
    if (session.isOpen())
        return;
    app.replaceChildren(page);
    app.querySelector("input").focus();
}

session.onChange((why) => {
    if (why === "begun") {
        frame = shell();
        app.replaceChildren(frame);
        show();
    } else {
        ask(why === "expired" ? "The session has ended. Sign in again to "
            + "go on where you were." : null);
    }
});

// The address names the page, so that it stays as it is.
document.querySelector(".skip").addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main")?.focus();
});

addEventListener("hashchange", () => {
    if (frame)
        show();
});

theme.apply();
ask(null);
